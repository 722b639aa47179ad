"""Color checks: chromaticities that are no colors, white luminance, and the ACES container flag.

Sources: SMPTE ST 2065-4:2023, ACES Image Container File Layout; OpenEXR, Standard Attributes,
https://openexr.com/en/latest/StandardAttributes.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.model import Attribute, Channel
from exr_inspector_app.typing_forms import Any

_AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)  # CIE xy of red, green, blue and white
_AP0_TOLERANCE = 2e-4  # CIE xy
_MIN_COORDINATE, _MAX_COORDINATE = -1.0, 2.0  # CIE xy; primaries of camera gamuts are slightly imaginary
_MIN_TRIANGLE = 1e-4  # twice the area in CIE xy, a thousandth of that of Rec.709
COLOR_ATTRIBUTES = frozenset(["chromaticities", "whiteLuminance"])
_REQUIRED, _ALLOWED = frozenset("RGB"), frozenset("RGBA")  # components of an ACES container


def check_colors(
    facts: Mapping[str, Any], channels: Sequence[Channel], attributes: Sequence[Attribute]
) -> Iterator[FindingRule]:
    """Yield findings for chromaticities, white luminance and the ACES container flag of one part.

    Args:
        facts: Facts of the part, by the field names of `Part`.
        channels: Channels of the part.
        attributes: Attributes of the part.
    """
    values = {(attribute.name, attribute.type): attribute.value for attribute in attributes}
    chroma = values.get(("chromaticities", "chromaticities"))
    flat = [float(number) for name in ("red", "green", "blue", "white") for number in chroma[name]] if chroma else []
    reason = _invalid_primaries(flat) if all(map(isfinite, flat)) else ""  # others are `not-finite`
    if reason:
        yield FindingRule("chromaticities-invalid", f"The chromaticities are no colors: {reason}.")
    luminance = values.get(("whiteLuminance", "float"))
    if luminance is not None and luminance <= 0:
        yield FindingRule("white-luminance-invalid", f"The white luminance is {luminance:g}; it must be positive.")
    if has_aces_flag(attributes):
        yield from _check_aces(facts, channels, flat)


def has_aces_flag(attributes: Sequence[Attribute]) -> bool:
    """Return True for a part that is marked as an ACES container, whose pixels may not be compressed."""
    return any(name == "acesImageContainerFlag" and kind == "int" and value == 1 for name, kind, value in attributes)


def _invalid_primaries(flat: Sequence[float]) -> str:
    """Return the reason why chromaticities cannot be colors; empty for valid ones."""
    if not flat:
        return ""
    if not any(flat):
        return "all are zero"
    if min(flat) < _MIN_COORDINATE or max(flat) > _MAX_COORDINATE:
        return "a coordinate is out of range"
    red, green, blue, white = ((flat[at], flat[at + 1]) for at in range(0, 8, 2))
    if white[1] <= 0:
        return f"y of white is {white[1]:g}"
    if abs(_cross(red, green, blue)) < _MIN_TRIANGLE:
        return "the primaries lie on a line"
    sides = (_cross(red, green, white), _cross(green, blue, white), _cross(blue, red, white))
    if min(sides) < 0 < max(sides):
        return "white is outside the triangle of the primaries"
    return ""


Point = tuple[float, float]


def _cross(a: Point, b: Point, c: Point) -> float:
    """Return twice the signed area of a triangle."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _check_aces(facts: Mapping[str, Any], channels: Sequence[Channel], flat: Sequence[float]) -> Iterator[FindingRule]:
    """Yield a finding for a file with the ACES container flag that is no ACES container."""
    if flat and not all(abs(a - b) <= _AP0_TOLERANCE for a, b in zip(flat, _AP0, strict=True)):
        yield FindingRule(
            "aces-flag-mismatch",
            "acesImageContainerFlag is set, but the chromaticities are not those of ACES2065-1.",
        )
        return
    reasons = ", ".join(_forbidden_contents(facts, channels, flat))
    if reasons:
        message = f"acesImageContainerFlag is set, but an ACES container may not have: {reasons}."
        yield FindingRule("aces-flag-mismatch", message, "note")


def _forbidden_contents(facts: Mapping[str, Any], channels: Sequence[Channel], flat: Sequence[float]) -> Iterator[str]:
    """Yield violations of ST 2065-4 by an ACES container."""
    if not flat:
        yield "no chromaticities"
    if facts["compression"] not in (None, "none"):
        yield f"{quote(facts['compression'])} compression"
    if facts["is_tiled"]:
        yield "tiles"
    if facts["is_deep"]:
        yield "deep pixels"
    if any(channel.type != "half" for channel in channels):
        yield "channels other than half"
    names = {channel.component_name for channel in channels}
    has_layers = any(channel.layer_name not in ("", "left", "right") for channel in channels)
    if channels and (has_layers or not _REQUIRED <= names <= _ALLOWED):
        yield "channels other than R, G, B and A"
