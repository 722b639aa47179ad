"""The words for how near a hit is, by each way to compare, and what they mean."""

from __future__ import annotations

from exr_inspector_app.contracts import Band
from exr_inspector_app.gui.similar.search_state import Way

BAND_STYLES = {  # word and chip
    Band.IDENTICAL: ("Identical", "solid"),
    Band.SAME_SEQUENCE: ("Same sequence", "accent"),
    Band.SAME_SETUP: ("Same set-up", "accent"),
    Band.CLOSE: ("Close", "neutral"),
    Band.RELATED: ("Related", "quiet"),
    Band.UNRELATED: ("Unrelated", "quiet"),
}
_ALIKE: dict[Way, str] = {"channels": "Same channels", "look": "Same picture", "blend": "Much alike"}
_FACTS = {
    Band.IDENTICAL: "The same header, byte for byte.",
    Band.SAME_SEQUENCE: "Other frames of the sequence that you compare with.",
    Band.UNRELATED: "Listed only because nothing nearer is published.",
}
_LIKELY: dict[Way, dict[Band, str]] = {
    "metadata": {
        Band.SAME_SETUP: "Most likely the same show, renderer and pass.",
        Band.CLOSE: "Most likely the same renderer and pass, of another show.",
        Band.RELATED: "Most likely the same renderer, or the same pass of another one.",
    },
    "channels": {
        Band.SAME_SETUP: "Nine of ten channels are shared, or more.",
        Band.CLOSE: "Six of ten channels are shared, or more.",
        Band.RELATED: "One of four channels is shared, or more.",
    },
    "look": {
        Band.SAME_SETUP: "The same picture, perhaps in another exposure, size or grade.",
        Band.CLOSE: "A picture much like it.",
        Band.RELATED: "A picture with something in common.",
    },
    "blend": {
        Band.SAME_SETUP: "Nearly everything that counts in this blend is the same.",
        Band.CLOSE: "Most of what counts in this blend is the same.",
        Band.RELATED: "Some of what counts in this blend is the same.",
    },
}


def band_label(band: Band, by: Way) -> str:
    """The word of a band: a set-up is only told from a set-up."""
    return _ALIKE[by] if band is Band.SAME_SETUP and by in _ALIKE else BAND_STYLES[band][0]


def explain_band(band: Band, by: Way) -> str:
    """What the word says, in a sentence."""
    return _FACTS.get(band) or _LIKELY[by][band]
