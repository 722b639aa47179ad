"""The window: panes, menus and sheets, each connected to the controller."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow

from exr_inspector_app.gui.help.bug_report_dialog import BugReportDialog
from exr_inspector_app.gui.help.help_dialog import HelpDialog
from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPane
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.command_palette import CommandPalette
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.main_window.drop_overlay import DropOverlay, paths_of
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.open_actions import OpenActions
from exr_inspector_app.gui.main_window.pane_navigation import PaneNavigator
from exr_inspector_app.gui.main_window.publish_presenter import PublishPresenter
from exr_inspector_app.gui.main_window.selection_actions import SelectionActions
from exr_inspector_app.gui.main_window.selection_presenter import SelectionPresenter
from exr_inspector_app.gui.main_window.session_filter_presenter import SessionFilterPresenter
from exr_inspector_app.gui.main_window.session_presenter import SessionPresenter
from exr_inspector_app.gui.main_window.start_page import StartPage
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.main_window.target_presenter import TargetPresenter
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.settings.window_state import Scheme, WindowState
from exr_inspector_app.gui.similar.blend_bar import DEFAULT_WEIGHTS
from exr_inspector_app.gui.tasks.task_runner import Failure
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, TabDock


class MainWindow(QMainWindow):
    """What a person sees and presses; the work is the controller's."""

    scheme_chosen = Signal(object)  # Scheme
    painted = Signal()  # for the first time; what takes long to import waits for it

    def __init__(self, controller: Controller, settings: WindowState) -> None:
        super().__init__()
        self._controller = controller
        self._settings = settings
        self._is_painted = False
        self.setWindowTitle("exr-inspector")
        self.setAcceptDrops(True)
        self.actions_ = Actions(self)
        self._make_panes()
        panes = (self.session, self.preview, self.inspector)
        self.layout_ = Layout(self.toolbar, panes, self.empty, self.dock, self.status)
        self.setCentralWidget(self.layout_)
        self._opening = OpenActions(self, controller, settings, self.actions_, self.status.say)
        self._arranged = SessionFilterPresenter(self.session, self.session_model, self.actions_, self)
        self._viewing = SelectionPresenter(self, controller, self.session, self.preview, self.inspector)
        self._publish = PublishPresenter(self.layout_, controller, self.actions_, self.toolbar, self.status)
        self.sheet = self._publish.sheet
        self._targets = TargetPresenter(self.layout_, controller, settings, self.actions_, self.toolbar, self.status)
        self._chosen = SelectionActions(controller, self.session, self.dock, self.shelf)
        self._panes = PaneNavigator(self, self.actions_, *panes, self.dock, self.shelf)
        self._veil = DropOverlay(self)
        self._palette = CommandPalette(self)
        self._connect_actions()
        self._connect_panes()
        self._restore()
        self._rows = SessionPresenter(
            self.layout_, controller, self.session, self.session_model, self.actions_, self.toolbar
        )
        self.session.view.setFocus()

    # Building

    def _make_panes(self) -> None:
        self.session_model = SessionModel(self)
        self.structure_model = StructureModel(self)
        self.attributes_model = AttributesModel(self)
        self.toolbar = Toolbar(self.actions_.open_menu(), self.actions_.target_menu())
        self.empty = StartPage()
        self.session = SessionPane(self.session_model)
        self.session.show_pictures(self._controller.file_pictures)
        self.preview = PreviewPane()
        self.inspector = InspectorPane(self.structure_model, self.attributes_model)
        self.dock = TabDock()
        self.shelf = DockPages(self.dock, self._controller, self)
        self.similar, self.library, self.activity = self.shelf.similar, self.shelf.library, self.shelf.activity
        self.status = StatusBar()

    def _connect_actions(self) -> None:
        actions = self.actions_
        actions.connect(
            quit=self.close,
            find=self._find,
            similar=self._chosen.find_similar,
            compare=self._chosen.compare,
            window_help=lambda: self._show_help("window"),
            similar_help=lambda: self._show_help("similar"),
            vast_help=lambda: self._show_help("vast"),
            shortcuts=lambda: self._show_help("shortcuts"),
            commands=lambda: self._palette.open(actions.all()),
            dock=lambda: self.dock.set_folded(is_folded=not self.dock.is_folded),
            maximise=lambda: self.dock.set_maximized(is_maximized=not self.dock.is_maximized),
            full=self.preview.bar.full.toggle,
        )
        for scheme, action in actions.schemes.items():
            action.triggered.connect(lambda _checked=False, scheme=scheme: self._choose_scheme(scheme))
        actions.schemes[self._settings.scheme].setChecked(True)

    def _connect_panes(self) -> None:
        controller, actions = self._controller, self.actions_
        self.toolbar.similar.clicked.connect(actions["similar"].trigger)
        self.toolbar.compare.clicked.connect(actions["compare"].trigger)
        self.toolbar.shortcuts.clicked.connect(actions["shortcuts"].trigger)
        self.toolbar.help.clicked.connect(actions["window_help"].trigger)
        self.toolbar.search.textChanged.connect(self._filter)
        self._opening.serve(self.empty)
        self.inspector.header.find_similar_requested.connect(self._chosen.find_similar)
        self.inspector.structure.filter_cleared.connect(self.toolbar.search.clear)
        self.inspector.page_shown.connect(self.layout_.show_page)
        self.preview.bar.full.toggled.connect(self.layout_.show_full)
        self.shelf.open_wanted.connect(self.open_paths)
        self.shelf.similar_wanted.connect(self._chosen.find_similar)
        self.shelf.publish_wanted.connect(actions["publish"].trigger)
        self.shelf.said.connect(self.status.say)
        self.similar.bar.help_requested.connect(actions["similar_help"].trigger)
        self.status.stop_wanted.connect(controller.stop)
        self.status.show_wanted.connect(lambda: self.dock.show_page(ACTIVITY))
        self._publish.target_wanted.connect(self._targets.choose)
        for flow in (self._publish, self._targets):
            flow.closed.connect(self.session.view.setFocus)
            flow.bug.connect(self.show_bug)
        controller.progressed.connect(self.status.show_progress)
        controller.ended.connect(self.status.show_result)
        controller.bug.connect(self.show_bug)

    # Opening

    def open_paths(self, paths: Sequence[str]) -> None:
        """The paths join the session, which is seen, and are remembered."""
        self.dock.set_maximized(is_maximized=False)
        self._opening.open(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Paths are welcome, as links or as text."""
        paths = paths_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self._veil.cover(len(paths))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """What was dropped is opened."""
        self._veil.hide()
        paths = paths_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)

    # Everything else

    @Slot(str)
    def _filter(self, words: str) -> None:
        self.structure_model.set_filter(words.strip())
        self.inspector.structure.update_page()
        self.inspector.attributes.field.setText(words)

    def _find(self) -> None:
        self.toolbar.search.setFocus()
        self.toolbar.search.selectAll()

    @Slot(object)
    def show_bug(self, failure: Failure) -> None:
        """An error in the program is shown with its report, beside whatever runs."""
        BugReportDialog(failure.sentence, failure.report or "", self).show()

    def _show_help(self, page: str) -> None:
        HelpDialog(page, self).show()

    def _choose_scheme(self, scheme: Scheme) -> None:
        self._settings.scheme = scheme
        self.scheme_chosen.emit(scheme)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first one is told."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sheet keeps to the right edge."""
        super().resizeEvent(event)
        self._publish.place()
        self._targets.place()

    def _restore(self) -> None:
        self.restoreGeometry(self._settings.state("window"))
        self.layout_.restore(self._settings.state("columns"))
        self.shelf.similar_flow.take_blend(self._settings.blend or DEFAULT_WEIGHTS)
        self.similar.bar.exact.setChecked(self._settings.is_exact)
        self._arranged.order = self._settings.order

    def closeEvent(self, event: QCloseEvent) -> None:
        """Quitting during a publish asks first; then the window's state is kept."""
        if not self._publish.may_quit(self):
            event.ignore()
            return
        if self._controller.session.roots:
            self._settings.session = self._controller.session.roots
        self._settings.save_state("window", self.saveGeometry())
        self._settings.save_state("columns", self.layout_.state)
        self._settings.order = self._arranged.order
        self._settings.is_exact = self.similar.bar.exact.isChecked()
        self._settings.blend = self.similar.blend.weights
        self._settings.flush()
        super().closeEvent(event)
