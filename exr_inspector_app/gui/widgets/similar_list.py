"""The similar pane: the pinned reference, how it is compared, and the hits with their reasons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Hit
from exr_inspector_app.gui.delegates.similar import SimilarDelegate, action_rects
from exr_inspector_app.gui.filter_set import FilterSet, words_of
from exr_inspector_app.gui.models import similar
from exr_inspector_app.gui.models.similar import ROW, HitShown, SimilarModel
from exr_inspector_app.gui.searching import Similar
from exr_inspector_app.gui.widgets.banner import Banner
from exr_inspector_app.gui.widgets.blend_bar import BlendBar
from exr_inspector_app.gui.widgets.notice import Loading, Notice
from exr_inspector_app.gui.widgets.similar_bar import SimilarBar
from exr_inspector_app.gui.widgets.sorted_titles import SortedTitles
from exr_inspector_app.gui.widgets.table import Table
from exr_inspector_app.report import plain

FILE_SHARE, LEAST_FILE = 0.31, 240  # of the whole width, and in pixels
_WIDTHS = (LEAST_FILE, 120, 120, 0, 112, 112, 80)


class SimilarList(QWidget):
    """What is like the reference."""

    by_chosen = Signal(str)
    opened = Signal(str)  # the path of a hit
    menu_wanted = Signal(object, object)  # list[HitShown], QPoint on the screen
    search_wanted = Signal()

    def __init__(
        self, filters: FilterSet, image_of: Callable[[str], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._filters = filters
        self.model = SimilarModel(self)
        self.view = _View(self.model, image_of, self)
        self.notice, self._loading, self.banner = Notice(), Loading(), Banner()
        self.blend, self.left_out = BlendBar(), Banner()
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
        strip = QHBoxLayout()
        strip.setContentsMargins(12, 0, 12, 4)
        strip.addWidget(self.left_out)
        column.addLayout(strip)
        column.addWidget(self._stack, 1)
        self.bar.segments.chosen.connect(self.by_chosen)
        self.notice.clicked.connect(self._help_out)
        self.banner.clicked.connect(self._search_again)
        self.view.doubleClicked.connect(self._opened)
        self.view.opened.connect(self._opened)
        self.view.menu_at.connect(self._menu)
        self.view.customContextMenuRequested.connect(self._menu)
        self.show_similar(None)

    @property
    def count(self) -> int:
        """The hits that are shown."""
        return self.model.rowCount() - len(self.model.sections())

    def show_similar(self, found: Similar | None) -> None:
        """A search that is on its way, found something, or failed; None where there is no reference."""
        self.bar.show_reference(found)
        self.model.show(found.hits or () if found else ())
        self._show_strips(found)
        if found is None:
            self.notice.say("similar", "No reference yet", "Select a file, then Ctrl+L", "Find similar")
        elif found.is_stopped:
            self.banner.say("warning", "The search was stopped", found.failure, "Search again")
        elif found.failure:
            self.banner.say("error", "Nothing could be compared", plain(found.failure), "Try again")
        elif not found.hits and found.where:
            named = ", ".join(words_of(one) for one in found.where)
            self.notice.say("search", "Nothing similar matches", named, "Clear filter")
        elif not found.hits:
            self.notice.say("database", "The library is empty", "Publish some files; then they can be found here.")
        self._stack.setCurrentWidget(self._page(found))
        for row in self.model.sections():
            self.view.setFirstColumnSpanned(row, QModelIndex(), True)

    def _show_strips(self, found: Similar | None) -> None:
        """Above the hits: the shares of a blend, and what the library leaves out."""
        self.blend.setVisible(found is not None and found.by == "blend")
        if found and found.hits is not None:
            self.blend.offer_look(found.has_looks)
        self.left_out.setVisible(bool(found and found.notes))
        if found and found.notes:
            self.left_out.say("warning", plain(" ".join(found.notes)).replace("`", ""), "")

    def _page(self, found: Similar | None) -> QWidget:
        """What is seen of an answer."""
        if found is None:
            return self.notice
        if found.failure:
            return self._failed
        if found.hits is None:
            return self._loading
        return self.view if found.hits else self.notice

    @Slot()
    def _help_out(self) -> None:
        (self._filters.clear if self._filters.conditions else self.search_wanted.emit)()

    @Slot()
    def _search_again(self) -> None:
        self.by_chosen.emit(self.bar.segments.current)

    def hit(self, index: QModelIndex) -> Hit | None:
        """The hit of a row."""
        row = index.data(ROW)
        return row.hit if isinstance(row, HitShown) else None

    @Slot(QModelIndex)
    def _opened(self, index: QModelIndex) -> None:
        if hit := self.hit(index):
            self.opened.emit(hit.file_path)

    def chosen(self) -> list[HitShown]:
        """The selected hits, in the order of the rows."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda one: one.row())
        return [row for index in rows if isinstance(row := index.data(ROW), HitShown)]

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        pointed = self.view.indexAt(at).data(ROW)
        hits = self.chosen() or ([pointed] if isinstance(pointed, HitShown) else [])
        if hits:
            self.menu_wanted.emit(hits, self.view.viewport().mapToGlobal(at))


class _View(Table):
    """The list itself; Enter and Open open a hit, More shows its menu, Ctrl+C copies its path."""

    opened = Signal(QModelIndex)
    menu_at = Signal(QPoint)

    def __init__(self, model: SimilarModel, image_of: Callable[[str], QImage | None], parent: QWidget) -> None:
        super().__init__("Similar files", parent)
        self.setHeader(SortedTitles(self, similar.SCORE))
        self.setModel(model)
        self.setItemDelegate(SimilarDelegate(image_of, self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.set_widths(*_WIDTHS)
        self.copy = self._copy_path

    def _copy_path(self) -> None:
        rows = [index.data(ROW) for index in self.selectionModel().selectedRows()]
        QGuiApplication.clipboard().setText("\n".join(row.path for row in rows if isinstance(row, HitShown)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.header().resizeSection(similar.FILE, max(LEAST_FILE, round(FILE_SHARE * event.size().width())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_action = index.column() == similar.ACTIONS and isinstance(index.data(ROW), HitShown)
        if event.button() != Qt.MouseButton.LeftButton or not is_action:
            return
        opened, more = action_rects(QRectF(self.visualRect(index)))
        if opened.contains(event.position()):
            self.opened.emit(index)
        elif more.contains(event.position()):
            self.menu_at.emit(event.position().toPoint())
