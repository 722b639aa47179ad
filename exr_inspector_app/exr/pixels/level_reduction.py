"""Reduction of images for the levels of a mip pyramid: means of blocks in strips, every nth pixel, and counts."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.value_text import MAX_HALF

Pixels: TypeAlias = npt.NDArray[Any]  # (height, width, channels) float16, float32 or uint32
Bytes: TypeAlias = npt.NDArray[np.uint8]

NAN, INF = 1, 2  # marks of non-finite pixels
PICKED_KINDS = frozenset(["cryptomatte", "id", "depth"])  # a mean of two surfaces would be neither
_STRIP_VALUES = 2**16  # that are converted to float32 at once, to stay in the processor's cache
_STRIP_VALUES_TO_COUNT = 2**18
_MANTISSA_SHIFT = 13  # difference of the mantissa bits of float32 and half
_HALF_INF, _HALF_MINUS_ZERO, _HALF_MINUS_INF = 0x7C00, 0x8000, 0xFC00
_FLOAT_MINUS_ZERO = 0x80000000


class SpecialCounts(NamedTuple):
    """Numbers of special values over all channels of an image.

    Attributes:
        nan: NaN.
        inf: Infinities of both signs.
        negative: Values below zero, and the negative infinity.
        largest: Finite values from the largest half on, which are clipped.
    """

    nan: int = 0
    inf: int = 0
    negative: int = 0
    largest: int = 0


def level_sizes(width: int, height: int, max_last_side: int) -> list[tuple[int, int]]:
    """Return width and height of each level, from the full size to the first one within `max_last_side`."""
    sizes = [(width, height)]
    while max(sizes[-1]) > max_last_side:
        sizes.append((max(sizes[-1][0] // 2, 1), max(sizes[-1][1] // 2, 1)))
    return sizes


def reduced_shape(shape: tuple[int, int, int], step: int) -> tuple[int, int, int]:
    """Return the shape of an image of whole blocks of `step` x `step` pixels; a side below `step` is one block."""
    return max(shape[0] // step, 1), max(shape[1] // step, 1), shape[2]


def pick(pixels: Pixels, step: int) -> Pixels:
    """Return a view of every nth pixel of the whole blocks of an image; a side below `step` has one."""
    height, width = (max(size // step, 1) * step for size in pixels.shape[:2])
    return pixels[:height:step, :width:step]


def reduce_means(pixels: Pixels, step: int, *, is_finite: bool) -> Pixels:
    """Return the means of whole blocks of `step` x `step` pixels; a side below `step` is one block.

    Args:
        pixels: The image.
        step: A power of two.
        is_finite: False to take NaN and infinities as 0, so that they do not spread.

    Returns:
        Half for half pixels, else float32.
    """
    height, width, channels = pixels.shape
    down, across = min(step, height), min(step, width)
    rows, columns = height // down, width // across
    is_half = pixels.dtype == np.float16 and is_finite
    reduced = np.empty((rows, columns, channels), np.float16 if pixels.dtype == np.float16 else np.float32)
    count = min(rows, max(1, _STRIP_VALUES // (down * width * channels)))
    lines = np.empty((count, columns * across * channels), np.float32)
    wide = np.empty((count * down, columns * across, channels), np.float32)
    weights = _block_weights(across, channels) * np.float32(1 / (down * across))
    for row in range(0, rows, count):
        end = min(row + count, rows)
        strip = pixels[row * down : end * down, : columns * across]
        values = wide[: len(strip)]
        has_signs = False
        if is_half:
            has_signs = _shift_up(strip, values)
        else:
            values[...] = strip
            if not is_finite:
                values[~np.isfinite(values)] = 0
        sums = _add_lines(values.reshape(end - row, down, -1), lines[: end - row])
        means = np.matmul(sums.reshape(-1, across * channels), weights).reshape(-1, columns, channels)
        if is_half:
            _shift_down(means, reduced[row:end], has_signs=has_signs)
        else:
            reduced[row:end] = means
    return reduced


def _shift_up(halves: Pixels, values: npt.NDArray[np.float32]) -> bool:
    """Write finite halves as float32 with their exponent and mantissa, smaller by a power of two.

    NumPy converts halves one by one, which takes twice as long.

    Returns:
        True if some have a sign.
    """
    codes, bits = halves.view(np.uint16), values.view(np.uint32)
    bits[...] = codes
    if codes.max() < _HALF_MINUS_ZERO:
        bits <<= np.uint32(_MANTISSA_SHIFT)
        return False
    signs = bits & np.uint32(_HALF_MINUS_ZERO)
    signs <<= np.uint32(16)
    bits &= np.uint32(_HALF_MINUS_ZERO - 1)
    bits <<= np.uint32(_MANTISSA_SHIFT)
    bits |= signs
    return True


def _shift_down(values: npt.NDArray[np.float32], halves: Pixels, *, has_signs: bool) -> None:
    """Write means of the values of `_shift_up` as halves, rounded as NumPy does; changes the values."""
    bits, codes = values.view(np.uint32), halves.view(np.uint16)
    if has_signs:
        signs = bits >> np.uint32(16)
        signs &= np.uint32(_HALF_MINUS_ZERO)
        bits &= np.uint32(_FLOAT_MINUS_ZERO - 1)
    odd = bits >> np.uint32(_MANTISSA_SHIFT)
    odd &= np.uint32(1)
    bits += odd
    bits += np.uint32((1 << (_MANTISSA_SHIFT - 1)) - 1)
    bits >>= np.uint32(_MANTISSA_SHIFT)
    if has_signs:
        bits |= signs
    codes[...] = bits


@cache
def _block_weights(across: int, channels: int) -> npt.NDArray[np.float32]:
    """Return the matrix that adds up the pixels of a line of a block; adding slices of few channels takes longer."""
    return np.tile(np.eye(channels, dtype=np.float32), (across, 1))


def _add_lines(values: npt.NDArray[np.float32], total: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the sums over axis 1, which is short: adding slices is faster than `sum`."""
    if values.shape[1] == 1:
        return values[:, 0]
    np.add(values[:, 0], values[:, 1], out=total)
    for index in range(2, values.shape[1]):
        total += values[:, index]
    return total


