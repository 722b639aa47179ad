"""Names of color spaces: attribute values, interop IDs and names of configurations to primaries and curve."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from exr_inspector_app.color.primaries import NAMED_PRIMARIES, REC709, Primaries

LINEAR = "linear"


class KnownSpace(NamedTuple):
    """Color space of known primaries and transfer curve."""

    name: str  # as it is shown: ACEScg
    gamut: str | None  # key of NAMED_PRIMARIES; None for a linear space whose primaries the name does not define
    curve: str = LINEAR  # LINEAR, or a key of `transfer_curves.CURVES`
    aliases: tuple[str, ...] = ()  # under which configurations have it, the most exact first

    @property
    def primaries(self) -> Primaries | None:
        """Primaries and white; None if the name does not define them."""
        return NAMED_PRIMARIES[self.gamut] if self.gamut else None


# One space per paragraph: name; primaries; curve; aliases. Aliases are interop IDs of the Color Interop Forum
# (https://github.com/AcademySoftwareFoundation) and names of the ACES configurations for OpenColorIO 1 and 2.
_TABLE = """
Linear Rec.709; Rec.709; linear; lin_rec709_scene; lin_rec709; lin_srgb; Linear Rec.709 (sRGB); lin_rec709_srgb;
    Utility - Linear - sRGB; Utility - Linear - Rec.709; Linear sRGB; scene-linear Rec.709-sRGB
ACEScg; ACEScg; linear; lin_ap1_scene; lin_ap1; ACEScg; ACES - ACEScg
ACES2065-1; ACES2065-1; linear; lin_ap0_scene; lin_ap0; ACES2065-1; ACES - ACES2065-1; aces
Linear Rec.2020; Rec.2020; linear; lin_rec2020_scene; lin_rec2020; Utility - Linear - Rec.2020
Linear P3-D65; P3-D65; linear; lin_p3d65_scene; lin_p3d65; lin_displayp3; Utility - Linear - P3-D65
Linear AdobeRGB; AdobeRGB; linear; lin_adobergb_scene; lin_adobergb
Linear ARRI Wide Gamut 3; ARRI Wide Gamut 3; linear; ocio:lin_awg3_scene; lin_alexawide;
    Input - ARRI - Linear - ALEXA Wide Gamut
Linear ARRI Wide Gamut 4; ARRI Wide Gamut 4; linear; ocio:lin_awg4_scene; lin_awg4
Linear S-Gamut3; S-Gamut3; linear; ocio:lin_sgamut3_scene; lin_sgamut3
Linear S-Gamut3.Cine; S-Gamut3.Cine; linear; ocio:lin_sgamut3cine_scene; lin_sgamut3cine
Linear V-Gamut; V-Gamut; linear; ocio:lin_vgamut_scene; lin_vgamut
Linear REDWideGamutRGB; REDWideGamutRGB; linear; ocio:lin_rwg_scene; lin_rwg; lin_redwidegamutrgb
CIE XYZ; CIE XYZ; linear
sRGB; Rec.709; srgb; srgb_rec709_scene; srgb_texture; srgb_tx; sRGB - Texture; Utility - sRGB - Texture;
    sRGB Encoded Rec.709 (sRGB); srgb_rec709_display
Gamma 1.8 Rec.709; Rec.709; g18; g18_rec709_scene; g18_rec709
Gamma 2.2 Rec.709; Rec.709; g22; g22_rec709_scene; g22_rec709; g22_rec709_display
Gamma 2.4 Rec.709; Rec.709; g24; g24_rec709_scene; g24_rec709; g24_rec709_display
sRGB AP1; ACEScg; srgb; srgb_ap1_scene; srgb_ap1
Gamma 2.2 AP1; ACEScg; g22; g22_ap1_scene; g22_ap1
sRGB P3-D65; P3-D65; srgb; srgb_p3d65_scene; srgb_p3d65; srgb_displayp3; Display P3
Gamma 2.2 AdobeRGB; AdobeRGB; g22; g22_adobergb_scene; adobergb; Adobe RGB
ACEScct; ACEScg; acescct; ocio:acescct_ap1_scene; acescct_ap1; ACES - ACEScct
ACEScc; ACEScg; acescc; ocio:acescc_ap1_scene; acescc_ap1; ACES - ACEScc
ARRI LogC3; ARRI Wide Gamut 3; logc3; ocio:arrilogc3_awg3_scene; ARRI LogC3 (EI800); LogC3; LogC; AlexaV3LogC;
    Input - ARRI - V3 LogC (EI800) - Wide Gamut
