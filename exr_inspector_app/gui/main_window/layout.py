"""Where the panes stand: three columns over a dock that folds, between the toolbar and the status bar."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.session.session_pane import WIDTH as SESSION_WIDTH
from exr_inspector_app.gui.widgets.tab_dock import BAR_HEIGHT, DEFAULT_HEIGHT, TabDock

SESSION, PREVIEW, INSPECTOR = 0, 1, 2
INSPECTOR_WIDTHS = (408, 536, 424)  # by its page: Structure, Attributes, Checks
LEAST_WIDTHS = (280, 480, 320)
_WIDEST = 4000


class Layout(QWidget):
    """Arranges panes that others made.

    Session and inspector have the widths that a person gave them, the inspector one for each of its pages;
    the preview takes the rest, and both give way where it would be less than it needs.
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
        for place, (pane, least) in enumerate(zip(panes, LEAST_WIDTHS, strict=True)):
            pane.setMinimumWidth(least)
            self.columns.addWidget(pane)
            self.columns.setStretchFactor(place, int(place == PREVIEW))
            self.columns.setCollapsible(place, False)
        self._top = QStackedWidget()
        self._top.addWidget(self.columns)
        self._top.addWidget(start)
        self.rows = QSplitter(Qt.Orientation.Vertical)
        for place, part in enumerate((self._top, dock)):
            self.rows.addWidget(part)
            self.rows.setStretchFactor(place, int(place == 0))
            self.rows.setCollapsible(place, False)
        self.rows.setSizes([600, DEFAULT_HEIGHT])
        for splitter in (self.columns, self.rows):
            splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for one, stretch in ((toolbar, 0), (self.rows, 1), (status, 0)):
            column.addWidget(one, stretch)
        self.columns.splitterMoved.connect(self._keep_widths)
        dock.folded.connect(self._fold)
        dock.maximised.connect(self._maximise)

    def show_start(self, is_empty: bool) -> None:
        """The start page over a folded dock, or the panes over an open one."""
        page = self._start if is_empty else self.columns
        if page is not self._top.currentWidget():
            self._top.setCurrentWidget(page)
            self._dock.fold(is_empty)
            self._set_widths()

    @Slot(int)
    def show_page(self, page: int) -> None:
        """The inspector is as wide as this page of it was."""
        self._page = page
        self._set_widths()

    def show_full(self, is_full: bool) -> None:
        """The preview alone, or all panes."""
        self._is_full = is_full
        for side in self._sides:
            side.setVisible(not is_full)
        self._dock.setVisible(not is_full)
        self._set_widths()

    @property
    def state(self) -> QByteArray:
        """The widths a person gave, for `restore`."""
        return QByteArray(" ".join(map(str, (self._session, *self._inspector))).encode())

    def restore(self, state: QByteArray) -> None:
        """The widths of another run; anything else is left alone."""
        words = bytes(state.data()).split()
        if len(words) == 1 + len(INSPECTOR_WIDTHS) and all(word.isdigit() for word in words):
            widths = [min(int(word), _WIDEST) for word in words]
            self._session, self._inspector = widths[0], widths[1:]
            self._set_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The preview takes or gives the room."""
        super().resizeEvent(event)
        self._set_widths()

    def _set_widths(self) -> None:
        if self._is_full:
            return
        room = self.width() - 2 * self.columns.handleWidth()
        least_session, least_preview, least_inspector = LEAST_WIDTHS
        inspector = min(self._inspector[self._page], room - least_session - least_preview)
        inspector = max(inspector, least_inspector)
        session = max(min(self._session, room - least_preview - inspector), least_session)
        self.columns.setSizes([session, max(room - session - inspector, least_preview), inspector])

    @Slot()
    def _keep_widths(self) -> None:
        """A person moved a splitter."""
        self._session, _, self._inspector[self._page] = self.columns.sizes()

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
        height = BAR_HEIGHT if is_folded else self._dock_height
        self.rows.setSizes([above + below - height, height])
