"""Presenter of the Similar pane: shows the search state, and emits requests for the selected matches."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import WEAK_BANDS, Hit, Weights
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.similar.search_controller import SearchController
from exr_inspector_app.gui.similar.search_state import SearchState, Way
from exr_inspector_app.gui.similar.similar_pane import SimilarPane
from exr_inspector_app.gui.thumbnails.stored_thumbnails import StoredThumbnails
from exr_inspector_app.gui.widgets.save_dialog import open_save_dialog
from exr_inspector_app.gui.widgets.strings import MATCHES_NAME_FILTER
from exr_inspector_app.gui.widgets.tab_dock import SIMILAR, TabDock

MAX_REFERENCES = 50  # published files that can be the reference together


class SimilarPresenter(QObject):
    """Owner of the pane; connects it to the search controller, its filters, and the thumbnails."""

    open_requested = Signal(list)  # paths
    compare_requested = Signal(list)  # list[FileRef]
    export_requested = Signal(object, object)  # Path, tuple[Hit, ...]
    recompute_requested = Signal()
    thumbnails_requested = Signal()
    reference_changed = Signal()

    def __init__(
        self,
        dock: TabDock,
        search: SearchController,
        thumbnails: StoredThumbnails,
        filters: FilterSet,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._dock, self._search, self._thumbnails, self._window = dock, search, thumbnails, window
        self.page = SimilarPane(filters, thumbnails.get)
        dock.add_page("Similar", self.page, self.page.bar, align_right=False)
        page = self.page
        page.by_chosen.connect(lambda by: search.search_by(cast(Way, by)))
        page.blend.changed.connect(search.set_weights)
        page.bar.exact.toggled.connect(search.set_exact)
        page.bar.export.clicked.connect(self._export)
        page.bar.compare.clicked.connect(self.compare)
        page.open_requested.connect(lambda path: self.open_requested.emit([path]))
        page.thumbnails_requested.connect(self.thumbnails_requested)
        page.recompute_requested.connect(self.recompute_requested)
        search.changed.connect(self._show)
        search.changed.connect(self.reference_changed)
        filters.changed.connect(lambda: search.set_filter(filters.conditions))
        thumbnails.changed.connect(page.view.viewport().update)

    def set_weights(self, weights: Weights) -> None:
        """Set the weights of a blend."""
        self.page.blend.set_weights(weights)
        self._search.set_weights(self.page.blend.weights)

    @Slot(list)
    def search_published(self, files: list[FileRef]) -> None:
        """Search for files similar to published ones, and show the pane."""
        self._dock.show_page(SIMILAR)
        self._search.search_published([file.file_id for file in files][:MAX_REFERENCES], files[0].path)

    def search_file(self, entry: SessionFile) -> None:
        """Search for files similar to a file of the session; the dock stays as it is."""
        self._search.search(entry)

    @property
    def reference_path(self) -> str:
        """Path of the reference if it is a file of the session; otherwise empty."""
        state = self._search.similar
        return "" if state is None or state.published else state.reference.path

    def request_thumbnails(self) -> None:
        """Request the thumbnails of the hits that are shown."""
        self._thumbnails.request([hit.file_id for hit in self._hits()])

    def selected_files(self) -> list[FileRef]:
        """Return the selected hits."""
        return [FileRef(row.hit.file_path, row.hit.file_id) for row in self.page.selected_hits()]

    @Slot()
    def compare(self) -> None:
        """Request a comparison of the reference with the selected hits, or with the best one."""
        state = self._search.similar
        hits = self.selected_files() or [FileRef(hit.file_path, hit.file_id) for hit in self._hits()[:1]]
        if state and hits:
            reference = FileRef(state.reference.path, state.published[0] if state.published else "")
            self.compare_requested.emit([reference, *hits])

    @Slot()
    def _export(self) -> None:
        def export(out: Path) -> None:
            self.export_requested.emit(out, self._hits())

        open_save_dialog(self._window, "similar.csv", MATCHES_NAME_FILTER, export)

    def _hits(self) -> tuple[Hit, ...]:
        """Return the hits that are shown."""
        state = self._search.similar
        return (state.hits or ()) if state else ()

    @Slot(object)
    def _show(self, state: SearchState | None) -> None:
        self.page.show_search(state)
        self._dock.set_quiet(SIMILAR, is_quiet=state is None)
        self._dock.set_count(SIMILAR, sum(hit.band not in WEAK_BANDS for hit in self._hits()))
        self.request_thumbnails()
