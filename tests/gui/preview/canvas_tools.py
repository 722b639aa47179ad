"""Helpers of the preview tests: open files, write flat images, read canvas colors, and create wheel events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest

from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr.pictures import write_picture

Settle = Callable[[], None]


def open_and_settle(window: MainWindow, settle: Settle, *paths: Path) -> None:
    """Open paths and wait for the image of the first file."""
    window.open_paths([str(path) for path in paths])
    settle()


def wait_for_canvas(window: MainWindow) -> None:
    """Wait until the canvas has the image of its current view and settings."""
    canvas = window.preview.canvas
    for _ in range(6000):
        if canvas.is_settled:
            return
        QTest.qWait(5)
    raise AssertionError("the canvas is still rendering")


def color(window: MainWindow, x: int, y: int) -> tuple[int, ...]:
    """Return the canvas color at the center of a pixel of the file."""
    wait_for_canvas(window)
    position = window.preview.canvas.view.to_canvas(x + 0.5, y + 0.5).toPoint()
    return window.preview.canvas.grab().toImage().pixelColor(position).getRgb()[:3]


def write_flat(path: Path, value: float, name: str = "RGB", size: int = 64) -> Path:
    """Write an image of one value."""
    return write_picture(path, np.full((size, size, len(name)), value, np.float32), name)


def wheel_event(position: QPointF, notches: int) -> QWheelEvent:
    """Create a wheel event at a position of the canvas."""
    none = Qt.KeyboardModifier.NoModifier
    phase, buttons = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    return QWheelEvent(position, position, QPoint(), QPoint(0, 120 * notches), buttons, none, phase, False)