def count_special(pixels: Pixels) -> SpecialCounts:
    """Return the numbers of special values; negative infinity counts as infinite and as negative."""
    total = np.zeros(4, np.int64)
    if pixels.dtype == np.uint32:
        return SpecialCounts()
    step = max(1, _STRIP_VALUES_TO_COUNT // (pixels.shape[1] * pixels.shape[2]))
    for top in range(0, pixels.shape[0], step):
        strip = pixels[top : top + step]
        if not _is_ordinary(strip):
            total += _count_halves(strip) if strip.dtype == np.float16 else _count_floats(strip)
    return SpecialCounts(*map(int, total))


def _count_floats(strip: Pixels) -> SpecialCounts:
    nan = np.count_nonzero(np.isnan(strip))
    inf = strip.size - np.count_nonzero(np.isfinite(strip)) - nan
    largest = np.count_nonzero(strip >= MAX_HALF) - np.count_nonzero(strip == np.inf)
    return SpecialCounts(int(nan), int(inf), int(np.count_nonzero(strip < 0)), int(largest))


def _count_halves(strip: Pixels) -> SpecialCounts:
    """Count by the codes of halves, as integers."""
    codes = strip.view(np.uint16)
    magnitudes = codes & np.uint16(_HALF_MINUS_ZERO - 1)
    nan = np.count_nonzero(magnitudes > _HALF_INF)
    negative = np.count_nonzero(codes > _HALF_MINUS_ZERO) - np.count_nonzero(codes > _HALF_MINUS_INF)
    largest = np.count_nonzero(codes == _HALF_INF - 1)
    return SpecialCounts(int(nan), int(np.count_nonzero(magnitudes == _HALF_INF)), int(negative), int(largest))


def _is_ordinary(strip: Pixels) -> bool:
    """Return True if no value is special."""
    if strip.dtype == np.float16:  # integers are compared five times as fast; as such, larger halves are larger
        codes = strip.view(np.uint16)
        return bool(strip.view(np.int16).max() < _HALF_INF - 1 and codes.max() <= _HALF_MINUS_ZERO)
    return bool(strip.min() >= 0 and strip.max() < MAX_HALF)  # both are NaN if one value is


def mark_non_finite(pixels: Pixels) -> Bytes:
    """Return the mark of each pixel, (height, width): NAN, INF or 0."""
    finite = np.isfinite(pixels).all(axis=2)
    return np.where(np.isnan(pixels).any(axis=2), NAN, np.where(finite, 0, INF)).astype(np.uint8)


def halve_marks(marks: Bytes) -> Bytes:
    """Return marks half as wide and high; one marked pixel of four marks the result."""
    for axis in (0, 1):
        size = marks.shape[axis] // 2
        if size:
            first, second = (slice(start, 2 * size, 2) for start in (0, 1))
            before = (slice(None),) * axis
            marks = np.maximum(marks[(*before, first)], marks[(*before, second)])
    return marks
