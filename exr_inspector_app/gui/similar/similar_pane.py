"""Similar pane: the matches of a reference, with weights, banners and empty states."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Hit
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.similar.blend_bar import BlendBar
from exr_inspector_app.gui.similar.empty_states import CREATING_THUMBNAILS, NO_REFERENCE, empty_message
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.similar.similar_bar import SimilarBar
from exr_inspector_app.gui.similar.similar_model import ROW_ROLE, HitRow, SimilarModel
from exr_inspector_app.gui.similar.similar_view import SimilarView
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.text.escape import escape_control


class SimilarPane(QWidget):
    """Pane that shows one `SearchState` and requests actions on it."""

    by_chosen = Signal(str)
    open_requested = Signal(str)  # path of a match
    menu_requested = Signal(object, object)  # list[HitRow], QPoint on the screen
    search_requested = Signal()
    publish_requested = Signal()
    recompute_requested = Signal()  # of the embeddings that were skipped
    thumbnails_requested = Signal()  # of the published files, to compare their appearance

    def __init__(
        self, filters: FilterSet, image_of: Callable[[str], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._filters = filters
        self._reference = ""  # path of the reference shown
        self.model = SimilarModel(self)
        self.view = SimilarView(self.model, image_of, self)
        self.notice, self._loading, self.banner = Placeholder(), LoadingSkeleton(), MessageBanner()
        self.blend, self.partial_banner, self.outdated_banner = BlendBar(), MessageBanner(), MessageBanner()
        self.note_banner = MessageBanner()
        self._failed = QWidget()
        failed = QVBoxLayout(self._failed)
        failed.setContentsMargins(12, 12, 12, 12)
        failed.addWidget(self.banner)
        failed.addStretch()
        self._stack = QStackedWidget()
        for page in (self.notice, self._loading, self._failed, self.view):
            self._stack.addWidget(page)
        self.bar = SimilarBar(filters, self)  # reparented into the bar of the dock
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.blend)
        self._banners = QWidget()  # hidden while all banners are, to take no space
        banners = QVBoxLayout(self._banners)
        banners.setContentsMargins(12, 0, 12, 4)
        banners.setSpacing(4)
        for banner in (self.partial_banner, self.outdated_banner, self.note_banner):
            banners.addWidget(banner)
        column.addWidget(self._banners)
        column.addWidget(self._stack, 1)
        self.bar.segments.option_selected.connect(self.by_chosen)
        self.notice.clicked.connect(self._run_notice_action)
        self.banner.clicked.connect(self._search_again)
        self.partial_banner.clicked.connect(self._search_again)
        self.outdated_banner.clicked.connect(self._recompute)
        self.view.doubleClicked.connect(self._open)
        self.view.row_activated.connect(self._open)
        self.view.menu_requested.connect(self._show_menu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.show_search(None)

    @property
    def count(self) -> int:
        """Number of matches shown."""
        return self.model.rowCount() - len(self.model.section_rows())

    def show_search(self, search: SearchState | None) -> None:
        """Show a search that is running, complete, stopped or failed; None without a reference."""
        self.bar.show_reference(search)
        self._show_hits(search)
        self._show_banners(search)
        if search is None:
            self.notice.show_message(*NO_REFERENCE)
        elif search.is_stopped and search.failure:
            self.banner.show_message("warning", strings.SEARCH_STOPPED, search.failure, strings.SEARCH_AGAIN)
        elif search.failure:
            sentence = escape_control(search.failure)
            self.banner.show_message("error", strings.SEARCH_FAILED, sentence, strings.TRY_AGAIN)
        elif not search.hits:
            self.notice.show_message(*empty_message(search))
        self._stack.setCurrentWidget(self._page(search))
        for row in self.model.section_rows():
            self.view.setFirstColumnSpanned(row, QModelIndex(), True)

    def _show_hits(self, search: SearchState | None) -> None:
        """Replace the matches; selection and scroll position survive for the same reference."""
        selected = {row.hit.file_id for row in self.selected_hits()}
        bar = self.view.verticalScrollBar()
        scroll = bar.value()
        self.model.set_hits(search.hits or () if search else (), search.by if search else "metadata")
        path = search.reference.path if search else ""
        if path == self._reference and selected:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            for index in (self.model.index(row, 0) for row in range(self.model.rowCount())):
                if (hit := self.hit_at(index)) and hit.file_id in selected:
                    self.view.selectionModel().select(index, flags)
        if path == self._reference:
            bar.setValue(scroll)
        self._reference = path

    def _show_banners(self, search: SearchState | None) -> None:
        """Show the weights of a blend, the progress of partial matches, the skipped files, and notes on the matches."""
        self.blend.setVisible(search is not None and search.by == "blend")
        if search and search.hits is not None and not search.so_far:
            self.blend.set_appearance_visible(is_visible=search.has_looks)
        self.partial_banner.setVisible(bool(search and search.so_far))
        if search and search.so_far:
            self._show_partial(search, *search.so_far)
        sentence = strings.skipped_files(*search.left_out) if search else ""
        self.outdated_banner.setVisible(bool(sentence))
        note = escape_control(" ".join(search.notes)) if search else ""
        self.note_banner.setVisible(bool(note))
        self.note_banner.show_message("note", note, "")
        banners = (self.partial_banner, self.outdated_banner, self.note_banner)
        self._banners.setVisible(not all(banner.isHidden() for banner in banners))
        action = strings.RECOMPUTE if search and search.left_out[0] else ""
        self.outdated_banner.show_message("warning", sentence, "", action)

    def _show_partial(self, search: SearchState, done: int, total: int) -> None:
        """Show that only `done` of `total` files were searched."""
        title = strings.partial_matches(done, total)
        if search.is_stopped:
            self.partial_banner.show_message("warning", title, strings.PARTIAL_STOPPED, strings.SEARCH_AGAIN)
        else:
            self.partial_banner.show_message("wait", title, strings.PARTIAL_RUNNING)

    def _page(self, search: SearchState | None) -> QWidget:
        """Return the page of the stack for `search`."""
        if search is None:
            return self.notice
        if search.failure:
            return self._failed
        if search.hits is None:
            return self._loading
        return self.view if search.hits else self.notice

    @Slot()
    def _recompute(self) -> None:
        """Request the recomputation once: the message replaces the button."""
        self.outdated_banner.show_message("wait", strings.RECOMPUTING, "")
        self.recompute_requested.emit()

    @Slot()
    def _run_notice_action(self) -> None:
        """Run the action of the placeholder; the slow one replaces its button by a message."""
        action = self.notice.action
        if action == strings.CREATE_THUMBNAILS:
            self.notice.show_message(*CREATING_THUMBNAILS)
            self.thumbnails_requested.emit()
        elif action == strings.CLEAR_FILTER:
            self._filters.clear()
        elif action == strings.PUBLISH:
            self.publish_requested.emit()
        else:
            self.search_requested.emit()

    @Slot()
    def _search_again(self) -> None:
        self.by_chosen.emit(self.bar.segments.current)

    def hit_at(self, index: QModelIndex) -> Hit | None:
        """Return the match at `index`; None on a section title."""
        row = index.data(ROW_ROLE)
        return row.hit if isinstance(row, HitRow) else None

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if isinstance(row := index.data(ROW_ROLE), HitRow):
            self.open_requested.emit(row.path)

    def selected_hits(self) -> list[HitRow]:
        """Return the selected matches in row order."""
        indexes = sorted(self.view.selectionModel().selectedRows(), key=lambda index: index.row())
        return [row for index in indexes if isinstance(row := index.data(ROW_ROLE), HitRow)]

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        pointed = self.view.indexAt(position).data(ROW_ROLE)
        hits = self.selected_hits() or ([pointed] if isinstance(pointed, HitRow) else [])
        if hits:
            self.menu_requested.emit(hits, self.view.viewport().mapToGlobal(position))
