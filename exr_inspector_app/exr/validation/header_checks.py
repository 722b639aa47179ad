"""Header checks: validation rules for parts and files.

`resources/help/checks.md` explains every code. Findings about pixels come from `exr.pixels.pixel_checks`, those about
the frames of a sequence from `exr.diff.sequence_checks`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from operator import is_

from exr_inspector_app.exr.cryptomatte.metadata import PREFIX
from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_limited, join_names, quote
from exr_inspector_app.exr.validation.channel_checks import check_channels
from exr_inspector_app.exr.validation.channel_names import altered_id_layers
from exr_inspector_app.exr.validation.chunk_checks import incomplete_rule
from exr_inspector_app.exr.validation.color_checks import COLOR_ATTRIBUTES, check_colors, has_aces_flag
from exr_inspector_app.exr.validation.conformance import check_conformance
from exr_inspector_app.exr.validation.cryptomatte_checks import across_parts, cryptomatte_findings, has_sidecar
from exr_inspector_app.model import Attribute, Box2i, Channel, Finding, Part, Value
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.lazy_pattern import lazy_pattern
from exr_inspector_app.typing_forms import Any

NEW_COMPRESSIONS = {"htj2k256": "3.4", "htj2k32": "3.4", "lj2k": "3.5", "zstd": "3.5"}  # first version of OpenEXR
UNUSUAL_COMPRESSIONS = {
    "none": "The pixels are not compressed; the file takes several times the space that zip needs.",
    "rle": "RLE compresses poorly; ZIPS is smaller at the same speed.",
    "b44": "B44 is lossy at a fixed rate and rarely used.",
    "b44a": "B44A is lossy at a fixed rate and rarely used.",
}
INVALID_CODES = (
    "displayWindow",
    "pixelAspectRatio",
    "timeCode",
    "chromaticities",
)  # OpenEXR rejects parts that differ in these
SHARED_ATTRIBUTES = (
    *("displayWindow", "pixelAspectRatio", "chromaticities", "framesPerSecond", "whiteLuminance", "adoptedNeutral"),
    *("colorSpace", "oiio:ColorSpace", "colorInteropID"),
)
_NO_PICTURE = FindingRule(
    "no-picture", "No layer has R, G and B, or Y: programs that expect a picture show nothing."
).finding(None)
# Types of attributes whose values hold floating-point numbers.
FLOAT_TYPES = frozenset(
    ["float", "double", "floatvector", "box2f", "chromaticities"]
    + [f"v{n}{form}" for n in (2, 3, 4) for form in "fd"]
    + [f"m{n}{n}{form}" for n in (3, 4) for form in "fd"]
)
_VIEW_TYPES = {"view": "string", "multiView": "stringvector"}
# Cameras write the values of a look, such as a color decision list (CDL), as NaN where none is set.
_LOOK = lazy_pattern(r"cdl|slope|saturation|look(?!at)|(?<![a-z])(?:arri|sop|offset|power)(?![a-z])", re.IGNORECASE)
_DISTANCE = lazy_pattern(r"focus|distance|far", re.IGNORECASE)  # may be infinite


def is_finite(value: Any) -> bool:
    """Return True if no number in an attribute's value is NaN or infinite."""
    if isinstance(value, str):  # as most are
        return True
    if isinstance(value, float):
        return value - value == 0.0
    if isinstance(value, list):
        return all(map(is_finite, value))
    return not isinstance(value, dict) or all(map(is_finite, value.values()))


class PartChecks(NamedTuple):
    """Results of the checks of one part; shared by frames with the same relevant attributes."""

    findings: tuple[Finding, ...]
    alone: tuple[Finding, ...]  # of a file with this part only
    is_picture: bool
    shared: tuple[str, ...]  # values of SHARED_ATTRIBUTES, which the parts of a file should have in common
    has_sidecar: bool  # names a Cryptomatte manifest file


def check_part(
    index: int,
    facts: Mapping[str, Any],
    channels: tuple[Channel, ...],
    attributes: Sequence[Attribute],
    is_multi_part: bool = True,
) -> PartChecks:
    """Check the header of one part.

    Args:
        index: Index of the part.
        facts: Facts of the part, by the field names of `Part`.
        channels: Channels of the part.
        attributes: Attributes of the part, in file order.
        is_multi_part: False for a part that is not compared with others.
    """
    names = {attribute.name for attribute in attributes}
    has_groups = any([name.startswith(PREFIX) for name in names])
    is_blender = any([name.startswith("cycles.") for name in names]) or "BlenderMultiChannel" in names
    is_aces = "acesImageContainerFlag" in names and has_aces_flag(attributes)
    listed = check_channels(channels, facts["multi_view"] or (), is_blender)
    rules = [
        *check_conformance(facts, channels, attributes),
        *listed.order,
        *_check_names(attributes, names),
        *listed.names,
        *listed.layers,
        *_check_windows(facts["data_window"], facts["display_window"]),
        *_check_pixel_aspect(facts["pixel_aspect_ratio"]),
        *_check_compression(facts["compression"], channels, must_be_uncompressed=is_aces),
        *_check_finite(attributes),
    ]
    if is_aces or not names.isdisjoint(COLOR_ATTRIBUTES):
        rules += check_colors(facts, channels, attributes)
    if has_groups or listed.has_numbered_layers:
        rules += cryptomatte_findings(channels, attributes)
    findings = tuple([rule.finding(index) for rule in rules])
    is_picture = listed.is_picture or not channels  # a list that is lost or empty is reported as an error
    return PartChecks(
        findings,
        findings if is_picture else (*findings, _NO_PICTURE),
        is_picture,
        _shared_values(attributes) if is_multi_part else (),
        has_groups and has_sidecar(attributes),
    )


