"""The similar pane: the pinned reference, how it is compared, and the hits with their reasons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.contracts import Hit
from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.delegates.similar import SimilarDelegate
from exr_inspector_app.gui.models import similar
from exr_inspector_app.gui.models.similar import ROW, HitShown, SimilarModel
from exr_inspector_app.gui.searching import Similar
from exr_inspector_app.gui.widgets.fields import Segments
from exr_inspector_app.gui.widgets.notice import Loading, Notice
from exr_inspector_app.report import plain

_WIDTHS = {similar.SCORE: 120, similar.BAND: 120, similar.SEQUENCE: 112, similar.PUBLISHED: 128}


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
        self.notice, self._loading = Notice(), Loading()
        self._stack = QStackedWidget()
        for page in (self.notice, self._loading, self.view):
            self._stack.addWidget(page)
        self.bar = _Bar(self)  # stands in the bar of the dock once that takes it
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.bar.segments.chosen.connect(self.by_chosen)
        self.notice.clicked.connect(self.search_wanted)
        self.view.doubleClicked.connect(self._opened)
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
            self.notice.say("warning", "Nothing could be compared", plain(found.failure))
        elif found.hits is not None and not found.hits:
            self.notice.say("database", "The library is empty", "Publish some files; then they can be found here.")
        has_hits = bool(found and found.hits)
        waits = bool(found and found.hits is None)
        self._stack.setCurrentWidget(self.view if has_hits else self._loading if waits else self.notice)
        for row in self.model.sections():
            self.view.setFirstColumnSpanned(row, QModelIndex(), True)

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


class _View(QTreeView):
    """The list itself."""

    def __init__(self, model: SimilarModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Similar files")
        self.setModel(model)
        self.setItemDelegate(SimilarDelegate(self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setFixedHeight(24)
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(similar.FILE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(similar.REASONS, QHeaderView.ResizeMode.Stretch)


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
        row.setContentsMargins(12, 0, 0, 0)
        row.setSpacing(10)
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
