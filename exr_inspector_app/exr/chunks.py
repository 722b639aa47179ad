"""How many chunks a part has by its header, and how many of them are in the file.

The rule: a chunk is present where its offset in the chunk table lies behind the tables and before the end of
the file; the one that straddles the end counts as present. A zero offset proves nothing, since writers fill
the table when they close the file and libraries rebuild it: where there are zeros, the chunks themselves are
counted from the first to the last, and the larger count stands. Where that would take more than WALK_READS
reads, the number is unknown (None), neither "all" nor "none".
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from struct import Struct, unpack_from
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.model import Box2i

LINES = {
    "none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32,
    "dwaa": 32, "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1,
}  # fmt: skip
MOST_CHUNKS = 4 * 1024 * 1024  # of all parts, a table of 32 MB; no sound file comes near
PIECE = 512 * 1024  # bytes of the table that are read at one time
SMALL = 64  # offsets that are compared faster without numpy
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


class Level(NamedTuple):
    """One level of a part (scan lines have one): its number across and down, and how its chunks lie."""

    x: int
    y: int
    columns: int
    rows: int


def chunk_count(grid: Grid) -> int | None:
    """The chunks a part should have; None where its header does not tell."""
    box = grid.box
    if box is None or box.width < 1 or box.height < 1:
        return None
    if grid.is_tiled:
        spans = _spans(grid.tiles or {}, box.width, box.height)
        if spans is None:
            return None
        across, down = spans
        return sum(across) * sum(down) if _is_ripmap(grid) else sum(map(mul, across, down))
    lines = LINES.get(grid.compression or "")
    return None if lines is None else -(-box.height // lines)


def levels(grid: Grid) -> list[Level]:
    """The levels of a part in the order of its chunk table, whose entries go row by row; none where
    its header does not tell."""
    count, box = chunk_count(grid), grid.box
    if count is None or box is None:
        return []
    if not grid.is_tiled:
        return [Level(0, 0, 1, count)]
    across, down = _spans(grid.tiles or {}, box.width, box.height) or ([], [])
    if _is_ripmap(grid):
        return [Level(x, y, columns, rows) for y, rows in enumerate(down) for x, columns in enumerate(across)]
    return [Level(n, n, columns, rows) for n, (columns, rows) in enumerate(zip(across, down, strict=True))]


def _is_ripmap(grid: Grid) -> bool:
    return (grid.tiles or {}).get("level_mode") == "ripmap_levels"


def _spans(tiles: dict[str, Any], width: int, height: int) -> tuple[list[int], list[int]] | None:
    """The tiles across on each level and those down; in a ripmap each of the first goes with each of the others."""
    x: int = tiles.get("x_size", 0)
    y: int = tiles.get("y_size", 0)
    mode = tiles.get("level_mode")
    if x < 1 or y < 1:
        return None
    up = tiles["rounding_mode"] == "round_up"
    if mode == "one_level":
        wide = high = 1
    elif mode == "mipmap_levels":
        wide = high = _levels(max(width, height), up)
    elif mode == "ripmap_levels":
        wide, high = _levels(width, up), _levels(height, up)
    else:
        return None
    return [-(-_level(width, n, up) // x) for n in range(wide)], [-(-_level(height, n, up) // y) for n in range(high)]


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
    total = sum(counts)
    first = table + 8 * total
    if first >= size:
        return [0] * len(counts)
    offsets = offset_table(source, table, total)
    inside = offsets - np.uint64(first) < np.uint64(size - first)  # what is too small wraps to huge
    if inside.all():
        return list(counts)
    found, start = [], 0
    for count in counts:
        found.append(int(np.count_nonzero(inside[start : start + count])))
        start += count
    if np.count_nonzero(offsets) == len(offsets):
        return list(found)
    walked = walk(source, first, size, grids, multi)
    if walked is None:
        return [count if have == count else None for have, count in zip(found, counts, strict=True)]
    return [max(have, seen.count(1)) for have, seen in zip(found, walked, strict=True)]


def all_there(data: bytes, table: int, size: int, count: int) -> bool:
    """True where the first bytes of a file hold `count` offsets from byte `table` on and all are of chunks that
    are there; False tells nothing."""
    first = table + 8 * count
    if first > len(data):
        return False
    if count > SMALL:
        offsets = np.frombuffer(data, "<u8", count, table)
        return bool(np.minimum.reduce(offsets) >= first and np.maximum.reduce(offsets) < size)
    listed: tuple[int, ...] = unpack_from(f"<{count}Q", data, table)
    return first <= min(listed) and max(listed) < size


def offset_table(source: Source, start: int, count: int) -> npt.NDArray[np.uint64]:
    """The offsets of all parts, read piece by piece; fewer where the file was cut while it was read."""
    end = start + 8 * count
    data = b"".join([source.read(at, min(PIECE, end - at)) for at in range(start, end, PIECE)])
    return np.frombuffer(data, "<u8", len(data) // 8)


_HEADS = {  # (tiled, deep): where the chunk lies, then the sizes of what follows
    (False, False): Struct("<ii"),
    (True, False): Struct("<iiiii"),
    (False, True): Struct("<iQQ8x"),
    (True, True): Struct("<iiiiQQ8x"),
}


def walk(source: Source, first: int, size: int, grids: Sequence[Grid], multi: bool) -> list[bytearray] | None:
    """The chunks from byte `first` met one by one: of each part, a 1 for every entry of its table that is there.

    None where that takes more than WALK_READS reads.
    """
    places = [_Places(grid) for grid in grids]
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
        if not places[index].meet(place):
            break
        at += length
    return [one.seen for one in places]


class _Places:
    """The entries of one part's chunk table, each met or not."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.seen = bytearray(chunk_count(grid) or 0)

    def meet(self, place: tuple[int, ...]) -> bool:
        """Marks the chunk at a place; False where the part has none there."""
        entry = (_tile_entry if self._grid.is_tiled else _line_entry)(self._grid, *place)
        if entry is not None:
            self.seen[entry] = 1
        return entry is not None


def _line_entry(grid: Grid, y: int) -> int | None:
    """The entry of the chunk whose first line is `y`; None where no chunk begins there."""
    box, lines = grid.box, LINES.get(grid.compression or "")
    if box is None or lines is None or not box.min_y <= y <= box.max_y:
        return None
    entry, rest = divmod(y - box.min_y, lines)
    return None if rest else entry


def _tile_entry(grid: Grid, x: int, y: int, across: int, down: int) -> int | None:
    """The entry of the tile `x`, `y` of a level; None where the part has no such tile."""
    box, ripmap = grid.box, _is_ripmap(grid)
    columns, rows = (box and _spans(grid.tiles or {}, box.width, box.height)) or ([], [])
    if not (0 <= across < len(columns) and 0 <= down < len(rows) and (ripmap or across == down)):
        return None
    if not (0 <= x < columns[across] and 0 <= y < rows[down]):
        return None
    if ripmap:
        first = sum(rows[:down]) * sum(columns) + rows[down] * sum(columns[:across])
    else:
        first = sum(map(mul, columns[:across], rows[:down]))
    return first + y * columns[across] + x


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
