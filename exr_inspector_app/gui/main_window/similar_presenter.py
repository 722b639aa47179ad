"""What happens on the page of similar files: it shows what was found, and what is chosen on it is asked."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import Band, Hit, Weights
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.similar.search_state import SearchState, Way
from exr_inspector_app.gui.similar.similar_pane import SimilarPane
from exr_inspector_app.gui.widgets.save_dialog import MATCHES_NAME_FILTER, open_save_dialog
from exr_inspector_app.gui.widgets.tab_dock import SIMILAR, TabDock


class SimilarPresenter(QObject):
    """Makes the page, and connects it with the controller."""

    open_wanted = Signal(list)  # paths
    compare_wanted = Signal(list)  # list[Subject]

    def __init__(self, dock: TabDock, controller: Controller, filters: FilterSet, window: QWidget) -> None:
        super().__init__(window)
        self._dock, self._controller, self._window = dock, controller, window
        self.page = SimilarPane(filters, controller.stored_pictures.get)
        dock.add("Similar", self.page, self.page.bar, at_right=False)
        page, searching = self.page, controller.searching
        page.by_chosen.connect(lambda by: searching.search_by(cast(Way, by)))
        page.blend.changed.connect(searching.blend)
        page.bar.exact.toggled.connect(searching.be_exact)
        page.bar.export.clicked.connect(self._export)
        page.bar.compare.clicked.connect(self.compare)
        page.open_requested.connect(lambda path: self.open_wanted.emit([path]))
        page.thumbnails_requested.connect(controller.renewing.make_pictures)
        page.recompute_requested.connect(controller.renewing.compute_anew)
        searching.changed.connect(self._show)
        filters.changed.connect(lambda: searching.filter(filters.conditions))
        controller.stored_pictures.changed.connect(page.view.viewport().update)

    def take_blend(self, weights: Weights) -> None:
        """A blend has these shares from now on."""
        self.page.blend.set_weights(weights)
        self._controller.searching.blend(self.page.blend.weights)

    def ask_pictures(self) -> None:
        """The pictures of the hits are on their way."""
        self._controller.stored_pictures.ask([hit.file_id for hit in self._hits()])

    def chosen(self) -> list[FileRef]:
        """The hits that are selected."""
        return [FileRef(one.hit.file_path, one.hit.file_id) for one in self.page.selected_hits()]

    @Slot()
    def compare(self) -> None:
        """The selected hits, or the best one, beside the reference."""
        found = self._controller.searching.similar
        hits = self.chosen() or [FileRef(hit.file_path, hit.file_id) for hit in self._hits()[:1]]
        if found and hits:
            first = FileRef(found.reference.path, found.published[0] if found.published else "")
            self.compare_wanted.emit([first, *hits])

    @Slot()
    def _export(self) -> None:
        open_save_dialog(
            self._window,
            "similar.csv",
            MATCHES_NAME_FILTER,
            lambda out: self._controller.exporting.hits(out, self._hits()),
        )

    def _hits(self) -> tuple[Hit, ...]:
        """The hits that are shown."""
        found = self._controller.searching.similar
        return (found.hits or ()) if found else ()

    @Slot(object)
    def _show(self, similar: SearchState | None) -> None:
        self.page.show_search(similar)
        self._dock.count(SIMILAR, sum(hit.band is not Band.UNRELATED for hit in self._hits()))
        self.ask_pictures()
