"""The pages of the dock: similar files, the library, headers compared, activity; each with what its rows can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.contracts import Band, Page, Weights
from exr_inspector_app.gui.browsing import Browsed
from exr_inspector_app.gui.comparing import Comparison, Subject
from exr_inspector_app.gui.controller import Controller
from exr_inspector_app.gui.file_actions import FileActions
from exr_inspector_app.gui.filter_set import FilterSet
from exr_inspector_app.gui.found import Similar, Way
from exr_inspector_app.gui.models.library_rows import COLUMNS, Shown
from exr_inspector_app.gui.models.similar import HitShown
from exr_inspector_app.gui.row_menus import RowMenus, subjects_of
from exr_inspector_app.gui.saved_filters import SavedFilters
from exr_inspector_app.gui.targets import Target
from exr_inspector_app.gui.widgets.activity import Activity
from exr_inspector_app.gui.widgets.compare_pane import ComparePane
from exr_inspector_app.gui.widgets.dock import Dock
from exr_inspector_app.gui.widgets.library_pane import LibraryPane
from exr_inspector_app.gui.widgets.saved_menu import SavedMenu
from exr_inspector_app.gui.widgets.similar_list import SimilarList

SIMILAR, LIBRARY, COMPARE, ACTIVITY = range(4)  # pages of the dock
TABLES, HITS = "Tables (*.csv *.parquet)", "Tables (*.csv)"
SHARED = 50  # files that can be a reference together


class Shelf(QObject):
    """Makes the pages, and connects them with the controller."""

    open_wanted = Signal(list)  # paths
    similar_wanted = Signal()  # for the file that is selected in the session
    publish_wanted = Signal()
    said = Signal(str)

    def __init__(self, dock: Dock, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self._dock, self._controller, self._window = dock, controller, window
        self.menus = RowMenus(FileActions(controller.viewer, self), window)
        self._saved = SavedFilters()
        self.filters, self.library_filters = FilterSet(self), FilterSet(self)
        self.similar = SimilarList(self.filters, controller.stored_pictures.get)
        self.library = LibraryPane(self.library_filters, controller.stored_pictures.get)
        self.compare = ComparePane(self._picture_of)
        self.activity = Activity(controller.activity)
        self._is_stale = True  # the library has not been asked, or has changed since
        dock.add("Similar", self.similar, self.similar.bar, at_right=False)
        dock.add("Library", self.library, self.library.bar, at_right=True)
        dock.add("Compare", self.compare, self.compare.bar, at_right=False)
        dock.add("Activity", self.activity, self.activity.bar, at_right=True)
        self.panes = [self.similar.view, self.library.table, self.compare.table, self.activity.table]
        self._menus = [SavedMenu(filters, self._saved, window) for filters in (self.filters, self.library_filters)]
        self.similar.bar.saved.clicked.connect(self._open_saved)
        self.library.save.setMenu(self._menus[1].menu)
        self._connect_similar()
        self._connect_library()
        self._connect_compare()
        self._connect_menus()
        self._connect_activity()
        for view in (self.similar.view, self.library.table, self.compare.table.header()):
            controller.stored_pictures.changed.connect(view.viewport().update)
        controller.file_pictures.arrived.connect(self.compare.table.header().viewport().update)
        for said in (self.menus.files.said, self.compare.said, *(menu.said for menu in self._menus)):
            said.connect(self.said)

    def _connect_similar(self) -> None:
        similar, searching = self.similar, self._controller.searching
        similar.by_chosen.connect(lambda by: searching.search_by(cast(Way, by)))
        similar.blend.changed.connect(searching.blend)
        similar.bar.export.clicked.connect(lambda: self._ask_name("similar.csv", HITS, searching.export))
        similar.opened.connect(lambda path: self.open_wanted.emit([path]))
        similar.menu_wanted.connect(self._similar_menu)
        similar.search_wanted.connect(self.similar_wanted)
        similar.publish_wanted.connect(self.publish_wanted)
        similar.pictures_wanted.connect(self._controller.renewing.make_pictures)
        similar.anew_wanted.connect(self._controller.renewing.compute_anew)
        similar.bar.exact.toggled.connect(searching.be_exact)
        searching.changed.connect(self._show_similar)
        self.filters.changed.connect(lambda: searching.filter(self.filters.conditions))

    def _connect_library(self) -> None:
        pane, browsing, table = self.library, self._controller.browsing, self.library.table
        browsing.changed.connect(self._show_browsed)
        browsing.more.connect(self._add_page)
        browsing.frames.connect(pane.model.add_files)
        browsing.failed.connect(self._page_failed)
        pane.model.page_wanted.connect(browsing.ask_more)
        pane.model.files_wanted.connect(browsing.ask_frames)
        pane.seen.connect(self._ask_if_stale)
        pane.retry_wanted.connect(self._ask)
        pane.publish_wanted.connect(self.publish_wanted)
        pane.export.clicked.connect(lambda: self._ask_name("library.csv", TABLES, browsing.export))
        table.sorted_by.connect(lambda column, down: browsing.ask(sort=COLUMNS[column].sort, descending=down))
        table.opened.connect(self.open_wanted)
        table.similar_wanted.connect(lambda rows: self.find_like(subjects_of(rows)))
        table.menu_wanted.connect(self._library_menu)
        self.library_filters.changed.connect(self._ask)
        self._controller.target_changed.connect(self._target_changed)
        self._controller.renewing.changed.connect(lambda: self._target_changed(self._controller.target))
        self._controller.publishing.pictured.connect(lambda: self._target_changed(self._controller.target))

    def _connect_compare(self) -> None:
        pane, comparing = self.compare, self._controller.comparing
        comparing.changed.connect(self._show_comparison)
        pane.removed.connect(comparing.remove)
        pane.cleared.connect(lambda: comparing.compare(()))
        pane.retry_wanted.connect(comparing.again)
        self.similar.bar.compare.clicked.connect(self._compare_hits)
        self.library.table.compare_wanted.connect(lambda rows: self.add_to_compare(subjects_of(rows)))

    def _connect_menus(self) -> None:
        menus = self.menus
        menus.open_wanted.connect(self.open_wanted)
        menus.like_wanted.connect(self.find_like)
        menus.compare_wanted.connect(self.add_to_compare)
        menus.reference_wanted.connect(self._compare_hits)

    def _connect_activity(self) -> None:
        controller, activity = self._controller, self.activity
        activity.stop_wanted.connect(controller.stop)
        activity.undo_wanted.connect(controller.publishing.undo)
        activity.retry_wanted.connect(controller.retry_failed)
        activity.copied.connect(self.said)
        for signal in (controller.activity.rowsInserted, controller.activity.dataChanged):
            signal.connect(self._count_jobs)

    # Similar files

    @Slot(object)
    def _show_similar(self, similar: Similar | None) -> None:
        self.similar.show_similar(similar)
        hits = (similar.hits or ()) if similar else ()
        self._dock.count(SIMILAR, sum(hit.band is not Band.UNRELATED for hit in hits))
        self._controller.stored_pictures.ask([hit.file_id for hit in hits])

    @Slot()
    def _open_saved(self) -> None:
        button = self.similar.bar.saved
        self._menus[0].menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot(object, object)
    def _similar_menu(self, hits: list[HitShown], place: QPoint) -> None:
        self.menus.of_hits(hits).popup(place)

    @Slot(list)
    def find_like(self, subjects: list[Subject]) -> None:
        """Published files become the reference."""
        self._dock.show_page(SIMILAR)
        self._controller.searching.find_published([one.file_id for one in subjects][:SHARED], subjects[0].path)

    # The library

    @Slot()
    def _ask(self) -> None:
        """The library is asked if it is seen, otherwise once it is."""
        self._is_stale = True
        if self.library.isVisible():
            self._ask_if_stale()

    @Slot()
    def _ask_if_stale(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._controller.browsing.ask(where=self.library_filters.conditions)

    @Slot(object)
    def _target_changed(self, target: Target) -> None:
        self._controller.stored_pictures.forget()  # of another place, or newer ones
        found = self._controller.searching.similar
        self._controller.stored_pictures.ask([hit.file_id for hit in (found.hits or ())] if found else [])
        self._ask()

    @Slot(object)
    def _show_browsed(self, browsed: Browsed) -> None:
        self.library.show_browsed(browsed)
        page, files = browsed.page, self._controller.target.files
        self._ask_thumbnails(page)
        if page and files and not browsed.failure and self._dock.is_maximised:
            took = f"in {max(1, round(1000 * browsed.seconds)):,} ms"
            self.said.emit(f"{page.files_in_all:,} of {max(files, page.files_in_all):,} files {took}")

    @Slot(object, int)
    def _add_page(self, page: Page, offset: int) -> None:
        self.library.model.add(page, offset)
        self._ask_thumbnails(page)

    def _ask_thumbnails(self, page: Page | None) -> None:
        self._controller.stored_pictures.ask([str(row.file["file_id"]) for row in page.rows] if page else [])

    @Slot(str)
    def _page_failed(self, sentence: str) -> None:
        self.library.model.forget_asked()
        self.said.emit(sentence)

    @Slot(list, QPoint)
    def _library_menu(self, rows: list[Shown], place: QPoint) -> None:
        self.menus.of_rows(rows, self.library.table).popup(place)

    def _ask_name(self, name: str, kinds: str, export: Callable[[Path], None]) -> None:
        """A dialog for the name of the table, beside which everything goes on."""
        dialog = QFileDialog(self._window, "Export list", name, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda chosen: export(Path(chosen)))
        dialog.open()

    def take_blend(self, weights: Weights) -> None:
        """A blend has these shares from now on."""
        self.similar.blend.set(weights)
        self._controller.searching.blend(self.similar.blend.weights)

    # Compare

    def add_to_compare(self, subjects: Sequence[Subject]) -> None:
        """Several files are compared with each other; one joins those that are."""
        self._dock.show_page(COMPARE)
        if len(subjects) > 1:
            self._controller.comparing.compare(subjects)
        else:
            self._controller.comparing.add(subjects)

    def _picture_of(self, path: str) -> QImage | None:
        """The picture of a compared file: its own, or the stored one where the file is out of reach."""
        subjects = self._controller.comparing.comparison.subjects
        file_id = next((one.file_id for one in subjects if one.path == path), "")
        return self._controller.file_pictures.of(path) or self._controller.stored_pictures.get(file_id)

    @Slot(object)
    def _show_comparison(self, comparison: Comparison) -> None:
        self.compare.show_comparison(comparison)
        self._dock.count(COMPARE, len(comparison.subjects))
        self._controller.stored_pictures.ask([one.file_id for one in comparison.subjects if one.file_id])

    @Slot()
    def _compare_hits(self) -> None:
        """The selected hits, or the best one, beside the reference."""
        found = self._controller.searching.similar
        hits = [one.hit for one in self.similar.chosen()] or list(found.hits or ())[:1] if found else []
        if found and hits:
            first = Subject(found.reference.path, found.published[0] if found.published else "")
            self.add_to_compare([first, *(Subject(hit.file_path, hit.file_id) for hit in hits)])

    @Slot()
    def _count_jobs(self) -> None:
        self._dock.count(ACTIVITY, self.activity.running)
