"""Color space of a part, by the evidence of its attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exr_inspector_app.color.primaries import standard_name, to_primaries
from exr_inspector_app.text.lazy_pattern import lazy_pattern
from exr_inspector_app.typing_forms import Any

# Strongest evidence first; `colorInteropID` is of the Color Interop Forum, https://github.com/AcademySoftwareFoundation.
_SPACE_NAMES = (
    "colorInteropID", "colorSpace", "colorspace", "ColorSpace", "Colorspace", "color_space", "colourSpace",
    "colourspace", "ColourSpace", "colour_space", "oiio:ColorSpace", "interop:colorSpace", "nuke/colorspace",
    "ocioColorSpace", "ocio/colorspace", "ocio:colorspace", "arnold/color_space", "arnold/colorspace",
    "karma/color_space", "karma/colorspace", "karma:color_space", "husk:color_space", "rs/colorspace",
    "rs/color_space", "redshift/colorspace", "vray/colorspace", "vrayInfo/colorspace", "renderman/colorspace",
    "cycles/colorspace", "workingColorSpace", "working_color_space",
)  # fmt: skip

RELEVANT_ATTRIBUTES = frozenset([*_SPACE_NAMES, "acesImageContainerFlag", "chromaticities"])
_UNNAMED = frozenset(["", "unknown", "none", "data", "default", "raw", "auto", "unspecified", "undefined"])


def color_space(values: Mapping[str, Any]) -> str | None:
    """Return the color space of a part, None without evidence.

    The evidence in its order: `colorInteropID`, attributes that name a space, the ACES container flag where the
    chromaticities agree with it, the chromaticities (within 0.0002 of CIE xy). Chromaticities do not distinguish
    a log curve from a linear one; see `is_log_name`.

    Args:
        values: Decoded values of the part's attributes by name.
    """
    named = named_space(values)
    if named is not None:
        return named[0]
    space = primaries_name(values)
    is_container = values.get("acesImageContainerFlag") == 1 and "chromaticities" not in values
    return "ACES2065-1" if is_container else space


def named_space(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the color space that an attribute names, and the name of the attribute."""
    for name in _SPACE_NAMES:
        value = values.get(name)
        if isinstance(value, str) and value.strip("\0 ").lower() not in _UNNAMED:
            return value.strip("\0 "), name
    return None


def names_space(values: Mapping[str, Any]) -> bool:
    """Return whether an attribute names the color space, so that the chromaticities are not needed for it."""
    return any(isinstance(values.get(name), str) and values[name] for name in _SPACE_NAMES)


def primaries_name(values: Mapping[str, Any]) -> str | None:
    """Return the color space whose primaries and white are those of the `chromaticities` attribute."""
    primaries = to_primaries(values.get("chromaticities"))
    return standard_name(primaries) if primaries else None


_LOG_NAME = lazy_pattern(
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
