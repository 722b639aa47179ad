"""The bar of the similar list: the pinned reference, how it is compared, and under which filter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.filter_set import FilterSet
from exr_inspector_app.gui.searching import Similar
from exr_inspector_app.gui.widgets.add_filter import AddFilter
from exr_inspector_app.gui.widgets.blend_bar import WAYS
from exr_inspector_app.gui.widgets.buttons import BAR, button, icon_button
from exr_inspector_app.gui.widgets.chip_row import ChipRow
from exr_inspector_app.gui.widgets.fields import Segments
from exr_inspector_app.report import plain


class SimilarBar(QWidget):
    """What everything is compared with and how, the filter that holds for hits, Compare and Export."""

    def __init__(self, filters: FilterSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self._name, self._by = QLabel(), QLabel("by")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setFont(theme.ui(13, theme.MEDIUM))
        self._by.setProperty("rank", "2")
        self.segments = Segments([*WAYS, ("blend", "Blend")])
        self.segments.offer("look", False)
        self._add = button("Add filter", "plus", "ghost", height=BAR)
        self.chips = ChipRow(self._add)
        self.popup = AddFilter(self)
        self.saved = icon_button("bookmark", "Saved filters")
        self.compare = button("Compare", "compare", "ghost", height=BAR)
        self.export = button("Export", "export", "ghost", height=BAR)
        self.export.setToolTip("Write these hits to a CSV file")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(8)
        for one in (_Pin(), self._name, self._by, self.segments):
            row.addWidget(one)
        row.addSpacing(4)
        row.addWidget(self.chips, 1)
        row.addWidget(self.saved)
        row.addWidget(self.compare)
        row.addWidget(self.export)
        self._add.clicked.connect(lambda: self.popup.open_under(self._add))
        self.popup.added.connect(filters.add)
        self.chips.removed.connect(filters.remove)
        filters.changed.connect(self._follow)

    def show_reference(self, found: Similar | None) -> None:
        """What everything is compared with: one file, or several together."""
        self.setVisible(found is not None)
        if found is None:
            return
        for one in (self.compare, self.export):
            one.setEnabled(bool(found.hits))
        name = plain(found.reference.path.replace("\\", "/").rpartition("/")[2])
        name = self._name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 240)
        self._name.setText(f"{name} and {found.more} more" if found.more else name)
        self._name.setToolTip(plain(found.reference.path))
        if found.hits is not None and not found.so_far:
            self.segments.offer("look", found.has_looks or found.by == "look")
        self.segments.choose(found.by)

    @Slot()
    def _follow(self) -> None:
        self.chips.show_conditions(self._filters.conditions)


class _Pin(QWidget):
    """The mark of the pinned reference."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "pin", QRectF(0, 0, 16, 16), "accent")
        painter.end()
