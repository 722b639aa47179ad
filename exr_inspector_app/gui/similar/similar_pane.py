"""The similar pane: the pinned reference, how it is compared, and the hits with their reasons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Hit
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.similar.blend_bar import BlendBar
from exr_inspector_app.gui.similar.empty_states import (
    CLEAR,
    COMPUTING,
    NO_REFERENCE,
    PICTURE,
    PICTURING,
    PUBLISH,
    outdated_notice,
    empty_message,
)
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.similar.similar_bar import SimilarBar
from exr_inspector_app.gui.similar.similar_model import ROW_ROLE, HitRow, SimilarModel
from exr_inspector_app.gui.similar.similar_view import SimilarView
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class SimilarPane(QWidget):
    """What is like the reference."""

    by_chosen = Signal(str)
    open_requested = Signal(str)  # the path of a hit
    menu_requested = Signal(object, object)  # list[HitShown], QPoint on the screen
    search_requested = Signal()
    publish_requested = Signal()
    recompute_requested = Signal()  # the embeddings that are left out
    thumbnails_requested = Signal()  # of the published files, so that their look can be compared

    def __init__(
        self, filters: FilterSet, image_of: Callable[[str], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._filters = filters
        self._reference = ""  # the path of what is shown
        self.model = SimilarModel(self)
        self.view = SimilarView(self.model, image_of, self)
        self.notice, self._loading, self.banner = Placeholder(), LoadingSkeleton(), MessageBanner()
        self.blend, self.partial_banner, self.outdated_banner = BlendBar(), MessageBanner(), MessageBanner()
        self._failed = QWidget()
        failed = QVBoxLayout(self._failed)
        failed.setContentsMargins(12, 12, 12, 12)
        failed.addWidget(self.banner)
        failed.addStretch()
        self._stack = QStackedWidget()
        for page in (self.notice, self._loading, self._failed, self.view):
            self._stack.addWidget(page)
        self.bar = SimilarBar(filters, self)  # stands in the bar of the dock once that takes it
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.blend)
        self._strips = QWidget()  # takes no room while neither is seen
        strips = QVBoxLayout(self._strips)
        strips.setContentsMargins(12, 0, 12, 4)
        strips.setSpacing(4)
        for one in (self.partial_banner, self.outdated_banner):
            strips.addWidget(one)
        column.addWidget(self._strips)
        column.addWidget(self._stack, 1)
        self.bar.segments.chosen.connect(self.by_chosen)
        self.notice.clicked.connect(self._help_out)
        self.banner.clicked.connect(self._search_again)
        self.partial_banner.clicked.connect(self._search_again)
        self.outdated_banner.clicked.connect(self._compute_anew)
        self.view.doubleClicked.connect(self._opened)
        self.view.row_activated.connect(self._opened)
        self.view.menu_requested.connect(self._menu)
        self.view.customContextMenuRequested.connect(self._menu)
        self.show_search(None)

    @property
    def count(self) -> int:
        """The hits that are shown."""
        return self.model.rowCount() - len(self.model.section_rows())

    def show_search(self, found: SearchState | None) -> None:
        """A search that is on its way, found something, or failed; None where there is no reference."""
        self.bar.show_reference(found)
        self._show_hits(found)
        self._show_strips(found)
        if found is None:
            self.notice.say(*NO_REFERENCE)
        elif found.is_stopped and found.failure:
            self.banner.say("warning", "The search was stopped", found.failure, "Search again")
        elif found.failure:
            self.banner.say("error", "Nothing could be compared", escape_control(found.failure), "Try again")
        elif not found.hits:
            self.notice.say(*empty_message(found))
        self._stack.setCurrentWidget(self._page(found))
        for row in self.model.section_rows():
            self.view.setFirstColumnSpanned(row, QModelIndex(), True)

    def _show_hits(self, found: SearchState | None) -> None:
        """The hits; those of the same reference that were chosen still are, and the list stays where it was."""
        chosen = {row.hit.file_id for row in self.selected_hits()}
        bar = self.view.verticalScrollBar()
        place = bar.value()
        self.model.set_hits(found.hits or () if found else (), found.by if found else "metadata")
        path = found.reference.path if found else ""
        if path == self._reference and chosen:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            for index in (self.model.index(row, 0) for row in range(self.model.rowCount())):
                if (hit := self.hit(index)) and hit.file_id in chosen:
                    self.view.selectionModel().select(index, flags)
        if path == self._reference:
            bar.setValue(place)
        self._reference = path

    def _show_strips(self, found: SearchState | None) -> None:
        """Above the hits: the shares of a blend, and what the library leaves out."""
        self.blend.setVisible(found is not None and found.by == "blend")
        if found and found.hits is not None and not found.so_far:
            self.blend.set_appearance_visible(found.has_looks)
        self.partial_banner.setVisible(bool(found and found.so_far))
        if found and found.so_far:
            self._say_first(found, *found.so_far)
        words = outdated_notice(*found.left_out) if found else ""
        self.outdated_banner.setVisible(bool(words))
        self._strips.setVisible(not (self.partial_banner.isHidden() and self.outdated_banner.isHidden()))
        self.outdated_banner.say("warning", words, "", "Compute anew" if found and found.left_out[0] else "")

    def _say_first(self, found: SearchState, done: int, total: int) -> None:
        """These are hits among a part of the files."""
        title = f"First hits of {done:,} of {pluralize(total, 'file')}"
        if found.is_stopped:
            self.partial_banner.say(
                "warning", title, "The search was stopped; nearer ones may be missing.", "Search again"
            )
        else:
            self.partial_banner.say("wait", title, "The rest is being read; nearer ones may still come.")

    def _page(self, found: SearchState | None) -> QWidget:
        """What is seen of an answer."""
        if found is None:
            return self.notice
        if found.failure:
            return self._failed
        if found.hits is None:
            return self._loading
        return self.view if found.hits else self.notice

    @Slot()
    def _compute_anew(self) -> None:
        """The button of the strip is not pressed twice."""
        self.outdated_banner.say("wait", COMPUTING, "")
        self.recompute_requested.emit()

    @Slot()
    def _help_out(self) -> None:
        """What the button of the notice says, which is not pressed twice where it takes long."""
        does = {
            CLEAR: self._filters.clear,
            PUBLISH: self.publish_requested.emit,
            PICTURE: self.thumbnails_requested.emit,
        }
        wanted = does.get(self.notice.action, self.search_requested.emit)
        if self.notice.action == PICTURE:
            self.notice.say(*PICTURING)
        wanted()

    @Slot()
    def _search_again(self) -> None:
        self.by_chosen.emit(self.bar.segments.current)

    def hit(self, index: QModelIndex) -> Hit | None:
        """The hit of a row."""
        row = index.data(ROW_ROLE)
        return row.hit if isinstance(row, HitRow) else None

    @Slot(QModelIndex)
    def _opened(self, index: QModelIndex) -> None:
        if isinstance(row := index.data(ROW_ROLE), HitRow):
            self.open_requested.emit(row.path)

    def selected_hits(self) -> list[HitRow]:
        """The selected hits, in the order of the rows."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda one: one.row())
        return [row for index in rows if isinstance(row := index.data(ROW_ROLE), HitRow)]

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        pointed = self.view.indexAt(at).data(ROW_ROLE)
        hits = self.selected_hits() or ([pointed] if isinstance(pointed, HitRow) else [])
        if hits:
            self.menu_requested.emit(hits, self.view.viewport().mapToGlobal(at))
