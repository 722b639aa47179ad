"""Objects at the probe: ID and coverage of a Cryptomatte pixel, and how the readout shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from exr_inspector_app.exr.pixels.id_colors import to_ids
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.objects_job import name_of, pair_ranks
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.style import paint, theme

_GAP = 16  # px between two objects


class ObjectCoverage(NamedTuple):
    """Object of a pixel, with the share of the pixel that it covers."""

    number: int
    name: str
    share: float

    @property
    def text(self) -> str:
        """Name and share."""
        return f"{self.name} {strings.coverage(self.share)}"


def pixel_at(pyramid: MipPyramid | None, x: int, y: int) -> tuple[int, int] | None:
    """Return column and row of a decoded image at a pixel of the file, None outside of it."""
    if pyramid is None:
        return None
    picture = pyramid.picture
    column = int((x + 0.5 - picture.data_window.min_x) / picture.scale[0])
    row = int((y + 0.5 - picture.data_window.min_y) / picture.scale[1])
    height, width = picture.pixels.shape[:2]
    return (column, row) if 0 <= column < width and 0 <= row < height else None


def number_at(pyramid: MipPyramid | None, x: int, y: int) -> int:
    """Return the ID at a pixel, of a Cryptomatte the one with the largest coverage; 0 for none, and other layers."""
    pixel = pixel_at(pyramid, x, y)
    if pyramid is None or pixel is None or pyramid.look is None or pyramid.look.has_range:
        return 0
    if pyramid.look.is_hash:
        covering = max(objects_at(pyramid, pixel), key=lambda entry: entry.share, default=None)
        return covering.number if covering is not None else 0
    return int(to_ids(pyramid.picture.pixels[pixel[1], pixel[0], :1], is_hash=False)[0])


def objects_at(pyramid: MipPyramid | None, pixel: tuple[int, int] | None) -> list[ObjectCoverage]:
    """Return the objects of all ranks at a pixel of a decoded image, (column, row); empty for other layers."""
    if pyramid is None or pixel is None or pyramid.look is None or not pyramid.look.is_hash:
        return []
    values = tuple(pyramid.picture.pixels[pixel[1], pixel[0]])
    return [ObjectCoverage(number, name_of(number, {}, is_hash=True), share) for number, share in pair_ranks(values)]


def paint_objects(painter: QPainter, room: QRectF, objects: Sequence[ObjectCoverage]) -> float:
    """Paint names and shares, as many as fit, and return the end of the last one."""
    left, name_font, share_font = room.left(), theme.ui_font(12, theme.MEDIUM), theme.mono_font(12)
    if not objects:
        return left + paint.text(painter, room, strings.NO_OBJECT, theme.ui_font(12), "t3")
    for entry in objects:
        share = strings.coverage(entry.share)
        share_width = QFontMetricsF(share_font).horizontalAdvance(share) + 8
        if left + 40 + share_width > room.right():
            break
        width = min(QFontMetricsF(name_font).horizontalAdvance(entry.name) + 1, room.right() - left - share_width)
        paint.text(painter, QRectF(left, room.top(), width, room.height()), entry.name, name_font, "t1")
        left += width + 8
        paint.text(painter, QRectF(left, room.top(), share_width, room.height()), share, share_font, "t2")
        left += share_width + _GAP
    return left