def _shared_values(attributes: Sequence[Attribute]) -> tuple[str, ...]:
    """Return the values of SHARED_ATTRIBUTES as text, empty for those that the part does not have."""
    values = {name: _shared_text(kind, value) for name, kind, value in attributes if name in SHARED_ATTRIBUTES}
    return tuple([values.get(name, "") for name in SHARED_ATTRIBUTES])


def _shared_text(kind: str, value: Value) -> str:
    """Return a text that is the same for equal values; 24/1 and 24000/1000 are one rate."""
    if kind == "rational" and value["denominator"]:
        from fractions import Fraction  # imported on demand: with its patterns it takes a millisecond

        return repr(Fraction(value["numerator"], value["denominator"]))
    return repr(value)


def check_file(
    parts: Sequence[Part], checks: Sequence[PartChecks], time_codes: Sequence[Value], is_complete: bool | None
) -> tuple[Finding, ...]:
    """Return the findings of a file: those of each part, and those of all parts together.

    Args:
        parts: Parts of the file.
        checks: Results of `check_part` for each of them.
        time_codes: Values of all `timeCode` attributes of a file with several parts.
        is_complete: False if chunks are missing, None if that is unknown.
    """
    if is_complete is False:
        incomplete = [
            incomplete_rule(part).finding(part.index) for part in parts if part.chunks_present != part.chunk_count
        ]
        return _check_parts(parts, checks, time_codes, incomplete)
    if len(checks) == 1:
        return checks[0].alone
    if not checks or time_codes.count(time_codes[0] if time_codes else None) < len(time_codes):
        return _check_parts(parts, checks, time_codes)
    cached = _file_findings.get(id(checks[0]))
    if cached is None or not (len(cached[0]) == len(checks) and all(map(is_, cached[0], checks))):
        if len(_file_findings) >= _MAX_CACHED_FILES:
            _file_findings.clear()
        cached = _file_findings[id(checks[0])] = checks, _check_parts(parts, checks, time_codes)
    return cached[1]


# Cache of the findings of parts with the same headers, except for time codes, which change with every frame. An entry
# refers to its checks, so that no other object can get their id. Threads replace entries and never change them.
_file_findings: dict[int, tuple[Sequence[PartChecks], tuple[Finding, ...]]] = {}
_MAX_CACHED_FILES = 64


