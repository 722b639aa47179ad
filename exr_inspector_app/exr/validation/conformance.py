"""Conformance rules: well-formed values in a header that OpenEXR rejects.

Source: OpenEXR, `Header::sanityCheck` and `exr_validate_header`, https://github.com/AcademySoftwareFoundation/openexr
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_names, quote
from exr_inspector_app.model import Attribute, Box2i, Channel
from exr_inspector_app.typing_forms import Any

REQUIRED_TYPES = {  # types of the attributes that every part has
    "channels": "chlist",
    "compression": "compression",
    "dataWindow": "box2i",
    "displayWindow": "box2i",
    "lineOrder": "lineOrder",
    "pixelAspectRatio": "float",
    "screenWindowCenter": "v2f",
    "screenWindowWidth": "float",
}
_TYPES = {**REQUIRED_TYPES, "tiles": "tiledesc"}
DEEP_COMPRESSIONS = ("none", "rle", "zips", "zstd")
MAX_COORDINATE = 2**30 - 2  # of a window, in pixels


def check_conformance(
    facts: Mapping[str, Any], channels: Sequence[Channel], attributes: Sequence[Attribute]
) -> Iterator[FindingRule]:
    """Yield a `header-invalid` finding for each value that OpenEXR rejects.

    Args:
        facts: Facts of the part, by the field names of `Part`.
        channels: Channels of the part.
        attributes: Attributes of the part.
    """
    for name, kind, value in attributes:
        if _TYPES.get(name, kind) != kind:
            yield _invalid(f"{name} has the type {quote(kind)}; OpenEXR requires {_TYPES[name]}")
        elif name == "screenWindowWidth" and value < 0:
            yield _rejected(f"The width of the screen window is {value:g}")
    yield from _check_window("data window", facts["data_window"])
    yield from _check_window("display window", facts["display_window"])
    yield from _check_channels(facts, channels)
    if not channels and ("channels", "chlist") in [(attribute.name, attribute.type) for attribute in attributes]:
        yield _rejected("The channel list is empty")
    compression = facts["compression"] or "unknown"
    if facts["is_deep"] and compression not in DEEP_COMPRESSIONS and not compression.startswith("unknown"):
        yield _rejected(f"Deep pixels are compressed with {compression}")
    for term, fact in (("line order", "line_order"), ("level rounding mode", "rounding_mode")):
        name = facts[fact] or ""
        if name.startswith("unknown"):
            yield _invalid(f"Unknown {term}: {name.removeprefix('unknown (').removesuffix(')')}")


def _invalid(message: str) -> FindingRule:
    return FindingRule("header-invalid", f"{message}.")


def _rejected(message: str) -> FindingRule:
    return _invalid(f"{message}; OpenEXR rejects the file")


def _check_window(name: str, box: Box2i | None) -> Iterator[FindingRule]:
    """Yield a finding for a window without pixels, or with coordinates that are too large."""
    if box is None:
        return
    span = "from {}, {} to {}, {}".format(*box)
    if box.width < 1 or box.height < 1:
        yield _rejected(f"The {name} has no pixels, {span}")
    elif min(box) < -MAX_COORDINATE or max(box) > MAX_COORDINATE:
        yield _rejected(f"The {name} is out of range, {span}")


def _check_channels(facts: Mapping[str, Any], channels: Sequence[Channel]) -> Iterator[FindingRule]:
    """Yield findings for channels of unknown types, and for sampling that does not divide the data window."""
    kinds = {(channel.type, channel.x_sampling, channel.y_sampling) for channel in channels}  # nearly always one or two
    if any(kind.startswith("unknown") for kind, _, _ in kinds):
        names = [channel.name for channel in channels if channel.type.startswith("unknown")]
        yield _rejected(f"Channels with an unknown pixel type: {join_names(names)}")
    box = None if facts["is_tiled"] or facts["is_deep"] else facts["data_window"]
    uneven = {(x, y) for _, x, y in kinds if not _divides(x, y, box)}
    if uneven:
        names = [channel.name for channel in channels if (channel.x_sampling, channel.y_sampling) in uneven]
        yield _rejected(f"Channels whose sampling does not fit the data window: {join_names(names)}")


def _divides(x: int, y: int, box: Box2i | None) -> bool:
    """Return True if the sampling divides the origin and the size of a box; without a box, only 1 × 1 does."""
    if x == y == 1:
        return True
    return (
        x > 0 and y > 0 and box is not None and not (box.min_x % x or box.min_y % y or box.width % x or box.height % y)
    )
