"""Color space and render software of a part, from the attributes by which programs declare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_SPACE_NAMES = (
    "colorSpace", "colorspace", "ColorSpace", "oiio:ColorSpace", "interop:colorSpace", "colorInteropID",
    "nuke/colorspace", "ocioColorSpace",
)  # fmt: skip

# Primaries and white as CIE xy, from the standards that name them.
_PRIMARIES = {
    "Rec.709": (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACEScg": (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
    "Rec.2020": (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    "P3-D65": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
    "ARRI Wide Gamut 3": (0.684, 0.313, 0.221, 0.848, 0.0861, -0.102, 0.3127, 0.3290),
    "ARRI Wide Gamut 4": (0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308, 0.3127, 0.3290),
}

# (attribute, name of the program for a value that is only a version)
_SOFTWARE = (
    ("arnold/version", "Arnold"), ("vrayInfo/version", "V-Ray"), ("vrayInfo/vrayversion", "V-Ray"),
    ("vrayInfo/vraycore", "V-Ray"), ("vray/version", "V-Ray"),
    ("rman_version", "RenderMan"), ("rendermanVersion", "RenderMan"), ("redshift/version", "Redshift"),
    ("karma/version", "Karma"), ("nuke/version", "Nuke"), ("cycles/version", "Cycles"),
    ("renderer", ""), ("Renderer", ""), ("Software", ""), ("software", ""), ("writer", ""),
)  # fmt: skip

# The attributes that both functions use, besides those whose names begin with `cycles.`.
RELEVANT_ATTRIBUTES = frozenset(
    [*_SPACE_NAMES, "acesImageContainerFlag", "chromaticities", *(name for name, _ in _SOFTWARE)]
)


def color_space(values: Mapping[str, Any]) -> str | None:
    """Return the color space that a part declares.

    Args:
        values: Decoded values of the part's attributes by name.

    Returns:
        The name in the file, else the name for its chromaticities (within 0.0002 of CIE xy), else None.
    """
    for name in _SPACE_NAMES:
        if name in values and isinstance(values[name], str) and values[name]:
            return str(values[name])
    flag = values.get("acesImageContainerFlag")
    if flag == 1:
        return "ACES2065-1"
    chroma = values.get("chromaticities")
    if not isinstance(chroma, dict) or "white" not in chroma:  # raw bytes, if the file gives it another type
        return None
    flat = flatten_chromaticities(chroma)
    for name, known in _PRIMARIES.items():
        if all(abs(a - b) < 2e-4 for a, b in zip(flat, known, strict=True)):
            return name
    return None


def flatten_chromaticities(chromaticities: Mapping[str, Sequence[float]]) -> list[float]:
    """Return the eight numbers of a `chromaticities` value in file order: x and y of red, green, blue and white."""
    return [number for key in ("red", "green", "blue", "white") for number in chromaticities[key]]


def render_software(values: Mapping[str, Any]) -> str | None:
    """Return the program that rendered a part.

    Args:
        values: Decoded values of the part's attributes by name.

    Returns:
        The name with the version where the file has one, at most 120 characters of it; None where nothing names it.
    """
    for name, program in _SOFTWARE:
        if name not in values:
            continue
        value = values.get(name)
        if isinstance(value, str) and value.strip("\0 "):
            software = value.strip("\0 ")[:120]
            is_version = program and software[0].isdigit()
            return f"{program} {software}" if is_version else software
    return "Cycles" if any(name.startswith("cycles.") for name in values) else None
