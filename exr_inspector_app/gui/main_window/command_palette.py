"""Command palette: a list of all actions, filtered while the user types; Enter runs the current one."""

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

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.command_words import GROUP, GROUPS, SYNONYMS
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.fields import SearchField

WIDTH, ROW_HEIGHT, MAX_ROWS = 620, 28, 14  # px, px, rows without scrolling
_GROUP_WIDTH = 92  # px of the column of groups
ACTION = Qt.ItemDataRole.UserRole
GROUP_TITLE = Qt.ItemDataRole.UserRole + 1  # of the first row of each group
_Index = QModelIndex | QPersistentModelIndex


def action_text(action: QAction) -> str:
    """Return the text of an action without the mark of its mnemonic."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


class CommandsModel(QAbstractListModel):
    """List model of the enabled actions that match the typed text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: list[QAction] = []
        self._shown: list[QAction] = []

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Set the actions to choose from; disabled ones are left out."""
        groups = list(dict.fromkeys([*GROUPS, *(_group(action) for action in actions)]))
        self._actions = sorted(
            (action for action in actions if action.isEnabled()), key=lambda action: groups.index(_group(action))
        )
        self.set_filter("")

    def set_filter(self, typed: str) -> None:
        """Keep the actions that have every typed word in their text, group or synonyms, the best matches first."""
        terms = typed.casefold().split()
        ranked = [(rank, action) for action in self._actions if (rank := _rank(action, typed, terms)) is not None]
        ranked.sort(key=lambda pair: pair[0])
        self.beginResetModel()
        self._shown = [action for _, action in ranked]
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of matching actions."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of an action, or the action itself under ACTION."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        action = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return action_text(action)
        if role == GROUP_TITLE:
            before = self._shown[index.row() - 1] if index.row() else None
            return _group(action) if before is None or _group(before) != _group(action) else ""
        return action if role == ACTION else None


def _group(action: QAction) -> str:
    return str(action.property(GROUP) or "")


def _rank(action: QAction, typed: str, terms: Sequence[str]) -> int | None:
    """Return 0 for an action that begins with the text, 1 for one that contains it, 2 by its synonyms; None without."""
    name = action_text(action).casefold()
    if all(term in name for term in terms):
        return 0 if name.startswith(typed.casefold()) else 1
    searched = f"{name} {_group(action)} {action.property(SYNONYMS) or ''}".casefold()
    return 2 if all(term in searched for term in terms) else None


class _Delegate(QStyledItemDelegate):
    """Delegate that paints the title of a group at its first row, the icon, the text, and the key at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

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
        if title := index.data(GROUP_TITLE):
            paint.text(painter, rect.adjusted(16, 0, _GROUP_WIDTH - rect.width(), 0), title, theme.ui_font(12), "t2")
        left = _GROUP_WIDTH + 16
        icon = option.rect.adjusted(left, 6, left + 16 - option.rect.width(), -6)
        action.icon().paint(painter, icon)
        paint.text(painter, rect.adjusted(left + 28, 0, -100, 0), action_text(action), theme.ui_font(13), "t1")
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
        if key:
            paint.key_cap(painter, rect.right() - 16, rect.center().y(), key)
        painter.restore()


class CommandPalette(QFrame):
    """Popup over the window that closes after a command, on Esc, or when it loses the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._back_to: QWidget | None = None
        self.field = SearchField(strings.TYPE_COMMAND)
        self.model = CommandsModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMaximumHeight(MAX_ROWS * ROW_HEIGHT)  # whole rows
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.no_match = QLabel(strings.NO_COMMAND)
        self.no_match.setProperty("rank", "2")
        self.no_match.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 8)
        column.setSpacing(8)
        inset = QVBoxLayout()
        inset.setContentsMargins(8, 0, 8, 0)
        inset.addWidget(self.field)
        column.addLayout(inset)
        column.addWidget(self.list)
        column.addWidget(self.no_match)
        self.field.textChanged.connect(self._filter)
        self.list.clicked.connect(self._run_at)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]
        self.hide()

    def open_palette(self, actions: Sequence[QAction]) -> None:
        """Show the palette with these actions."""
        self.model.set_actions(actions)
        self.field.clear()
        self._filter("")
        self.field.ensurePolished()  # its height is not known before
        height = self.field.sizeHint().height() + 24 + MAX_ROWS * ROW_HEIGHT
        self.setGeometry((self._over.width() - WIDTH) // 2, 80, WIDTH, height)
        self.show()
        self.raise_()
        self._back_to = QApplication.focusWidget()
        self.field.setFocus()

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Close after a click elsewhere."""
        if self.isVisible() and new is not None and not self.isAncestorOf(new):
            self.hide()

    def _close(self) -> None:
        """Hide, and return the focus to the widget that had it."""
        self.hide()
        if self._back_to is not None:
            self._back_to.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with Up and Down, run with Enter, close with Esc."""
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
        """Paint a rounded frame."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(t.color("line2"))
        painter.setBrush(t.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    @Slot(str)
    def _filter(self, typed: str) -> None:
        self.model.set_filter(typed)
        has_match = self.model.rowCount() > 0
        self.list.setVisible(has_match)
        self.no_match.setVisible(not has_match)
        if has_match:
            self.list.setCurrentIndex(self.model.index(0))

    @Slot(QModelIndex)
    def _run_at(self, index: QModelIndex) -> None:
        action = index.data(ACTION)
        if isinstance(action, QAction):
            self._close()
            action.trigger()
