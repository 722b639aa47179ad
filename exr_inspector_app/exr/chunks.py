"""How many chunks a part has by its header, and how many of them are in the file.

The rule: a chunk is present where its offset in the chunk table lies behind the tables and before the end of
the file; the one that straddles the end counts as present. A zero offset proves nothing, since writers fill
the table when they close the file and libraries rebuild it: where there are zeros, the chunks themselves are
counted from the first to the last, and the larger count stands. Where that would take more than WALK_READS
reads, the number is unknown (None), neither "all" nor "none".
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.model import Box2i

LINES = {
    "none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32,
    "dwaa": 32, "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1,
}  # fmt: skip
MOST_CHUNKS = 16 * 1024 * 1024  # of all parts, a table of 128 MB; no sound file comes near
PIECE = 512 * 1024  # bytes of the table that are read at one time
WALK_READS = 4096
_WALK_PIECE = 4096


class Source(Protocol):
    """Bytes at a place."""

    def read(self, start: int, size: int) -> bytes: ...


class Grid(NamedTuple):
    """What the chunks of a part are counted by."""

    box: Box2i | None  # the data window
    compression: str | None
    tiles: dict[str, Any] | None
    is_tiled: bool
    is_deep: bool


def chunk_count(grid: Grid) -> int | None:
    """The chunks a part should have; None where its header does not tell."""
    box = grid.box
    if box is None or box.width < 1 or box.height < 1:
        return None
    if grid.is_tiled:
        return _tile_count(grid.tiles or {}, box.width, box.height)
    lines = LINES.get(grid.compression or "")
    return None if lines is None else -(-box.height // lines)


def _tile_count(tiles: dict[str, Any], width: int, height: int) -> int | None:
    """The tiles of all levels."""
    across: int = tiles.get("x_size", 0)
    down: int = tiles.get("y_size", 0)
    mode = tiles.get("level_mode")
    if across < 1 or down < 1:
        return None
    if mode == "one_level":
        return -(-width // across) * -(-height // down)
    up = tiles["rounding_mode"] == "round_up"
    if mode == "mipmap_levels":
        levels = range(_levels(max(width, height), up))
        return sum(-(-_level(width, n, up) // across) * -(-_level(height, n, up) // down) for n in levels)
    if mode == "ripmap_levels":
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


def present(
    source: Source, table: int, size: int, counts: Sequence[int], grids: Sequence[Grid], multi: bool
) -> list[int | None]:
    """How many chunks of each part are in a file of `size` bytes whose chunk tables begin at byte `table`."""
    first = table + 8 * sum(counts)
    if first >= size:
        return [0] * len(counts)
    offsets = _table(source, table, sum(counts))
    inside = offsets - np.uint64(first) < np.uint64(size - first)  # what is too small wraps to huge
    if inside.all():
        return list(counts)
    found, start = [], 0
    for count in counts:
        found.append(int(np.count_nonzero(inside[start : start + count])))
        start += count
    if np.count_nonzero(offsets) == len(offsets):
        return list(found)
    walked = _walk(source, first, size, counts, grids, multi)
    if walked is None:
        return [count if have == count else None for have, count in zip(found, counts, strict=True)]
    return [max(pair) for pair in zip(found, walked, strict=True)]


def _table(source: Source, table: int, count: int) -> npt.NDArray[np.uint64]:
    """The offsets of all parts, read piece by piece; fewer where the file was cut while it was read."""
    pieces = []
    for start in range(0, 8 * count, PIECE):
        data = source.read(table + start, min(PIECE, 8 * count - start))
        pieces.append(np.frombuffer(data, "<u8", len(data) // 8))
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


_HEADS = {  # (tiled, deep): where the chunk lies, then the sizes of what follows
    (False, False): Struct("<ii"),
    (True, False): Struct("<iiiii"),
    (False, True): Struct("<iQQ8x"),
    (True, True): Struct("<iiiiQQ8x"),
}


def _walk(
    source: Source, first: int, size: int, counts: Sequence[int], grids: Sequence[Grid], multi: bool
) -> list[int] | None:
    """The chunks of each part counted one by one from byte `first`; None where that takes too many reads."""
    seen: list[set[tuple[int, ...]]] = [set() for _ in counts]
    at, start, data, reads = first, first, b"", 0
    longest = 44  # the part number and a deep tile's head
    while at < size:
        if at + longest > start + len(data) and start + len(data) < size:
            if reads == WALK_READS:
                return None
            start, data, reads = at, source.read(at, min(_WALK_PIECE, size - at)), reads + 1
        chunk = _head(data, at - start, grids, multi)
        if chunk is None:
            break
        index, place, length = chunk
        if not _belongs(grids[index], place):
            break
        seen[index].add(place)
        at += length
    return [min(len(places), count) for places, count in zip(seen, counts, strict=True)]


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
    if min(sizes) < 0:
        return None
    return index, numbers[: -len(sizes)], extra + head.size + sum(sizes)


def _belongs(grid: Grid, place: tuple[int, ...]) -> bool:
    """True where a chunk at this place can be one of the part's."""
    box = grid.box
    if grid.is_tiled or box is None:
        return min(place) >= 0
    return box.min_y <= place[0] <= box.max_y and not (place[0] - box.min_y) % LINES[grid.compression or ""]
