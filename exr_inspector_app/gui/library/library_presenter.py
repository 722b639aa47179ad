"""Presenter of the Library pane: loads the library once the pane is visible, and adds later pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import Page
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow
from exr_inspector_app.gui.library.page_loader import PageLoader, PageState
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.thumbnails.stored_thumbnails import StoredThumbnails
from exr_inspector_app.gui.widgets.save_dialog import open_save_dialog
from exr_inspector_app.gui.widgets.strings import FILES_NAME_FILTER
from exr_inspector_app.gui.widgets.tab_dock import TabDock


class LibraryPresenter(QObject):
    """Owner of the pane; connects it to the page loader, its filters, and the thumbnails."""

    message = Signal(str)
    export_requested = Signal(object, object)  # Path, Filter

    def __init__(
        self,
        dock: TabDock,
        loader: PageLoader,
        thumbnails: StoredThumbnails,
        filters: FilterSet,
        count_files: Callable[[], int | None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._dock, self._loader, self._thumbnails = dock, loader, thumbnails
        self._count_files = count_files  # of the chosen target, None while unknown
        self._filters, self._window = filters, window
        self._is_stale = True  # the library has not been loaded, or has changed since
        self.page = LibraryPane(filters, thumbnails.get)
        dock.add_page("Library", self.page, self.page.bar, align_right=True)
        page = self.page
        loader.changed.connect(self._show)
        loader.more.connect(self._append_page)
        loader.frames.connect(page.model.append_files)
        loader.failed.connect(self._on_failure)
        page.model.page_requested.connect(loader.load_more)
        page.model.files_requested.connect(loader.load_frames)
        page.became_visible.connect(self._load_if_stale)
        page.retry_requested.connect(self.reload)
        page.export.clicked.connect(self._export)
        page.view.delete_pressed.connect(lambda: self.message.emit(strings.REMOVE_HINT))
        page.view.sort_changed.connect(lambda column, down: loader.load(sort=COLUMNS[column].sort, descending=down))
        filters.changed.connect(self.reload)
        thumbnails.changed.connect(page.view.viewport().update)

    @Slot()
    def reload(self) -> None:
        """Load the library now if the pane is visible, otherwise once it is."""
        self._is_stale = True
        if self.page.isVisible():
            self._load_if_stale()

    def selected_files(self) -> list[FileRef]:
        """Return the newest file of each selected row."""
        return file_refs(self.page.view.selected_rows())

    @Slot()
    def _load_if_stale(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._loader.load(where=self._filters.conditions)

    @Slot()
    def _export(self) -> None:
        def export(out: Path) -> None:
            self.export_requested.emit(out, self._loader.listing.where)

        open_save_dialog(self._window, "library.csv", FILES_NAME_FILTER, export)

    @Slot(object)
    def _show(self, state: PageState) -> None:
        self.page.show_page_state(state)
        page, files = state.page, self._count_files()
        self._request_thumbnails(page)
        if page and files and not state.failure and self._dock.is_maximized:
            shown = page.total_files
            self.message.emit(strings.files_shown(shown, max(files, shown), state.seconds))

    @Slot(object, int)
    def _append_page(self, page: Page, offset: int) -> None:
        self.page.model.append_page(page, offset)
        self._request_thumbnails(page)

    def _request_thumbnails(self, page: Page | None) -> None:
        self._thumbnails.request([str(row.file["file_id"]) for row in page.rows] if page else [])

    @Slot(str)
    def _on_failure(self, sentence: str) -> None:
        self.page.model.cancel_requests()
        self.message.emit(sentence)


def file_refs(rows: Sequence[LibraryRow]) -> list[FileRef]:
    """Return a reference to the newest file of each row."""
    return [FileRef(str(row.listed.file["file_path"]), str(row.listed.file["file_id"])) for row in rows]
