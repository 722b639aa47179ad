"""Swatch: the color of one pixel as the canvas shows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor

from exr_inspector_app.color.colorimetry import luminance_weights
from exr_inspector_app.color.exposure_zones import ZONES
from exr_inspector_app.color.processor import ready_processor
from exr_inspector_app.gui.preview.color.display_transform import ViewSettings, render_level
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid, encode_level


def compute_swatch(pyramid: MipPyramid, values: list[float], settings: ViewSettings) -> QColor | None:
    """Return the displayed color of one pixel's values, None until the view is ready."""
    color = settings.color
    processor = ready_processor(color.space, settings.choice, color.configuration)
    if processor is None:  # the canvas is about to load it
        return None
    weights = luminance_weights(color.space.primaries)
    is_uint = pyramid.picture.pixels.dtype == np.uint32  # float32 rounds IDs beyond 2**24
    pixel_values = np.array([[values]], np.uint32 if is_uint else np.float32)
    level = encode_level(pixel_values, pyramid.letters, weights=weights)
    level = replace(level, values=pixel_values, look=pyramid.look)
    rendered = render_level(level, settings, processor)
    pixel = rendered.pixels[0, 0]
    if rendered.is_zones:
        return QColor(ZONES[int(pixel)].color)
    return QColor(*(int(value) for value in pixel)) if rendered.pixels.ndim == 3 else QColor(*(int(pixel),) * 3)
