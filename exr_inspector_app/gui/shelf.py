"""The pages of the dock: similar files, the library, activity; each with what its rows can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from exr_inspector_app.contracts import By
from exr_inspector_app.exr.discover import ranges
from exr_inspector_app.gui import icons
from exr_inspector_app.gui.browsing import Browsed
from exr_inspector_app.gui.controller import Controller
from exr_inspector_app.gui.file_actions import NO_VIEWER, FileActions
from exr_inspector_app.gui.filter_set import FilterSet
from exr_inspector_app.gui.models import library
from exr_inspector_app.gui.models.library import Shown, missing_frames
from exr_inspector_app.gui.models.similar import HitShown
from exr_inspector_app.gui.saved_filters import SavedFilters
from exr_inspector_app.gui.searching import Similar
from exr_inspector_app.gui.targets import Target
from exr_inspector_app.gui.widgets.activity import Activity
from exr_inspector_app.gui.widgets.dock import Dock
from exr_inspector_app.gui.widgets.library_pane import LibraryPane
from exr_inspector_app.gui.widgets.saved_menu import SavedMenu
from exr_inspector_app.gui.widgets.similar_list import SimilarList

SIMILAR, LIBRARY, ACTIVITY = range(3)  # pages of the dock
TABLES = "Tables (*.csv *.parquet)"
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
        self._files = FileActions(controller.viewer, self)
        self._saved = SavedFilters()
        self.filters, self.library_filters = FilterSet(self), FilterSet(self)
        self.similar = SimilarList(self.filters)
        self.library = LibraryPane(self.library_filters)
        self.activity = Activity(controller.activity)
        self._is_stale = True  # the library has not been asked, or has changed since
        dock.add("Similar", self.similar, self.similar.bar, at_right=False)
        dock.add("Library", self.library, self.library.bar, at_right=True)
        dock.add("Activity", self.activity, self.activity.bar, at_right=True)
        self.panes = [self.similar.view, self.library.table, self.activity.table]
        self._menus = [SavedMenu(filters, self._saved, window) for filters in (self.filters, self.library_filters)]
        self.similar.bar.saved.clicked.connect(self._open_saved)
        self.library.save.setMenu(self._menus[1].menu)
        self._connect_similar()
        self._connect_library()
        self._connect_activity()
        for said in (self._files.said, *(menu.said for menu in self._menus)):
            said.connect(self.said)

    def _connect_similar(self) -> None:
        similar, searching = self.similar, self._controller.searching
        similar.by_chosen.connect(lambda by: searching.search_by(cast(By, by)))
        similar.opened.connect(lambda path: self.open_wanted.emit([path]))
        similar.menu_wanted.connect(self._similar_menu)
        similar.search_wanted.connect(self.similar_wanted)
        searching.changed.connect(self._show_similar)
        self.filters.changed.connect(lambda: searching.filter(self.filters.conditions))

    def _connect_library(self) -> None:
        pane, browsing, table = self.library, self._controller.browsing, self.library.table
        browsing.changed.connect(self._show_browsed)
        browsing.more.connect(pane.model.add)
        browsing.frames.connect(pane.model.add_files)
        browsing.failed.connect(self._page_failed)
        pane.model.page_wanted.connect(browsing.ask_more)
        pane.model.files_wanted.connect(browsing.ask_frames)
        pane.seen.connect(self._ask_if_stale)
        pane.retry_wanted.connect(self._ask)
        pane.publish_wanted.connect(self.publish_wanted)
        pane.export.clicked.connect(self._ask_export)
        table.sorted_by.connect(lambda column, down: browsing.ask(sort=library.COLUMNS[column].sort, descending=down))
        table.opened.connect(self.open_wanted)
        table.similar_wanted.connect(self._like_rows)
        table.menu_wanted.connect(self._library_menu)
        self.library_filters.changed.connect(self._ask)
        self._controller.target_changed.connect(self._target_changed)

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
        self._dock.count(SIMILAR, len(similar.hits or ()) if similar else 0)

    @Slot()
    def _open_saved(self) -> None:
        button = self.similar.bar.saved
        self._menus[0].menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot(object, object)
    def _similar_menu(self, hits: list[HitShown], place: QPoint) -> None:
        menu = self._menu([one.path for one in hits], hits[0].hit.file_path)
        ids = [one.hit.file_id for one in hits]
        self._add(menu, "similar", "More like this" if len(hits) == 1 else f"More like these {len(hits)}",
                  lambda: self._like(ids, hits[0].hit.file_path))  # fmt: skip
        menu.popup(place)

    def _like(self, file_ids: Sequence[str], path: str) -> None:
        """Published files become the reference."""
        self._dock.show_page(SIMILAR)
        self._controller.searching.find_published(list(file_ids)[:SHARED], path)

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
        self._ask()

    @Slot(object)
    def _show_browsed(self, browsed: Browsed) -> None:
        self.library.show_browsed(browsed)
        page, files = browsed.page, self._controller.target.files
        if page and files and not browsed.failure and self._dock.is_maximised:
            took = f"in {max(1, round(1000 * browsed.seconds)):,} ms"
            self.said.emit(f"{page.files_in_all:,} of {max(files, page.files_in_all):,} files {took}")

    @Slot(str)
    def _page_failed(self, sentence: str) -> None:
        self.library.model.forget_asked()
        self.said.emit(sentence)

    @Slot(list)
    def _like_rows(self, rows: list[Shown]) -> None:
        self._like([row.listed.file["file_id"] for row in rows], str(rows[0].listed.file["file_path"]))

    @Slot(list, QPoint)
    def _library_menu(self, rows: list[Shown], place: QPoint) -> None:
        self.library_menu(rows).popup(place)

    def library_menu(self, rows: list[Shown]) -> QMenu:
        """What can be done with rows of the library."""
        menu = self._menu([row.path for row in rows], str(rows[0].listed.file["file_path"]))
        self._add(menu, "similar", "Find similar", lambda: self._like_rows(rows))
        gaps = ranges(missing_frames(rows[0].listed)) if len(rows) == 1 else ""
        copy = self._add(menu, "copy", "Copy missing frames", lambda: self._files.copy(gaps, f"{gaps} is"))
        copy.setEnabled(bool(gaps))
        order = menu.addMenu(icons.icon("sort"), "Sort by")
        for at, column in enumerate(library.COLUMNS):
            if not self.library.table.isColumnHidden(at):
                self._add(order, "", column.title, partial(self.library.table.sort_by, at))
        return menu

    @Slot()
    def _ask_export(self) -> None:
        """A dialog for the name of the table, beside which everything goes on."""
        dialog = QFileDialog(self._window, "Export list", "library.csv", TABLES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self._controller.browsing.export(Path(name)))
        dialog.open()

    # Any row

    def _menu(self, paths: list[str], first: str) -> QMenu:
        """What can be done with the files of rows; `first` lies on the disk by this name."""
        menu, files = QMenu(self._window), self._files
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        self._add(menu, "open", "Open", lambda: self.open_wanted.emit(paths))
        view = self._add(menu, "play", f"Open in {files.viewer_name}", lambda: files.view(paths))
        view.setEnabled(files.has_viewer)
        view.setToolTip("" if files.has_viewer else NO_VIEWER)
        self._add(menu, "folder", "Show in folder", lambda: files.reveal(first))
        what = "The path is" if len(paths) == 1 else f"{len(paths)} paths are"
        self._add(menu, "copy", "Copy path" if len(paths) == 1 else "Copy paths",
                  lambda: files.copy("\n".join(paths), what))  # fmt: skip
        return menu

    def _add(self, menu: QMenu, glyph: str, words: str, do: Callable[[], object]) -> QAction:
        action = menu.addAction(icons.icon(glyph), words) if glyph else menu.addAction(words)
        action.triggered.connect(lambda _checked=False: do())
        return action

    @Slot()
    def _count_jobs(self) -> None:
        self._dock.count(ACTIVITY, self.activity.running)
