"""The session pane: title, list, and the strip that says where to drop."""

from __future__ import annotations

import os
from itertools import pairwise

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_bar import SessionBar, SessionFilterBar
from exr_inspector_app.gui.session.session_delegate import SessionDelegate
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_rows import NODE, SHOWN, Node, SessionGroup
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

WIDTH = 416
MANY = 1000  # rows from which on heights take longer than a screen may wait


class SessionPane(QWidget):
    """The files of the session; `chosen` tells the entry that a person looks at."""

    chosen = Signal(object)  # Entry | None
    menu_wanted = Signal(object, object)  # list[Entry], QPoint on the screen
    removal_wanted = Signal(object)  # list[Entry]
    reload_wanted = Signal()  # of what has changed on disk

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: SessionFile | None = None  # what was told last
        self._is_returning = False
        self.view = _View(self)
        self.view.setModel(model)
        self.bar, self.filter, self.notice = SessionBar(), SessionFilterBar(), Placeholder()
        self.filter.hide()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.filter)
        column.addWidget(self._pages, 1)
        column.addLayout(self._make_change())
        column.addWidget(_DropStrip())
        order = (self.bar.filter, self.bar.sort, self.bar.more, self.filter.field, self.filter.only, self.view)
        for one, after in pairwise(order):
            self.setTabOrder(one, after)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.deleted.connect(self._delete)
        model.rowsInserted.connect(self._inserted)
        model.arranged.connect(self._open_returned)

    def _make_change(self) -> QVBoxLayout:
        """What says that files have changed on disk."""
        self.change = MessageBanner()
        self.change.hide()
        self.change.clicked.connect(self.reload_wanted)
        room = QVBoxLayout()
        room.setContentsMargins(8, 0, 8, 0)
        room.addWidget(self.change)
        return room

    def show_changed(self, entries: list[SessionFile]) -> None:
        """These files are not any more what was read of them."""
        self.change.setVisible(bool(entries))
        if entries:
            words = escape_control(os.path.basename(entries[0].path))[:60]
            self.change.say("warning", f"{pluralize(len(entries), 'file')} changed on disk", words, "Read again")

    def entries(self) -> list[SessionFile]:
        """The entries of the selected rows, of a folder those of the rows that are listed."""
        return list(dict.fromkeys(entry for node in self.nodes() for entry in node.entries))

    def nodes(self) -> list[Node]:
        """The selected rows, of a folder those that are listed in it."""
        found: list[Node] = []
        for index in self.view.selectionModel().selectedRows():
            node: Node = index.data(NODE)
            found += node.children if isinstance(index.data(SHOWN), SessionGroup) else [node]
        return found

    def show_count(self, files: int) -> None:
        """How much is in the session."""
        self.bar.show_count(self._model.count, files)
        self.view.suit(self._model.count)

    def show_pictures(self, pictures: SessionThumbnails) -> None:
        """The rows have pictures from here on."""
        self.view.delegate.pictures = pictures
        pictures.arrived.connect(self.view.viewport().update)

    def select_first(self) -> None:
        """The first file is looked at, where none is."""
        if self.view.selectionModel().hasSelection() or not self._model.rowCount():
            return
        self.view.setCurrentIndex(self._model.index(0, 0, self._model.index(0, 0)))

    def select(self, entry: SessionFile) -> None:
        """The row of an entry is looked at."""
        self.view.setCurrentIndex(self._model.index_of(entry))

    def show_words(self, title: str, sentence: str) -> None:
        """Words in place of the rows, of which a filter has left none; without a title the rows."""
        self.notice.say("search", title, sentence, "Clear filter")
        self._pages.setCurrentWidget(self.notice if title else self.view)

    def row_of(self, entry: SessionFile) -> Node | None:
        """The row of an entry, whether a filter hides it or not."""
        return self._model.row_of(entry)

    def select_chosen(self) -> None:
        """The row of the file that is looked at is selected, where it has come back."""
        if self._chosen is None or self.view.selectionModel().hasSelection():
            return
        index = self._model.index_of(self._chosen)
        self._is_returning = True
        if index.isValid():
            self.view.setCurrentIndex(index)
        self._is_returning = False

    @Slot(object)
    def _open_returned(self, groups: list[QModelIndex]) -> None:
        """Folders are open when they come back."""
        for group in groups:
            self.view.expand(group)

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        index = self.view.currentIndex()
        if self._is_returning or not index.isValid():  # a filter that hides a row takes nothing from the other panes
            return
        node: Node = index.data(NODE)
        self._chosen = node.entries[0] if node.entries else None
        self.chosen.emit(self._chosen)

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        if entries := self.entries():
            self.menu_wanted.emit(entries, self.view.viewport().mapToGlobal(at))

    @Slot()
    def _delete(self) -> None:
        if entries := self.entries():
            self.removal_wanted.emit(entries)

    @Slot(QModelIndex, int, int)
    def _inserted(self, parent: QModelIndex, _first: int, _last: int) -> None:
        """Folders are open from the start; sequences are not."""
        if parent.isValid() and isinstance(parent.data(SHOWN), SessionGroup):
            self.view.expand(parent)


class _View(QTreeView):
    """The list itself; a click on a folder opens or closes it."""

    deleted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Session")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setUniformRowHeights(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setExpandsOnDoubleClick(True)
        self.delegate = SessionDelegate(self)
        self.setItemDelegate(self.delegate)

    def suit(self, rows: int) -> None:
        """A list of many rows scrolls by rows, since Qt asks for the height of every one to scroll by pixels."""
        modes = QAbstractItemView.ScrollMode
        mode = modes.ScrollPerItem if rows > MANY else modes.ScrollPerPixel
        if mode is not self.verticalScrollMode():
            self.setVerticalScrollMode(mode)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        x = event.position().x()
        on_group = index.isValid() and isinstance(index.data(SHOWN), SessionGroup) and x < 46
        on_chevron = index.isValid() and bool(self.model().rowCount(index)) and 68 <= x <= 86
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and (on_group or on_chevron):
            self.setExpanded(index, not self.isExpanded(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
            return
        super().keyPressEvent(event)


class _DropStrip(QWidget):
    """A quiet reminder that more may be dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(40)
        self.setAccessibleName("Drop files, folders or paths")

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.color("ctl"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(8.5, 8.5, -8.5, -8.5), 4, 4)
        words = "Drop files, folders or paths"
        painter.setFont(theme.ui_font(12))
        width = painter.fontMetrics().horizontalAdvance(words)
        left = (self.width() - width - 24) / 2
        icons.paint(painter, "download", QRectF(left, self.height() / 2 - 8, 16, 16), "t3")
        painter.setPen(t.color("t3"))
        painter.drawText(QRectF(left + 24, 0, width + 2, self.height()), int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.end()
