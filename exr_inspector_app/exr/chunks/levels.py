"""The levels of a part as pictures: which there are, and how large each is."""

from __future__ import annotations

from typing import NamedTuple

from exr_inspector_app.exr.chunks.layout import Grid, chunk_levels, level_size
from exr_inspector_app.model import Part


class LevelSize(NamedTuple):
    """One level: its number across and down, and its pixels."""

    x: int
    y: int
    width: int
    height: int


def level_sizes(part: Part) -> list[LevelSize]:
    """The levels in the order of the chunk table, the full picture first; none where the header does not tell."""
    box = part.data_window
    tiles = {
        "x_size": part.tile_width or 0,
        "y_size": part.tile_height or 0,
        "level_mode": part.level_mode,
        "rounding_mode": part.rounding_mode,
    }
    if box is None:
        return []
    up = part.rounding_mode == "round_up"
    return [
        LevelSize(one.x, one.y, level_size(box.width, one.x, up), level_size(box.height, one.y, up))
        for one in chunk_levels(Grid(box, part.compression, tiles, part.is_tiled, part.is_deep))
    ]


def missing_level_message(part: Part, level: tuple[int, int]) -> str:
    """A sentence: that level is not there, and which are."""
    there = level_sizes(part)
    last = there[-1][:2] if there else (0, 0)
    has = "level 0, 0 alone" if last == (0, 0) else f"levels 0, 0 to {last[0]}, {last[1]}"
    return f"Part {part.index} has no level {level[0]}, {level[1]}: it has {has}."
