"""File space: the color space of a file's pixels, with the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass

from exr_inspector_app.color.primaries import NAMED_PRIMARIES, REC709, Primaries, standard_name
from exr_inspector_app.color.space_names import LINEAR, known_space, space_of_gamut

ASSUMED, CHOSEN, CHROMATICITIES, ACES_FLAG = "assumed", "chosen", "chromaticities", "acesImageContainerFlag"


@dataclass(frozen=True, slots=True)
class FileSpace:
    """Color space of the pixels of a part.

    Attributes:
        name: As it is shown and looked up in a configuration: ACEScg.
        evidence: Name of the attribute that defines it, ASSUMED or CHOSEN.
        primaries: CIE xy of R, G, B and white; None for Rec.709.
        curve: LINEAR, or a key of `transfer_curves.CURVES`.
        is_known: False if primaries and curve are not those of the name, which only a configuration may know.
    """

    name: str = "Linear Rec.709"
    evidence: str = ASSUMED
    primaries: Primaries | None = None
    curve: str = LINEAR
    is_known: bool = True


def decide_space(
    named: tuple[str, str] | None, chromaticities: Primaries | None, *, is_aces_container: bool = False
) -> FileSpace:
    """Return the color space of a part by the strongest evidence.

    Args:
        named: Name of a space and the attribute that has it; see `exr.parser.color_space`.
        chromaticities: Value of the attribute of this name.
        is_aces_container: `acesImageContainerFlag` is 1; it counts where the chromaticities do not contradict.
    """
    if named is not None:
        return _named(*named, chromaticities)
    if is_aces_container and chromaticities is None:
        aces = space_of_gamut("ACES2065-1")
        assert aces is not None
        return FileSpace(aces.name, ACES_FLAG, aces.primaries)
    return _by_primaries(chromaticities)


def choose_space(name: str, chromaticities: Primaries | None = None) -> FileSpace:
    """Return the space that a user has chosen by name in place of the file's own."""
    return _named(name, CHOSEN, chromaticities)


def _named(name: str, evidence: str, chromaticities: Primaries | None) -> FileSpace:
    known = known_space(name)
    if known is None:
        return FileSpace(name, evidence, _by_primaries(chromaticities).primaries, is_known=False)
    if known.gamut is None:  # linear, of the file's own primaries
        return FileSpace(name, evidence, chromaticities, is_known=chromaticities is not None)
    return FileSpace(known.name if known.curve != LINEAR else name, evidence, known.primaries, known.curve)


def _by_primaries(chromaticities: Primaries | None) -> FileSpace:
    if chromaticities is None:
        return FileSpace()
    standard = standard_name(chromaticities, NAMED_PRIMARIES)
    known = space_of_gamut(standard) if standard else None
    if known is None:
        return FileSpace("Own primaries", CHROMATICITIES, chromaticities)
    primaries = None if standard == REC709 else known.primaries
    return FileSpace(known.name, CHROMATICITIES, primaries)
