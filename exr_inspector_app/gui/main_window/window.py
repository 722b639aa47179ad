"""Main window: composition of panes, menus, sheets and presenters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow

from exr_inspector_app.gui.help.bug_report_dialog import BugReportDialog
from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPane
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.columns_presenter import ColumnsPresenter
from exr_inspector_app.gui.main_window.command_palette import CommandPalette
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.copy_as import CopyAs
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.main_window.drop_overlay import DropOverlay
from exr_inspector_app.gui.main_window.grouping_presenter import GroupingPresenter
from exr_inspector_app.gui.main_window.help_presenter import HelpPresenter
from exr_inspector_app.gui.main_window.keyboard import handle_key
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.open_actions import OpenActions
from exr_inspector_app.gui.main_window.pane_commands import PaneCommands, list_panes
from exr_inspector_app.gui.main_window.pane_navigation import PaneNavigator
from exr_inspector_app.gui.main_window.picture.objects_presenter import ObjectsPresenter
from exr_inspector_app.gui.main_window.picture.overlay_presenter import OverlayPresenter
from exr_inspector_app.gui.main_window.picture.picture_actions import PictureActions
from exr_inspector_app.gui.main_window.picture.pixel_comparison import PixelComparison
from exr_inspector_app.gui.main_window.picture.probe_presenter import ProbePresenter
from exr_inspector_app.gui.main_window.profile_presenter import ProfilePresenter
from exr_inspector_app.gui.main_window.sample_tour import SampleTour
from exr_inspector_app.gui.main_window.selection_actions import SelectionActions
from exr_inspector_app.gui.main_window.selection_presenter import SelectionPresenter
from exr_inspector_app.gui.main_window.session_filter_presenter import SessionFilterPresenter
from exr_inspector_app.gui.main_window.session_presenter import SessionPresenter
from exr_inspector_app.gui.main_window.settings.settings_fault import SettingsFaultPresenter
from exr_inspector_app.gui.main_window.settings.settings_presenter import SettingsPresenter
from exr_inspector_app.gui.main_window.start_page import StartPage
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.main_window.target_presenter import TargetPresenter
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.main_window.watch_presenter import WatchPresenter
from exr_inspector_app.gui.main_window.window_state_saver import WindowStateSaver
from exr_inspector_app.gui.preview.color.color_presenter import ColorPresenter
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.publish.history_presenter import HistoryPresenter
from exr_inspector_app.gui.publish.publish_presenter import PublishPresenter
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.settings.window_state import Scheme, WindowState
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.task_runner import Failure
from exr_inspector_app.gui.widgets.focus_keeper import FocusKeeper
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, TabDock


class MainWindow(QMainWindow):
    """Window over the services of a controller."""

    scheme_chosen = Signal(object)  # Scheme
    painted = Signal()  # for the first time; slow imports wait for it

    def __init__(self, controller: Controller, settings: WindowState) -> None:
        super().__init__()
        self.controller: Final = controller
        self.settings: Final = settings
        self._is_painted = False
        self.setWindowTitle(strings.TITLE)
        self.setAcceptDrops(True)
        self.actions_ = Actions(self)
        self._make_panes()
        self._make_presenters()
        self.drop_overlay: Final = DropOverlay(self)
        self.command_palette: Final = CommandPalette(self)
        self._connect_actions()
        self._connect_panes()
        self._connect_services()
        self.state_saver: Final = WindowStateSaver(
            self,
            settings,
            self.layout_,
            self.inspector.attributes.table,
            self.session_filter,
            self.pages.similar_presenter,
        )
        self._make_session_presenter()
        theme.style_window(self)
        self._focus_keeper = FocusKeeper(self)
        self.session.view.setFocus()

    def _make_panes(self) -> None:
        self.session_model = SessionModel(self)
        self.structure_model = StructureModel(self)
        self.attributes_model = AttributesModel(self)
        self.toolbar = Toolbar(self.actions_.open_menu(), self.actions_.target_menu())
        self.empty = StartPage()
        self.session = SessionPane(self.session_model)
        self.session.set_thumbnails(self.controller.session_thumbnails)
        self.preview = PreviewPane(self.controller.tasks)
        self.inspector = InspectorPane(self.structure_model, self.attributes_model)
        self.dock = TabDock()
        self.pages = DockPages(self.dock, self.controller, self)
        self.similar, self.library, self.activity = self.pages.similar, self.pages.library, self.pages.activity
        self.status = StatusBar()
        panes = (self.session, self.preview, self.inspector)
        self.layout_ = Layout(self.toolbar, panes, self.empty, self.dock, self.status)
        self.setCentralWidget(self.layout_)

    def _make_presenters(self) -> None:
        controller, actions, settings = self.controller, self.actions_, self.settings
        session, preview, inspector, show = self.session, self.preview, self.inspector, self.status.show_message
        self.open_actions = OpenActions(self, controller.files, settings, actions, show)
        self.session_filter = SessionFilterPresenter(session, self.session_model, actions, self)
        sorter = self.session_filter.sorter
        self.grouping = GroupingPresenter(actions, sorter, controller.targets, settings, self.status)
        self.columns = ColumnsPresenter(session, actions, sorter, settings, self.layout_.widen_session)
        self._selection = SelectionPresenter(
            self, controller.files, controller.preview, controller.file_details, session, preview, inspector
        )
        self.overlays = OverlayPresenter(self, actions, controller.tasks, controller.preview, preview)
        self._probes = ProbePresenter(self, actions, controller.probe, controller.preview, preview, inspector)
        shown = (controller.files, controller.preview, controller.comparison, controller.pixel_diff)
        self.comparison = PixelComparison(self, actions, shown, self.pages, preview, session.follow)
        pictures = (controller.tasks, controller.jobs, controller.layer_thumbnails)
        self.picture = PictureActions(self, self.layout_, actions, pictures, preview, self.pages.menus.files)
        self.picture.layers.compare_requested.connect(self.comparison.presenter.compare)
        objects = (controller.objects, controller.preview)
        self.objects = ObjectsPresenter(self, actions, controller.tasks, objects, preview, inspector)
        self.colors = ColorPresenter(preview, controller.tasks, settings, show)
        self._profile = ProfilePresenter(self, controller.profile_check, inspector.checks.profile, settings, show)
        self._publish = PublishPresenter(controller.publishing, controller.targets, self.layout_)
        self.sheet = self._publish.sheet
        self.sheet.view.set_thumbnails(controller.session_thumbnails)
        history = (controller.history, controller.publishing, controller.targets)
        self._history = HistoryPresenter(*history, (actions["undo"], actions["publish_history"]), self.layout_)
        targets, bars = (controller.targets, controller.publishing), (self.toolbar, self.status)
        services = (*targets, controller.session, controller.tasks)
        page = SettingsPresenter(self.layout_, services, self.colors, settings, actions, bars)
        self.targets = TargetPresenter(self.layout_, *targets, page, settings, actions, *bars)
        self._selection_actions = SelectionActions(controller.files, controller.search, session, self.dock, self.pages)
        self._help = HelpPresenter(self, actions)
        self.tour = SampleTour(controller.files, session, actions)
        self.commands = PaneCommands(actions, list_panes(session, preview, inspector, self.dock, self.pages), self)
        self.watching = WatchPresenter(self, actions, (controller.files, controller.jobs), session, self.session_model)
        for rows in (self.watching, CopyAs(actions, session, self.pages.menus.files, self)):
            rows.message.connect(show)
        self._navigator = PaneNavigator(self, actions, session, preview, inspector, self.dock, self.pages)

    def _make_session_presenter(self) -> None:
        """Connect the session last: it shows the start page or the panes, for which all else must be there."""
        controller = self.controller
        self._session_presenter = SessionPresenter(
            self.layout_, controller.files, self.session, self.session_model, self.actions_, self.toolbar
        )
        self._session_presenter.check_library_requested.connect(controller.check_library)
        self._session_presenter.message.connect(self.status.show_message)
        self._session_presenter.stop_requested.connect(controller.jobs.cancel)
        self._session_presenter.retry_requested.connect(controller.retry_failed)

    def _connect_actions(self) -> None:
        actions = self.actions_
        actions.connect(
            quit=self.close,
            find=self.toolbar.focus_search,
            publish=self._publish.start,
            publish_listed=lambda: self._publish.start_with(self.session.listed_entries()),
            publish_selected=lambda: self._publish.start_with(self.session.entries() or None),
            similar=self._selection_actions.find_similar,
            compare=self._selection_actions.compare,
            commands=lambda: self.command_palette.open_palette(self.commands.actions()),
            dock=lambda: self.dock.set_folded(is_folded=not self.dock.is_folded),
            maximise=lambda: self.dock.set_maximized(is_maximized=not self.dock.is_maximized),
        )
        self.addActions(actions.all())  # their keys work without the menu bar, too
        for scheme, action in actions.schemes.items():
            action.triggered.connect(lambda _checked=False, scheme=scheme: self._choose_scheme(scheme))
        actions.schemes[self.settings.scheme].setChecked(True)

    def _connect_panes(self) -> None:
        actions, toolbar, pages = self.actions_, self.toolbar, self.pages
        toolbar.connect_actions(actions)
        toolbar.search.textChanged.connect(self._filter)
        self.open_actions.connect_start_page(self.empty)
        self.inspector.header.find_similar_requested.connect(self._selection_actions.find_similar)
        self.inspector.structure.filter_cleared.connect(toolbar.search.clear)
        self.inspector.page_shown.connect(self.layout_.show_page)
        pages.open_requested.connect(self.open_paths)
        pages.find_similar_requested.connect(self._selection_actions.find_similar)
        pages.publish_requested.connect(actions["publish"].trigger)
        self.similar.bar.help_requested.connect(actions["similar_help"].trigger)
        self.status.undo_requested.connect(self._publish.undo)
        self.status.retry_requested.connect(lambda job: job.retry())
        self.status.activity_requested.connect(lambda: self.dock.show_page(ACTIVITY))

    def _connect_services(self) -> None:
        controller, publish = self.controller, self._publish
        publish.opened.connect(self._on_publish_opened)
        controller.files.cleared.connect(publish.release)
        publish.closed.connect(lambda: self.toolbar.fill_publish(True))
        for source in (publish, self._history, self.pages):
            source.message.connect(self.status.show_message)
        publish.target_requested.connect(self.targets.choose)
        publish.export_requested.connect(controller.export.export_plan)
        publish.history_requested.connect(self._history.open_sheet)
        self._history.opened.connect(self._fit_publish_sheet)
        self._history.files_requested.connect(self.pages.show_publish)
        for sheet in (publish, self.targets.settings, self._history):
            sheet.closed.connect(self.session.view.setFocus)
        queued = Qt.ConnectionType.QueuedConnection  # a notice stays in the status bar, after the result of a job
        for settled in (controller.settled, controller.profile_check.changed):
            settled.connect(self.watching.watch.look, queued)
        self.targets.check_requested.connect(controller.check_library)
        controller.search.changed.connect(self._show_reference)
        controller.jobs.added.connect(self.status.show_started)
        controller.jobs.changed.connect(self.status.show_changed)
        controller.jobs.progressed.connect(self.status.show_progress)
        controller.jobs.finished.connect(self.status.show_result)
        self.status.stop_requested.connect(controller.jobs.cancel)
        controller.tasks.bug.connect(self.show_bug)

    # Opening

    @Slot(list)
    def open_paths(self, paths: Sequence[str]) -> None:
        """Add the paths to the session and to the recent paths, and make the session visible."""
        self.dock.set_maximized(is_maximized=False)
        self.open_actions.open_paths(paths)

    @Slot(list)
    def open_from_other_start(self, paths: Sequence[str]) -> None:
        """Open the paths of a second start, and come to the front."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        self.raise_()
        self.activateWindow()
        if paths:
            self.open_paths(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a drag of links or of text; its paths are read when it is dropped."""
        self.drop_overlay.enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Hide the overlay."""
        self.drop_overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped paths."""
        if self.drop_overlay.drop(event):
            self.dock.set_maximized(is_maximized=False)
            self.open_actions.open_data(event.mimeData())

    # Everything else

    def show_settings_fault(self, sentence: str) -> None:
        """Show the fault of unreadable settings, with remedies; of readable ones, their unknown keys."""
        controller = self.controller
        SettingsFaultPresenter(
            self.layout_.settings_banner, controller.targets, controller.tasks, self.status.show_message
        ).show(sentence)

    @Slot(str)
    def _filter(self, text: str) -> None:
        self.structure_model.set_filter(text.strip())
        self.inspector.structure.update_page()
        self.inspector.attributes.field.setText(text)

    @Slot(object)
    def show_bug(self, failure: Failure) -> None:
        """Show the report of an internal error in a non-modal dialog, unless the same report is open already."""
        report = failure.report or ""
        if all(dialog.trace != report for dialog in self.findChildren(BugReportDialog)):
            BugReportDialog(failure.sentence, report, self).show()

    @Slot(object)
    def _show_reference(self, search: SearchState | None) -> None:
        """Mark the reference of the Similar pane, and what differs from it."""
        self.inspector.show_reference(search.reference if search else None)

    @Slot()
    def _on_publish_opened(self) -> None:
        self.toolbar.fill_publish(False)
        self._fit_publish_sheet()

    def _fit_publish_sheet(self) -> None:
        """Place the sheets at the right, between toolbar and status bar."""
        for sheet in (self.sheet, self._history.sheet):
            sheet.fit_window(self.toolbar.height(), self.status.height())

    def _choose_scheme(self, scheme: Scheme) -> None:
        self.settings.scheme = scheme
        self.scheme_chosen.emit(scheme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the focused button on Enter, and open the menu of the focused row on Shift+F10."""
        if not handle_key(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Move the focus on Tab; where its widget is disabled or hidden, keep it near instead of moving it on."""
        focus = QApplication.focusWidget()
        if focus is None or (focus.isEnabled() and focus.isVisible()):
            return super().focusNextPrevChild(is_next)
        if not self._focus_keeper.keep() and self.session.view.isVisible():
            self.session.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Emit `painted` the first time."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sheets at the right edge."""
        super().resizeEvent(event)
        self._fit_publish_sheet()
        self.targets.settings.fit_window()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the state of the window, unless the user keeps a running publish."""
        if not self._publish.confirm_quit(self):
            event.ignore()
            return
        if self.controller.session.roots:
            self.settings.session = self.controller.session.roots
        self.state_saver.save()
        self.settings.flush()
        super().closeEvent(event)
