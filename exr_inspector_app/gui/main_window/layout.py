"""Layout of the window: three columns over a collapsible dock, between toolbar and status bar."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.session.session_pane import WIDTH as SESSION_WIDTH
from exr_inspector_app.gui.widgets.tab_dock import BAR_HEIGHT, DEFAULT_HEIGHT, TabDock

SESSION, PREVIEW, INSPECTOR = 0, 1, 2
INSPECTOR_WIDTHS = (408, 536, 424)  # by its page: Structure, Attributes, Checks
MIN_WIDTHS = (280, 480, 320)
_MAX_WIDTH = 4000  # px of a restored column


class Layout(QWidget):
    """Layout of panes that are created elsewhere.

    Session and inspector have the widths that the user set, the inspector one per page. The preview takes the rest;
    both shrink if it would be narrower than its minimum.
    """

    def __init__(
        self, toolbar: QWidget, panes: tuple[QWidget, ...], start: QWidget, dock: TabDock, status: QWidget
    ) -> None:
        super().__init__()
        self._start, self._dock, self._dock_height = start, dock, DEFAULT_HEIGHT
        self._session, self._inspector, self._page = SESSION_WIDTH, list(INSPECTOR_WIDTHS), 0
        self._is_full = False
        self._sides = (panes[SESSION], panes[INSPECTOR])
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for column, (pane, min_width) in enumerate(zip(panes, MIN_WIDTHS, strict=True)):
            pane.setMinimumWidth(min_width)
            self.columns.addWidget(pane)
            self.columns.setStretchFactor(column, int(column == PREVIEW))
            self.columns.setCollapsible(column, False)
        self._top = QStackedWidget()
        self._top.addWidget(self.columns)
        self._top.addWidget(start)
        self.rows = QSplitter(Qt.Orientation.Vertical)
        for row, part in enumerate((self._top, dock)):
            self.rows.addWidget(part)
            self.rows.setStretchFactor(row, int(row == 0))
            self.rows.setCollapsible(row, False)
        self.rows.setSizes([600, DEFAULT_HEIGHT])
        for splitter in (self.columns, self.rows):
            splitter.setHandleWidth(1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        for widget, stretch in ((toolbar, 0), (self.rows, 1), (status, 0)):
            column_layout.addWidget(widget, stretch)
        self.columns.splitterMoved.connect(self._save_widths)
        dock.folded_changed.connect(self._fold)
        dock.maximized_changed.connect(self._maximize)

    def show_start(self, is_empty: bool) -> None:
        """Show the start page over a folded dock, or the panes over an open one."""
        page = self._start if is_empty else self.columns
        if page is not self._top.currentWidget():
            self._top.setCurrentWidget(page)
            self._dock.set_folded(is_folded=is_empty)
            self._set_widths()

    @Slot(int)
    def show_page(self, page: int) -> None:
        """Give the inspector the width of this page."""
        self._page = page
        self._set_widths()

    def show_full(self, is_full: bool) -> None:
        """Show the preview alone, or all panes."""
        self._is_full = is_full
        for side in self._sides:
            side.setVisible(not is_full)
        self._dock.setVisible(not is_full)
        self._set_widths()

    @property
    def state(self) -> QByteArray:
        """The widths that the user set, for `restore`."""
        return QByteArray(" ".join(map(str, (self._session, *self._inspector))).encode())

    def restore(self, state: QByteArray) -> None:
        """Restore saved widths; ignore an invalid state."""
        values = bytes(state.data()).split()
        if len(values) == 1 + len(INSPECTOR_WIDTHS) and all(value.isdigit() for value in values):
            widths = [min(int(value), _MAX_WIDTH) for value in values]
            self._session, self._inspector = widths[0], widths[1:]
            self._set_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the preview; the other columns keep their widths."""
        super().resizeEvent(event)
        self._set_widths()

    def _set_widths(self) -> None:
        if self._is_full:
            return
        available = self.width() - 2 * self.columns.handleWidth()
        min_session, min_preview, min_inspector = MIN_WIDTHS
        inspector = min(self._inspector[self._page], available - min_session - min_preview)
        inspector = max(inspector, min_inspector)
        session = max(min(self._session, available - min_preview - inspector), min_session)
        self.columns.setSizes([session, max(available - session - inspector, min_preview), inspector])

    @Slot()
    def _save_widths(self) -> None:
        """Keep the widths after the user moved a splitter."""
        self._session, _, self._inspector[self._page] = self.columns.sizes()

    @Slot(bool)
    def _maximize(self, is_maximized: bool) -> None:
        """Give the dock the full height, or its previous one."""
        if is_maximized:
            self._dock_height = self.rows.sizes()[1]
        self._top.setVisible(not is_maximized)
        if not is_maximized:
            height = sum(self.rows.sizes())
            self.rows.setSizes([height - self._dock_height, self._dock_height])

    @Slot(bool)
    def _fold(self, is_folded: bool) -> None:
        """Give the height of a folded dock to the panes above, or take it back."""
        above, below = self.rows.sizes()
        if is_folded and self.isVisible():  # before that, nothing has been laid out
            self._dock_height = below
        height = BAR_HEIGHT if is_folded else self._dock_height
        self.rows.setSizes([above + below - height, height])
