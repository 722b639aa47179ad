"""Pages of the bottom panel: Similar, Library, Compare and Activity, and the commands from one to another."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from exr_inspector_app.contracts import Condition
from exr_inspector_app.gui.activity.activity_pane import ActivityPane
from exr_inspector_app.gui.compare.compare_presenter import ComparePresenter
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.filters.saved_filters import SavedFilters
from exr_inspector_app.gui.filters.saved_filters_menu import SavedFiltersMenu
from exr_inspector_app.gui.library.library_presenter import LibraryPresenter, file_refs
from exr_inspector_app.gui.library.storage_presenter import StoragePresenter
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.file_actions import FileActions
from exr_inspector_app.gui.main_window.picture.version_comparison import VersionComparison
from exr_inspector_app.gui.main_window.row_menus import RowMenus
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.outgoing_paths import OutgoingPaths
from exr_inspector_app.gui.similar.similar_presenter import SimilarPresenter
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, COMPARE, LIBRARY, SIMILAR, TabDock


class DockPages(QObject):
    """Composition of the pages with their services."""

    open_requested = Signal(list)  # paths
    find_similar_requested = Signal()  # for the file that is selected in the session
    publish_requested = Signal()
    message = Signal(str)

    def __init__(self, dock: TabDock, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self._dock, self._controller = dock, controller
        stored = controller.stored_thumbnails
        self.outgoing = OutgoingPaths(controller.backend, controller.tasks, self)
        self.menus = RowMenus(FileActions(controller.targets.config.viewer, self.outgoing, self), window)
        self.filters, self.library_filters = FilterSet(self), FilterSet(self)
        self.similar_presenter = SimilarPresenter(dock, controller.search, stored, self.filters, window)
        self.library_presenter = LibraryPresenter(
            dock, controller.library_pages, stored, self.library_filters, self._count_files, window
        )
        self.storage_presenter = StoragePresenter(
            self.library_presenter.page,
            *(controller.backend, controller.tasks, controller.jobs),
            self.library_filters,
            window,
        )
        self.compare_presenter = ComparePresenter(
            dock, controller.compare, controller.session_thumbnails, stored, window
        )
        self.versions = VersionComparison(controller.files, controller.tasks, self.compare_presenter.add, self)
        self.activity = ActivityPane(controller.activity)
        dock.add_page("Activity", self.activity, self.activity.bar, align_right=True)
        self.similar, self.library = self.similar_presenter.page, self.library_presenter.page
        self.compare = self.compare_presenter.page
        saved = SavedFilters()
        self.filter_menus = [
            SavedFiltersMenu(filters, saved, window) for filters in (self.filters, self.library_filters)
        ]
        self._connect_rows()
        self._connect_outgoing_paths()
        self._connect_services()
        self._connect_saved_filters()
        self._connect_activity()
        for presenter in (self.library_presenter, self.menus.files, self.compare_presenter):
            presenter.message.connect(self.message)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """Widgets that take the keyboard focus, by page."""
        return self.similar.view, self.library.view, self.compare_presenter.tabs.view, self.activity.view

    def _connect_rows(self) -> None:
        similar, library, menus = self.similar, self.library, self.menus
        find_similar, compare = self.similar_presenter.search_published, self.compare_presenter.add
        similar.menu_requested.connect(lambda hits, position: menus.of_hits(hits).popup(position))
        similar.search_requested.connect(self.find_similar_requested)
        self.similar_presenter.open_requested.connect(self._open)
        self.similar_presenter.compare_requested.connect(compare)
        library.view.menu_requested.connect(lambda rows, position: menus.of_rows(rows, library.view).popup(position))
        library.view.open_requested.connect(self._open)
        library.view.find_similar_requested.connect(lambda rows: find_similar(file_refs(rows)))
        library.view.compare_requested.connect(lambda rows: compare(file_refs(rows)))
        for page in (similar, library):
            page.publish_requested.connect(self.publish_requested)
        menus.open_requested.connect(self._open)
        menus.find_similar_requested.connect(find_similar)
        menus.compare_requested.connect(compare)
        menus.compare_with_reference_requested.connect(self.similar_presenter.compare)

    def _connect_outgoing_paths(self) -> None:
        for page in (self.similar, self.library):
            page.model.create_mime_data = self.outgoing.create_mime_data
            page.view.copy_requested.connect(self.outgoing.copy)

    def _connect_services(self) -> None:
        controller, similar = self._controller, self.similar_presenter
        similar.recompute_requested.connect(controller.maintenance.recompute_embeddings)
        similar.thumbnails_requested.connect(controller.maintenance.create_thumbnails)
        similar.export_requested.connect(controller.export.export_hits)
        self.library_presenter.export_requested.connect(controller.export.export_files)
        for changed in (
            controller.targets.changed,
            controller.targets.chosen,
            controller.maintenance.changed,
            controller.publishing.previews_stored,
        ):
            changed.connect(self._reload)

    def _connect_saved_filters(self) -> None:
        self.similar.bar.saved.clicked.connect(self._open_saved_filters)
        self.library.save.setMenu(self.filter_menus[1].menu)
        for menu in self.filter_menus:
            menu.message.connect(self.message)

    def _connect_activity(self) -> None:
        controller, activity = self._controller, self.activity
        activity.stop_requested.connect(controller.jobs.cancel)
        activity.undo_requested.connect(controller.publishing.undo)
        activity.retry_requested.connect(controller.retry_failed)
        activity.files_requested.connect(self.show_publish)
        activity.message.connect(self.message)
        for signal in (controller.activity.rowsInserted, controller.activity.dataChanged):
            signal.connect(self._count_jobs)

    def selected_files(self) -> list[FileRef]:
        """Return the selected files of the focused list; empty if the focus is elsewhere."""
        if self.similar.view.hasFocus():
            return self.similar_presenter.selected_files()
        return self.library_presenter.selected_files() if self.library.view.hasFocus() else []

    def make_menu(self, page: int) -> QMenu | None:
        """Create the menu of the selected rows of Similar or Library; None without a selection."""
        if page == SIMILAR and (hits := self.similar.selected_hits()):
            return self.menus.of_hits(hits)
        if page == LIBRARY and (rows := self.library.view.selected_rows()):
            return self.menus.of_rows(rows, self.library.view)
        return self.activity.view.make_menu() if page == ACTIVITY else None

    def button_menus(self, page: int) -> list[QMenu]:
        """Return the filled menus of the buttons of a page."""
        menus: list[QMenu] = []
        if page == SIMILAR:
            menus = [self.similar.bar.menu, self.filter_menus[0].menu]
        elif page == LIBRARY:
            menus = [self.filter_menus[1].menu]
        elif page == COMPARE:
            menus = [self.compare.fill_menu()]
        for menu in menus:
            menu.aboutToShow.emit()
        return menus

    @Slot(str)
    def show_publish(self, publish_id: str) -> None:
        """Show the files of a publish in the library, under no other filter."""
        self.library_filters.set_conditions((Condition("publish_id", "=", publish_id),))
        self._dock.show_page(LIBRARY)

    @Slot(list)
    def _open(self, paths: list[str]) -> None:
        """Request that the paths of rows are opened."""
        if allowed := self.outgoing.without_unknown_hosts(paths):
            self.open_requested.emit(allowed)

    def _count_files(self) -> int | None:
        return self._controller.targets.current.files

    @Slot()
    def _reload(self) -> None:
        """Load thumbnails and library again, since the target or its contents have changed."""
        self._controller.stored_thumbnails.invalidate()
        self.menus.files.set_viewer(self._controller.targets.config.viewer)
        self.similar_presenter.request_thumbnails()
        self.library_presenter.reload()
        self.storage_presenter.reload()

    @Slot()
    def _open_saved_filters(self) -> None:
        button = self.similar.bar.saved
        self.filter_menus[0].menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot()
    def _count_jobs(self) -> None:
        failed = self.activity.failed
        self._dock.set_count(ACTIVITY, failed or self.activity.running, "err" if failed else "")
