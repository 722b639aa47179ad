"""Layout of the window: three columns over a collapsible dock, between toolbar and status bar."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.main_window.inspector_rail import InspectorRail
from exr_inspector_app.gui.session.session_pane import WIDTH as SESSION_WIDTH
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.tab_dock import BAR_HEIGHT, DEFAULT_HEIGHT, TabDock

SESSION, PREVIEW, INSPECTOR = 0, 1, 2
INSPECTOR_WIDTHS = (408, 536, 424, 408)  # by its page: Structure, Attributes, Checks, Objects
MIN_WIDTHS = (340, 480, 320)  # of the three columns; with less, the inspector folds to its rail
FOLDED_SESSION_WIDTH = 248  # next to a folded inspector
MIN_SIZE = (960, 560)  # px, without the menu bar; every state fits
MIN_PANES_HEIGHT = 276  # px, above the dock
SHORT_HEIGHT = 620  # px below which the dock starts folded, and the exposure is hidden
_MAX_WIDTH = 4000  # px of a restored column


class Layout(QWidget):
    """Layout of panes that are created elsewhere.

    Session and inspector have the widths that the user set, the inspector one per page. The preview takes the rest;
    both shrink if it would be narrower than its minimum. In a window that is too narrow for three columns, a rail
    takes the place of the inspector, which opens over the preview.
    """

    short_changed = Signal(bool)  # whether the window is too low for more than the picture
    sizes_changed = Signal()  # the user has moved a splitter

    def __init__(
        self,
        toolbar: QWidget,
        panes: tuple[QWidget, QWidget, InspectorPane],
        start: QWidget,
        dock: TabDock,
        status: QWidget,
    ) -> None:
        super().__init__()
        # The pages and panes that are hidden would otherwise decide on the smallest size of the window.
        self.setMinimumSize(*MIN_SIZE)
        self._start, self._dock, self._dock_height = start, dock, DEFAULT_HEIGHT
        self._bars = (toolbar, status)
        self._session, self._inspector, self._page = SESSION_WIDTH, list(INSPECTOR_WIDTHS), 0
        self._is_full = self.is_folded = self.is_short = False
        self._session_pane, _, self._inspector_pane = panes
        self.rail = InspectorRail(self._inspector_pane.tabs)
        self.rail.hide()
        self._make_columns(panes)
        self._top = QStackedWidget()
        for page in (self._body, start):
            page.setMinimumSize(1, MIN_PANES_HEIGHT)
            self._top.addWidget(page)
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
        self.banner = MessageBanner()  # about the chosen target
        self.settings_banner = MessageBanner()
        for banner in (self.banner, self.settings_banner):
            banner.hide()
        for widget, stretch in ((toolbar, 0), (self.settings_banner, 0), (self.banner, 0), (self.rows, 1), (status, 0)):
            column_layout.addWidget(widget, stretch)
        self.columns.splitterMoved.connect(self._save_widths)
        self.rows.splitterMoved.connect(self._save_height)
        dock.folded_changed.connect(self._fold_dock)
        dock.maximized_changed.connect(self._maximize)
        self.rail.page_requested.connect(self._open_page)
        self.rail.close_requested.connect(self.close_inspector)
        self._inspector_pane.page_requested.connect(self._open_inspector)

    def _make_columns(self, panes: tuple[QWidget, ...]) -> None:
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for column, (pane, min_width) in enumerate(zip(panes, MIN_WIDTHS, strict=True)):
            pane.setMinimumWidth(min_width)
            self.columns.addWidget(pane)
            self.columns.setStretchFactor(column, int(column == PREVIEW))
            self.columns.setCollapsible(column, False)
        self._body = QWidget()
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.columns, 1)
        row.addWidget(self.rail)

    def show_start(self, is_empty: bool) -> None:
        """Show the start page, or the panes; the dock is open if the window is high enough and it has content."""
        page = self._start if is_empty else self._body
        if page is not self._top.currentWidget():
            self._top.setCurrentWidget(page)
            self._dock.set_folded(is_folded=is_empty or self.is_short or self._dock.is_quiet)
            self.close_inspector()
            self._set_widths()

    def show_fault(self, title: str, sentence: str, action: str) -> None:
        """Show the fault of the chosen target above the panes, or hide the banner if `sentence` is empty."""
        self.banner.setVisible(bool(sentence))
        if sentence:
            self.banner.show_message("error", title, sentence, action)
            if self.is_short and not self._dock.is_maximized:
                self._dock.set_folded(is_folded=True)  # there is no room for both

    @Slot(int)
    def show_page(self, page: int) -> None:
        """Give the inspector the width of this page."""
        self._page = page
        self._set_widths()

    def widen_session(self, width: int) -> None:
        """Make the session at least so wide, while the other panes leave room."""
        self._session = max(self._session, width)
        self._set_widths()

    def show_full(self, is_full: bool) -> None:
        """Show the preview alone, or all panes."""
        self._is_full = is_full
        for bar in self._bars:
            bar.setVisible(not is_full)
        self._session_pane.setVisible(not is_full)
        self._inspector_pane.setVisible(not is_full and not self.is_folded)
        self.rail.setVisible(not is_full and self.is_folded)
        self._dock.setVisible(not is_full)
        self._set_widths()

    @property
    def state(self) -> QByteArray:
        """The widths of the columns and the height of the dock that the user set, for `restore`."""
        return QByteArray(" ".join(map(str, (self._session, *self._inspector, self._dock_height))).encode())

    def restore(self, state: QByteArray) -> None:
        """Restore saved sizes; ignore an invalid state."""
        values = bytes(state.data()).split()
        columns = 1 + len(INSPECTOR_WIDTHS)
        if len(values) in (columns, columns + 1) and all(value.isdigit() for value in values):  # once without the dock
            sizes = [min(int(value), _MAX_WIDTH) for value in values]
            self._session, self._inspector = sizes[0], sizes[1:columns]
            self._dock_height = max([*sizes[columns:], BAR_HEIGHT]) if sizes[columns:] else self._dock_height
            self._set_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the preview; the other columns keep their widths, or fold."""
        super().resizeEvent(event)
        is_short = self.height() < SHORT_HEIGHT
        if is_short != self.is_short:
            self.is_short = is_short
            self.short_changed.emit(is_short)
        self._fold_inspector(self.width() < sum(MIN_WIDTHS) + 2)
        self._set_widths()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close an inspector that lies over the preview on Esc."""
        if event.key() == Qt.Key.Key_Escape and self.is_folded and self._inspector_pane.isVisible():
            self.close_inspector()
            return
        super().keyPressEvent(event)

    # Columns

    def _fold_inspector(self, is_folded: bool) -> None:
        """Replace the inspector by its rail, or put it back."""
        if is_folded == self.is_folded:
            return
        self.is_folded = is_folded
        pane = self._inspector_pane
        self._session_pane.setMinimumWidth(FOLDED_SESSION_WIDTH if is_folded else MIN_WIDTHS[SESSION])
        self.rail.setVisible(is_folded and not self._is_full)
        if is_folded:
            pane.setParent(self)
            pane.hide()
        else:
            self.columns.insertWidget(INSPECTOR, pane)
            self.columns.setCollapsible(INSPECTOR, False)
            pane.setVisible(not self._is_full)
        self.rail.show_open(False)

    @Slot(int)
    def _open_page(self, page: int) -> None:
        self._inspector_pane.show_page(InspectorPage(page))
        self._inspector_pane.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _open_inspector(self) -> None:
        """Show a folded inspector over the preview."""
        if self.is_folded and not self._is_full:
            self._inspector_pane.show()
            self._inspector_pane.raise_()
            self.rail.show_open(True)
            self._place_inspector()

    @Slot()
    def close_inspector(self) -> None:
        """Hide an inspector that lies over the preview; the session gets its focus."""
        if self.is_folded and not self._inspector_pane.isHidden():
            focus = QApplication.focusWidget()
            had_focus = focus is not None and self._inspector_pane.isAncestorOf(focus)
            self._inspector_pane.hide()
            self.rail.show_open(False)
            if had_focus:
                self.rail.button(self._page).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _place_inspector(self) -> None:
        if self.is_folded and not self._inspector_pane.isHidden():
            corner = self._body.mapTo(self, self._body.rect().topLeft())
            right = self.width() - self.rail.width()
            width = min(self._inspector[self._page], right - FOLDED_SESSION_WIDTH)
            height = self.rows.height() if self.is_short else self._body.height()  # over the dock, too
            self._inspector_pane.setGeometry(QRect(right - width, corner.y(), width, height))

    def _set_widths(self) -> None:
        if self._is_full:
            return
        if self.is_folded:
            available = self.width() - self.rail.width() - 2 * self.columns.handleWidth()
            self.columns.setSizes([FOLDED_SESSION_WIDTH, available - FOLDED_SESSION_WIDTH])
            self._place_inspector()
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
        if not self.is_folded:
            self._session, _, self._inspector[self._page] = self.columns.sizes()
            self.sizes_changed.emit()

    # Dock

    @Slot()
    def _save_height(self) -> None:
        """Keep the height of an open dock after the user moved the splitter."""
        self._place_inspector()
        if not (self._dock.is_folded or self._dock.is_maximized):
            self._dock_height = self.rows.sizes()[1]
            self.sizes_changed.emit()

    @Slot(bool)
    def _maximize(self, is_maximized: bool) -> None:
        """Give the dock the full height, or its previous one."""
        if is_maximized:
            self._dock_height = self.rows.sizes()[1]
        self._top.setVisible(not is_maximized)
        if self.is_folded and is_maximized:
            self.close_inspector()
        if not is_maximized:
            height = sum(self.rows.sizes())
            self.rows.setSizes([height - self._dock_height, self._dock_height])

    @Slot(bool)
    def _fold_dock(self, is_folded: bool) -> None:
        """Give the height of a folded dock to the panes above, or take it back."""
        above, below = self.rows.sizes()
        if is_folded and self.isVisible():  # before that, nothing has been laid out
            self._dock_height = below
        height = BAR_HEIGHT if is_folded else self._dock_height
        self.rows.setSizes([above + below - height, height])
        self._place_inspector()
