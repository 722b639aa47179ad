"""Figures as the window writes them."""

from __future__ import annotations

import re

from exr_inspector_app.model import Part
from exr_inspector_app.text.escape import escape_control

SAME = 0.9995  # scores from here on are 100 %
_LONG = re.compile(r"(\S{24})(?=\S)")
_UNITS = ("KB", "MB", "GB", "TB", "PB")


def format_bytes(bytes_: int) -> str:
    """A size in decimal units: `612 B`, `20.1 MB`, `181 MB`."""
    if bytes_ < 1000:
        return f"{bytes_} B"
    figure, unit = bytes_ / 1000, 0
    while figure >= 999.5 and unit < len(_UNITS) - 1:
        figure, unit = figure / 1000, unit + 1
    return f"{figure:.0f} {_UNITS[unit]}" if figure >= 99.95 else f"{figure:.1f} {_UNITS[unit]}"


def format_duration(seconds: float) -> str:
    """A time that passed or is left: `0.3 s`, `9 s`, `2 min 5 s`, `1 h 20 min`."""
    if seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def add_break_points(text: str) -> str:
    """The text with places to break a line in names that have none; they are not seen."""
    return _LONG.sub("\\1\u200b", text)


def format_percent(score: float) -> int:
    """A score in per cent; 100 is kept for what is the same but for rounding."""
    whole = min(max(round(100 * score), 0), 100)
    return 99 if whole == 100 and score < SAME else whole


def part_title(part: Part) -> str:
    """The part's own name, or its number where it has none."""
    return escape_control(part.name) if part.name else f"Part {part.index}"
