"""Chunk offset table: counts the declared chunks that are in the file.

A chunk is present where its offset is after the tables and before the end of the file. The last chunk of the file is
present where it also ends there, by the sizes in its head: a copy that was interrupted within it is incomplete. A zero
offset proves nothing, since writers fill the table when they close the file and libraries rebuild it: where there are
zeros, the file is scanned chunk by chunk, and the larger count is used. Where the scan
would take more than MAX_SCAN_READS reads, the number is unknown (None), and the file counts as incomplete, since its
writer never closed it.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from struct import Struct, pack, unpack_from

from exr_inspector_app.exr.chunks.layout import ChunkTracker, Grid
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

READ_BYTES = 512 * 1024  # of the table
OFFSET_DTYPE = "<u8"
WHOLE = -1  # in place of the position of the last chunk, which need not be checked
SMALL_TABLE = 64  # offsets; so few are compared faster without numpy
MAX_PLAIN_TABLE = 20_000  # offsets that are compared in less time than numpy takes to import
MAX_SCAN_READS = 5000  # enough for 8K in single lines
_SCAN_READ_BYTES = 4096
_OFFSET, _TWO_OFFSETS, _INT = Struct("<Q"), Struct("<QQ"), Struct("<i")
_SIZE_IN_LINES, _SIZE_IN_TILE = 4, 16  # position of the data size in the head of a chunk that is not deep
MAX_HEAD_BYTES = 44  # the part number and the head of a deep tile


class Source(Protocol):
    """Source of bytes at a position."""

    def read(self, start: int, size: int) -> bytes:
        """Read `size` bytes from byte `start` on, fewer at the end."""


class ChunkCounts(NamedTuple):
    """Chunks that are in a file."""

    present: list[int | None]  # per part; None where the number is unknown
    unlisted: tuple[int, ...] = ()  # parts whose chunks are all there, but not all in the offset table


def count_present(
    source: Source, table: int, size: int, counts: Sequence[int], grids: Sequence[Grid], is_multi_part: bool
) -> ChunkCounts:
    """Return the number of chunks of each part that are in a file.

    Args:
        source: Source of the file.
        table: Position of the first offset table in bytes.
        size: Size of the file in bytes.
        counts: Number of chunks that each part declares.
        grids: Chunk layout of each part.
        is_multi_part: True if the version field of the file has the flag for several parts.

    Returns:
        The number for each part, None where it is unknown, and the parts whose table is incomplete.

    Raises:
        OSError: The source cannot be read.
    """
    total = sum(counts)
    first = table + 8 * total
    if first >= size:
        return ChunkCounts([0] * len(counts))
    offsets = _read_table(source, table, total)
    present, has_zeros = _count_inside(offsets, first, size, counts)
    last = _last_inside(offsets, first, size)
    if last and is_cut(source, b"", last, size, grids, is_multi_part):
        present[_part_of(_index_of(last, offsets), counts)] -= 1
    if present == list(counts) or not has_zeros:
        return ChunkCounts(list(present))
    scanned = scan_chunks(source, first, size, grids, is_multi_part)
    if scanned is None:
        return ChunkCounts([count if known == count else None for known, count in zip(present, counts, strict=True)])
    counted = [max(known, scan.count(1)) for known, scan in zip(present, scanned, strict=True)]
    unlisted = tuple(at for at, known in enumerate(present) if known < counted[at] == counts[at])
    return ChunkCounts(list(counted), unlisted)


def _count_inside(data: bytes, first: int, size: int, counts: Sequence[int]) -> tuple[list[int], bool]:
    """Return the number of offsets of each part from `first` to `size`, and True if any offset is zero."""
    present, start = [], 0
    length = len(data) // 8
    if _is_plain(length):
        table: tuple[int, ...] = unpack_from(f"<{length}Q", data)
        for count in counts:
            present.append(sum(first <= offset < size for offset in table[start : start + count]))
            start += count
        return present, 0 in table
    import numpy as np

    offsets = np.frombuffer(data, OFFSET_DTYPE, length)
    inside = offsets - np.uint64(first) < np.uint64(size - first)  # offsets that are too small wrap around
    for count in counts:
        present.append(int(np.count_nonzero(inside[start : start + count])))
        start += count
    return present, bool(np.count_nonzero(offsets) < length)


def _last_inside(data: bytes, first: int, size: int) -> int:
    """Return the largest offset from `first` to `size`, 0 without one."""
    length = len(data) // 8
    if _is_plain(length):
        return max([offset for offset in unpack_from(f"<{length}Q", data) if first <= offset < size], default=0)
    import numpy as np

    offsets = np.frombuffer(data, OFFSET_DTYPE, length)
    inside = offsets[(offsets >= first) & (offsets < size)]
    return int(inside.max()) if inside.size else 0


def _index_of(offset: int, data: bytes) -> int:
    """Return the index of an offset in the bytes of a table that holds it."""
    packed = _OFFSET.pack(offset)
    at = data.index(packed)
    while at % 8:  # bytes of two offsets
        at = data.index(packed, at + 1)
    return at // 8


def _part_of(index: int, counts: Sequence[int]) -> int:
    """Return the part that an entry of the tables belongs to."""
    return next(part for part, end in enumerate(accumulate(counts)) if index < end)


def is_cut(source: Source, data: bytes, last: int, size: int, grids: Sequence[Grid], is_multi_part: bool) -> bool:
    """Return True if the last chunk of a file ends after the file does; False where its head proves nothing.

    Args:
        source: Source of the file, from which the head is read where `data` does not hold it.
        data: First bytes of the file.
        last: Position of the chunk in bytes.
        size: Size of the file in bytes.
        grids: Chunk layout of each part.
        is_multi_part: True if the version field of the file has the flag for several parts.

    Raises:
        OSError: The source cannot be read.
    """
    length, at = len(data), last
    if last + MAX_HEAD_BYTES > length < size:
        data, at = source.read(last, min(MAX_HEAD_BYTES, size - last)), 0
    sized_at = at + (_SIZE_IN_TILE if grids[0].is_tiled else _SIZE_IN_LINES) + (4 if is_multi_part else 0)
    if sized_at + 4 <= len(data) and sized_at + 4 - at + _INT.unpack_from(data, sized_at)[0] == size - last:
        return False  # as nearly every file ends, at the end of its last chunk
    numbers = _read_head(data, at, grids, is_multi_part)
    if numbers is None:
        return size - last < _HEADS[grids[0].is_tiled, grids[0].is_deep].size
    part, position, length = numbers
    return last + length > size and ChunkTracker(grids[part]).mark(position)


def _is_plain(count: int) -> bool:
    """Return True for a table that is compared without numpy: it is small, or numpy is not imported and it is not huge.

    numpy takes longer to import than this program takes to print a header.
    """
    return count <= (SMALL_TABLE if "numpy" in sys.modules else MAX_PLAIN_TABLE)


def last_chunk(data: bytes, table: int, size: int, count: int) -> int:
    """Return the position of the last chunk, if the first bytes of a file show that all its chunks begin within it.

    WHOLE if they show that it ends there too, as for chunks of one size; 0 proves nothing.

    Args:
        data: First bytes of the file.
        table: Position of the first offset table in bytes.
        size: Size of the file in bytes.
        count: Number of chunks of all parts.
    """
    first = table + 8 * count
    if first > len(data):
        return 0
    if SMALL_TABLE < count <= MAX_PLAIN_TABLE and (last := _last_of_regular(data, table, size, count)):
        return last
    if count > SMALL_TABLE and not _is_plain(count):
        import numpy as np

        offsets = np.frombuffer(data, OFFSET_DTYPE, count, table)
        # For a table of thousands of offsets this is faster than numpy's min and max.
        last = offsets.item(offsets.argmax())
        return last if offsets.item(offsets.argmin()) >= first and last < size else 0
    small_table: tuple[int, ...] = unpack_from(f"<{count}Q", data, table)
    last = max(small_table)
    if not first <= min(small_table) <= last < size:
        return 0
    is_regular = count > 1 and last == small_table[-1] and 2 * last - small_table[-2] == size
    return WHOLE if is_regular else last


def _last_of_regular(data: bytes, table: int, size: int, count: int) -> int:
    """Return the last offset, or WHOLE, of a table of chunks of one size, as those without compression are; 0 if not.

    It is compared in one piece, since the frames of a sequence have the same table then.
    """
    low, following = _TWO_OFFSETS.unpack_from(data, table)
    first, step = table + 8 * count, following - low
    last = low + step * (count - 1)
    if not first <= low < following or last >= size or not data.endswith(_OFFSET.pack(last), table, first):
        return 0
    if not data.startswith(_regular_table(low, step, count), table):
        return 0
    return WHOLE if last + step == size else last


@lru_cache(maxsize=8)
def _regular_table(low: int, step: int, count: int) -> bytes:
    """Return the table of chunks that follow each other at equal distances."""
    return pack(f"<{count}Q", *range(low, low + step * count, step))


def read_offsets(source: Source, start: int, count: int) -> npt.NDArray[np.uint64]:
    """Read `count` offsets from byte `start` on, at most READ_BYTES at a time.

    Returns:
        The offsets, fewer where the file was cut while it was read.

    Raises:
        OSError: The source cannot be read.
    """
    import numpy as np

    data = _read_table(source, start, count)
    return np.frombuffer(data, OFFSET_DTYPE, len(data) // 8)


def _read_table(source: Source, start: int, count: int) -> bytes:
    """Return the bytes of `count` offsets, fewer where the file was cut while it was read."""
    end = start + 8 * count
    return b"".join([source.read(at, min(READ_BYTES, end - at)) for at in range(start, end, READ_BYTES)])


_HEADS = {  # (tiled, deep): the position of the chunk, then the sizes of its data
    (False, False): Struct("<ii"),
    (True, False): Struct("<iiiii"),
    (False, True): Struct("<iQQ8x"),
    (True, True): Struct("<iiiiQQ8x"),
}


def scan_chunks(
    source: Source, first: int, size: int, grids: Sequence[Grid], is_multi_part: bool
) -> list[bytearray] | None:
    """Scan a file chunk by chunk, without its offset tables.

    Args:
        source: Source of the file.
        first: Position of the first chunk in bytes.
        size: Size of the file in bytes.
        grids: Chunk layout of each part.
        is_multi_part: True if the version field of the file has the flag for several parts.

    Returns:
        For each part a 1 at the index of every chunk that was found, or None after MAX_SCAN_READS reads.

    Raises:
        OSError: The source cannot be read.
    """
    trackers = [ChunkTracker(grid) for grid in grids]
    at, start, data, reads = first, first, b"", 0
    while at < size:
        if at + MAX_HEAD_BYTES > start + len(data) and start + len(data) < size:
            if reads == MAX_SCAN_READS:
                return None
            start, data, reads = at, source.read(at, min(_SCAN_READ_BYTES, size - at)), reads + 1
        head = _read_head(data, at - start, grids, is_multi_part)
        if head is None:
            break
        part, position, length = head
        if at + length > size or not trackers[part].mark(position):
            break
        at += length
    return [tracker.is_found for tracker in trackers]


def _read_head(
    data: bytes, at: int, grids: Sequence[Grid], is_multi_part: bool
) -> tuple[int, tuple[int, ...], int] | None:
    """Return the part, the position and the length of the chunk whose head is at `at`; None for other bytes."""
    part, extra = 0, 0
    if is_multi_part:
        part, extra = int.from_bytes(data[at : at + 4], "little"), 4
    if part >= len(grids):
        return None
    grid = grids[part]
    head = _HEADS[grid.is_tiled, grid.is_deep]
    if at + extra + head.size > len(data):
        return None
    numbers = head.unpack_from(data, at + extra)
    sizes = numbers[-2:] if grid.is_deep else numbers[-1:]
    if min(sizes) < 0 or not any(numbers):  # zeros are reserved for chunks not written yet; line 0 has samples
        return None
    return part, numbers[: -len(sizes)], extra + head.size + sum(sizes)
