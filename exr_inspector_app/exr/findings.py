"""Finding codes and their severities.

`resources/help/checks.md` explains every code and how to resolve it.
"""

from __future__ import annotations

from typing import NamedTuple

from exr_inspector_app.model import Finding

SEVERITIES = {  # error, warning or note
    "incomplete": "warning",
    "header-invalid": "error",
    "channel-twice": "error",
    "attribute-twice": "warning",
    "not-finite": "warning",
    "layer-empty": "warning",
    "layer-nested": "note",
    "layer-separator": "note",
    "colour-missing": "note",
    "alpha-missing": "note",
    "no-picture": "note",
    "window-apart": "warning",
    "window-overscan": "note",
    "window-smaller": "note",
    "pixel-aspect": "note",
    "compression-new": "warning",
    "compression-unusual": "note",
    "compression-mixed": "note",
    "compression-of-ids": "warning",
    "long-names": "note",
    "parts-refused": "error",
    "parts-differ": "warning",
    "nan": "error",
    "inf": "error",
    "half-overflow": "error",
    "constant": "note",
    "empty": "note",
    "sequence-gap": "warning",
    "sequence-padding": "warning",
    "sequence-unreadable": "error",
    "sequence-incomplete": "warning",
    "sequence-differs": "warning",
}


class FindingRule(NamedTuple):
    """Finding without a part index, as the rules yield it."""

    code: str
    message: str

    def finding(self, part: int | None) -> Finding:
        """Return the finding for a part, None for the whole file."""
        return Finding(SEVERITIES[self.code], self.code, part, self.message)
