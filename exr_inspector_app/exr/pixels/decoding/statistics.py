"""Statistics of channels, accumulated strip by strip in the memory of one strip."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.strip_reader import Strip
from exr_inspector_app.model import Box2i, ChannelStats

Values: TypeAlias = npt.NDArray[np.float32 | np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]  # (height, width)
Position: TypeAlias = tuple[int, int]  # x and y of a pixel in the file's coordinates


class ChannelAccumulator:
    """Accumulator for one channel: range, mean and deviation of its finite pixels, and counts of special values.

    Strips are added from top to bottom; pixels that are missing from the file do not count.
    """

    def __init__(self) -> None:
        self._min, self._max = math.inf, -math.inf
        self._count = 0
        self._mean = 0.0
        self._squares = 0.0  # sum of the squared distances from the mean
        self._nan = self._inf = self._minus_inf = self._negative = self._lost = 0
        self._first_nan: Position | None = None
        self._first_inf: Position | None = None
        self._first_negative: Position | None = None
        self._first_lost: Position | None = None

    def add(self, strip: Strip, left: int, channel: int) -> None:
        """Add one channel of a strip.

        Args:
            strip: The rows, in full width.
            left: x of the first column in the file's coordinates.
            channel: Index on the last axis of the rows.
        """
        values = np.ascontiguousarray(strip.rows[..., channel])
        present = _present_mask(strip, left)
        finite = np.isfinite(values)
        if present is not None:
            finite &= present
            self._add_lost(~present, (left, strip.y))
        if finite.all():
            self._add_finite(values.ravel())
        else:
            special = ~finite if present is None else ~finite & present
            self._add_special(values, special, (left, strip.y))
            self._add_finite(values[finite])
        if self._negative and self._first_negative is None:
            below = values < 0
            self._first_negative = _first_position(below if present is None else below & present, (left, strip.y))

    def add_samples(self, samples: npt.NDArray[Any], counts: npt.NDArray[np.int64], corner: Position) -> None:
        """Add the samples of a chunk of deep pixels.

        Args:
            samples: All values, those of a pixel one after another.
            counts: Samples of each pixel, (height, width).
            corner: x and y of the first pixel in the file's coordinates.
        """
        if not samples.size:
            return
        values: Values = samples.astype(np.float64 if samples.dtype.kind == "u" else np.float32)
        finite = np.isfinite(values)
        self._add_finite(values[finite])
        if finite.all() and not self._negative:
            return
        ends = np.cumsum(counts.ravel())

        def first(mask: Mask) -> Position | None:
            index = int(mask.argmax())
            if not mask[index]:
                return None
            y, x = divmod(int(np.searchsorted(ends, index, "right")), counts.shape[1])
            return corner[0] + x, corner[1] + y

        nan, below = np.isnan(values), values < 0
        inf = ~finite & ~nan
        self._nan += int(np.count_nonzero(nan))
        self._inf += int(np.count_nonzero(inf))
        minus_inf = int(np.count_nonzero(inf & below))
        self._minus_inf += minus_inf
        self._negative += minus_inf
        self._first_nan = self._first_nan or first(nan)
        self._first_inf = self._first_inf or first(inf)
        self._first_negative = self._first_negative or first(below)

    def add_lost(self, box: Box2i) -> None:
        """Add pixels that are missing from the file or cannot be decoded."""
        self.add_absent(box.width * box.height, (box.min_x, box.min_y))

    def add_absent(self, pixels: int, corner: Position) -> None:
        """Add a number of pixels that are missing from the file; `corner` is the first of them."""
        self._lost += pixels
        self._first_lost = self._first_lost or corner

    def _add_lost(self, lost: Mask, corner: Position) -> None:
        self._lost += int(np.count_nonzero(lost))
        self._first_lost = self._first_lost or _first_position(lost, corner)

    def _add_finite(self, values: Values) -> None:
        """Merge finite values into the mean and the squares.

        Source: Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances
        (1979), http://i.stanford.edu/pub/cstr/reports/cs/tr/79/773/CS-TR-79-773.pdf.
        """
        count = values.size
        if not count:
            return
        self._min = min(self._min, float(values.min()))
        self._max = max(self._max, float(values.max()))
        self._negative += int(np.count_nonzero(values < 0))
        mean = float(values.mean(dtype=np.float64))
        distances = values - np.float64(mean)
        delta, total = mean - self._mean, self._count + count
        self._squares += float(np.dot(distances, distances)) + delta * delta * self._count * count / total
        self._mean += delta * count / total
        self._count = total

    def _add_special(self, values: Values, special: Mask, corner: Position) -> None:
        """Count NaN and infinities, and remember the first position of each."""
        nan = np.isnan(values) & special
        inf = special & ~nan
        self._nan += int(np.count_nonzero(nan))
        self._inf += int(np.count_nonzero(inf))
        minus_inf = int(np.count_nonzero(inf & (values < 0)))
        self._minus_inf += minus_inf
        self._negative += minus_inf
        self._first_nan = self._first_nan or _first_position(nan, corner)
        self._first_inf = self._first_inf or _first_position(inf, corner)

    def stats(self, part_index: int, name: str) -> ChannelStats:
        """Return the statistics of all strips added so far, as a row of this part and channel."""
        deviation = math.sqrt(self._squares / max(1, self._count))  # of the population
        numbers = (self._min, self._max, self._mean, deviation) if self._count else (math.nan,) * 4
        counts = (self._nan, self._inf, self._negative)
        positions = (self._first_nan, self._first_inf, self._first_negative, self._first_lost)
        return ChannelStats(part_index, name, *numbers, *counts, *positions, self._lost, self._minus_inf)


def _present_mask(strip: Strip, left: int) -> Mask | None:
    """Return the mask of pixels of a strip that are in the file, or None if all of them are."""
    if not strip.missing:
        return None
    present = np.ones(strip.rows.shape[:2], np.bool_)
    for box in strip.missing:
        present[box.min_y - strip.y : box.max_y + 1 - strip.y, box.min_x - left : box.max_x + 1 - left] = False
    return present


def _first_position(mask: Mask, corner: Position) -> Position | None:
    """Return the first true position, line by line; `corner` is that of the first element."""
    index = int(mask.argmax())
    if not mask.flat[index]:
        return None
    y, x = divmod(index, mask.shape[1])
    return corner[0] + x, corner[1] + y
