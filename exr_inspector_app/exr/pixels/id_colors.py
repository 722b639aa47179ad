"""Colors of IDs: one distinct color per object, the same in every picture, list and process.

The hue follows the golden ratio, which keeps near numbers apart; other bits of the ID vary saturation and value.
Cryptomatte stores the hash of a name as the bits of a float32 (Cryptomatte specification 1.2.0,
https://github.com/Psyop/Cryptomatte/tree/master/specification).
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]

_GOLDEN_RATIO = np.uint32(2654435769)  # 2**32 divided by it
_SPREAD = np.uint32(0x85EBCA6B)  # of MurmurHash3, for saturation and value
SATURATION, VALUE = (0.42, 0.62), (0.66, 0.93)  # ranges
DIMMED = 0.16  # share of the color of objects that are not isolated
_MAX_WHOLE = 2.0**32


def to_ids(values: npt.NDArray[Any], *, is_hash: bool) -> Ids:
    """Return the IDs of a channel.

    Args:
        values: Values of any shape.
        is_hash: True for Cryptomatte, whose floats hold the bits of hashes; else floats hold whole numbers.
    """
    if values.dtype.kind == "u":
        return values.astype(np.uint32)
    if is_hash:
        return np.ascontiguousarray(values, np.float32).view(np.uint32)
    finite = np.nan_to_num(np.asarray(values, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    return (np.rint(finite) % _MAX_WHOLE).astype(np.uint32)


def colors_of_ids(ids: Ids) -> Bytes:
    """Return the color of each ID, (..., 3) uint8, sRGB; 0 is black."""
    hue = (ids * _GOLDEN_RATIO).astype(np.float32) / np.float32(_MAX_WHOLE)
    bits = (ids ^ (ids >> np.uint32(15))) * _SPREAD
    saturation, value = (
        low + (high - low) * ((bits >> np.uint32(shift)) & np.uint32(255)).astype(np.float32) / 255
        for (low, high), shift in ((SATURATION, 24), (VALUE, 16))
    )
    # HSV to RGB, https://en.wikipedia.org/wiki/HSL_and_HSV#HSV_to_RGB_alternative
    sector = (np.array([5, 3, 1], np.float32) + 6 * hue[..., None]) % 6
    chroma = np.clip(np.minimum(sector, 4 - sector), 0, 1) * saturation[..., None]
    colors = value[..., None] * (1 - chroma)
    colors[ids == 0] = 0
    return np.asarray(np.rint(255 * colors), np.uint8)


def color_of_id(number: int) -> tuple[int, int, int]:
    """Return the color of one ID, sRGB bytes."""
    red, green, blue = colors_of_ids(np.array([number], np.uint32))[0].tolist()
    return red, green, blue


def render_ids(pixels: npt.NDArray[Any], *, is_hash: bool, isolated: Set[int] = frozenset()) -> Bytes:
    """Return the colors of an ID layer, (height, width, 3) uint8, sRGB.

    Args:
        pixels: (height, width, channels): the ID; of Cryptomatte then its coverage, and more pairs of both, which are
            blended by coverage.
        is_hash: True for Cryptomatte.
        isolated: IDs that keep their colors while all others are dimmed; empty for all.
    """
    if not is_hash:
        ids = to_ids(pixels[..., 0], is_hash=False)
        return _quantize(colors_of_ids(ids) * _weights(ids, isolated)[..., None])
    blended = np.zeros((*pixels.shape[:2], 3), np.float32)
    total = np.zeros(pixels.shape[:2], np.float32)
    for first in range(0, pixels.shape[2] - pixels.shape[2] % 2 or 1, 2):
        ids = to_ids(pixels[..., first], is_hash=True)
        coverage = _coverage(pixels, first) * (ids != 0)
        if first and not coverage.any():
            break
        total += coverage
        blended += colors_of_ids(ids) * (coverage * _weights(ids, isolated))[..., None]
    return _quantize(blended / np.maximum(total, 1)[..., None])


def matte_of(pixels: npt.NDArray[Any], ids: Set[int], *, is_hash: bool) -> npt.NDArray[np.float32]:
    """Return the share of each pixel that objects cover together, (height, width) from 0 to 1.

    Args:
        pixels: As for `render_ids`.
        ids: The objects.
        is_hash: True for Cryptomatte.
    """
    wanted = np.fromiter(ids, np.uint32, len(ids))
    if not is_hash:
        return np.isin(to_ids(pixels[..., 0], is_hash=False), wanted).astype(np.float32)
    total = np.zeros(pixels.shape[:2], np.float32)
    for first in range(0, pixels.shape[2] - pixels.shape[2] % 2 or 1, 2):
        total += _coverage(pixels, first) * np.isin(to_ids(pixels[..., first], is_hash=True), wanted)
    return np.minimum(total, 1)


def _coverage(pixels: npt.NDArray[Any], first: int) -> npt.NDArray[np.float32]:
    if first + 1 >= pixels.shape[2]:
        return np.ones(pixels.shape[:2], np.float32)
    return np.clip(np.nan_to_num(pixels[..., first + 1].astype(np.float32), posinf=1.0), 0, 1)


def _weights(ids: Ids, isolated: Set[int]) -> npt.NDArray[np.float32]:
    if not isolated:
        return np.ones(ids.shape, np.float32)
    is_isolated = np.isin(ids, np.fromiter(isolated, np.uint32, len(isolated)))
    return np.where(is_isolated, np.float32(1), np.float32(DIMMED))


def _quantize(colors: npt.NDArray[np.floating[Any]]) -> Bytes:
    return np.asarray(np.rint(np.clip(colors, 0, 255)), np.uint8)
