"""Drag and drop events as a file manager or an editor sends them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

_PLACE = QPoint(600, 400)
_HOW = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def dragged(*links: str, text: str = "") -> QMimeData:
    """Links, or text."""
    data = QMimeData()
    if links:
        data.setUrls([QUrl(link) for link in links])
    if text:
        data.setText(text)
    return data


def files(*paths: object) -> QMimeData:
    """Links to files of this machine."""
    return dragged(*(QUrl.fromLocalFile(str(path)).toString() for path in paths))


def enter(window: QWidget, data: QMimeData) -> bool:
    """Drag over the window; return True if it may be dropped there."""
    event = enter_event(_PLACE, Qt.DropAction.CopyAction, data, *_HOW)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def enter_event(
    place: QPoint, actions: Qt.DropAction, data: QMimeData, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> QDragEnterEvent:
    """Return the event of a drag that enters a window."""
    create: Any = QDragEnterEvent
    event: QDragEnterEvent
    try:
        event = create(QPointF(place), actions, data, buttons, modifiers)
    except TypeError:  # Qt before 6.12, which warns of the other form
        event = create(place, actions, data, buttons, modifiers)
    return event


def drop(window: QWidget, data: QMimeData) -> None:
    """Drop in the window."""
    place, kind = QPointF(_PLACE), QEvent.Type.Drop
    QApplication.sendEvent(window, QDropEvent(place, Qt.DropAction.CopyAction, data, *_HOW, kind))
