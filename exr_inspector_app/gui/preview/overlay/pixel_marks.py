"""Pixel marks: NaN, infinite, negative and clipped pixels of an image, found by the bits of their values."""

from __future__ import annotations

from collections.abc import Mapping as Counts
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.pixels.level_reduction import SpecialCounts
from exr_inspector_app.exr.pixels.value_text import MAX_HALF

Bytes = npt.NDArray[np.uint8]
_ROWS_PER_STEP = 128
_MIN_SIDE = 2  # px, of the smallest level
_CODES: dict[np.dtype[Any], tuple[type[np.uint16] | type[np.uint32], int, int]] = {
    np.dtype(np.float16): (np.uint16, 0x8000, 0x7C00),  # type of the bits, sign bit, and bits of infinity
    np.dtype(np.float32): (np.uint32, 0x8000_0000, 0x7F80_0000),
}


class Mark(IntFlag):
    """Kinds of marked pixels, the most serious first."""

    NAN = 1
    INF = 2
    NEGATIVE = 4
    CLIPPED = 8


ALL_MARKS = Mark.NAN | Mark.INF | Mark.NEGATIVE | Mark.CLIPPED


class MarkRules(NamedTuple):
    """Marks of an image.

    Attributes:
        kinds: The kinds that are looked for.
        clip_limit: Colors from this value on are clipped.
        colors: Channels whose negative and clipped values count: not alpha.
    """

    kinds: Mark
    clip_limit: float
    colors: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PixelMarks:
    """Marked pixels of an image and of its reduced levels.

    Attributes:
        counts: Number of values of each kind, over all channels.
        levels: Marks of each pixel as bits; each level is half as wide and high, and has the marks of all four pixels.
        rows: Marks that occur in each line of the image.
    """

    counts: Counts[Mark, int]
    levels: tuple[Bytes, ...] = ()
    rows: Bytes | None = None

    def find(self, start: tuple[int, int], kinds: Mark, step: int) -> tuple[int, int] | None:
        """Return the next pixel with marks of some kinds in reading order, or None without any.

        Args:
            start: Column and row; the search begins at the next pixel and wraps around.
            kinds: Marks to find.
            step: 1 for the next pixel, -1 for the previous one.
        """
        if self.rows is None or not self.levels:
            return None
        marked = np.flatnonzero(self.rows & kinds)
        if not marked.size:
            return None
        height = self.levels[0].shape[0]
        row = min(max(start[1], 0), height - 1)
        columns = self._columns(row, kinds)
        beside = columns[columns > start[0]] if step > 0 else columns[columns < start[0]][::-1]
        if row == start[1] and beside.size:
            return int(beside[0]), row
        further = marked[marked > row] if step > 0 else marked[marked < row][::-1]
        row = int(further[0] if further.size else marked[0 if step > 0 else -1])
        columns = self._columns(row, kinds)
        return int(columns[0 if step > 0 else -1]), row

    def _columns(self, row: int, kinds: Mark) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.levels[0][row] & kinds)


def has_marks(special: SpecialCounts, rules: MarkRules) -> bool:
    """Return False if no pixel of an image is marked by its counts."""
    figures = (special.nan, special.inf, special.negative, special.largest)
    is_counted = Mark.CLIPPED not in rules.kinds or rules.clip_limit >= MAX_HALF
    return not is_counted or any(count for count, mark in zip(figures, Mark, strict=True) if mark & rules.kinds)


def find_marks(pixels: npt.NDArray[Any], rules: MarkRules, stop: StopCheck = never_stop) -> PixelMarks:
    """Return the marked pixels of an image.

    Args:
        pixels: (height, width, channels); whole numbers have no marks.
        rules: What to look for.
        stop: Polled between strips; the marks so far are returned.
    """
    counts = dict.fromkeys(Mark, 0)
    if pixels.dtype not in _CODES or not rules.kinds:
        return PixelMarks(counts)
    marks: Bytes = np.zeros(pixels.shape[:2], np.uint8)
    for top in range(0, len(pixels), _ROWS_PER_STEP):
        if stop():
            break
        _mark_strip(pixels[top : top + _ROWS_PER_STEP], rules, marks[top : top + _ROWS_PER_STEP], counts)
    if not any(counts.values()):
        return PixelMarks(counts)
    return PixelMarks(counts, _reduce(marks), np.bitwise_or.reduce(marks, axis=1))


def _mark_strip(strip: npt.NDArray[Any], rules: MarkRules, marks: Bytes, counts: dict[Mark, int]) -> None:
    """Mark the pixels of a strip and add its counts; nearly all strips are done after two comparisons."""
    code_type, sign, inf = _CODES[strip.dtype]
    codes: npt.NDArray[Any] = np.ascontiguousarray(strip).view(code_type)
    clip = int(np.array(rules.clip_limit, strip.dtype).view(code_type))
    magnitudes = codes & code_type(sign - 1)
    largest = int(magnitudes.max(initial=0))
    colors = list(rules.colors)
    marked_pixels: dict[Mark, npt.NDArray[np.bool_]] = {}
    if largest > inf:
        marked_pixels[Mark.NAN] = magnitudes > inf
    if largest >= inf:
        marked_pixels[Mark.INF] = magnitudes == inf
    if largest >= clip:
        shown = codes[..., colors]
        # The bits of negative values are larger than those of Inf.
        marked_pixels[Mark.CLIPPED] = (shown >= clip) & (shown < inf)
    if int(codes.max(initial=0)) > sign:
        shown = codes[..., colors]
        marked_pixels[Mark.NEGATIVE] = (shown > sign) & (magnitudes[..., colors] <= inf)
    for mark, mask in marked_pixels.items():
        count = int(np.count_nonzero(mask)) if mark & rules.kinds else 0
        if count:
            counts[mark] += count
            marks |= mask.any(axis=2).astype(np.uint8) * np.uint8(mark)


def _reduce(marks: Bytes) -> tuple[Bytes, ...]:
    levels = [marks]
    while min(levels[-1].shape) > _MIN_SIDE:
        last = levels[-1]
        height, width = last.shape
        if height % 2 or width % 2:
            last = np.pad(last, ((0, height % 2), (0, width % 2)))
        last = last[::2] | last[1::2]
        levels.append(np.ascontiguousarray(last[:, ::2] | last[:, 1::2]))
    return tuple(levels)
