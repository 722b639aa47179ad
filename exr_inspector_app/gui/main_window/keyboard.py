"""Keyboard access: Enter presses the focused button, and Shift+F10 opens the menu of the focused row."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QWidget,
)


def handle_key(event: QKeyEvent) -> bool:
    """Handle a key that the focused widget and its parents have ignored; return False for any other key."""
    focus = QApplication.focusWidget()
    if focus is None:
        return False
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return _press(focus)
    is_menu = event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    return is_menu and _open_menu(focus)


def _press(focus: QWidget) -> bool:
    """Press a button; outside a QDialog, Qt leaves Enter to the platform, and most platforms press with Space only."""
    if not isinstance(focus, QAbstractButton) or isinstance(focus, QCheckBox):
        return False
    focus.click()
    return True


def _open_menu(focus: QWidget) -> bool:
    """Open the context menu of the focused widget at its current row, as the Menu key does."""
    target, place = focus, QPoint(focus.width() // 2, focus.height() // 2)
    if isinstance(focus, QAbstractScrollArea):
        target = focus.viewport()
        if isinstance(focus, QAbstractItemView) and focus.currentIndex().isValid():
            place = focus.visualRect(focus.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, target.mapToGlobal(place))
    QApplication.sendEvent(target, event)
    return True
