"""Part summary: the type, windows, channels and findings that follow from the attributes of one part."""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.exr.chunks.layout import MAX_CHUNKS, Grid, chunk_count
from exr_inspector_app.exr.cryptomatte.metadata import PREFIX as CRYPTOMATTE_PREFIX
from exr_inspector_app.exr.parser.color_space import RELEVANT_ATTRIBUTES, color_space, names_space
from exr_inspector_app.exr.parser.programs import Programs, is_signature, programs_of
from exr_inspector_app.exr.validation.conformance import REQUIRED_TYPES
from exr_inspector_app.exr.validation.header_checks import SHARED_ATTRIBUTES, PartChecks, check_part
from exr_inspector_app.model import Attribute, Box2i, Channel, Part
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.channel_names import split_channel_name
from exr_inspector_app.typing_forms import Any

TILED, LONG_NAMES, DEEP, MULTI_PART = 0x200, 0x400, 0x800, 0x1000  # flags of the version field
_new_tuple = tuple.__new__  # faster than the constructor of a named tuple, which every file needs
REQUIRED_ATTRIBUTES = tuple(REQUIRED_TYPES)
_REQUIRED_IN_MULTI_PART = ("name", "type")
_SUMMARIZED = frozenset(
    [
        *(*REQUIRED_ATTRIBUTES, *_REQUIRED_IN_MULTI_PART, *RELEVANT_ATTRIBUTES, *SHARED_ATTRIBUTES),
        *("view", "multiView", "tiles", "chunkCount"),
    ]
)


class PartSummary(NamedTuple):
    """Facts and findings of one part; shared by frames whose relevant attributes are the same."""

    channels: tuple[Channel, ...]
    facts: tuple[Any, ...]  # of `Part`, from `index` to `chunk_count`
    grid: Grid
    declared_chunks: int | None  # chunkCount, where the file has one
    chunk_count: int | None  # by the windows and the compression
    missing: tuple[str, ...]  # required attributes
    is_sound: bool  # no attribute is missing, and the number of chunks is certain
    time_codes: tuple[int, ...]  # indices of the attributes
    checks: PartChecks
    programs: Programs
    assumes_space: bool  # the color space is known by the primaries only, which do not reveal a log curve


def summarize(attributes: Sequence[Attribute], version: int, index: int) -> PartSummary:
    """Return the summary of a part.

    Args:
        attributes: All attributes of the part, in file order.
        version: Version field of the file, with its flags.
        index: Index of the part.
    """
    by_name = {attribute.name: attribute for attribute in reversed(attributes)}
    # OpenEXR uses the first of two attributes with one name, but the last one of those that it requires.
    by_name |= {attribute.name: attribute for attribute in attributes if attribute.name in REQUIRED_TYPES}
    values = {name: attribute.value for name, attribute in by_name.items()}

    def value(name: str, kind: str) -> Any:
        attribute = by_name.get(name)
        return attribute.value if attribute is not None and attribute.type == kind else None

    is_single_flat = not version & (MULTI_PART | DEEP)  # libraries then use the flags and ignore `type`
    kind = _type_by_flags(version) if is_single_flat else value("type", "string") or _type_by_flags(version)
    tiles = value("tiles", "tiledesc") or {}
    is_tiled, is_deep = kind in ("tiledimage", "deeptile"), kind in ("deepscanline", "deeptile")
    box, compression = _box(value("dataWindow", "box2i")), value("compression", "compression")
    grid = Grid(box, compression, tiles, is_tiled, is_deep)
    views, view = value("multiView", "stringvector"), value("view", "string")
    programs = programs_of(values)
    facts = {
        "name": value("name", "string"),
        "type": kind,
        "view": view,
        "multi_view": None if views is None else tuple(views),
        "data_window": box,
        "display_window": _box(value("displayWindow", "box2i")),
        "pixel_aspect_ratio": value("pixelAspectRatio", "float"),
        "line_order": value("lineOrder", "lineOrder"),
        "compression": compression,
        "color_space": color_space(values),
        "render_software": programs.label,
        "is_tiled": is_tiled,
        "tile_width": tiles.get("x_size"),
        "tile_height": tiles.get("y_size"),
        "level_mode": tiles.get("level_mode"),
        "rounding_mode": tiles.get("rounding_mode"),
        "is_deep": is_deep,
    }
    required: tuple[str, ...] = REQUIRED_ATTRIBUTES + (_REQUIRED_IN_MULTI_PART if version & MULTI_PART else ())
    required += ("tiles",) if is_tiled else ()
    rows = value("channels", "chlist")
    channels = _channels_of(rows, facts["multi_view"], view) if rows else ()
    missing = tuple([name for name in required if name not in by_name])
    declared, count = value("chunkCount", "int"), chunk_count(grid)
    time_codes = tuple([at for at, attribute in enumerate(attributes) if attribute.name == "timeCode"])
    part_facts = (index, *facts.values(), declared if count is None else count)
    checks = check_part(index, facts, channels, attributes, bool(version & MULTI_PART))
    assumes = facts["color_space"] is not None and not names_space(values)
    is_sound = not missing and count is not None and count <= MAX_CHUNKS and declared in (None, count)
    return PartSummary(
        *(channels, part_facts, grid, declared, count, missing, is_sound, time_codes, checks, programs, assumes)
    )


def is_summarized(name: str) -> bool:
    """Return True for an attribute that `summarize` uses; others matter only if a number in them is not finite."""
    return name in _SUMMARIZED or name.startswith(CRYPTOMATTE_PREFIX) or is_signature(name)


def make_part(summary: PartSummary, attributes: tuple[Attribute, ...], chunks_present: int | None) -> Part:
    """Return the part with this summary, its attributes and the number of its chunks in the file."""
    return _new_tuple(Part, (*summary.facts, chunks_present, summary.channels, attributes))


def _type_by_flags(version: int) -> str:
    """Return the type of a part that does not name it."""
    if version & DEEP:
        return "deeptile" if version & TILED else "deepscanline"
    return "tiledimage" if version & TILED else "scanlineimage"


def _box(value: dict[str, list[int]] | None) -> Box2i | None:
    return Box2i(*value["min"], *value["max"]) if value else None


def _channels_of(rows: list[dict[str, Any]], views: tuple[str, ...] | None, view: str | None) -> tuple[Channel, ...]:
    """Return the channels of a decoded list; parts with the same list share them and their cached values."""
    key = id(rows), views, view
    cached = _channels.get(key)
    if cached is None or cached[0] is not rows:
        channels = []
        for row in rows:
            name, kind, linear, x, y = row.values()
            channels.append(Channel(name, *split_channel_name(name, views, view), kind, x, y, linear))
        cached = rows, tuple(channels)
        if len(rows) > MAX_SHARED_CHANNELS:
            return cached[1]
        total = sum([len(known) for known, _ in list(_channels.values())], len(rows))
        if len(_channels) >= MAX_CACHED_LISTS or total > MAX_CACHED_CHANNELS:
            _channels.clear()
        _channels[key] = cached
    return cached[1]


# By the id of a list, which is kept so that no other one can get its id. Threads add entries and never change them.
_channels: dict[tuple[int, tuple[str, ...] | None, str | None], tuple[list[dict[str, Any]], tuple[Channel, ...]]] = {}
MAX_CACHED_LISTS, MAX_CACHED_CHANNELS = 256, 50_000  # the channels are those of all lists in the cache
MAX_SHARED_CHANNELS = 4096  # of a list that a cache refers to: no frame has the same object if its list is longer
clear_channels = _channels.clear
