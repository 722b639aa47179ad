"""Painter of a rendered region on the canvas, interpolated unless its pixels are large squares."""

from __future__ import annotations

from PySide6.QtGui import QPainter

from exr_inspector_app.gui.preview.rendering.region_geometry import canvas_rect
from exr_inspector_app.gui.preview.rendering.region_renderer import RenderedRegion
from exr_inspector_app.gui.preview.view_transform import ViewTransform

MAX_SMOOTH_SCALE_FITTED = 8.0  # screen pixels per image pixel up to which a fitted small image is interpolated
_MAX_SMOOTH_SCALE = 2.0  # above it pixels are sharp squares


def paint_region(
    painter: QPainter, view: ViewTransform, region: RenderedRegion, pixel_ratio: float, *, is_fitted: bool
) -> None:
    """Paint a region at its place.

    Args:
        painter: Painter of the canvas.
        view: View transform of the image.
        region: The rendered region.
        pixel_ratio: Screen pixels per logical pixel.
        is_fitted: The image is fitted into the canvas.
    """
    request = region.request
    scale = view.scale * pixel_ratio * max(request.pyramid.picture.scale) * 2**request.level
    is_smooth = scale < (MAX_SMOOTH_SCALE_FITTED if is_fitted else _MAX_SMOOTH_SCALE)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
    painter.drawImage(canvas_rect(view, request.box, request.pyramid, request.level), region.image)
