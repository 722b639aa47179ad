"""Automatic exposure: the stops that bring the logarithmic mean of an image to middle gray.

Source: Reinhard et al., Photographic Tone Reproduction for Digital Images, section 3.1 (log-average luminance).
"""

from __future__ import annotations

import math

import numpy as np

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.pixels.display_transform import MIDDLE_GRAY
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipLevel

_BLACK_RATIO = 2.0**-12  # of the brightest pixels: below it is background


def automatic_exposure(level: MipLevel, offset: float, _stop: StopCheck) -> float:
    """Return the exposure in stops, in tenths; 0 for an image without light. For a worker thread.

    Args:
        level: A small level of the image.
        offset: Added to its values first.
    """
    luminance = level.region(0, 0, *level.size).luminance.view(np.float16).astype(np.float32) + np.float32(offset)
    lit = luminance[np.isfinite(luminance) & (luminance > 0)]
    if not lit.size:
        return 0.0
    lit = lit[lit > np.percentile(lit, 99.9) * _BLACK_RATIO]
    return round(math.log2(MIDDLE_GRAY) - float(np.log2(lit).mean()), 1)
