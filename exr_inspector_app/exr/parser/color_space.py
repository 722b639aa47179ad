"""Color space of a part, by the evidence of its attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

# Strongest evidence first; `colorInteropID` is of the Color Interop Forum, https://github.com/AcademySoftwareFoundation.
_SPACE_NAMES = (
    "colorInteropID", "colorSpace", "colorspace", "ColorSpace", "Colorspace", "color_space", "colourSpace",
    "colourspace", "ColourSpace", "colour_space", "oiio:ColorSpace", "interop:colorSpace", "nuke/colorspace",
    "ocioColorSpace", "ocio/colorspace", "ocio:colorspace", "arnold/color_space", "arnold/colorspace",
    "karma/color_space", "karma/colorspace", "karma:color_space", "husk:color_space", "rs/colorspace",
    "rs/color_space", "redshift/colorspace", "vray/colorspace", "vrayInfo/colorspace", "renderman/colorspace",
    "cycles/colorspace", "workingColorSpace", "working_color_space",
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

RELEVANT_ATTRIBUTES = frozenset([*_SPACE_NAMES, "acesImageContainerFlag", "chromaticities"])
_UNNAMED = frozenset(["", "unknown", "none", "data", "default", "raw"])


def color_space(values: Mapping[str, Any]) -> str | None:
    """Return the color space of a part, None without evidence.

    The evidence in its order: `colorInteropID`, attributes that name a space, the ACES container flag where the
    chromaticities agree with it, the chromaticities (within 0.0002 of CIE xy). Chromaticities do not tell a log curve
    from a linear one; see `is_log_name`.

    Args:
        values: Decoded values of the part's attributes by name.
    """
    for name in _SPACE_NAMES:
        value = values.get(name)
        if isinstance(value, str) and value.strip("\0 ").lower() not in _UNNAMED:
            return value.strip("\0 ")
    space = primaries_name(values)
    is_container = values.get("acesImageContainerFlag") == 1 and "chromaticities" not in values
    return "ACES2065-1" if is_container else space


def names_space(values: Mapping[str, Any]) -> bool:
    """Return whether an attribute names the color space, so that the chromaticities are not needed for it."""
    return any(isinstance(values.get(name), str) and values[name] for name in _SPACE_NAMES)


def primaries_name(values: Mapping[str, Any]) -> str | None:
    """Return the color space whose primaries and white are those of the `chromaticities` attribute."""
    chroma = values.get("chromaticities")
    if not isinstance(chroma, dict) or "white" not in chroma:  # raw bytes, if the file gives it another type
        return None
    flat = flatten_chromaticities(chroma)
    for name, known in _PRIMARIES.items():
        if all(abs(a - b) < 2e-4 for a, b in zip(flat, known, strict=True)):
            return name
    return None


_LOG_NAME = re.compile(
    r"(?:^|[^a-z])(?:acescct?|acesproxy|adx\d*|cineon|[svc]?-?log\d*(?:g\d+)?|logc\d?|slog\d?|vlog|clog\d?|log3g10)"
    r"(?:[^a-z]|$)",
    re.IGNORECASE,
)


def is_log_name(name: str) -> bool:
    """Return whether a file name declares a log curve: `plate_ACEScct.exr`, `a_LogC4.exr`."""
    return _LOG_NAME.search(name) is not None


def flatten_chromaticities(chromaticities: Mapping[str, Sequence[float]]) -> list[float]:
    """Return the eight numbers of a `chromaticities` value in file order: x and y of red, green, blue and white."""
    return [number for key in ("red", "green", "blue", "white") for number in chromaticities[key]]
