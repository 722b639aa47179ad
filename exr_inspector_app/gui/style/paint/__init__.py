"""Painting primitives for delegates: text, chips, badges, score bars, backgrounds, and focus rings."""

from exr_inspector_app.gui.style.paint.cells import STATUS_STYLES, progress_bar, reasons, score, status
from exr_inspector_app.gui.style.paint.chips import (
    CHIP_HEIGHT,
    badge,
    badge_width,
    chip,
    chip_width,
    key_cap,
    key_cap_width,
)
from exr_inspector_app.gui.style.paint.rows import focus_ring, hairline, row_background, tertiary_token, thumbnail
from exr_inspector_app.gui.style.paint.text import highlighted_text, join_fitting, shorten_name, shorten_path, text

__all__ = [
    "CHIP_HEIGHT",
    "STATUS_STYLES",
    "badge",
    "badge_width",
    "chip",
    "chip_width",
    "focus_ring",
    "hairline",
    "highlighted_text",
    "join_fitting",
    "key_cap",
    "key_cap_width",
    "progress_bar",
    "reasons",
    "row_background",
    "score",
    "shorten_name",
    "shorten_path",
    "status",
    "tertiary_token",
    "text",
    "thumbnail",
]
