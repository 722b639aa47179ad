"""What a person should know of a file that can be read, told from its header.

`resources/help/checks.md` says of every code what it means and what to do. Those of pixels are found by
`pixel_checks`, those of the frames of a sequence by `sequence`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.layers import is_luminance_chroma, layer_colors
from exr_inspector_app.exr.message_format import join_names, quote
from exr_inspector_app.exr.validation import channel_names
from exr_inspector_app.exr.validation.conformance import check_conformance
from exr_inspector_app.model import Attribute, Box2i, Channel, Finding, Part, Value

NEW_COMPRESSIONS = {"htj2k256": "3.4", "htj2k32": "3.4", "lj2k": "3.5", "zstd": "3.5"}  # since which OpenEXR
UNUSUAL_COMPRESSIONS = {
    "none": "The pixels are not compressed; the file takes several times the space that zip needs.",
    "rle": "rle packs little; zips does better at the same cost.",
    "b44": "b44 loses detail at a fixed rate and is seldom used.",
    "b44a": "b44a loses detail at a fixed rate and is seldom used.",
}
INVALID_CODES = ("displayWindow", "pixelAspectRatio", "timeCode", "chromaticities")  # where parts differ in these
SHARED_ATTRIBUTES = (
    *("displayWindow", "pixelAspectRatio", "chromaticities", "framesPerSecond", "whiteLuminance", "adoptedNeutral"),
    *("colorSpace", "oiio:ColorSpace", "colorInteropID"),
)
_NO_PICTURE = FindingRule(
    "no-picture", "No layer has R, G and B, or Y: programs that expect a picture show nothing."
).of(None)
_SHORT = 31  # bytes of a name that every reader takes


def is_finite(value: Any) -> bool:
    """True where no number in the value of an attribute is NaN or infinite."""
    if isinstance(value, str):  # as most are
        return True
    if isinstance(value, float):
        return value - value == 0.0
    if isinstance(value, list):
        return all(map(is_finite, value))
    return not isinstance(value, dict) or all(map(is_finite, value.values()))


class PartChecks(NamedTuple):
    """What the header of one part tells, kept for frames that share it."""

    findings: tuple[Finding, ...]
    alone: tuple[Finding, ...]  # of a file that has this part only
    is_picture: bool
    shared: tuple[str, ...]  # what parts of one file should have alike, by ALIKE


def check_part(
    place: int, facts: Mapping[str, Any], channels: Sequence[Channel], attributes: Sequence[Attribute]
) -> PartChecks:
    """What is told of one part; `facts` are those of `Part` by name."""
    told = (
        *check_conformance(facts, channels, attributes),
        *_names(channels, attributes),
        *channel_names.check_channel_names(channels, facts["multi_view"] or ()),
        *_colours(channels),
        *_windows(facts["data_window"], facts["display_window"]),
        *_aspect(facts["pixel_aspect_ratio"]),
        *_compression(facts["compression"], channels),
        *_not_finite(attributes),
    )
    values = {one.name: repr(one.value) for one in attributes if one.name in SHARED_ATTRIBUTES}
    shared = tuple([values.get(name, "") for name in SHARED_ATTRIBUTES])
    findings, is_picture = tuple([one.of(place) for one in told]), _is_picture(channels)
    return PartChecks(findings, findings if is_picture else (*findings, _NO_PICTURE), is_picture, shared)


def check_file(
    parts: Sequence[Part], checked: Sequence[PartChecks], codes: Sequence[Value], is_complete: bool | None
) -> tuple[Finding, ...]:
    """The findings of a file: those of its parts, and those of them together, of which `codes` are the time codes."""
    if is_complete is False:
        unfinished = [_unfinished(part).of(part.index) for part in parts if part.chunks_present != part.chunk_count]
        return _together(parts, checked, codes, unfinished)
    if len(checked) == 1:
        return checked[0].alone
    if not checked or codes.count(codes[0] if codes else None) < len(codes):
        return _together(parts, checked, codes)
    known = _known.get(id(checked[0]))
    if known is None or not (len(known[0]) == len(checked) and all(map(is_, known[0], checked))):
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[id(checked[0])] = checked, _together(parts, checked, codes)
    return known[1]


# What parts with the same headers make together, time codes aside, which change with every frame; what is checked
# is kept, so that nothing else can have its id.
_known: dict[int, tuple[Sequence[PartChecks], tuple[Finding, ...]]] = {}
_MOST_KNOWN = 64


def _together(
    parts: Sequence[Part], checked: Sequence[PartChecks], codes: Sequence[Value], unfinished: Sequence[Finding] = ()
) -> tuple[Finding, ...]:
    """The findings of all parts and of them together."""
    found = [finding for one in checked for finding in one.findings]
    found += unfinished
    if len(parts) > 1:
        found += _across(parts, checked, codes)
    if checked and not any([one.is_picture for one in checked]):
        found.append(_NO_PICTURE)
    return tuple(found)


def _names(channels: Sequence[Channel], attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    """Names that stand twice, and names too long for old readers."""
    listed = [one.name for one in channels]
    if len(set(listed)) < len(listed):
        twice = [name for name, count in Counter(listed).items() if count > 1]
        yield FindingRule(
            "channel-twice", f"Channels are listed more than once: {join_names(twice)}; OpenEXR refuses that."
        )
    known, types = [one.name for one in attributes], [one.type for one in attributes]
    if len(set(known)) < len(known):
        twice = [name for name, count in Counter(known).items() if count > 1]
        yield FindingRule(
            "attribute-twice",
            f"Attributes stand more than once, and readers differ in which counts: {join_names(twice)}.",
        )
    every = (*listed, *known, *types)
    long = [name for name in every if len(name) > _SHORT or len(name.encode("utf-8", "replace")) > _SHORT]
    if long:
        yield FindingRule("long-names", f"Names of more than 31 bytes need OpenEXR 1.7 or newer: {join_names(long)}.")


def _colours(channels: Sequence[Channel]) -> Iterator[FindingRule]:
    """Layers that lack one of their colours, and a picture without alpha."""
    if is_luminance_chroma(channels):
        return
    for layer, colours in layer_colors(channels).items():
        lacking = [one.upper() for one in "rgb" if one not in colours]
        where = f"The layer {quote(layer)}" if layer else "The layer without a name"
        if len(lacking) == 1:
            yield FindingRule("colour-missing", f"{where} has no {lacking[0]}.")
        if not layer and not lacking and "a" not in colours:
            yield FindingRule("alpha-missing", "The picture has no A: programs take it for opaque.")


def _is_picture(channels: Sequence[Channel]) -> bool:
    """True where a layer has R, G and B, or there is luminance."""
    if any(one.component_name == "Y" for one in channels):
        return True
    return any(colours.keys() >= set("rgb") for colours in layer_colors(channels).values())


def _not_finite(attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    for one in attributes:
        if not is_finite(one.value):
            yield FindingRule("not-finite", f"{quote(one.name)} holds NaN or infinite numbers.")


def _windows(data: Box2i | None, display: Box2i | None) -> Iterator[FindingRule]:
    """A data window beside, around or within the display window."""
    if data is None or display is None or data == display or min(*_size(data), *_size(display)) < 1:
        return
    across = min(data.max_x, display.max_x) - max(data.min_x, display.min_x) + 1
    down = min(data.max_y, display.max_y) - max(data.min_y, display.min_y) + 1
    if across < 1 or down < 1:
        yield FindingRule("window-apart", "The data window lies outside the display window: nothing of it is shown.")
        return
    beyond = {
        "left": display.min_x - data.min_x,
        "right": data.max_x - display.max_x,
        "top": display.min_y - data.min_y,
        "bottom": data.max_y - display.max_y,
    }
    sides = ", ".join(f"{pixels:,} {side}" for side, pixels in beyond.items() if pixels > 0)
    if sides:
        yield FindingRule("window-overscan", f"The data window reaches beyond the display window, in pixels: {sides}.")
    shown_area, whole = across * down, display.width * display.height
    if shown_area < whole:
        part = max(1, 100 * shown_area // whole)
        yield FindingRule(
            "window-smaller", f"The data window covers {part} % of the display window; the rest is empty."
        )


def _size(box: Box2i) -> tuple[int, int]:
    return box.width, box.height


def _aspect(ratio: float | None) -> Iterator[FindingRule]:
    """Pixels that are not square, or a ratio that no pixel has."""
    if ratio is None or ratio == 1.0:
        return
    if not 0.0 < ratio < float("inf"):
        yield FindingRule("pixel-aspect", f"The pixel aspect ratio is {ratio:g}, which no pixel has.")
        return
    text = f"Pixels are {ratio:g} times as wide as high; programs that ignore it show the picture distorted."
    yield FindingRule("pixel-aspect", text)


def _compression(word: str | None, channels: Sequence[Channel]) -> Iterator[FindingRule]:
    """A compression that old readers lack, that is seldom used, or that changes what must not change."""
    if word is None:
        return
    if word in NEW_COMPRESSIONS:
        since = NEW_COMPRESSIONS[word]
        yield FindingRule(
            "compression-new", f"{word} needs OpenEXR {since} or newer; older programs cannot read the pixels."
        )
    if word.startswith("unknown"):
        yield FindingRule("compression-unusual", f"The compression, {word}, is none that OpenEXR knows.")
    if word in UNUSUAL_COMPRESSIONS:
        yield FindingRule("compression-unusual", UNUSUAL_COMPRESSIONS[word])
    harmed = channel_names.altered_id_layers(word, channels)
    if harmed:
        yield FindingRule(
            "compression-of-ids", f"{word} changes the ids in {join_names(harmed)}: mattes made of them break."
        )


def _unfinished(part: Part) -> FindingRule:
    """How much of a part is there, in scan lines where it has any."""
    present, count = part.chunks_present, part.chunk_count
    if present is None or count is None:
        told = "The chunk table has empty places, and to count the chunks themselves would take too long"
        return FindingRule("incomplete", f"{told}; the file is still being written or was not closed.")
    told = f"{present:,} of {count:,} chunks are in the file"
    if not part.is_tiled and part.data_window is not None and count > 0:
        lines = -(-part.data_window.height // count)  # of a chunk, about; a power of two
        lines = 1 << (lines - 1).bit_length()
        height = part.data_window.height
        # The last chunk may be a short one; decreasingY writes it first.
        short = lines * count - height if part.line_order == "decreasingY" and present else 0
        told = f"{min(present * lines - short, height):,} of {height:,} scan lines present"
    return FindingRule("incomplete", f"{told}; the rest is still being written or was cut off.")


def _across(parts: Sequence[Part], checked: Sequence[PartChecks], codes: Sequence[Value]) -> Iterator[Finding]:
    """What the parts of one file contradict each other in."""
    differ = []
    if any([one.shared != checked[0].shared for one in checked]):
        columns = zip(*[one.shared for one in checked], strict=True)
        differ = [name for name, values in zip(SHARED_ATTRIBUTES, columns, strict=True) if _several(values)]
    if any([code != codes[0] for code in codes]):
        differ.append("timeCode")
    refused = [name for name in differ if name in INVALID_CODES]
    if refused:
        told = f"The parts differ in {join_names(refused)}, which OpenEXR demands to be the same; it refuses the file."
        yield FindingRule("parts-refused", told).of(None)
    if len({part.name for part in parts}) < len(parts):
        names = Counter(part.name for part in parts if part.name is not None)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            told = f"Parts have one name, {join_names(twice) or 'an empty one'}; OpenEXR writes no such file."
            yield FindingRule("parts-refused", told).of(None)
    if len(refused) < len(differ):
        others = [name for name in differ if name not in INVALID_CODES]
        yield FindingRule("parts-differ", f"The parts differ in {join_names(others)}.").of(None)
    if _several([part.compression or "" for part in parts]):
        words = Counter(part.compression for part in parts if part.compression)
        told = ", ".join(f"{word} ({count:,})" for word, count in words.most_common())
        yield FindingRule("compression-mixed", f"The parts are compressed in different ways: {told}.").of(None)


def _several(values: Sequence[str]) -> bool:
    """True where values that are there are not all the same."""
    return len(set(values) - {""}) > 1
