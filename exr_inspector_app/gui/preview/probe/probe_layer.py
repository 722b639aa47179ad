"""Canvas layer of pinned probes and of the region whose statistics are shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.overlay.overlays import paint_pill
from exr_inspector_app.model import Box2i

Pixel = tuple[int, int]  # x and y in the coordinates of the file
_SHADOW, _WHITE = QColor(0, 0, 0, 160), QColor(255, 255, 255, 235)
_RING = 5.0  # px, radius of the ring around a pinned probe


class ProbeLayer(CanvasLayer):
    """Layer that pins a probe on Ctrl+click, and selects a region on Shift+drag."""

    pin_requested = Signal(int, int)
    region_selected = Signal(object)  # Box2i inside the data window, or None for a click without a drag

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pins: tuple[Pixel, ...] = ()
        self._start: Pixel | None = None  # of the region that is being dragged
        self.region: Box2i | None = None

    def show_pins(self, pins: Sequence[Pixel]) -> None:
        """Set the pixels that are marked with numbers from 1 on."""
        self._pins = tuple(pins)

    def press(self, event: QMouseEvent, canvas: Canvas) -> bool:
        """Pin the pixel with Ctrl; begin a region with Shift."""
        pixel = canvas.view.to_file(event.position())
        data = canvas.data_window
        if event.button() != Qt.MouseButton.LeftButton or data is None:
            return False
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and _clamp(pixel, data) == pixel:
            self.pin_requested.emit(*pixel)
            return True
        if event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._start, self.region = _clamp(pixel, data), None
            canvas.update()
            return True
        return False

    def move(self, event: QMouseEvent, canvas: Canvas) -> None:
        """Extend the region to the pointer."""
        data = canvas.data_window
        if self._start is None or data is None:
            return
        end = _clamp(canvas.view.to_file(event.position()), data)
        left, right = sorted((self._start[0], end[0]))
        top, bottom = sorted((self._start[1], end[1]))
        self.region = Box2i(left, top, right, bottom)
        canvas.update()

    def release(self, event: QMouseEvent, canvas: Canvas) -> None:
        """Emit the region; a click without a drag ends the selection."""
        if self._start is not None:
            self._start = None
            self.region_selected.emit(self.region)

    def select_visible(self, canvas: Canvas) -> Box2i | None:
        """Select the visible part of the image, and return it; None without an image."""
        data, view = canvas.data_window, canvas.view
        if data is None:
            return None
        corner = _clamp(view.to_file(QPointF(0, 0)), data)
        end = _clamp(view.to_file(QPointF(canvas.width() - 1, canvas.height() - 1)), data)
        self.region = Box2i(*corner, *end)
        canvas.update()
        return self.region

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the frame of the region with its size, and a ring with its number at each pin."""
        room = QRectF(canvas.rect())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.region is not None:
            frame = canvas.view.rect(self.region)
            for pen in (QPen(_SHADOW, 3), QPen(_WHITE, 1)):
                painter.setPen(pen)
                painter.drawRect(frame)
            label = strings.region_size(self.region.width, self.region.height)
            paint_pill(painter, QPointF(frame.left(), frame.bottom() + 4), label, room)
        for number, (x, y) in enumerate(self._pins, 1):
            center = canvas.view.to_canvas(x + 0.5, y + 0.5)
            if not room.contains(center):
                continue
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(_SHADOW, 3), QPen(_WHITE, 1.5)):
                painter.setPen(pen)
                painter.drawEllipse(center, _RING, _RING)
            paint_pill(painter, center + QPointF(_RING + 4, -10), str(number), room)


def _clamp(pixel: Pixel, box: Box2i) -> Pixel:
    """Return the nearest pixel of a box."""
    return min(max(pixel[0], box.min_x), box.max_x), min(max(pixel[1], box.min_y), box.max_y)
