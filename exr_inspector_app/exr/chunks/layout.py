"""Chunk layout of a part: its number of chunks, its levels, and the index of each chunk in the offset table.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

from operator import mul

from exr_inspector_app.model import Box2i
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import Any

MAX_CHUNKS = 4 * 1024 * 1024  # of all parts, a table of 32 MB; valid files have far fewer
LINES_PER_CHUNK = {
    "none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32,
    "dwaa": 32, "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1,
}  # fmt: skip


class Grid(NamedTuple):
    """Facts of a part that its chunk layout depends on."""

    box: Box2i | None  # data window
    compression: str | None
    tiles: dict[str, Any] | None
    is_tiled: bool
    is_deep: bool


class Level(NamedTuple):
    """Level of a part, its number in x and y, and its chunks; scan lines have one level with one column."""

    x: int
    y: int
    columns: int
    rows: int


def chunk_count(grid: Grid) -> int | None:
    """Return the number of chunks of a finished part; None where its header does not determine it."""
    box = grid.box
    if box is None or box.width < 1 or box.height < 1:
        return None
    if grid.is_tiled:
        spans = _spans(grid.tiles or {}, box.width, box.height)
        if spans is None:
            return None
        columns, rows = spans
        return sum(columns) * sum(rows) if _is_ripmap(grid) else sum(map(mul, columns, rows))
    lines = LINES_PER_CHUNK.get(grid.compression or "")
    return None if lines is None else -(-box.height // lines)


def uncountable_reason(grid: Grid) -> tuple[str, str]:
    """Return the reason why the chunks of a part cannot be counted.

    Returns:
        The name of the attribute at fault, and the reason without a full stop.
    """
    box, tiles = grid.box, grid.tiles or {}
    if box is None:
        return "dataWindow", "unknown data window"
    size = f"{box.width:,} × {box.height:,}"
    if box.width < 1 or box.height < 1:
        return "dataWindow", f"the data window has {size} pixels"
    if chunk_count(grid) is not None:
        return "dataWindow", f"too many for a data window of {size} pixels"
    if not grid.is_tiled:
        return "compression", f"the compression is {grid.compression or 'missing'}"
    if not tiles:
        return "tiles", "unknown tile size"
    if tiles["x_size"] < 1 or tiles["y_size"] < 1:
        return "tiles", f"the tiles have {tiles['x_size']:,} × {tiles['y_size']:,} pixels"
    return "tiles", f"the level mode is {tiles['level_mode']}"


def chunk_levels(grid: Grid) -> list[Level]:
    """Return the levels of a part in the order of its offset table, where chunks are ordered row by row.

    The list is empty where the header does not determine the levels.
    """
    count, box = chunk_count(grid), grid.box
    if count is None or box is None:
        return []
    if not grid.is_tiled:
        return [Level(0, 0, 1, count)]
    columns, rows = _spans(grid.tiles or {}, box.width, box.height) or ([], [])
    if _is_ripmap(grid):
        return [Level(x, y, across, down) for y, down in enumerate(rows) for x, across in enumerate(columns)]
    return [Level(n, n, across, down) for n, (across, down) in enumerate(zip(columns, rows, strict=True))]


def _is_ripmap(grid: Grid) -> bool:
    return (grid.tiles or {}).get("level_mode") == "ripmap_levels"


def _spans(tiles: dict[str, Any], width: int, height: int) -> tuple[list[int], list[int]] | None:
    """Return the columns and the rows of tiles on each level; a ripmap has a level for every pair of them."""
    x: int = tiles.get("x_size", 0)
    y: int = tiles.get("y_size", 0)
    mode = tiles.get("level_mode")
    if x < 1 or y < 1:
        return None
    rounds_up = tiles["rounding_mode"] == "round_up"
    if mode == "one_level":
        x_levels = y_levels = 1
    elif mode == "mipmap_levels":
        x_levels = y_levels = _level_count(max(width, height), rounds_up)
    elif mode == "ripmap_levels":
        x_levels, y_levels = _level_count(width, rounds_up), _level_count(height, rounds_up)
    else:
        return None
    columns = [-(-level_size(width, n, rounds_up) // x) for n in range(x_levels)]
    return columns, [-(-level_size(height, n, rounds_up) // y) for n in range(y_levels)]


def _level_count(size: int, rounds_up: bool) -> int:
    """Return the number of levels down to one pixel."""
    return ((size - 1).bit_length() if rounds_up else size.bit_length() - 1) + 1


def level_size(size: int, level: int, rounds_up: bool) -> int:
    """Return the width or height of a level in pixels, `size` being that of level 0."""
    return max(1, -(-size // (1 << level)) if rounds_up else size >> level)


def chunk_index(grid: Grid, x: int, y: int) -> int | None:
    """Return the index, in the part's offset table, of the chunk that holds a pixel of level 0.

    Args:
        grid: Facts of the part.
        x: Column of the pixel in the file's coordinates.
        y: Row of the pixel in the file's coordinates.

    Returns:
        The index, None where the part has no such pixel.
    """
    box = grid.box
    if box is None or not (box.min_x <= x <= box.max_x and box.min_y <= y <= box.max_y) or chunk_count(grid) is None:
        return None
    column, row = x - box.min_x, y - box.min_y
    if grid.is_tiled and grid.tiles:
        return _tile_index(grid, column // grid.tiles["x_size"], row // grid.tiles["y_size"], 0, 0)
    return row // LINES_PER_CHUNK[grid.compression or ""]


class ChunkTracker:
    """Record of the chunks of one part that a scan of the file has found."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.is_found = bytearray(chunk_count(grid) or 0)

    def mark(self, position: tuple[int, ...]) -> bool:
        """Mark a chunk as found; return False where the part has no such chunk, or it was found before.

        Args:
            position: First numbers of the chunk's head: y of scan lines; x, y and both level numbers of a tile.
        """
        index = (_tile_index if self._grid.is_tiled else _line_index)(self._grid, *position)
        if index is None or self.is_found[index]:
            return False
        self.is_found[index] = 1
        return True


def _line_index(grid: Grid, y: int) -> int | None:
    """Return the index of the chunk whose first line is `y`; None where no chunk begins there."""
    box, lines = grid.box, LINES_PER_CHUNK.get(grid.compression or "")
    if box is None or lines is None or not box.min_y <= y <= box.max_y:
        return None
    index, rest = divmod(y - box.min_y, lines)
    return None if rest else index


def _tile_index(grid: Grid, x: int, y: int, x_level: int, y_level: int) -> int | None:
    """Return the index of the tile `x`, `y` of a level; None where the part has no such tile."""
    box, is_ripmap = grid.box, _is_ripmap(grid)
    columns, rows = (box and _spans(grid.tiles or {}, box.width, box.height)) or ([], [])
    if not (0 <= x_level < len(columns) and 0 <= y_level < len(rows) and (is_ripmap or x_level == y_level)):
        return None
    if not (0 <= x < columns[x_level] and 0 <= y < rows[y_level]):
        return None
    if is_ripmap:
        first = sum(rows[:y_level]) * sum(columns) + rows[y_level] * sum(columns[:x_level])
    else:
        first = sum(map(mul, columns[:x_level], rows[:y_level]))
    return first + y * columns[x_level] + x
