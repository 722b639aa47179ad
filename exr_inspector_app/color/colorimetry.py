"""Absolute colorimetry: matrices from RGB of any primaries to RGB of Rec.709, without chromatic adaptation.

Colors keep their CIE XYZ; the white point of the file is not mapped to D65. The sample images of OpenEXR show one
picture in Rec.709 and in XYZ, which agree under this conversion only.

Source: SMPTE RP 177:1993, Derivation of Basic Television Color Equations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.primaries import NAMED_PRIMARIES, REC709, Primaries

Matrix = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]

REC709_WEIGHTS = (0.2126, 0.7152, 0.0722)  # of R, G and B in luminance
_SAME = 1e-3  # of CIE xy: closer primaries are not converted
_MAX_COEFFICIENT = 1e3  # of a plausible matrix


@lru_cache(maxsize=256)
def rec709_matrix(primaries: Primaries | None) -> Matrix | None:
    """Return the (3, 3) matrix to RGB of Rec.709; None for its own primaries and for implausible ones."""
    if primaries is None or all(abs(a - b) < _SAME for a, b in zip(primaries, NAMED_PRIMARIES[REC709], strict=True)):
        return None
    try:
        matrix = np.linalg.solve(xyz_matrix(NAMED_PRIMARIES[REC709]), xyz_matrix(primaries))
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    is_plausible = np.isfinite(matrix).all() and np.abs(matrix).max() < _MAX_COEFFICIENT
    return matrix.astype(np.float32) if is_plausible else None


def xyz_matrix(primaries: Sequence[float]) -> Wide:
    """Return the (3, 3) matrix from RGB to CIE XYZ, one column per primary; the white has Y = 1.

    Raises:
        numpy.linalg.LinAlgError: The primaries lie on a line.
        ZeroDivisionError: The white has no luminance.
    """
    xy = [(primaries[at], primaries[at + 1]) for at in range(0, 8, 2)]
    columns = np.array([[x, y, 1 - x - y] for x, y in xy[:3]]).T
    x, y = (float(number) for number in xy[3])
    scale = np.linalg.solve(columns, np.array([x / y, 1.0, (1 - x - y) / y]))
    return np.asarray(columns * scale, np.float64)


def luminance_weights(primaries: Primaries | None) -> tuple[float, float, float]:
    """Return the weights of R, G and B in luminance, those of Rec.709 for implausible primaries."""
    if primaries is None:
        return REC709_WEIGHTS
    try:
        red, green, blue = (float(weight) for weight in xyz_matrix(primaries)[1])
    except (ZeroDivisionError, np.linalg.LinAlgError):
        return REC709_WEIGHTS
    total = red + green + blue
    if not (math.isfinite(total) and total > 0 and green > 0):
        return REC709_WEIGHTS
    return red / total, green / total, blue / total


def apply_matrix(colors: npt.NDArray[np.floating[Any]], matrix: Matrix | None) -> npt.NDArray[np.float32]:
    """Return colors, (..., 3), multiplied by a matrix; values that are not finite stay in their own channel."""
    if matrix is None:
        return np.asarray(colors, np.float32)
    return np.asarray(finite(colors) @ matrix.T, np.float32)


def finite(colors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    """Return colors with NaN as 0 and infinities as the largest half values."""
    values = np.asarray(colors, np.float32)
    if np.isfinite(values).all():
        return values
    return np.nan_to_num(values, nan=0.0, posinf=65504.0, neginf=-65504.0)
