"""Values that stand in a header in its right form and that OpenEXR does not take, however sound all else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_names, quote
from exr_inspector_app.model import Attribute, Box2i, Channel

REQUIRED_TYPES = {  # what every part has, by its type
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
MAX_COORDINATE = 2**30 - 2  # pixels from zero that a window may reach


def check_conformance(
    facts: Mapping[str, Any], channels: Sequence[Channel], attributes: Sequence[Attribute]
) -> Iterator[FindingRule]:
    """A sentence for each such value; `facts` are those of `Part` by name."""
    for one in attributes:
        if _TYPES.get(one.name, one.type) != one.type:
            yield _told(f"{one.name} has the type {quote(one.type)}; OpenEXR needs {_TYPES[one.name]} there")
        elif one.name == "screenWindowWidth" and one.value < 0:
            yield _refused(f"The width of the screen window is {one.value:g}")
    yield from _window("data window", facts["data_window"])
    yield from _window("display window", facts["display_window"])
    yield from _channels(facts, channels)
    if not channels and ("channels", "chlist") in [(one.name, one.type) for one in attributes]:
        yield _refused("There is no channel")
    compression = facts["compression"] or "unknown"
    if facts["is_deep"] and compression not in DEEP_COMPRESSIONS and not compression.startswith("unknown"):
        yield _refused(f"Deep pixels are compressed with {compression}")
    for what, name in (("order of the lines", "line_order"), ("rounding of the levels", "rounding_mode")):
        if (facts[name] or "").startswith("unknown"):
            yield _told(f"The {what}, {facts[name]}, is none that OpenEXR knows")


def _told(what: str) -> FindingRule:
    return FindingRule("header-invalid", f"{what}.")


def _refused(what: str) -> FindingRule:
    return _told(f"{what}; OpenEXR refuses that")


def _window(name: str, box: Box2i | None) -> Iterator[FindingRule]:
    """A window that ends before it begins, or reaches too far."""
    if box is None:
        return
    span = "from {}, {} to {}, {}".format(*box)
    if box.width < 1 or box.height < 1:
        yield _refused(f"The {name} ends before it begins, {span}")
    elif min(box) < -MAX_COORDINATE or max(box) > MAX_COORDINATE:
        yield _refused(f"The {name} reaches too far, {span}")


def _channels(facts: Mapping[str, Any], channels: Sequence[Channel]) -> Iterator[FindingRule]:
    """Channels of unknown types, and those whose samples do not lie evenly in the data window."""
    kinds = {(one.type, one.x_sampling, one.y_sampling) for one in channels}  # nearly always one or two
    if any(kind.startswith("unknown") for kind, _, _ in kinds):
        odd = [one.name for one in channels if one.type.startswith("unknown")]
        yield _refused(f"These channels are of a type that nobody knows: {join_names(odd)}")
    box = None if facts["is_tiled"] or facts["is_deep"] else facts["data_window"]
    uneven = {(x, y) for _, x, y in kinds if not _is_even(x, y, box)}
    if uneven:
        odd = [one.name for one in channels if (one.x_sampling, one.y_sampling) in uneven]
        yield _refused(f"The sampling of these channels does not fit the data window: {join_names(odd)}")


def _is_even(x: int, y: int, box: Box2i | None) -> bool:
    """True where a box of pixels has a sample at every so many of them; where there is none, at every one."""
    if x == y == 1:
        return True
    return (
        x > 0 and y > 0 and box is not None and not (box.min_x % x or box.min_y % y or box.width % x or box.height % y)
    )
