"""How many of the chunks that a header asks for are in the file.

The rule: a chunk is present where its offset in the chunk table lies behind the tables and before the end of
the file; the one that straddles the end counts as present. A zero offset proves nothing, since writers fill
the table when they close the file and libraries rebuild it: where there are zeros, the chunks themselves are
counted from the first to the last, and the larger count stands. Where that would take more than WALK_READS
reads, the number is unknown (None), and the file counts as unfinished, for nobody has closed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct, unpack_from
from typing import Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.chunks.layout import ChunkTracker, Grid

READ_BYTES = 512 * 1024  # bytes of the table that are read at one time
OFFSET_DTYPE = np.dtype("<u8")
SMALL_TABLE = 64  # offsets that are compared faster without numpy
MAX_SCAN_READS = 5000  # enough for 8K in single lines
_WALK_PIECE = 4096


class Source(Protocol):
    """Bytes at a place."""

    def read(self, start: int, size: int) -> bytes: ...


def count_present(
    source: Source, table: int, size: int, counts: Sequence[int], grids: Sequence[Grid], multi: bool
) -> list[int | None]:
    """How many chunks of each part are in a file of `size` bytes whose chunk tables begin at byte `table`."""
    total = sum(counts)
    first = table + 8 * total
    if first >= size:
        return [0] * len(counts)
    offsets = read_offsets(source, table, total)
    inside = offsets - np.uint64(first) < np.uint64(size - first)  # what is too small wraps to huge
    if inside.all():
        return list(counts)
    found, start = [], 0
    for count in counts:
        found.append(int(np.count_nonzero(inside[start : start + count])))
        start += count
    if np.count_nonzero(offsets) == len(offsets):
        return list(found)
    walked = scan_chunks(source, first, size, grids, multi)
    if walked is None:
        return [count if have == count else None for have, count in zip(found, counts, strict=True)]
    return [max(have, seen.count(1)) for have, seen in zip(found, walked, strict=True)]


def all_present(data: bytes, table: int, size: int, count: int) -> bool:
    """True where the first bytes of a file hold `count` offsets from byte `table` on and all are of chunks that
    are there; False tells nothing."""
    first = table + 8 * count
    if first > len(data):
        return False
    if count > SMALL_TABLE:
        offsets = np.frombuffer(data, OFFSET_DTYPE, count, table)
        # For a table of thousands this is quicker than numpy's min and max, which say no more.
        return offsets.item(offsets.argmin()) >= first and offsets.item(offsets.argmax()) < size
    listed: tuple[int, ...] = unpack_from(f"<{count}Q", data, table)
    return first <= min(listed) and max(listed) < size


def read_offsets(source: Source, start: int, count: int) -> npt.NDArray[np.uint64]:
    """The offsets of all parts, read piece by piece; fewer where the file was cut while it was read."""
    end = start + 8 * count
    data = b"".join([source.read(at, min(READ_BYTES, end - at)) for at in range(start, end, READ_BYTES)])
    return np.frombuffer(data, OFFSET_DTYPE, len(data) // 8)


_HEADS = {  # (tiled, deep): where the chunk lies, then the sizes of what follows
    (False, False): Struct("<ii"),
    (True, False): Struct("<iiiii"),
    (False, True): Struct("<iQQ8x"),
    (True, True): Struct("<iiiiQQ8x"),
}


def scan_chunks(source: Source, first: int, size: int, grids: Sequence[Grid], multi: bool) -> list[bytearray] | None:
    """The chunks from byte `first` met one by one: of each part, a 1 for every entry of its table that is there.

    None where that takes more than WALK_READS reads.
    """
    places = [ChunkTracker(grid) for grid in grids]
    at, start, data, reads = first, first, b"", 0
    longest = 44  # the part number and a deep tile's head
    while at < size:
        if at + longest > start + len(data) and start + len(data) < size:
            if reads == MAX_SCAN_READS:
                return None
            start, data, reads = at, source.read(at, min(_WALK_PIECE, size - at)), reads + 1
        chunk = _head(data, at - start, grids, multi)
        if chunk is None:
            break
        index, place, length = chunk
        if not places[index].meet(place):
            break
        at += length
    return [one.seen for one in places]


def _head(data: bytes, at: int, grids: Sequence[Grid], multi: bool) -> tuple[int, tuple[int, ...], int] | None:
    """The part, the place and the length of the chunk whose head stands at `at`; None where none does."""
    index, extra = 0, 0
    if multi:
        index, extra = int.from_bytes(data[at : at + 4], "little"), 4
    if index >= len(grids):
        return None
    grid = grids[index]
    head = _HEADS[grid.is_tiled, grid.is_deep]
    if at + extra + head.size > len(data):
        return None
    numbers = head.unpack_from(data, at + extra)
    sizes = numbers[-2:] if grid.is_deep else numbers[-1:]
    if min(sizes) < 0 or not any(numbers):  # zeros are room for chunks that are not written yet; line 0 has samples
        return None
    return index, numbers[: -len(sizes)], extra + head.size + sum(sizes)
