"""The codes of all findings and how grave each is.

`resources/help/checks.md` says of every code what it means and what to do.
"""

from __future__ import annotations

from typing import NamedTuple

from exr_inspector_app.model import Finding

SEVERITIES = {
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
    """A finding before it is known of which part."""

    code: str
    message: str

    def of(self, part: int | None) -> Finding:
        return Finding(SEVERITIES[self.code], self.code, part, self.message)
