"""The similar pane: the pinned reference, how it is compared, and the hits with their reasons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Hit
from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.delegates.similar import SimilarDelegate, action_rects
from exr_inspector_app.gui.models import similar
from exr_inspector_app.gui.models.similar import ROW, HitShown, SimilarModel
from exr_inspector_app.gui.searching import Similar
from exr_inspector_app.gui.widgets.banner import Banner
from exr_inspector_app.gui.widgets.fields import Segments
from exr_inspector_app.gui.widgets.notice import Loading, Notice
from exr_inspector_app.gui.widgets.table import Table, Titles
from exr_inspector_app.report import plain

FILE_SHARE, LEAST_FILE = 0.31, 240  # of the whole width, and in pixels
_WIDTHS = (LEAST_FILE, 120, 120, 0, 112, 112, 80)


class SimilarList(QWidget):
    """What is like the reference."""

    by_chosen = Signal(str)
    opened = Signal(str)  # the path of a hit
    menu_wanted = Signal(object, object)  # Hit, QPoint on the screen
    search_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SimilarModel(self)
        self.view = _View(self.model, self)
        self.notice, self._loading, self.banner = Notice(), Loading(), Banner()
        self._failed = QWidget()
        failed = QVBoxLayout(self._failed)
        failed.setContentsMargins(12, 12, 12, 12)
        failed.addWidget(self.banner)
        failed.addStretch()
        self._stack = QStackedWidget()
        for page in (self.notice, self._loading, self._failed, self.view):
            self._stack.addWidget(page)
        self.bar = _Bar(self)  # stands in the bar of the dock once that takes it
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.bar.segments.chosen.connect(self.by_chosen)
        self.notice.clicked.connect(self.search_wanted)
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
        if found is None:
            self.notice.say("similar", "No reference yet", "Select a file, then Ctrl+L", "Find similar")
        elif found.failure:
            self.banner.say("error", "Nothing could be compared", plain(found.failure), "Try again")
        elif not found.hits:
            self.notice.say("database", "The library is empty", "Publish some files; then they can be found here.")
        self._stack.setCurrentWidget(self._page(found))
        for row in self.model.sections():
            self.view.setFirstColumnSpanned(row, QModelIndex(), True)

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

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        if hit := self.hit(self.view.indexAt(at)):
            self.menu_wanted.emit(hit, self.view.viewport().mapToGlobal(at))


class _Titles(Titles):
    """Column titles with the arrow of the order, which is always by score."""

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        super().paintSection(painter, rect, logicalIndex)
        if logicalIndex == similar.SCORE:
            width = QFontMetricsF(theme.ui(11)).horizontalAdvance(similar.COLUMNS[similar.SCORE])
            box = QRectF(rect.left() + width + 8, rect.center().y() - 6, 13, 13)
            icons.paint(painter, "chevron-down", box, "t2")


class _View(Table):
    """The list itself; Enter and Open open a hit, More shows its menu, Ctrl+C copies its path."""

    opened = Signal(QModelIndex)
    menu_at = Signal(QPoint)

    def __init__(self, model: SimilarModel, parent: QWidget) -> None:
        super().__init__("Similar files", parent)
        self.setHeader(_Titles(self))
        self.setModel(model)
        self.setItemDelegate(SimilarDelegate(self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.set_widths(*_WIDTHS)
        self.copy = self._copy_path

    def _copy_path(self) -> None:
        row = self.currentIndex().data(ROW)
        if isinstance(row, HitShown):
            QGuiApplication.clipboard().setText(row.hit.file_path)

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


class _Bar(QWidget):
    """The reference and the choice of how it is compared, for the dock's bar."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._by = QLabel(), QLabel("by")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setFont(theme.ui(13, theme.MEDIUM))
        self._by.setProperty("rank", "2")
        self.segments = Segments([("metadata", "Set-up"), ("channels", "Channels")])
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(_Pin())
        row.addWidget(self._name)
        row.addWidget(self._by)
        row.addWidget(self.segments)

    def show_reference(self, found: Similar | None) -> None:
        """The file that everything is compared with."""
        self.setVisible(found is not None)
        if found is not None:
            name = plain(found.reference.path.replace("\\", "/").rpartition("/")[2])
            self._name.setText(self._name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 280))
            self._name.setToolTip(plain(found.reference.path))
            self.segments.choose(found.by)


class _Pin(QWidget):
    """The mark of the pinned reference."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "pin", QRectF(0, 0, 16, 16), "accent")
        painter.end()
