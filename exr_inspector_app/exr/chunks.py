"""How many chunks a part has by its header, and how many of them are in the file.

A chunk counts as present where its offset lies behind the chunk tables and before the end of the file;
one that straddles the end counts as present. Writers fill the table when they close the file, so a table
of zeros alone proves nothing: then the chunks are counted by walking from one to the next, which libraries
do as well to rebuild a table.
"""

from __future__ import annotations

import array
import sys
from struct import Struct
from typing import Protocol

from exr_inspector_app.model import Part

LINES = {
    "none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32,
    "dwaa": 32, "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1,
}  # fmt: skip
MOST_CHUNKS = 16 * 1024 * 1024  # a table of 128 MB; no sound file comes near
PIECE = 64 * 1024  # chunks of a table that are in memory at one time
_WALK_READS = 4  # pieces of a file whose table says nothing that are looked at
_WALK_PIECE = 1 << 20


class Source(Protocol):
    """Bytes at a place."""

    def read(self, start: int, size: int) -> bytes: ...


def chunk_count(part: Part) -> int | None:
    """The chunks a part should have; None where its header does not tell."""
    box = part.data_window
    if box is None or box.width < 1 or box.height < 1:
        return None
    if part.is_tiled:
        return _tile_count(part, box.width, box.height)
    lines = LINES.get(part.compression or "")
    return None if lines is None else -(-box.height // lines)


def _tile_count(part: Part, width: int, height: int) -> int | None:
    """The tiles of all levels."""
    across, down = part.tile_width or 0, part.tile_height or 0
    if across < 1 or down < 1:
        return None
    if part.level_mode == "one_level":
        return -(-width // across) * -(-height // down)
    up = part.rounding_mode == "round_up"
    if part.level_mode == "mipmap_levels":
        levels = _levels(max(width, height), up)
        sizes = ((_level(width, n, up), _level(height, n, up)) for n in range(levels))
        return sum(-(-w // across) * -(-h // down) for w, h in sizes)
    if part.level_mode == "ripmap_levels":
        columns = sum(-(-_level(width, n, up) // across) for n in range(_levels(width, up)))
        rows = sum(-(-_level(height, n, up) // down) for n in range(_levels(height, up)))
        return columns * rows
    return None


def _levels(size: int, up: bool) -> int:
    """The number of levels down to one pixel."""
    return ((size - 1).bit_length() if up else size.bit_length() - 1) + 1


def _level(size: int, n: int, up: bool) -> int:
    """The size of level n."""
    return max(1, -(-size // (1 << n)) if up else size >> n)


def present(source: Source, table: int, count: int, first: int, end: int) -> tuple[int, bool]:
    """How many of the `count` offsets at byte `table` point into [first, end), and whether all are zero."""
    found, zeros = 0, 0
    for start in range(0, count, PIECE):
        data = source.read(table + 8 * start, 8 * min(PIECE, count - start))
        offsets = array.array("Q", data[: len(data) & ~7])
        if sys.byteorder == "big":
            offsets.byteswap()
        if offsets and first <= min(offsets) and max(offsets) < end:
            found += len(offsets)  # the usual case, told without looking at each
        else:
            found += sum(first <= offset < end for offset in offsets)
            zeros += offsets.count(0)
        if len(data) < 8 * min(PIECE, count - start):
            break  # the file ends within the table
    return found, zeros == count


_SCAN_LINE = Struct("<ii")  # y, size
_TILE = Struct("<iiiii")  # x, y, level x, level y, size


def walk(source: Source, first: int, end: int, count: int, tiled: bool) -> int | None:
    """The chunks of a flat part counted one by one from `first`; None where that takes long."""
    head = _TILE if tiled else _SCAN_LINE
    seen, at, start, data, reads = 0, first, first, b"", 0
    while at + head.size <= end and seen < count:
        if at + head.size > start + len(data):
            if reads == _WALK_READS:
                return None
            start, data, reads = at, source.read(at, min(_WALK_PIECE, end - at)), reads + 1
            if len(data) < head.size:
                break
        size = head.unpack_from(data, at - start)[-1]
        if size < 0:
            break
        seen, at = seen + 1, at + head.size + size
    return seen
