"""Where the panes stand: three columns over a dock that folds, between the toolbar and the status bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.widgets.dock import BAR, USUAL, Dock
from exr_inspector_app.gui.widgets.session_list import WIDTH as SESSION_WIDTH

STRUCTURE_WIDTH, ATTRIBUTES_WIDTH = 646, 536
LEAST_WIDTHS = (280, 360, 320)


class Layout(QWidget):
    """Arranges panes that others made."""

    def __init__(
        self, toolbar: QWidget, panes: tuple[QWidget, ...], start: QWidget, dock: Dock, status: QWidget
    ) -> None:
        super().__init__()
        self._start = start
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for place, (pane, least) in enumerate(zip(panes, LEAST_WIDTHS, strict=True)):
            pane.setMinimumWidth(least)
            self.columns.addWidget(pane)
            self.columns.setStretchFactor(place, int(place == 1))
            self.columns.setCollapsible(place, False)
        self.columns.setSizes([SESSION_WIDTH, STRUCTURE_WIDTH, ATTRIBUTES_WIDTH])
        self._top = QStackedWidget()
        self._top.addWidget(self.columns)
        self._top.addWidget(start)
        self._dock = dock
        self._dock_height = USUAL
        self.rows = QSplitter(Qt.Orientation.Vertical)
        for place, part in enumerate((self._top, dock)):
            self.rows.addWidget(part)
            self.rows.setStretchFactor(place, int(place == 0))
            self.rows.setCollapsible(place, False)
        self.rows.setSizes([600, USUAL])
        for splitter in (self.columns, self.rows):
            splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for one, stretch in ((toolbar, 0), (self.rows, 1), (status, 0)):
            column.addWidget(one, stretch)
        dock.folded.connect(self._fold)
        dock.maximised.connect(self._maximise)

    def show_start(self, is_empty: bool) -> None:
        """The start page over a folded dock, or the panes over an open one."""
        page = self._start if is_empty else self.columns
        if page is not self._top.currentWidget():
            self._top.setCurrentWidget(page)
            self._dock.fold(is_empty)

    @Slot(bool)
    def _maximise(self, is_maximised: bool) -> None:
        """The dock has all the room, or what it had before."""
        if is_maximised:
            self._dock_height = self.rows.sizes()[1]
        self._top.setVisible(not is_maximised)
        if not is_maximised:
            whole = sum(self.rows.sizes())
            self.rows.setSizes([whole - self._dock_height, self._dock_height])

    @Slot(bool)
    def _fold(self, is_folded: bool) -> None:
        """The panes above take or give the room."""
        above, below = self.rows.sizes()
        if is_folded and self.isVisible():  # before that, nothing has been laid out
            self._dock_height = below
        height = BAR if is_folded else self._dock_height
        self.rows.setSizes([above + below - height, height])
