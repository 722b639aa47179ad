"""Where the picture lies on the canvas: file coordinates to logical pixels and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF

from exr_inspector_app.model import Box2i

LEAST, MOST = 1 / 64, 64.0  # logical pixels a pixel of the file
MARGIN, TOP = 24, 36  # around a picture that fits; the top holds a label


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """`scale` logical pixels a pixel of the file, whose (0, 0) is at `origin`; `aspect` makes pixels wider."""

    scale: float = 1.0
    origin: QPointF = field(default_factory=QPointF)
    aspect: float = 1.0

    def to_canvas(self, x: float, y: float) -> QPointF:
        """Where a point of the file lies."""
        return QPointF(self.origin.x() + x * self.scale * self.aspect, self.origin.y() + y * self.scale)

    def to_file(self, at: QPointF) -> tuple[int, int]:
        """The pixel of the file at a point of the canvas."""
        x = (at.x() - self.origin.x()) / (self.scale * self.aspect)
        return math.floor(x), math.floor((at.y() - self.origin.y()) / self.scale)

    def rect(self, box: Box2i) -> QRectF:
        """Where a box of the file lies, its last pixels included."""
        return QRectF(self.to_canvas(box.min_x, box.min_y), self.to_canvas(box.max_x + 1, box.max_y + 1))

    def moved(self, by: QPointF) -> ViewTransform:
        """The same, some logical pixels further."""
        return replace(self, origin=self.origin + by)

    def zoomed(self, scale: float, around: QPointF) -> ViewTransform:
        """Another scale, with the point of the file under `around` where it is."""
        scale = min(max(scale, LEAST), MOST)
        return replace(self, scale=scale, origin=around + (self.origin - around) * (scale / self.scale))


def fitting(box: Box2i, aspect: float, width: float, height: float) -> ViewTransform:
    """The view in which the box stands whole in the middle of a canvas."""
    room_x, room_y = max(width - 2 * MARGIN, 1), max(height - MARGIN - TOP, 1)
    scale = min(room_x / (box.width * aspect), room_y / box.height)
    scale = min(max(scale, LEAST / 64), MOST)
    left = (width - box.width * aspect * scale) / 2 - box.min_x * aspect * scale
    top = TOP + (room_y - box.height * scale) / 2 - box.min_y * scale
    return ViewTransform(scale, QPointF(left, top), aspect)


def united(first: Box2i, second: Box2i) -> Box2i:
    """The smallest box around both."""
    return Box2i(
        min(first.min_x, second.min_x),
        min(first.min_y, second.min_y),
        max(first.max_x, second.max_x),
        max(first.max_y, second.max_y),
    )
