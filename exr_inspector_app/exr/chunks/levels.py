"""Level sizes: the mip and rip levels of a part, each with its width and height in pixels."""

from __future__ import annotations

from typing import NamedTuple

from exr_inspector_app.exr.chunks.layout import Grid, chunk_levels, level_size
from exr_inspector_app.model import Part


class LevelSize(NamedTuple):
    """Size of one level in pixels, and its number in x and y."""

    x: int
    y: int
    width: int
    height: int


def level_sizes(part: Part) -> list[LevelSize]:
    """Return the levels of a part in the order of its offset table, level 0, 0 first.

    The list is empty where the header does not determine the levels.
    """
    box = part.data_window
    tiles = {
        "x_size": part.tile_width or 0,
        "y_size": part.tile_height or 0,
        "level_mode": part.level_mode,
        "rounding_mode": part.rounding_mode,
    }
    if box is None:
        return []
    rounds_up = part.rounding_mode == "round_up"
    return [
        LevelSize(
            level.x, level.y, level_size(box.width, level.x, rounds_up), level_size(box.height, level.y, rounds_up)
        )
        for level in chunk_levels(Grid(box, part.compression, tiles, part.is_tiled, part.is_deep))
    ]


def missing_level_message(part: Part, level: tuple[int, int]) -> str:
    """Return the sentence for a request of a level that a part does not have."""
    sizes = level_sizes(part)
    last = sizes[-1][:2] if sizes else (0, 0)
    has = "level 0, 0 only" if last == (0, 0) else f"levels 0, 0 to {last[0]}, {last[1]}"
    return f"Part {part.index} has no level {level[0]}, {level[1]}: it has {has}."
