"""Choice of the level of an image that is not decoded yet, so that the decoder reduces it in passing."""

from __future__ import annotations

from exr_inspector_app.exr.pixels.level_reduction import level_sizes
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MAX_LAST_LEVEL_SIDE
from exr_inspector_app.gui.preview.view_transform import bounding_box, fit_box, shown_aspect
from exr_inspector_app.model import Part


def choose_step(canvas: Canvas, part: Part) -> int:
    """Return the pixels of a part per pixel of the level that suffices for the zoom of the canvas.

    Args:
        canvas: Shows the image fitted, or at the zoom of the previous image.
        part: The part of the image.
    """
    data = part.data_window
    if data is None or min(data.width, data.height) < 1:
        return 1
    scale = canvas.view.scale
    if canvas.is_fitted:
        box = bounding_box(data, part.display_window or data)
        scale = fit_box(box, shown_aspect(part), canvas.pane_width, canvas.height()).scale
    step, sizes = 1, level_sizes(data.width, data.height, MAX_LAST_LEVEL_SIDE)
    while 2 * step < 2 ** len(sizes) and scale * canvas.devicePixelRatioF() * 2 * step <= 1:
        step *= 2
    return step
