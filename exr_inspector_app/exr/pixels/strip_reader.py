"""A picture piece by piece: strips of whole chunks, and, where one cannot be decoded, the chunks around it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.resource_limits import THREADS
from exr_inspector_app.model import Box2i

STRIP_BYTES = 8 * 1024 * 1024  # small enough to be copied from the cache
MOST_FAILURES = 20_000  # reads in vain of one picture; damage that makes more of them is beyond mending
_MOST_BYTES = 4 * STRIP_BYTES - 1  # of a strip that is made larger to give every thread a chunk

Rows = npt.NDArray[np.float32 | np.float64]  # (height, width, channels)
Dtype = type[np.float32] | type[np.float64]


class ImageReader(Protocol):
    """One level of one part whose pixels can be asked for."""

    box: Box2i
    chunk: tuple[int, int]  # width and height of what is decoded at one time
    depth: int  # channels
    dtype: Dtype  # of the numbers that hold every value exactly

    def read(self, box: Box2i) -> Rows | None:
        """The pixels of whole chunks; None where any of them cannot be decoded."""
        ...

    def absent(self, box: Box2i) -> bool:
        """True where no chunk of a box is in the file, so that nothing needs to be tried."""
        ...


class Strip(NamedTuple):
    """Some rows from the left to the right of a raster, zeros where they are missing."""

    y: int
    rows: Rows
    missing: tuple[Box2i, ...]


def strips(raster: ImageReader) -> Iterator[Strip]:
    """All rows from top to bottom, some whole chunks at a time; where many cannot be decoded, not each is tried."""
    box = raster.box
    step = _chunks(raster) * raster.chunk[1]
    mending = ChunkFallback(raster)
    for y in range(box.min_y, box.max_y + 1, step):
        yield _strip(mending, Box2i(box.min_x, y, box.max_x, min(y + step - 1, box.max_y)))


def _chunks(raster: ImageReader) -> int:
    """How many rows of chunks make a strip, such that the threads end together where that costs little."""
    across, down = raster.chunk
    size = 4 * raster.box.width * raster.depth * down
    few = max(1, STRIP_BYTES // size)
    if raster.box.width > across:  # tiles, of which there are several in a row
        return few
    even = -(-few // THREADS) * THREADS
    return even if even * size <= _MOST_BYTES else few


def _strip(mending: ChunkFallback, box: Box2i) -> Strip:
    raster = mending.raster
    rows = raster.read(box)
    if rows is not None:
        return Strip(box.min_y, rows, ())
    found: Rows = np.zeros((box.height, box.width, raster.depth), raster.dtype)
    missing = list(mending.mend(box, found, box))
    return Strip(box.min_y, found, tuple(joined(missing)))


class ChunkFallback:
    """A raster of which some chunks cannot be decoded, and how many reads in vain are left."""

    def __init__(self, raster: ImageReader) -> None:
        self.raster = raster
        self._left = MOST_FAILURES

    def mend(self, box: Box2i, into: Rows, whole: Box2i) -> Iterator[Box2i]:
        """Puts into the rows of `whole` what can be decoded of a box that cannot as a whole; the rest comes out."""
        raster = self.raster
        self._left -= 1
        if self._left < 0 or raster.absent(box):
            yield box
            return
        for part in _halves(raster, box):
            rows = raster.read(part)
            if rows is not None:
                x, y = part.min_x - whole.min_x, part.min_y - whole.min_y
                into[y : y + part.height, x : x + part.width] = rows
            else:
                yield from self.mend(part, into, whole)
        if box.width <= raster.chunk[0] and box.height <= raster.chunk[1]:
            yield box


def _halves(raster: ImageReader, box: Box2i) -> list[Box2i]:
    """A box in two, between chunks; nothing where it is one chunk."""
    across, down = raster.chunk
    if box.height > down:
        cut = box.min_y + (-(-box.height // down) // 2) * down
        return [box._replace(max_y=cut - 1), box._replace(min_y=cut)]
    if box.width > across:
        cut = box.min_x + (-(-box.width // across) // 2) * across
        return [box._replace(max_x=cut - 1), box._replace(min_x=cut)]
    return []


def pixel_of(raster: ImageReader, x: int, y: int) -> Rows | None:
    """The values at one pixel, for which its chunk alone is decoded; None where that cannot be."""
    box, (across, down) = raster.box, raster.chunk
    left, top = x - (x - box.min_x) % across, y - (y - box.min_y) % down
    rows = raster.read(Box2i(left, top, min(left + across - 1, box.max_x), min(top + down - 1, box.max_y)))
    return None if rows is None else rows[y - top, x - left]


def joined(boxes: list[Box2i]) -> list[Box2i]:
    """The same area in fewer boxes: neighbours in a row become one, then rows that are alike."""
    across = _merged(boxes, ("min_y", "max_y"), "min_x", "max_x")
    down = _merged(across, ("min_x", "max_x"), "min_y", "max_y")
    return sorted(down, key=lambda one: (one.min_y, one.min_x))


def _merged(boxes: list[Box2i], alike: tuple[str, str], start: str, end: str) -> list[Box2i]:
    """Boxes that share two sides and follow one another from `start` to `end` are one."""
    same, first, last = attrgetter(*alike), attrgetter(start), attrgetter(end)
    found: list[Box2i] = []
    for box in sorted(boxes, key=lambda one: (same(one), first(one))):
        if found and same(found[-1]) == same(box) and last(found[-1]) + 1 == first(box):
            found[-1] = found[-1]._replace(**{end: last(box)})
        else:
            found.append(box)
    return found


class ReducedImage:
    """A picture made smaller by a whole number while its rows come in: means of blocks, or every nth pixel."""

    def __init__(self, size: tuple[int, int], factor: int, into: Rows, *, means: bool) -> None:
        self._size = size  # width and height of what comes in
        self._factor = factor
        self._into = into  # (ceil(height / factor), ceil(width / factor), channels)
        self._means = means
        if means and factor > 1:
            into[...] = 0

    def add(self, y: int, rows: Rows) -> None:
        """Takes the rows from line `y` on."""
        n, into = self._factor, self._into
        if n == 1:
            into[y : y + len(rows)] = rows
            return
        if not self._means:
            first = -y % n
            some = rows[first::n, ::n]
            into[(y + first) // n : (y + first) // n + len(some)] = some
            return
        with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs make NaN, as they should
            starts = range(y // n * n - y, len(rows), n)
            down = np.empty((len(starts), *rows.shape[1:]), np.float32)
            for start, line in zip(starts, down, strict=True):  # quicker than reduceat, whose runs are short
                np.add.reduce(rows[max(start, 0) : start + n], axis=0, out=line)
            small = np.add.reduceat(down, np.arange(0, rows.shape[1], n), axis=1)
            into[y // n : y // n + len(small)] += small

    def finish(self) -> None:
        """The sums become means; blocks at the right and the bottom may be smaller."""
        if self._factor == 1 or not self._means:
            return
        width, height = (self._counts(size) for size in self._size)
        self._into /= (height[:, None] * width[None, :])[:, :, None]

    def _counts(self, size: int) -> npt.NDArray[Any]:
        starts = np.arange(0, size, self._factor)
        return np.minimum(self._factor, size - starts).astype(np.float32)


def factor(size: tuple[int, int], most: tuple[int, int] | None) -> int:
    """The smallest whole number by which a picture must shrink to fit."""
    if most is None:
        return 1
    return max(1, *(-(-have // max(1, limit)) for have, limit in zip(size, most, strict=True)))