def _check_parts(
    parts: Sequence[Part],
    checks: Sequence[PartChecks],
    time_codes: Sequence[Value],
    incomplete: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """Return the findings of each part and of all parts together."""
    findings = [finding for part in checks for finding in part.findings]
    if len(parts) > 1:
        findings = [*across_parts(findings, parts)]
    findings += incomplete
    if len(parts) > 1:
        findings += _compare_parts(parts, checks, time_codes)
    if checks and not any([part.is_picture for part in checks]):
        findings.append(_NO_PICTURE)
    return tuple(findings)


def _check_names(attributes: Sequence[Attribute], distinct: Set[str]) -> Iterator[FindingRule]:
    """Yield findings for duplicate attributes, and views of a wrong type."""
    if len(distinct) < len(attributes):
        counts = Counter([attribute.name for attribute in attributes])
        twice = [name for name, count in counts.items() if count > 1]
        yield FindingRule(
            "attribute-twice",
            f"Duplicate attributes, read differently by different programs: {join_names(twice)}.",
        )
    if distinct.isdisjoint(_VIEW_TYPES):
        return
    views = [
        f"{name} is {quote(kind)}, not {_VIEW_TYPES[name]}"
        for name, kind, _ in attributes
        if _VIEW_TYPES.get(name, kind) != kind
    ]
    if views:
        yield FindingRule("view-type-invalid", f"Views of a wrong type are not read: {join_limited(views)}.")


def _check_finite(attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    """Yield a finding for values that are NaN or infinite; only a note where all belong to the look of a camera."""
    names = [
        name
        for name, kind, value in attributes
        if kind in FLOAT_TYPES and not is_finite(value) and not _is_infinite_distance(name, value)
    ]
    if names:
        severity = "note" if all(_LOOK.search(name) for name in names) else None
        verb = "holds" if len(names) == 1 else "hold"
        yield FindingRule("not-finite", f"{join_names(names)} {verb} NaN or infinite numbers.", severity)


def _is_infinite_distance(name: str, value: Value) -> bool:
    """Return True for a lens that is focused at infinity."""
    return value == float("inf") and _DISTANCE.search(name) is not None


def _check_windows(data: Box2i | None, display: Box2i | None) -> Iterator[FindingRule]:
    """Yield findings for a data window outside, larger or smaller than the display window."""
    if data is None or display is None or data == display or min(*_box_size(data), *_box_size(display)) < 1:
        return
    width = min(data.max_x, display.max_x) - max(data.min_x, display.min_x) + 1
    height = min(data.max_y, display.max_y) - max(data.min_y, display.min_y) + 1
    if width < 1 or height < 1:
        yield FindingRule("window-apart", "The image lies entirely outside the display window.")
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
    visible_area, area = width * height, display.width * display.height
    if visible_area < area:
        percent = max(1, 100 * visible_area // area)
        yield FindingRule(
            "window-smaller", f"The data window covers {percent} % of the display window; the rest is empty."
        )


def _box_size(box: Box2i) -> tuple[int, int]:
    return box.width, box.height


def _check_pixel_aspect(ratio: float | None) -> Iterator[FindingRule]:
    """Yield a finding for pixels that are not square, or for an invalid ratio."""
    if ratio is None or ratio == 1.0:
        return
    if not 0.0 < ratio < float("inf"):
        yield FindingRule("pixel-aspect", f"Invalid pixel aspect ratio: {ratio:g}.")
        return
    text = f"Pixels are {ratio:g} times as wide as high; programs that ignore it show a distorted image."
    yield FindingRule("pixel-aspect", text)


def _check_compression(
    name: str | None, channels: Sequence[Channel], *, must_be_uncompressed: bool
) -> Iterator[FindingRule]:
    """Yield findings for a compression that is new, rarely used, unknown, or that changes Cryptomatte ids."""
    if name is None:
        return
    if name in NEW_COMPRESSIONS:
        since = NEW_COMPRESSIONS[name]
        yield FindingRule(
            "compression-new", f"{name} needs OpenEXR {since} or newer; older programs cannot read the pixels."
        )
    if name.startswith("unknown"):
        code = name.removeprefix("unknown (").removesuffix(")")
        yield FindingRule("compression-unusual", f"Unknown compression: {code}.")
    if name in UNUSUAL_COMPRESSIONS and not (must_be_uncompressed and name == "none"):
        yield FindingRule("compression-unusual", UNUSUAL_COMPRESSIONS[name])
    layers = altered_id_layers(name, channels)
    if layers:
        yield FindingRule(
            "compression-of-ids", f"{name} changes the ids in {join_names(layers)}; mattes from them will be wrong."
        )


def _compare_parts(
    parts: Sequence[Part], checks: Sequence[PartChecks], time_codes: Sequence[Value]
) -> Iterator[Finding]:
    """Yield findings for contradictions between the parts of a file."""
    differ = []
    if any([part.shared != checks[0].shared for part in checks]):
        columns = zip(*[part.shared for part in checks], strict=True)
        differ = [name for name, values in zip(SHARED_ATTRIBUTES, columns, strict=True) if _differ(values)]
    if any([code != time_codes[0] for code in time_codes]):
        differ.append("timeCode")
    rejected = [name for name in differ if name in INVALID_CODES]
    if rejected:
        message = (
            f"The parts differ in {join_names(rejected)}, which OpenEXR demands to be the same; it refuses the file."
        )
        yield FindingRule("parts-refused", message).finding(None)
    if len({part.name for part in parts}) < len(parts):
        names = Counter(part.name for part in parts if part.name is not None)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            name = f"the name {join_names(twice)}" if any(twice) else "an empty name"
            yield FindingRule("parts-refused", f"Several parts share {name}.").finding(None)
    if len(rejected) < len(differ):
        others = [name for name in differ if name not in INVALID_CODES]
        yield FindingRule("parts-differ", f"The parts differ in {join_names(others)}.").finding(None)
    if _differ([part.compression or "" for part in parts]):
        compressions = Counter(part.compression for part in parts if part.compression)
        counts = ", ".join(f"{name} ({count:,})" for name, count in compressions.most_common())
        yield FindingRule("compression-mixed", f"The parts are compressed in different ways: {counts}.").finding(None)


def _differ(values: Sequence[str]) -> bool:
    """Return True if the values that are not empty differ."""
    return len(set(values) - {""}) > 1
