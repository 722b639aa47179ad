"""A part from its attributes: what they mean together, and which of them are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from exr_inspector_app.exr.chunks import Grid
from exr_inspector_app.exr.colour import color_space, render_software
from exr_inspector_app.exr.header import DEEP, MULTI_PART, TILED
from exr_inspector_app.model import Attribute, Box2i, Channel, Part, Problem

REQUIRED = ("channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio",
            "screenWindowCenter", "screenWindowWidth")  # fmt: skip
_NAMED = ("name", "type")  # which several parts need too


class Outline(NamedTuple):
    """The attributes of a part by name, and what its chunks are counted by."""

    place: int
    attributes: Sequence[Attribute]
    by_name: dict[str, Attribute]
    kind: str
    grid: Grid
    claimed: int | None  # chunkCount, where the file has one

    def of(self, name: str, kind: str) -> Any:
        """The value of an attribute, None where it is missing or of another type."""
        one = self.by_name.get(name)
        return one.value if one is not None and one.type == kind else None


def outline(place: int, attributes: Sequence[Attribute], version: int) -> Outline:
    """What a part's attributes say of its type and its pixels."""
    by_name = {one.name: one for one in reversed(attributes)}  # of two with one name the first counts
    bare = Outline(place, attributes, by_name, "", Grid(None, None, None, False, False), None)
    kind = bare.of("type", "string") or _kind_by_flags(version)
    grid = Grid(
        _box(bare.of("dataWindow", "box2i")),
        bare.of("compression", "compression"),
        bare.of("tiles", "tiledesc"),
        kind in ("tiledimage", "deeptile"),
        kind in ("deepscanline", "deeptile"),
    )
    return bare._replace(kind=kind, grid=grid, claimed=bare.of("chunkCount", "int"))


def part(of: Outline, chunk_count: int | None, chunks_present: int | None) -> Part:
    """The part, with its chunks as they were counted."""
    value, grid = of.of, of.grid
    tiles = grid.tiles or {}
    views = value("multiView", "stringvector")
    values = {name: one.value for name, one in of.by_name.items()}
    return Part(
        index=of.place,
        name=value("name", "string"),
        type=of.kind,
        view=value("view", "string"),
        multi_view=None if views is None else tuple(views),
        data_window=grid.box,
        display_window=_box(value("displayWindow", "box2i")),
        pixel_aspect_ratio=value("pixelAspectRatio", "float"),
        line_order=value("lineOrder", "lineOrder"),
        compression=grid.compression,
        color_space=color_space(values),
        render_software=render_software(values),
        is_tiled=grid.is_tiled,
        tile_width=tiles.get("x_size"),
        tile_height=tiles.get("y_size"),
        level_mode=tiles.get("level_mode"),
        rounding_mode=tiles.get("rounding_mode"),
        is_deep=grid.is_deep,
        chunk_count=chunk_count,
        chunks_present=chunks_present,
        channels=tuple(map(_channel, value("channels", "chlist") or ())),
        attributes=tuple(of.attributes),
    )


def missing(of: Outline, version: int, told: set[str | None]) -> list[Problem]:
    """A problem for each required attribute that the header lacks, but for those `told` of already."""
    wanted: tuple[str, ...] = REQUIRED + (_NAMED if version & MULTI_PART else ())
    wanted += ("tiles",) if of.grid.is_tiled else ()
    text = "Part {} has no {}, which OpenEXR needs there; write the file again."
    return [
        Problem("attribute-missing", text.format(of.place, name), of.place, name)
        for name in wanted
        if name not in of.by_name and name not in told
    ]


def _kind_by_flags(version: int) -> str:
    """The type of a part that does not name it."""
    if version & DEEP:
        return "deeptile" if version & TILED else "deepscanline"
    return "tiledimage" if version & TILED else "scanlineimage"


def _box(value: dict[str, list[int]] | None) -> Box2i | None:
    return Box2i(*value["min"], *value["max"]) if value else None


def _channel(row: dict[str, Any]) -> Channel:
    """A channel with its name split at the last dot."""
    name, kind, linear, x, y = row.values()
    layer, _, component = name.rpartition(".")
    return Channel(name, layer, component, kind, x, y, linear)
