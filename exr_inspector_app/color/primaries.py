"""Table of RGB primaries and white points as CIE xy, from the standards that name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exr_inspector_app.typing_forms import TypeAlias

Primaries: TypeAlias = tuple[float, float, float, float, float, float, float, float]  # x and y of R, G, B and white

MATCH_DISTANCE = 2e-4  # of CIE xy, within which primaries are those of a standard
REC709 = "Rec.709"

PRIMARIES: dict[str, Primaries] = {
    REC709: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACEScg": (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
    "Rec.2020": (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    "P3-D65": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
    "ARRI Wide Gamut 3": (0.684, 0.313, 0.221, 0.848, 0.0861, -0.102, 0.3127, 0.3290),
    "ARRI Wide Gamut 4": (0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308, 0.3127, 0.3290),
}
# Further ones that attributes name; files with these primaries alone keep their space unnamed.
NAMED_PRIMARIES: dict[str, Primaries] = PRIMARIES | {
    "AdobeRGB": (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290),
    "P3-DCI": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    "S-Gamut3": (0.730, 0.280, 0.140, 0.855, 0.100, -0.050, 0.3127, 0.3290),
    "S-Gamut3.Cine": (0.766, 0.275, 0.225, 0.800, 0.089, -0.087, 0.3127, 0.3290),
    "V-Gamut": (0.730, 0.280, 0.165, 0.840, 0.100, -0.030, 0.3127, 0.3290),
    "REDWideGamutRGB": (0.780308, 0.304253, 0.121595, 1.493994, 0.095612, -0.084589, 0.3127, 0.3290),
    "CIE XYZ": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3),
}


def to_primaries(value: object) -> Primaries | None:
    """Return the value of a `chromaticities` attribute as eight numbers, None for a value of another form."""
    if not isinstance(value, dict):  # raw bytes, if the file gives it another type
        return None
    try:
        numbers = [float(number) for key in ("red", "green", "blue", "white") for number in value[key]]
    except (KeyError, TypeError, ValueError):
        return None
    if len(numbers) != 8:
        return None
    red_x, red_y, green_x, green_y, blue_x, blue_y, white_x, white_y = numbers
    return red_x, red_y, green_x, green_y, blue_x, blue_y, white_x, white_y


def standard_name(primaries: Sequence[float], table: Mapping[str, Primaries] = PRIMARIES) -> str | None:
    """Return the entry of a table that has these primaries and this white, None for others."""
    for name, known in table.items():
        if all(abs(a - b) < MATCH_DISTANCE for a, b in zip(primaries, known, strict=True)):
            return name
    return None
