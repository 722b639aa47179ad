"""Tone table: exposure, gamma and display curve as one lookup table over the 65,536 half-float codes."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]
_CODES_PER_STEP = 2**15  # NumPy widens each to 8 bytes, which stay in the processor's cache


class DisplayCurve(StrEnum):
    """Transfer function of a display."""

    SRGB = "sRGB"
    LINEAR = "Linear"
    REC709 = "Rec.709"


@lru_cache(maxsize=8)
def make_tone_table(exposure: float, gamma: float, curve: DisplayCurve) -> Bytes:
    """Return the display value (0 to 255) of each half code; NaN is black, infinity white.

    Sources of the curves: IEC 61966-2-1; ITU-R BT.709-6, item 1.2.
    """
    light = np.clip(_finite_half_values() * np.float32(2.0**exposure), 0, None)
    if gamma != 1.0:
        light = light ** np.float32(1 / gamma)
    light = np.clip(light, 0, 1)
    if curve is DisplayCurve.SRGB:
        light = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    elif curve is DisplayCurve.REC709:
        light = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    return np.asarray(np.round(light * 255), np.uint8)


def look_up(table: Bytes, codes: Codes) -> Bytes:
    """Return the table entry of every code; all codes are in range, so bounds checks are skipped."""
    out = np.empty(codes.shape, np.uint8)
    rows = max(1, _CODES_PER_STEP * len(codes) // max(1, codes.size))
    for row in range(0, len(codes), rows):
        np.take(table, codes[row : row + rows], out=out[row : row + rows], mode="clip")
    return out


def to_codes(values: Floats) -> Codes:
    """Return the half codes of values; those out of range are infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float16).view(np.uint16)


def list_half_values() -> Floats:
    """Return the value of each of the 65,536 half codes."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.arange(65536, dtype=np.uint16).view(np.float16), np.float32)


def _finite_half_values() -> Floats:
    return np.nan_to_num(list_half_values(), nan=0.0, posinf=65504.0, neginf=0.0)
