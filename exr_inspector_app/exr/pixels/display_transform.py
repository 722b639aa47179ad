"""Linear pixels as sRGB for the eye: primaries, a middle exposure, the curve."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]

MIDDLE = 0.18
LEEWAY = 1.5  # stops by which the middle of a picture may lie beside middle grey before it is exposed anew
_REC709 = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def srgb(pixels: Pixels, chromaticities: Any = None) -> npt.NDArray[np.uint8]:
    """Pixels of 1 to 4 channels as sRGB bytes, (height, width, 3); alpha is left out.

    `chromaticities` is the file's attribute as it was read. A picture whose middle lies within LEEWAY of middle
    grey keeps its exposure; a darker or brighter one is exposed until it does. Source of the curve: IEC 61966-2-1.
    """
    colours = three(pixels)
    matrix = to_rec709(chromaticities) if pixels.shape[2] >= 3 else None
    if matrix is not None:
        colours = colours @ matrix.T
    colours = np.clip(colours * np.float32(2.0 ** stops(colours)), 0, 1)
    curved = np.where(colours <= 0.0031308, 12.92 * colours, 1.055 * colours ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * curved), np.uint8)


def id_colours(pixels: Pixels) -> npt.NDArray[np.uint8]:
    """A rank of Cryptomatte as sRGB bytes, (height, width, 3): a colour for each id, dark where it covers little."""
    bits = np.ascontiguousarray(pixels[..., 0]).view(np.uint32)
    hue = (bits * np.uint32(2654435761)).astype(np.float32) / 2.0**32  # Knuth's multiplier spreads near ids
    turns = hue[..., None] + np.array([0, 1 / 3, 2 / 3], np.float32)
    covered = np.where(bits == 0, 0, np.nan_to_num(np.clip(pixels[..., 1], 0, 1)))
    colours = (0.52 + 0.30 * np.cos(2 * np.pi * turns)) * covered[..., None]
    return np.asarray(np.rint(255 * colours), np.uint8)


def widened(seen: npt.NDArray[np.uint8], aspect: float | None) -> npt.NDArray[np.uint8]:
    """The picture with square pixels, where the file's have another shape that makes sense."""
    if aspect is None or not 0.25 <= aspect <= 4 or abs(aspect - 1) < 0.01:
        return seen
    columns = (np.arange(max(1, round(seen.shape[1] * aspect))) / aspect).astype(int)
    return seen[:, np.minimum(columns, seen.shape[1] - 1)]


def three(pixels: Pixels) -> Pixels:
    """The colours of a picture, finite: grey where it has fewer than three channels."""
    colours = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.nan_to_num(colours, nan=0.0, posinf=65504.0, neginf=0.0)


def stops(colours: Pixels) -> float:
    """By how many stops a picture must be exposed for its middle to lie near middle grey."""
    light = colours @ _LUMINANCE
    lit = light[light > 1e-6]
    if not lit.size:
        return 0.0
    away = math.log2(MIDDLE) - float(np.log2(lit).mean())
    return away - min(max(away, -LEEWAY), LEEWAY)


def to_rec709(chromaticities: Any) -> Pixels | None:
    """The matrix from RGB of these primaries to RGB of Rec. 709; None where they are the same or make no sense.

    White goes to white, without adaptation between the two.
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
    """RGB to XYZ, one column a primary. Source: SMPTE RP 177."""
    columns = np.array([[x, y, 1 - x - y] for x, y in primaries]).T
    x, y = white
    scale = np.linalg.solve(columns, np.array([x / y, 1.0, (1 - x - y) / y]))
    return np.asarray(columns * scale)
