"""Geometry of regions: the visible pixels of a pyramid level, and their place on the canvas."""

from __future__ import annotations

import math
from typing import TypeAlias

from PySide6.QtCore import QRectF

from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.view_transform import ViewTransform

Box: TypeAlias = tuple[int, int, int, int]  # left, top, and the ends, which are not included

MARGIN_SHARE = 4  # of the visible region that is rendered around it, so that a small pan needs nothing new
ALIGNMENT = 16  # px, the period of the checkerboard, which would jump otherwise
MAX_WHOLE_PIXELS = 1_000_000  # of a level that is rendered as a whole


def visible_box(view: ViewTransform, size: tuple[int, int], pyramid: MipPyramid, level: int) -> Box | None:
    """Return the pixels of a level on a canvas of a size in logical pixels, None outside of it."""
    picture = pyramid.picture
    width, height = pyramid.levels[level].size
    across, down = (2**level * scale for scale in picture.scale)
    x, y = picture.data_window.min_x, picture.data_window.min_y
    start, end = view.to_canvas(x, y), view.to_canvas(x + across, y + down)
    step_x, step_y = end.x() - start.x(), end.y() - start.y()
    # One more pixel at each side, for the interpolation.
    left, right = math.floor(-start.x() / step_x) - 1, math.ceil((size[0] - start.x()) / step_x) + 1
    top, bottom = math.floor(-start.y() / step_y) - 1, math.ceil((size[1] - start.y()) / step_y) + 1
    box = (max(left, 0), max(top, 0), min(right, width), min(bottom, height))
    return box if box[0] < box[2] and box[1] < box[3] else None


def count_pixels(box: Box) -> int:
    """Return the number of pixels of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def with_margin(box: Box, pyramid: MipPyramid, level: int) -> Box:
    """Return the box to render for a visible one: with a margin, or the whole of a small level."""
    left, top, right, bottom = box
    width, height = pyramid.levels[level].size
    if width * height <= MAX_WHOLE_PIXELS:
        return (0, 0, width, height)
    across, down = (right - left) // MARGIN_SHARE, (bottom - top) // MARGIN_SHARE
    left, top = (max(start, 0) // ALIGNMENT * ALIGNMENT for start in (left - across, top - down))
    return (left, top, min(right + across, width), min(bottom + down, height))


def canvas_rect(view: ViewTransform, box: Box, pyramid: MipPyramid, level: int) -> QRectF:
    """Return the canvas rectangle of a box of a level."""
    picture, step = pyramid.picture, 2**level
    full_width, full_height = pyramid.levels[0].size
    left, top, right, bottom = box  # levels drop the last row or column of odd sizes
    across, down = picture.scale
    x, y = picture.data_window.min_x, picture.data_window.min_y
    start = view.to_canvas(x + left * step * across, y + top * step * down)
    return QRectF(
        start, view.to_canvas(x + min(right * step, full_width) * across, y + min(bottom * step, full_height) * down)
    )