ARRI LogC4; ARRI Wide Gamut 4; logc4; ocio:arrilogc4_awg4_scene; arri_logc4; LogC4
S-Log3 S-Gamut3; S-Gamut3; slog3; ocio:slog3_sgamut3_scene; slog3_sgamut3; Input - Sony - S-Log3 - S-Gamut3
S-Log3 S-Gamut3.Cine; S-Gamut3.Cine; slog3; ocio:slog3_sgamut3cine_scene; slog3_sgamut3cine; SLog3;
    Input - Sony - S-Log3 - S-Gamut3.Cine
V-Log V-Gamut; V-Gamut; vlog; ocio:vlog_vgamut_scene; vlog_vgamut; VLog
Log3G10 REDWideGamutRGB; REDWideGamutRGB; log3g10; ocio:redlog3g10_rwg_scene; log3g10_redwidegamutrgb; Log3G10
Linear; ; linear; scene_linear; scene-linear; lin; linear; scene linear
"""


def _parse(table: str) -> tuple[KnownSpace, ...]:
    rows = [[cell.strip() for cell in row.split(";")] for row in table.strip().replace(";\n    ", ";").splitlines()]
    return tuple(KnownSpace(name, gamut or None, curve, tuple(aliases)) for name, gamut, curve, *aliases in rows)


KNOWN_SPACES = _parse(_TABLE)

_IGNORED = re.compile(r"[^a-z0-9]+")
_LINEAR_WORDS = re.compile(r"\b(?:lin|linear|scene[ _-]?linear)\b", re.IGNORECASE)
# Expressions for gamuts in free names such as "Scene Linear - ACEScg (AP1)", the most specific first.
_GAMUT_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), gamut)
    for pattern, gamut in (
        (r"aces[ _-]?2065|\bap0\b", "ACES2065-1"),
        (r"acescg|\bap1\b", "ACEScg"),
        (r"rec[ ._-]?2020|bt[ ._-]?2020", "Rec.2020"),
        (r"adobe", "AdobeRGB"),
        (r"p3[ _-]?dci|dci[ _-]?p3", "P3-DCI"),
        (r"\bp3|display[ _-]?p3", "P3-D65"),
        (r"srgb|rec[ ._-]?709|bt[ ._-]?709", REC709),
    )
)


@lru_cache(maxsize=1024)
def known_space(name: str) -> KnownSpace | None:
    """Return the known space of a name, None for names of unknown primaries or curves."""
    known = _by_key().get(_key(name))
    if known is not None:
        return known
    text = name.replace("_", " ")
    if not _LINEAR_WORDS.search(text):
        return None
    gamut = next((gamut for pattern, gamut in _GAMUT_WORDS if pattern.search(text)), None)
    same = next((space for space in KNOWN_SPACES if space.gamut == gamut and space.curve == LINEAR), None)
    return same or KnownSpace(name, gamut)


def space_of_gamut(gamut: str) -> KnownSpace | None:
    """Return the linear space of a key of NAMED_PRIMARIES."""
    return next((space for space in KNOWN_SPACES if space.gamut == gamut and space.curve == LINEAR), None)


def _key(name: str) -> str:
    """Return a name in lower case, without separators."""
    return _IGNORED.sub("", name.lower())


@lru_cache(maxsize=1)
def _by_key() -> dict[str, KnownSpace]:
    return {_key(name): space for space in reversed(KNOWN_SPACES) for name in (*space.aliases, space.name)}
