"""The pages of the dock: similar files, the library, headers compared, activity; and the ways from one to another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.activity.activity_pane import ActivityPane
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.filters.saved_filters import SavedFilters
from exr_inspector_app.gui.filters.saved_filters_menu import SavedFiltersMenu
from exr_inspector_app.gui.main_window.compare_presenter import ComparePresenter
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.file_actions import FileActions
from exr_inspector_app.gui.main_window.library_presenter import LibraryPresenter
from exr_inspector_app.gui.main_window.row_menus import RowMenus, subjects_of
from exr_inspector_app.gui.main_window.similar_presenter import SimilarPresenter
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, COMPARE, SIMILAR, TabDock

SHARED = 50  # files that can be a reference together


class DockPages(QObject):
    """Makes the pages, and leads from the rows of each to what can be done with them."""

    open_wanted = Signal(list)  # paths
    similar_wanted = Signal()  # for the file that is selected in the session
    publish_wanted = Signal()
    said = Signal(str)

    def __init__(self, dock: TabDock, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self._dock, self._controller = dock, controller
        self.menus = RowMenus(FileActions(controller.viewer, self), window)
        self.filters, self.library_filters = FilterSet(self), FilterSet(self)
        self.similar_flow = SimilarPresenter(dock, controller, self.filters, window)
        self.library_flow = LibraryPresenter(dock, controller, self.library_filters, window)
        self.compare_flow = ComparePresenter(dock, controller, window)
        self.activity = ActivityPane(controller.activity)
        dock.add("Activity", self.activity, self.activity.bar, at_right=True)
        self.similar, self.library = self.similar_flow.page, self.library_flow.page
        self.compare = self.compare_flow.page
        self.panes = [self.similar.view, self.library.view, self.compare.table, self.activity.view]
        saved = SavedFilters()
        self._menus = [SavedFiltersMenu(filters, saved, window) for filters in (self.filters, self.library_filters)]
        self._connect_rows()
        self._connect_saved()
        self._connect_activity()
        controller.target_changed.connect(self._renew)
        controller.renewing.changed.connect(self._renew)
        controller.publishing.pictured.connect(self._renew)
        for said in (self.library_flow.said, self.menus.files.said, self.compare.said):
            said.connect(self.said)

    def _connect_rows(self) -> None:
        similar, library, menus = self.similar, self.library, self.menus
        similar.menu_requested.connect(lambda hits, place: menus.of_hits(hits).popup(place))
        similar.search_requested.connect(self.similar_wanted)
        self.similar_flow.open_wanted.connect(self.open_wanted)
        self.similar_flow.compare_wanted.connect(self.add_to_compare)
        library.view.menu_requested.connect(lambda rows, place: menus.of_rows(rows, library.view).popup(place))
        library.view.open_requested.connect(self.open_wanted)
        library.view.find_similar_requested.connect(lambda rows: self.find_like(subjects_of(rows)))
        library.view.compare_requested.connect(lambda rows: self.add_to_compare(subjects_of(rows)))
        for page in (similar, library):
            page.publish_requested.connect(self.publish_wanted)
        menus.open_wanted.connect(self.open_wanted)
        menus.like_wanted.connect(self.find_like)
        menus.compare_wanted.connect(self.add_to_compare)
        menus.reference_wanted.connect(self.similar_flow.compare)

    def _connect_saved(self) -> None:
        self.similar.bar.saved.clicked.connect(self._open_saved)
        self.library.save.setMenu(self._menus[1].menu)
        for menu in self._menus:
            menu.message.connect(self.said)

    def _connect_activity(self) -> None:
        controller, activity = self._controller, self.activity
        activity.stop_requested.connect(controller.stop)
        activity.undo_requested.connect(controller.publishing.undo)
        activity.retry_requested.connect(controller.retry_failed)
        activity.message.connect(self.said)
        for signal in (controller.activity.rowsInserted, controller.activity.dataChanged):
            signal.connect(self._count_jobs)

    @Slot(list)
    def find_like(self, subjects: list[FileRef]) -> None:
        """Published files become the reference."""
        self._dock.show_page(SIMILAR)
        self._controller.searching.find_published([one.file_id for one in subjects][:SHARED], subjects[0].path)

    @Slot(list)
    def add_to_compare(self, subjects: Sequence[FileRef]) -> None:
        """Several files are compared with each other; one joins those that are."""
        self._dock.show_page(COMPARE)
        if len(subjects) > 1:
            self._controller.comparing.compare(subjects)
        else:
            self._controller.comparing.add(subjects)

    def chosen(self) -> list[FileRef]:
        """What is selected in the list that has the focus; nothing while the focus is elsewhere."""
        if self.similar.view.hasFocus():
            return self.similar_flow.chosen()
        return self.library_flow.chosen() if self.library.view.hasFocus() else []

    @Slot()
    def _renew(self) -> None:
        """Of another place, or of newer rows: pictures are asked for again, and the library is."""
        self._controller.stored_pictures.forget()
        self.similar_flow.ask_pictures()
        self.library_flow.ask()

    @Slot()
    def _open_saved(self) -> None:
        button = self.similar.bar.saved
        self._menus[0].menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot()
    def _count_jobs(self) -> None:
        failed = self.activity.failed
        self._dock.count(ACTIVITY, failed or self.activity.running, "err" if failed else "")
