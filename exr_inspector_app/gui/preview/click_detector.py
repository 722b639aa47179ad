"""Click detector of the canvas: distinguishes a click from a drag by the movement while the button is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from exr_inspector_app.gui.preview.canvas import Canvas

CLICK_SLOP = 3  # px of a move that is no drag


class ClickDetector(QObject):
    """Event filter that emits the pixel of a click; a drag of a few pixels does not reach the canvas."""

    clicked = Signal(int, int)  # pixel, also outside of the data window

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._start: QPointF | None = None
        canvas.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the left button without modifiers, and keep moves of a click from the canvas."""
        if not isinstance(event, QMouseEvent):
            return False
        position = event.position()
        if event.type() == QEvent.Type.MouseButtonPress:
            is_plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
            self._start = position if is_plain else None
        elif event.type() == QEvent.Type.MouseMove and self._start is not None:
            if (position - self._start).manhattanLength() <= CLICK_SLOP:
                return True
            self._start = None
        elif event.type() == QEvent.Type.MouseButtonRelease and self._start is not None:
            self._start = None
            self.clicked.emit(*self._canvas.to_file(position))
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.clicked.emit(*self._canvas.to_file(position))  # undoes what its first click did
        return False
