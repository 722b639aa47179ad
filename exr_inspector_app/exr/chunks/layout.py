"""Into which chunks a part is divided by its header: how many, on which levels, and where each has its entry."""

from __future__ import annotations

from operator import mul
from typing import Any, NamedTuple

from exr_inspector_app.model import Box2i

MAX_CHUNKS = 4 * 1024 * 1024  # of all parts, a table of 32 MB; no sound file comes near
LINES_PER_CHUNK = {
    "none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32,
    "dwaa": 32, "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1,
}  # fmt: skip


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
    lines = LINES_PER_CHUNK.get(grid.compression or "")
    return None if lines is None else -(-box.height // lines)


def uncountable_reason(grid: Grid) -> tuple[str, str]:
    """The attribute for which the chunks of a part cannot be counted or are too many, and what is wrong with it."""
    box, tiles = grid.box, grid.tiles or {}
    if box is None:
        return "dataWindow", "the data window is not known"
    size = f"{box.width:,} × {box.height:,}"
    if box.width < 1 or box.height < 1:
        return "dataWindow", f"the data window has {size} pixels"
    if chunk_count(grid) is not None:
        return "dataWindow", f"they would be too many, with a data window of {size} pixels"
    if not grid.is_tiled:
        return "compression", f"the compression is {grid.compression or 'not known'}"
    if not tiles:
        return "tiles", "the size of the tiles is not known"
    if tiles["x_size"] < 1 or tiles["y_size"] < 1:
        return "tiles", f"the tiles have {tiles['x_size']:,} × {tiles['y_size']:,} pixels"
    return "tiles", f"the level mode is {tiles['level_mode']}"


def chunk_levels(grid: Grid) -> list[Level]:
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
    across = [-(-level_size(width, n, up) // x) for n in range(wide)]
    return across, [-(-level_size(height, n, up) // y) for n in range(high)]


def _levels(size: int, up: bool) -> int:
    """The number of levels down to one pixel."""
    return ((size - 1).bit_length() if up else size.bit_length() - 1) + 1


def level_size(size: int, n: int, up: bool) -> int:
    """The size of level n."""
    return max(1, -(-size // (1 << n)) if up else size >> n)


def chunk_index(grid: Grid, x: int, y: int) -> int | None:
    """The entry of the chunk that holds a pixel of the full picture; None where the part has no such pixel."""
    box = grid.box
    if box is None or not (box.min_x <= x <= box.max_x and box.min_y <= y <= box.max_y) or chunk_count(grid) is None:
        return None
    across, down = x - box.min_x, y - box.min_y
    if grid.is_tiled and grid.tiles:
        return _tile_entry(grid, across // grid.tiles["x_size"], down // grid.tiles["y_size"], 0, 0)
    return down // LINES_PER_CHUNK[grid.compression or ""]


class ChunkTracker:
    """The entries of one part's chunk table, each met or not."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.seen = bytearray(chunk_count(grid) or 0)

    def meet(self, place: tuple[int, ...]) -> bool:
        """Marks the chunk at a place; False where the part has none there, or it was met before."""
        entry = (_tile_entry if self._grid.is_tiled else _line_entry)(self._grid, *place)
        if entry is None or self.seen[entry]:
            return False
        self.seen[entry] = 1
        return True


def _line_entry(grid: Grid, y: int) -> int | None:
    """The entry of the chunk whose first line is `y`; None where no chunk begins there."""
    box, lines = grid.box, LINES_PER_CHUNK.get(grid.compression or "")
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
