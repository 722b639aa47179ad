"""Canvas layer: base class of overlays that are painted over the image and take mouse events before the canvas does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QMouseEvent, QPainter

if TYPE_CHECKING:
    from exr_inspector_app.gui.preview.canvas import Canvas


class CanvasLayer(QObject):
    """Layer of a canvas; `canvas.add_layer` installs it, and the last one is on top."""

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint over the image."""

    def press(self, event: QMouseEvent, canvas: Canvas) -> bool:
        """Handle a pressed button; return True to keep it, and the moves and the release after it, from the canvas."""
        return False

    def move(self, event: QMouseEvent, canvas: Canvas) -> None:
        """Handle a move after a press that this layer has handled."""

    def release(self, event: QMouseEvent, canvas: Canvas) -> None:
        """Handle the release after a press that this layer has handled."""
