"""Finding codes and their severities.

`resources/help/checks.md` explains every code and how to resolve it.
"""

from __future__ import annotations

from exr_inspector_app.model import Finding
from exr_inspector_app.named_tuple import NamedTuple

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
    "no-picture": "note",
    "window-apart": "warning",
    "window-overscan": "note",
    "window-smaller": "note",
    "pixel-aspect": "note",
    "compression-new": "warning",
    "compression-unusual": "note",
    "compression-mixed": "note",
    "compression-of-ids": "warning",
    "channels-unsorted": "warning",
    "view-type-invalid": "warning",
    "chunk-table-empty": "warning",
    "chromaticities-invalid": "warning",
    "white-luminance-invalid": "warning",
    "aces-flag-mismatch": "warning",
    "cryptomatte-metadata-missing": "warning",
    "cryptomatte-name-mismatch": "warning",
    "cryptomatte-manifest-missing": "warning",
    "cryptomatte-manifest-invalid": "warning",
    "cryptomatte-half": "error",
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
    "alpha-missing": "warning",
    "timecode-jump": "warning",
}


class FindingRule(NamedTuple):
    """Finding without a part index, as the rules yield it."""

    code: str
    message: str
    severity: str | None = None  # where it is not the usual one of the code

    def finding(self, part: int | None) -> Finding:
        """Return the finding for a part, None for the whole file."""
        return Finding(self.severity or SEVERITIES[self.code], self.code, part, self.message)
