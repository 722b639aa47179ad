"""View transform: file coordinates to logical pixels of the canvas and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF

from exr_inspector_app.model import Box2i, Part

MIN_SCALE, MAX_SCALE = 1 / 64, 64.0  # logical pixels per pixel of the file
MARGIN, TOP_MARGIN = 24, 36  # logical pixels around a fitted image; a label needs the larger top


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """View transform with `scale` in logical pixels per pixel of the file.

    `origin` is the canvas position of the file's pixel (0, 0); `aspect` is the pixel aspect ratio, width over height.
    """

    scale: float = 1.0
    origin: QPointF = field(default_factory=QPointF)
    aspect: float = 1.0

    def to_canvas(self, x: float, y: float) -> QPointF:
        """Return the canvas position of a point of the file."""
        return QPointF(self.origin.x() + x * self.scale * self.aspect, self.origin.y() + y * self.scale)

    def to_file(self, position: QPointF) -> tuple[int, int]:
        """Return the pixel of the file at a canvas position."""
        x = (position.x() - self.origin.x()) / (self.scale * self.aspect)
        return math.floor(x), math.floor((position.y() - self.origin.y()) / self.scale)

    def rect(self, box: Box2i) -> QRectF:
        """Return the canvas rectangle of a box of the file, including its last row and column."""
        return QRectF(self.to_canvas(box.min_x, box.min_y), self.to_canvas(box.max_x + 1, box.max_y + 1))

    def translated(self, offset: QPointF) -> ViewTransform:
        """Return the transform moved by an offset in logical pixels."""
        return replace(self, origin=self.origin + offset)

    def scaled(self, scale: float, around: QPointF) -> ViewTransform:
        """Return the transform with another scale, bounded, that keeps the point at `around` fixed."""
        scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        return replace(self, scale=scale, origin=around + (self.origin - around) * (scale / self.scale))


def shown_aspect(part: Part | None) -> float:
    """Return the pixel aspect ratio in which a part is shown: 1 if its own is missing or extreme."""
    aspect = part.pixel_aspect_ratio if part else None
    return aspect if aspect and 0.05 < aspect < 20 else 1.0


def fit_box(box: Box2i, aspect: float, width: float, height: float) -> ViewTransform:
    """Return the transform that fits a box into a canvas of `width` x `height` and centers it."""
    room_x, room_y = max(width - 2 * MARGIN, 1), max(height - MARGIN - TOP_MARGIN, 1)
    scale = min(room_x / (box.width * aspect), room_y / box.height)
    scale = min(max(scale, MIN_SCALE / 64), MAX_SCALE)
    left = (width - box.width * aspect * scale) / 2 - box.min_x * aspect * scale
    top = TOP_MARGIN + (room_y - box.height * scale) / 2 - box.min_y * scale
    return ViewTransform(scale, QPointF(left, top), aspect)


def bounding_box(first: Box2i, second: Box2i) -> Box2i:
    """Return the smallest box that contains both boxes."""
    return Box2i(
        min(first.min_x, second.min_x),
        min(first.min_y, second.min_y),
        max(first.max_x, second.max_x),
        max(first.max_y, second.max_y),
    )
