"""Arrow keys of the canvas: frames, the probe, and the position of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from exr_inspector_app.gui.preview.canvas import Canvas

_SCROLL_STEP = 40.0  # px
_ARROW_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def handle_arrow_key(event: QKeyEvent, canvas: Canvas) -> bool:
    """Step through frames; Shift moves the probe, Alt the image. Return False for any other key."""
    step, modifiers = _ARROW_STEPS.get(Qt.Key(event.key())), event.modifiers()
    if step is None:
        return False
    if modifiers & Qt.KeyboardModifier.ShiftModifier and canvas.data_window is not None:
        canvas.step_probe(*step)
    elif modifiers & Qt.KeyboardModifier.AltModifier:
        canvas.move_view(QPointF(*step) * -_SCROLL_STEP)
    elif step[0]:
        canvas.frame_step_requested.emit(step[0])
    else:
        return False
    return True
