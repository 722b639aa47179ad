"""Pages of the Compare pane, headers and pixels, with the control that switches between them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.compare.compare_pane import ComparePane
from exr_inspector_app.gui.compare.pixel_diff_pane import PixelDiffPane
from exr_inspector_app.gui.widgets.fields import SegmentedControl

HEADERS, PIXELS = "headers", "pixels"


class CompareTabs(QStackedWidget):
    """Stack of the two pages; its bar holds the tools of the current one."""

    page_chosen = Signal(str)  # HEADERS or PIXELS, by the user

    def __init__(self, headers: ComparePane, pixels: PixelDiffPane) -> None:
        super().__init__()
        self.headers, self.pixels = headers, pixels
        self.switch = SegmentedControl([(HEADERS, strings.HEADERS), (PIXELS, strings.PIXELS)])
        self._tools = QStackedWidget()
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.switch)
        row.addWidget(self._tools, 1)
        for page in (headers, pixels):
            self.addWidget(page)
            holder = QWidget()  # the pages hide their bars
            inner = QHBoxLayout(holder)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.addWidget(page.bar)
            self._tools.addWidget(holder)
        self.switch.option_selected.connect(self._choose)
        self.show_page(HEADERS)

    @property
    def page(self) -> str:
        """HEADERS or PIXELS."""
        return self.switch.current

    @property
    def view(self) -> QWidget:
        """Widget of the current page that takes the keyboard focus; as a focus proxy, it would end Tab while hidden."""
        return self.pixels.view if self.page == PIXELS else self.headers.table

    def show_page(self, page: str) -> None:
        """Show a page."""
        self.switch.set_current(page)
        index = int(page == PIXELS)
        self.setCurrentIndex(index)
        self._tools.setCurrentIndex(index)

    @Slot(str)
    def _choose(self, page: str) -> None:
        self.show_page(page)
        self.page_chosen.emit(page)
