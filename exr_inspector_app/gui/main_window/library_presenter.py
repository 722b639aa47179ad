"""What happens on the page of the library: it is asked once it is seen, and answers page by page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import Page
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.library.library_rows import COLUMNS
from exr_inspector_app.gui.library.page_loader import PageState
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.row_menus import subjects_of
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.widgets.save_dialog import FILES_NAME_FILTER, open_save_dialog
from exr_inspector_app.gui.widgets.tab_dock import TabDock


class LibraryPresenter(QObject):
    """Makes the page, and connects it with the controller."""

    said = Signal(str)

    def __init__(self, dock: TabDock, controller: Controller, filters: FilterSet, window: QWidget) -> None:
        super().__init__(window)
        self._dock, self._controller, self._filters, self._window = dock, controller, filters, window
        self._is_stale = True  # the library has not been asked, or has changed since
        self.page = LibraryPane(filters, controller.stored_pictures.get)
        dock.add("Library", self.page, self.page.bar, at_right=True)
        page, browsing = self.page, controller.browsing
        browsing.changed.connect(self._show)
        browsing.more.connect(self._add_page)
        browsing.frames.connect(page.model.append_files)
        browsing.failed.connect(self._page_failed)
        page.model.page_requested.connect(browsing.ask_more)
        page.model.files_requested.connect(browsing.ask_frames)
        page.became_visible.connect(self._ask_if_stale)
        page.retry_requested.connect(self.ask)
        page.export.clicked.connect(self._export)
        page.view.sort_changed.connect(lambda column, down: browsing.ask(sort=COLUMNS[column].sort, descending=down))
        filters.changed.connect(self.ask)
        controller.stored_pictures.changed.connect(page.view.viewport().update)

    @Slot()
    def ask(self) -> None:
        """The library is asked if it is seen, otherwise once it is."""
        self._is_stale = True
        if self.page.isVisible():
            self._ask_if_stale()

    def chosen(self) -> list[FileRef]:
        """The newest file of each row that is selected."""
        return subjects_of(self.page.view.selected_rows())

    @Slot()
    def _ask_if_stale(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._controller.browsing.ask(where=self._filters.conditions)

    @Slot()
    def _export(self) -> None:
        browsing, exporting = self._controller.browsing, self._controller.exporting
        open_save_dialog(
            self._window, "library.csv", FILES_NAME_FILTER, lambda out: exporting.files(out, browsing.listing.where)
        )

    @Slot(object)
    def _show(self, browsed: PageState) -> None:
        self.page.show_page_state(browsed)
        page, files = browsed.page, self._controller.target.files
        self._ask_pictures(page)
        if page and files and not browsed.failure and self._dock.is_maximised:
            took = f"in {max(1, round(1000 * browsed.seconds)):,} ms"
            self.said.emit(f"{page.total_files:,} of {max(files, page.total_files):,} files {took}")

    @Slot(object, int)
    def _add_page(self, page: Page, offset: int) -> None:
        self.page.model.append_page(page, offset)
        self._ask_pictures(page)

    def _ask_pictures(self, page: Page | None) -> None:
        self._controller.stored_pictures.ask([str(row.file["file_id"]) for row in page.rows] if page else [])

    @Slot(str)
    def _page_failed(self, sentence: str) -> None:
        self.page.model.cancel_requests()
        self.said.emit(sentence)
