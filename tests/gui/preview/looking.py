"""Files that are opened, and what then stands on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr.pictures import write_picture

Settle = Callable[[], None]


def see(window: MainWindow, settle: Settle, *paths: Path) -> None:
    """The paths are opened, and the picture of the first is there."""
    window.open_paths([str(path) for path in paths])
    settle()


def color(window: MainWindow, x: int, y: int) -> tuple[int, ...]:
    """What stands on the canvas at the middle of a pixel of the file."""
    at = window.preview.canvas.view.to_canvas(x + 0.5, y + 0.5).toPoint()
    return window.preview.canvas.grab().toImage().pixelColor(at).getRgb()[:3]


def flat(path: Path, value: float, name: str = "RGB", size: int = 64) -> Path:
    """A picture of one value."""
    return write_picture(path, np.full((size, size, len(name)), value, np.float32), name)


def wheel(at: QPointF, turns: int) -> QWheelEvent:
    """The wheel is turned over a place of the canvas."""
    none = Qt.KeyboardModifier.NoModifier
    phase, buttons = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    return QWheelEvent(at, at, QPoint(), QPoint(0, 120 * turns), buttons, none, phase, False)
