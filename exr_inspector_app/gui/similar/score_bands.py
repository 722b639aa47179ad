"""Score bands of matches: chip style, label and tooltip for each way of comparing."""

from __future__ import annotations

from exr_inspector_app.contracts import Band
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.similar.search_state import Way

BAND_STYLES = {  # of the chip
    Band.IDENTICAL: "solid",
    Band.SAME_HEADER: "accent",
    Band.SAME_SEQUENCE: "accent",
    Band.SAME_SETUP: "accent",
    Band.CLOSE: "neutral",
    Band.RELATED: "quiet",
    Band.UNRELATED: "quiet",
    Band.TOO_LITTLE: "quiet",
}


def band_label(band: Band, by: Way) -> str:
    """Return the label of `band`; only a comparison by set-up may claim the same set-up."""
    labels = strings.SAME_SETUP_LABELS
    return labels[by] if band is Band.SAME_SETUP and by in labels else strings.BAND_LABELS[band]


def explain_band(band: Band, by: Way) -> str:
    """Return the tooltip of `band` in a comparison by `by`."""
    return strings.BAND_TOOLTIPS.get(band) or strings.MODE_BAND_TOOLTIPS[by][band]
