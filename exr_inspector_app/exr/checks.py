"""What a person should know of a file that can be read, told from its header.

`resources/help/checks.md` says of every code what it means and what to do. Those of pixels are found by
`pixel_checks`, those of the frames of a sequence by `sequence`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exr_inspector_app.exr import naming
from exr_inspector_app.exr.codes import Told
from exr_inspector_app.exr.layers import is_luminance_chroma, layer_colours
from exr_inspector_app.exr.sentences import names_in, shown
from exr_inspector_app.model import Attribute, Box2i, Channel, Finding, Part

NEW_COMPRESSIONS = {"htj2k256": "3.4", "htj2k32": "3.4", "lj2k": "3.5", "zstd": "3.5"}  # since which OpenEXR
UNUSUAL_COMPRESSIONS = {
    "none": "The pixels are not compressed; the file takes several times the space that zip needs.",
    "rle": "rle packs little; zips does better at the same cost.",
    "b44": "b44 loses detail at a fixed rate and is seldom used.",
    "b44a": "b44a loses detail at a fixed rate and is seldom used.",
}
SHARED = ("displayWindow", "pixelAspectRatio", "timeCode", "chromaticities")  # or OpenEXR refuses the file
ALIKE = ("framesPerSecond", "whiteLuminance", "adoptedNeutral", "colorSpace", "oiio:ColorSpace", "colorInteropID")
_SHORT = 31  # bytes of a name that every reader takes


def is_finite(value: Any) -> bool:
    """True where no number in the value of an attribute is NaN or infinite."""
    if isinstance(value, float):
        return value - value == 0.0
    if isinstance(value, list):
        return all(map(is_finite, value))
    return not isinstance(value, dict) or all(map(is_finite, value.values()))


def of_part(facts: Mapping[str, Any], channels: Sequence[Channel], attributes: Sequence[Attribute]) -> tuple[Told, ...]:
    """The findings of one part; `facts` are those of `Part` by name."""
    views = facts["multi_view"] or ()
    return (
        *_names(channels, attributes),
        *naming.findings(channels, views),
        *_colours(channels),
        *_windows(facts["data_window"], facts["display_window"]),
        *_aspect(facts["pixel_aspect_ratio"]),
        *_compression(facts["compression"], channels),
        *(
            Told("not-finite", f"{shown(one.name)} holds NaN or infinite numbers.")
            for one in attributes
            if not is_finite(one.value)
        ),
    )


def of_file(parts: Sequence[Part], is_complete: bool | None) -> tuple[Finding, ...]:
    """The findings of a file beside those of each part."""
    found = []
    if is_complete is False:
        found += [_unfinished(part).of(part.index) for part in parts if part.chunks_present != part.chunk_count]
    if len(parts) > 1:
        found += _across(parts)
    if parts and not any(_is_picture(part) for part in parts):
        text = "No layer has R, G and B, or Y: programs that expect a picture show nothing."
        found.append(Told("no-picture", text).of(None))
    return tuple(found)


def _names(channels: Sequence[Channel], attributes: Sequence[Attribute]) -> Iterator[Told]:
    """Names that stand twice, and names too long for old readers."""
    listed = [one.name for one in channels]
    if len(set(listed)) < len(listed):
        twice = [name for name, count in Counter(listed).items() if count > 1]
        yield Told("channel-twice", f"Channels are listed more than once: {names_in(twice)}; OpenEXR refuses that.")
    known = [one.name for one in attributes]
    if len(set(known)) < len(known):
        twice = [name for name, count in Counter(known).items() if count > 1]
        yield Told("attribute-twice", f"Attributes stand more than once, the first counts: {names_in(twice)}.")
    long = [name for name in (*listed, *known) if len(name) > _SHORT or len(name.encode("utf-8", "replace")) > _SHORT]
    if long:
        yield Told("long-names", f"Names of more than 31 bytes need OpenEXR 1.7 or newer: {names_in(long)}.")


def _colours(channels: Sequence[Channel]) -> Iterator[Told]:
    """Layers that lack one of their colours, and a picture without alpha."""
    if is_luminance_chroma(channels):
        return
    for layer, colours in layer_colours(channels).items():
        lacking = [one.upper() for one in "rgb" if one not in colours]
        where = f"The layer {shown(layer)}" if layer else "The layer without a name"
        if len(lacking) == 1:
            yield Told("colour-missing", f"{where} has no {lacking[0]}.")
        if not layer and not lacking and "a" not in colours:
            yield Told("alpha-missing", "The picture has no A: programs take it for opaque.")


def _is_picture(part: Part) -> bool:
    """True where a layer has R, G and B, or the part has luminance."""
    if any(one.component_name == "Y" for one in part.channels):
        return True
    return any(colours.keys() >= set("rgb") for colours in layer_colours(part.channels).values())


def _windows(data: Box2i | None, display: Box2i | None) -> Iterator[Told]:
    """A data window beside, around or within the display window."""
    if data is None or display is None or data == display or min(*_size(data), *_size(display)) < 1:
        return
    across = min(data.max_x, display.max_x) - max(data.min_x, display.min_x) + 1
    down = min(data.max_y, display.max_y) - max(data.min_y, display.min_y) + 1
    if across < 1 or down < 1:
        yield Told("window-apart", "The data window lies outside the display window: nothing of it is shown.")
        return
    beyond = {
        "left": display.min_x - data.min_x,
        "right": data.max_x - display.max_x,
        "top": display.min_y - data.min_y,
        "bottom": data.max_y - display.max_y,
    }
    sides = ", ".join(f"{pixels:,} {side}" for side, pixels in beyond.items() if pixels > 0)
    if sides:
        yield Told("window-overscan", f"The data window reaches beyond the display window, in pixels: {sides}.")
    shown_area, whole = across * down, display.width * display.height
    if shown_area < whole:
        part = max(1, 100 * shown_area // whole)
        yield Told("window-smaller", f"The data window covers {part} % of the display window; the rest is empty.")


def _size(box: Box2i) -> tuple[int, int]:
    return box.width, box.height


def _aspect(ratio: float | None) -> Iterator[Told]:
    """Pixels that are not square, or a ratio that no pixel has."""
    if ratio is None or ratio == 1.0:
        return
    if not 0.0 < ratio < float("inf"):
        yield Told("pixel-aspect", f"The pixel aspect ratio is {ratio:g}, which no pixel has.")
        return
    text = f"Pixels are {ratio:g} times as wide as high; programs that ignore it show the picture distorted."
    yield Told("pixel-aspect", text)


def _compression(word: str | None, channels: Sequence[Channel]) -> Iterator[Told]:
    """A compression that old readers lack, that is seldom used, or that changes what must not change."""
    if word is None:
        return
    if word in NEW_COMPRESSIONS:
        since = NEW_COMPRESSIONS[word]
        yield Told("compression-new", f"{word} needs OpenEXR {since} or newer; older programs cannot read the pixels.")
    if word.startswith("unknown"):
        yield Told("compression-unusual", f"The compression, {word}, is none that OpenEXR knows.")
    if word in UNUSUAL_COMPRESSIONS:
        yield Told("compression-unusual", UNUSUAL_COMPRESSIONS[word])
    harmed = naming.harmed_ids(word, channels)
    if harmed:
        yield Told("compression-of-ids", f"{word} changes the ids in {names_in(harmed)}: mattes made of them break.")


def _unfinished(part: Part) -> Told:
    """How much of a part is there, in scan lines where it has any."""
    present, count = part.chunks_present, part.chunk_count
    if present is None or count is None:
        return Told("incomplete", "Some chunks are missing; the file is being written or was cut off.")
    told = f"{present:,} of {count:,} chunks are in the file"
    if not part.is_tiled and part.data_window is not None and count > 0:
        lines = -(-part.data_window.height // count)  # of a chunk, about; a power of two
        lines = 1 << (lines - 1).bit_length()
        told = f"{min(present * lines, part.data_window.height):,} of {part.data_window.height:,} scan lines present"
    return Told("incomplete", f"{told}; the rest is still being written or was cut off.")


def _across(parts: Sequence[Part]) -> Iterator[Finding]:
    """What the parts of one file contradict each other in."""
    values: dict[str, set[str]] = {}
    for part in parts:
        for one in part.attributes:
            if one.name in SHARED or one.name in ALIKE:
                values.setdefault(one.name, set()).add(repr(one.value))
    refused = [name for name in SHARED if len(values.get(name, ())) > 1]
    if refused:
        told = f"The parts differ in {names_in(refused)}, which OpenEXR demands to be the same; it refuses the file."
        yield Told("parts-refused", told).of(None)
    names = Counter(part.name for part in parts)
    twice = [name for name, count in names.items() if count > 1 and name is not None]
    if twice:
        yield Told("parts-refused", f"Several parts have one name, {names_in(twice)}; OpenEXR refuses that.").of(None)
    differ = [name for name in ALIKE if len(values.get(name, ())) > 1]
    if differ:
        yield Told("parts-differ", f"The parts differ in {names_in(differ)}.").of(None)
    words = Counter(part.compression for part in parts if part.compression)
    if len(words) > 1:
        told = ", ".join(f"{word} ({count:,})" for word, count in words.most_common())
        yield Told("compression-mixed", f"The parts are compressed in different ways: {told}.").of(None)
