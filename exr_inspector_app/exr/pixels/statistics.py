"""Pixel statistics of channels, strip by strip, in the memory of one strip."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.strip_reader import Strip
from exr_inspector_app.model import ChannelStats

Values: TypeAlias = npt.NDArray[np.float32 | np.float64]
Place: TypeAlias = tuple[int, int]  # x and y of a pixel, in the file's coordinates


class ChannelAccumulator:
    """The statistics of one channel: the range, mean and deviation of its finite pixels, and the odd ones.

    Strips come from top to bottom; pixels that are missing from the file do not count.
    """

    def __init__(self) -> None:
        self._min, self._max = math.inf, -math.inf
        self._count = 0
        self._mean = self._squares = 0.0  # of squared distances from the mean, the sum
        self._nan = self._inf = self._negative = self._lost = 0
        self._first_nan: Place | None = None
        self._first_inf: Place | None = None
        self._first_negative: Place | None = None
        self._first_lost: Place | None = None

    def add(self, strip: Strip, left: int, channel: int) -> None:
        """Takes a channel of a strip whose rows begin at column `left`."""
        values = np.ascontiguousarray(strip.rows[..., channel])
        present = _present(strip, left)
        finite = np.isfinite(values)
        if present is not None:
            finite &= present
            self._lose(~present, (left, strip.y))
        if finite.all():
            self._finite(values.ravel())
        else:
            odd = ~finite if present is None else ~finite & present
            self._odd(values, odd, (left, strip.y))
            self._finite(values[finite])
        if self._negative and self._first_negative is None:
            below = values < 0
            self._first_negative = _first(below if present is None else below & present, (left, strip.y))

    def _lose(self, lost: npt.NDArray[np.bool_], corner: Place) -> None:
        """Counts pixels that are not there and keeps where the first of them is."""
        self._lost += int(np.count_nonzero(lost))
        self._first_lost = self._first_lost or _first(lost, corner)

    def _finite(self, values: Values) -> None:
        """Adds finite values; means and squares are joined as Chan, Golub and LeVeque do (1979)."""
        count = values.size
        if not count:
            return
        self._min = min(self._min, float(values.min()))
        self._max = max(self._max, float(values.max()))
        self._negative += int(np.count_nonzero(values < 0))
        mean = float(values.mean(dtype=np.float64))
        away = values - np.float64(mean)
        apart, total = mean - self._mean, self._count + count
        self._squares += float(np.dot(away, away)) + apart * apart * self._count * count / total
        self._mean += apart * count / total
        self._count = total

    def _odd(self, values: Values, odd: npt.NDArray[np.bool_], corner: Place) -> None:
        """Counts NaN and infinities and keeps where the first of each is."""
        nan = np.isnan(values) & odd
        inf = odd & ~nan
        self._nan += int(np.count_nonzero(nan))
        self._inf += int(np.count_nonzero(inf))
        self._negative += int(np.count_nonzero(inf & (values < 0)))
        self._first_nan = self._first_nan or _first(nan, corner)
        self._first_inf = self._first_inf or _first(inf, corner)

    def stats(self, part_index: int, name: str) -> ChannelStats:
        """The statistics of all that was added, as those of a channel of this name."""
        span = (self._min, self._max, self._mean, math.sqrt(self._squares / max(1, self._count)))
        low, high, mean, deviation = span if self._count else (math.nan,) * 4
        odd = (self._nan, self._inf, self._negative)
        places = (self._first_nan, self._first_inf, self._first_negative, self._first_lost)
        return ChannelStats(part_index, name, low, high, mean, deviation, *odd, *places, self._lost)


def _present(strip: Strip, left: int) -> npt.NDArray[np.bool_] | None:
    """Where the pixels of a strip are in the file; None where all of them are."""
    if not strip.missing:
        return None
    found = np.ones(strip.rows.shape[:2], np.bool_)
    for box in strip.missing:
        found[box.min_y - strip.y : box.max_y + 1 - strip.y, box.min_x - left : box.max_x + 1 - left] = False
    return found


def _first(where: npt.NDArray[np.bool_], corner: Place) -> Place | None:
    """The first place that is true, line by line."""
    at = int(where.argmax())
    if not where.flat[at]:
        return None
    y, x = divmod(at, where.shape[1])
    return corner[0] + x, corner[1] + y
