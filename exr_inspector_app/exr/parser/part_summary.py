"""What the attributes of a part say together: its type, its windows, its channels, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from exr_inspector_app.exr.chunks.layout import MAX_CHUNKS, Grid, chunk_count
from exr_inspector_app.exr.parser.color_space import RELEVANT_ATTRIBUTES, color_space, render_software
from exr_inspector_app.exr.validation import conformance
from exr_inspector_app.exr.validation.header_checks import SHARED_ATTRIBUTES, PartChecks, check_part
from exr_inspector_app.model import Attribute, Box2i, Channel, Part

TILED, LONG_NAMES, DEEP, MULTI_PART = 0x200, 0x400, 0x800, 0x1000  # flags of the version field
REQUIRED_ATTRIBUTES = tuple(conformance.REQUIRED_TYPES)
_NAMED = ("name", "type")  # which several parts need too
_READ = frozenset(
    [
        *REQUIRED_ATTRIBUTES,
        *_NAMED,
        *RELEVANT_ATTRIBUTES,
        *SHARED_ATTRIBUTES,
        "view",
        "multiView",
        "tiles",
        "chunkCount",
    ]
)


class PartSummary(NamedTuple):
    """What is read from the attributes of a part; frames that say the same share it."""

    listed: list[dict[str, Any]] | None  # the channels as they are decoded
    channels: tuple[Channel, ...]
    facts: tuple[Any, ...]  # of `Part`, from `index` to `chunk_count`
    grid: Grid  # what its chunks are counted by
    claimed: int | None  # chunkCount, where the file has one
    chunk_count: int | None  # by the windows and the compression
    lacking: tuple[str, ...]  # required attributes that are not there
    is_sound: bool  # nothing is lacking, and the number of chunks is sure
    codes: tuple[int, ...]  # which attributes are time codes
    checked: PartChecks


def summarize(
    attributes: Sequence[Attribute], version: int, place: int, earlier: Sequence[PartSummary] = ()
) -> PartSummary:
    """What the attributes of the part at a place say; with the list of channels of an `earlier` one it shares them."""
    by_name = {one.name: one for one in reversed(attributes)}
    # Of two with one name OpenEXR takes the first, but of those that it needs the last.
    by_name |= {one.name: one for one in attributes if one.name in REQUIRED_ATTRIBUTES}
    values = {name: one.value for name, one in by_name.items()}

    def value(name: str, kind: str) -> Any:
        one = by_name.get(name)
        return one.value if one is not None and one.type == kind else None

    is_told_by_flags = not version & (MULTI_PART | DEEP)  # libraries go by them, whatever `type` says there
    kind = _kind_by_flags(version) if is_told_by_flags else value("type", "string") or _kind_by_flags(version)
    tiles = value("tiles", "tiledesc") or {}
    is_tiled, is_deep = kind in ("tiledimage", "deeptile"), kind in ("deepscanline", "deeptile")
    box, compression = _box(value("dataWindow", "box2i")), value("compression", "compression")
    grid = Grid(box, compression, tiles, is_tiled, is_deep)
    views = value("multiView", "stringvector")
    facts = {
        "name": value("name", "string"),
        "type": kind,
        "view": value("view", "string"),
        "multi_view": None if views is None else tuple(views),
        "data_window": box,
        "display_window": _box(value("displayWindow", "box2i")),
        "pixel_aspect_ratio": value("pixelAspectRatio", "float"),
        "line_order": value("lineOrder", "lineOrder"),
        "compression": compression,
        "color_space": color_space(values),
        "render_software": render_software(values),
        "is_tiled": is_tiled,
        "tile_width": tiles.get("x_size"),
        "tile_height": tiles.get("y_size"),
        "level_mode": tiles.get("level_mode"),
        "rounding_mode": tiles.get("rounding_mode"),
        "is_deep": is_deep,
    }
    wanted: tuple[str, ...] = REQUIRED_ATTRIBUTES + (_NAMED if version & MULTI_PART else ())
    wanted += ("tiles",) if is_tiled else ()
    listed = value("channels", "chlist")
    channels = next((of.channels for of in earlier if of.listed is listed), None)
    if channels is None:
        channels = tuple(map(_channel, listed or ()))
    lacking = tuple(name for name in wanted if name not in by_name)
    claimed, count = value("chunkCount", "int"), chunk_count(grid)
    codes = tuple([at for at, one in enumerate(attributes) if one.name == "timeCode"])
    told = (place, *facts.values(), claimed if count is None else count)
    found = check_part(place, facts, channels, attributes)
    sound = not lacking and count is not None and count <= MAX_CHUNKS and claimed in (None, count)
    return PartSummary(listed, channels, told, grid, claimed, count, lacking, sound, codes, found)


def is_summarized(name: str) -> bool:
    """True for the attributes that `outline` reads; of others only numbers that are not finite change it."""
    return name in _READ or name.startswith("cycles.")


def make_part(of: PartSummary, attributes: tuple[Attribute, ...], chunks_present: int | None) -> Part:
    """The part of which an outline tells, with its chunks as they were counted."""
    return Part._make((*of.facts, chunks_present, of.channels, attributes))


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
