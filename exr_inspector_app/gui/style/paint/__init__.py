"""What rows are made of: texts, chips, badges, score bars and the marks of selection."""

from exr_inspector_app.gui.style.paint.cells import STATUS, bar, reasons, score, status
from exr_inspector_app.gui.style.paint.chips import CHIP_HEIGHT, badge, badge_width, chip, chip_width, key, key_width
from exr_inspector_app.gui.style.paint.rows import focus_ring, ground, hairline, rank3, thumbnail
from exr_inspector_app.gui.style.paint.text import matched, run, short_name, short_path, text

__all__ = [
    "CHIP_HEIGHT",
    "STATUS",
    "badge",
    "badge_width",
    "bar",
    "chip",
    "chip_width",
    "focus_ring",
    "ground",
    "hairline",
    "key",
    "key_width",
    "matched",
    "rank3",
    "reasons",
    "run",
    "score",
    "short_name",
    "short_path",
    "status",
    "text",
    "thumbnail",
]
