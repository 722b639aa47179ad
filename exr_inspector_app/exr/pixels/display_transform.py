"""Display transform of thumbnails: light of Rec.709 to sRGB, exposed to middle gray."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import REC709_WEIGHTS
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.processor import DisplayChoice, display_processor
from exr_inspector_app.color.scene_light import to_rec709

Pixels = npt.NDArray[np.float32]
Colors = npt.NDArray[np.uint8]

MIDDLE_GRAY = 0.18
MAX_OFFSET_STOPS = 1.5  # distance from middle gray at which an image keeps its exposure
_BLACK_RATIO = 2.0**-10  # of the bright pixels, or of white: below it is the background of a subject
_BRIGHT_PERCENTILE, _WHITE_PERCENTILE = 99.9, 99.8  # a smaller subject is no more than ten pixels across
_NEARLY_WHITE = 0.75
_LUMINANCE = np.array(REC709_WEIGHTS, np.float32)


def to_srgb(light: Pixels) -> Colors:
    """Convert linear light of Rec.709 to sRGB.

    An image whose middle lies within MAX_OFFSET_STOPS of middle gray keeps its exposure; a darker or brighter one
    is exposed until it does.

    Args:
        light: (height, width, 1 to 4 channels); alpha is ignored.

    Returns:
        (height, width, 3) uint8.
    """
    colors = to_rgb(light)
    return display_processor(FileSpace(), DisplayChoice()).apply(colors, exposure_stops(colors))


def to_light(pixels: Pixels, space: FileSpace) -> Pixels:
    """Return pixels, (height, width, 1 to 4 channels), as linear light of Rec.709; alpha stays."""
    if pixels.shape[2] < 3:  # luminance has no primaries
        light = to_rec709(pixels[..., :1], replace(space, primaries=None))
        return np.concatenate([light, pixels[..., 1:]], axis=2)
    return np.concatenate([to_rec709(pixels[..., :3], space), pixels[..., 3:]], axis=2)


def stretch_to_square_pixels(image: Colors, aspect: float | None) -> Colors:
    """Return the image, (height, width, 3), with square pixels, if the file's pixel aspect ratio is plausible."""
    if aspect is None or not 0.25 <= aspect <= 4 or abs(aspect - 1) < 0.01:
        return image
    columns = (np.arange(max(1, round(image.shape[1] * aspect))) / aspect).astype(int)
    return image[:, np.minimum(columns, image.shape[1] - 1)]


def to_rgb(pixels: Pixels) -> Pixels:
    """Return finite RGB, (height, width, 3), which is gray if there are fewer than three channels."""
    colors = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.nan_to_num(colors, nan=0.0, posinf=65504.0, neginf=0.0)


def exposure_stops(colors: Pixels) -> float:
    """Return the stops by which the middle of an image must be exposed to come close to middle gray.

    Pixels that are nearly black relative to the bright ones, and few very bright ones, are ignored. A dark image is
    exposed at most until its bright pixels are nearly white; those that are white already, such as lamps, do not
    count.
    """
    luminance = colors @ _LUMINANCE
    lit = luminance > 1e-6
    if not lit.any():
        return 0.0
    bright = min(float(np.percentile(luminance[lit], _BRIGHT_PERCENTILE)), 1.0)
    lit &= luminance > bright * _BLACK_RATIO
    offset = math.log2(MIDDLE_GRAY) - float(np.log2(luminance[lit]).mean())
    stops = offset - min(max(offset, -MAX_OFFSET_STOPS), MAX_OFFSET_STOPS)
    if stops <= 0:
        return stops
    brightest = colors[lit].max(axis=1)
    white = float(np.percentile(brightest[brightest < 1.0], _WHITE_PERCENTILE)) if brightest.min() < 1.0 else 1.0
    return min(stops, max(0.0, math.log2(_NEARLY_WHITE / white)))
