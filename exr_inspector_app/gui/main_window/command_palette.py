"""All commands in one list: type a few letters, Enter runs the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.fields import SearchField

WIDTH, ROW, SHOWN = 520, 28, 12
ACTION = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


def words_of(action: QAction) -> str:
    """What an action is called, without the mark of its mnemonic."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


class CommandsModel(QAbstractListModel):
    """The actions that can be run now and whose words hold everything that was typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: list[QAction] = []
        self._shown: list[QAction] = []

    def offer(self, actions: Sequence[QAction]) -> None:
        """The actions to choose from."""
        self._actions = [action for action in actions if action.isEnabled()]
        self.narrow("")

    def narrow(self, typed: str) -> None:
        """Only the actions in whose words each typed word stands; those that begin with it come first."""
        wanted = typed.casefold().split()
        named = [(words_of(action).casefold(), action) for action in self._actions]
        fitting = [(name, action) for name, action in named if all(word in name for word in wanted)]
        fitting.sort(key=lambda pair: not pair[0].startswith(typed.casefold()))
        self.beginResetModel()
        self._shown = [action for _, action in fitting]
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        action = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words_of(action)
        return action if role == ACTION else None


class _Delegate(QStyledItemDelegate):
    """Glyph, words, and the key at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        action = index.data(ACTION)
        if not isinstance(action, QAction):
            return
        t, rect = theme.tokens(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.color("selected"))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 4, 4)
        action.icon().paint(painter, option.rect.adjusted(16, 6, 0, -6).adjusted(0, 0, 32 - option.rect.width(), 0))
        paint.text(painter, rect.adjusted(44, 0, -100, 0), words_of(action), theme.ui_font(13), "t1")
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
        if key:
            paint.key_cap(painter, rect.right() - 16, rect.center().y(), key)
        painter.restore()


class CommandPalette(QFrame):
    """Floats over the top of the window until a command is run, Esc is pressed or the focus goes elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._back_to: QWidget | None = None
        self.field = SearchField("Type a command")
        self.model = CommandsModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMaximumHeight(SHOWN * ROW)  # whole rows
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._none = QLabel("No command has these words.")
        self._none.setProperty("rank", "2")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 8)
        column.setSpacing(8)
        inset = QVBoxLayout()
        inset.setContentsMargins(8, 0, 8, 0)
        inset.addWidget(self.field)
        column.addLayout(inset)
        column.addWidget(self.list)
        column.addWidget(self._none)
        self.field.textChanged.connect(self._narrow)
        self.list.clicked.connect(self._run_at)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]
        self.hide()

    def open(self, actions: Sequence[QAction]) -> None:
        """Shown over its window with these actions."""
        self.model.offer(actions)
        self.field.clear()
        self._narrow("")
        self.field.ensurePolished()  # its height is not known before
        height = self.field.sizeHint().height() + 24 + SHOWN * ROW
        self.setGeometry((self._over.width() - WIDTH) // 2, 80, WIDTH, height)
        self.show()
        self.raise_()
        self._back_to = QApplication.focusWidget()
        self.field.setFocus()

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """A click elsewhere closes it."""
        if self.isVisible() and new is not None and not self.isAncestorOf(new):
            self.hide()

    def _close(self) -> None:
        """Hidden; the keyboard goes back to where it was."""
        self.hide()
        if self._back_to is not None:
            self._back_to.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose, Enter runs, Esc closes."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self.model.rowCount():
            row = (self.list.currentIndex().row() + step) % self.model.rowCount()
            self.list.setCurrentIndex(self.model.index(row))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run_at(self.list.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(t.color("line2"))
        painter.setBrush(t.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    @Slot(str)
    def _narrow(self, typed: str) -> None:
        self.model.narrow(typed)
        is_there = self.model.rowCount() > 0
        self.list.setVisible(is_there)
        self._none.setVisible(not is_there)
        if is_there:
            self.list.setCurrentIndex(self.model.index(0))

    @Slot(QModelIndex)
    def _run_at(self, index: QModelIndex) -> None:
        action = index.data(ACTION)
        if isinstance(action, QAction):
            self._close()
            action.trigger()
