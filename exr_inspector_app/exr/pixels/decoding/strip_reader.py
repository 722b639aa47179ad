"""Strip reader: iterates over an image in strips of whole chunks, and around chunks that cannot be decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.resource_limits import MAX_THREADS
from exr_inspector_app.model import Box2i

STRIP_BYTES = 2 * 1024 * 1024  # small enough to be copied and reduced in the processor's cache
MAX_FAILED_READS = 20_000  # per image; with more damage than this, the rest of a strip counts as missing
_MAX_STRIP_BYTES = 16 * STRIP_BYTES - 1  # of a strip that is enlarged to have a chunk for every thread

Rows = npt.NDArray[Any]  # (height, width, channels) of a `Dtype`
Dtype = type[np.float16] | type[np.float32] | type[np.float64] | type[np.uint32]


class ImageReader(Protocol):
    """Reader of channels of one level of one part."""

    box: Box2i  # of the level, in its own pixels
    chunk_size: tuple[int, int]  # width and height of one decoded chunk
    channel_count: int
    dtype: Dtype  # in which every value is exact

    def read(self, box: Box2i) -> Rows | None:
        """Return the pixels of whole chunks, or None if any of them cannot be decoded."""
        ...

    def is_absent(self, box: Box2i) -> bool:
        """Return True if no chunk of a box is in the file, so that reading it is pointless."""
        ...


class Strip(NamedTuple):
    """Consecutive rows of an image in full width, zeros where they are missing."""

    y: int
    rows: Rows
    missing: tuple[Box2i, ...]

    @property
    def is_missing(self) -> bool:
        """True if none of the pixels are in the file, or none can be decoded."""
        return [(box.height, box.width) for box in self.missing] == [self.rows.shape[:2]]


def read_strips(image: ImageReader) -> Iterator[Strip]:
    """Yield all rows from top to bottom, several whole chunks at a time."""
    box = image.box
    step = _chunk_rows_per_strip(image) * image.chunk_size[1]
    fallback = ChunkFallback(image)
    for y in range(box.min_y, box.max_y + 1, step):
        yield read_box(fallback, Box2i(box.min_x, y, box.max_x, min(y + step - 1, box.max_y)))


def read_boxes(image: ImageReader, boxes: Iterable[Box2i]) -> Iterator[Strip]:
    """Yield the rows of boxes of whole rows of chunks, in their order."""
    fallback = ChunkFallback(image)
    for box in boxes:
        yield read_box(fallback, box)


def _chunk_rows_per_strip(image: ImageReader) -> int:
    """Return a number of rows of chunks that keeps all threads busy, if that costs little memory."""
    across, down = image.chunk_size
    size = 4 * image.box.width * image.channel_count * down
    count = max(1, STRIP_BYTES // size)
    if image.box.width > across:  # tiles, several per row
        return count
    even = -(-count // MAX_THREADS) * MAX_THREADS
    return even if even * size <= _MAX_STRIP_BYTES else count


def read_box(fallback: ChunkFallback, box: Box2i) -> Strip:
    """Return the rows of a box of whole chunks, zeros where they are missing."""
    image = fallback.image
    shape = box.height, box.width, image.channel_count
    if image.is_absent(box):
        return Strip(box.min_y, np.broadcast_to(np.zeros((), image.dtype), shape), (box,))
    rows = image.read(box)
    if rows is not None:
        return Strip(box.min_y, rows, ())
    decoded: Rows = np.zeros(shape, image.dtype)
    missing = list(fallback.read(box, decoded, box))
    return Strip(box.min_y, decoded, tuple(merge_boxes(missing)))


class ChunkFallback:
    """Fallback for boxes that cannot be decoded at once: bisects them down to chunks, with a limit on failed reads."""

    def __init__(self, image: ImageReader) -> None:
        self.image = image
        self._reads_left = MAX_FAILED_READS

    def read(self, box: Box2i, rows: Rows, rows_box: Box2i) -> Iterator[Box2i]:
        """Decode the good chunks of a box into `rows`, the pixels of `rows_box`, and yield the boxes of all others."""
        image = self.image
        self._reads_left -= 1
        if self._reads_left < 0 or image.is_absent(box):
            yield box
            return
        for half in _halves(image, box):
            pixels = image.read(half)
            if pixels is not None:
                x, y = half.min_x - rows_box.min_x, half.min_y - rows_box.min_y
                rows[y : y + half.height, x : x + half.width] = pixels
            else:
                yield from self.read(half, rows, rows_box)
        if box.width <= image.chunk_size[0] and box.height <= image.chunk_size[1]:
            yield box


def _halves(image: ImageReader, box: Box2i) -> list[Box2i]:
    """Split a box between chunks; a single chunk has no halves."""
    across, down = image.chunk_size
    if box.height > down:
        cut = box.min_y + (-(-box.height // down) // 2) * down
        return [box._replace(max_y=cut - 1), box._replace(min_y=cut)]
    if box.width > across:
        cut = box.min_x + (-(-box.width // across) // 2) * across
        return [box._replace(max_x=cut - 1), box._replace(min_x=cut)]
    return []


def read_pixel(image: ImageReader, x: int, y: int) -> Rows | None:
    """Return the values at one pixel, shape (channels,), or None if its chunk cannot be decoded."""
    box, (across, down) = image.box, image.chunk_size
    left, top = x - (x - box.min_x) % across, y - (y - box.min_y) % down
    rows = image.read(Box2i(left, top, min(left + across - 1, box.max_x), min(top + down - 1, box.max_y)))
    return None if rows is None else rows[y - top, x - left]


def merge_boxes(boxes: list[Box2i]) -> list[Box2i]:
    """Return the same area in fewer boxes: neighbors in a row are merged, then equal rows."""
    across = _merge_along(boxes, ("min_y", "max_y"), "min_x", "max_x")
    down = _merge_along(across, ("min_x", "max_x"), "min_y", "max_y")
    return sorted(down, key=lambda box: (box.min_y, box.min_x))


def _merge_along(boxes: list[Box2i], shared: tuple[str, str], start: str, end: str) -> list[Box2i]:
    """Merge boxes with equal `shared` sides that follow one another from `start` to `end`."""
    sides, first, last = attrgetter(*shared), attrgetter(start), attrgetter(end)
    merged: list[Box2i] = []
    for box in sorted(boxes, key=lambda box: (sides(box), first(box))):
        if merged and sides(merged[-1]) == sides(box) and last(merged[-1]) + 1 == first(box):
            merged[-1] = merged[-1]._replace(**{end: last(box)})
        else:
            merged.append(box)
    return merged


class ReducedImage:
    """Image that is reduced by a whole factor while its rows arrive: means of blocks, or every nth pixel."""

    def __init__(
        self,
        size: tuple[int, int],
        factor: int,
        target: Rows,
        *,
        means: bool,
        store: Callable[[Rows, Rows], None] = np.copyto,
    ) -> None:
        """Create an image without rows.

        Args:
            size: Width and height before the reduction.
            factor: Pixels per pixel of the target, across and down.
            target: Array to fill, (ceil(height / factor), ceil(width / factor), channels).
            means: True for means of blocks, False for the first pixel of each block.
            store: Copies rows that are not reduced to their place in the target.
        """
        self._store = store
        self._size = size
        self._factor = factor
        self.target = target
        self._means = means
        self.channel_count = target.shape[2]
        if means and factor > 1:
            target[...] = 0

    def add(self, y: int, rows: Rows) -> None:
        """Add rows that begin at line `y`; line 0 is the top."""
        n, target = self._factor, self.target
        if n == 1:
            self._store(target[y : y + len(rows)], rows)
            return
        if not self._means:
            first = -y % n
            samples = rows[first::n, ::n]
            target[(y + first) // n : (y + first) // n + len(samples)] = samples
            return
        with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs make NaN, as they should
            starts = range(y // n * n - y, len(rows), n)
            sums = np.empty((len(starts), *rows.shape[1:]), np.float32)
            for start, line in zip(starts, sums, strict=True):  # faster than reduceat, whose runs are short
                np.add.reduce(rows[max(start, 0) : start + n], axis=0, out=line)
            blocks = np.add.reduceat(sums, np.arange(0, rows.shape[1], n), axis=1)
            target[y // n : y // n + len(blocks)] += blocks

    def add_missing(self, y: int, count: int) -> None:
        """Add `count` lines of zeros that begin at line `y`."""
        n = self._factor
        if n == 1 or not self._means:
            self.target[-(-y // n) : -(-(y + count) // n)] = 0

    def finish(self) -> None:
        """Divide each sum by the pixels of its block; blocks at the right and bottom may be smaller."""
        if self._factor == 1 or not self._means:
            return
        width, height = (self._block_sizes(size) for size in self._size)
        self.target /= (height[:, None] * width[None, :])[:, :, None]

    def _block_sizes(self, size: int) -> npt.NDArray[Any]:
        starts = np.arange(0, size, self._factor)
        return np.minimum(self._factor, size - starts).astype(np.float32)


def reduction_factor(size: tuple[int, int], max_size: tuple[int, int] | None) -> int:
    """Return the smallest whole factor that reduces an image to `max_size`; 1 without a limit."""
    if max_size is None:
        return 1
    return max(1, *(-(-length // max(1, limit)) for length, limit in zip(size, max_size, strict=True)))
