"""Display transform of thumbnails: linear pixels to sRGB, by primaries, exposure and transfer curve."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]
Colors = npt.NDArray[np.uint8]

MIDDLE_GRAY = 0.18
MAX_OFFSET_STOPS = 1.5  # distance from middle gray at which an image keeps its exposure
_BLACK_RATIO = 2.0**-10  # of the bright pixels, or of white: below it is the ground before which a subject stands
_BRIGHT_PERCENTILE, _WHITE_PERCENTILE = 99.9, 99.0
_REC709 = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])
_REC709_WEIGHTS = (0.2126, 0.7152, 0.0722)
_LUMINANCE = np.array(_REC709_WEIGHTS, np.float32)


def to_srgb(pixels: Pixels, chromaticities: Any = None) -> Colors:
    """Convert linear pixels to sRGB.

    An image whose middle lies within MAX_OFFSET_STOPS of middle gray keeps its exposure; a darker or brighter one
    is exposed until it does. Source of the curve: IEC 61966-2-1, https://webstore.iec.ch/en/publication/6169.

    Args:
        pixels: (height, width, 1 to 4 channels), linear; alpha is ignored.
        chromaticities: Value of the file's attribute, of any form.

    Returns:
        (height, width, 3) uint8.
    """
    colors = to_rgb(pixels)
    matrix = rec709_matrix(chromaticities) if pixels.shape[2] >= 3 else None
    if matrix is not None:
        colors = colors @ matrix.T
    colors = np.clip(colors * np.float32(2.0 ** exposure_stops(colors)), 0, 1)
    curved = np.where(colors <= 0.0031308, 12.92 * colors, 1.055 * colors ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * curved), np.uint8)


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

    Pixels that are nearly black beside the bright ones do not count, nor do few very bright ones; a dark image is
    exposed at most until its bright pixels are white.
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
    white = float(np.percentile(colors[lit].max(axis=1), _WHITE_PERCENTILE))
    return min(stops, max(0.0, -math.log2(white)))


def rec709_matrix(chromaticities: Any) -> Pixels | None:
    """Return the (3, 3) matrix from RGB of these primaries to RGB of Rec. 709.

    White maps to white, without adaptation between the two white points. None if the primaries are those of
    Rec. 709 or implausible.
    """
    try:
        primaries = np.array([chromaticities[name] for name in ("red", "green", "blue")], float)
        white = np.array(chromaticities["white"], float)
    except (TypeError, KeyError, ValueError):
        return None
    if primaries.shape != (3, 2) or np.allclose(primaries, _REC709, atol=2e-3):
        return None
    try:
        matrix = np.linalg.solve(_to_xyz(_REC709, white), _to_xyz(primaries, white))
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    return matrix.astype(np.float32) if np.isfinite(matrix).all() else None


def _to_xyz(primaries: npt.NDArray[Any], white: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the matrix from RGB to XYZ, one column per primary. Source: SMPTE RP 177:1993."""
    columns = np.array([[x, y, 1 - x - y] for x, y in primaries]).T
    x, y = white
    scale = np.linalg.solve(columns, np.array([x / y, 1.0, (1 - x - y) / y]))
    return np.asarray(columns * scale)


def luminance_weights(chromaticities: Any) -> tuple[float, float, float]:
    """Return the weights of R, G and B in luminance, those of Rec. 709 for implausible chromaticities."""
    try:
        primaries = np.array([chromaticities[name] for name in ("red", "green", "blue")], float)
        red, green, blue = (float(weight) for weight in _to_xyz(primaries, np.array(chromaticities["white"], float))[1])
    except (TypeError, KeyError, ValueError, ZeroDivisionError, np.linalg.LinAlgError):
        return _REC709_WEIGHTS
    total = red + green + blue
    if not (math.isfinite(total) and total > 0 and green > 0):
        return _REC709_WEIGHTS
    return red / total, green / total, blue / total
