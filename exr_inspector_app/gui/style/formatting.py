"""Text formatting: sizes, durations, percentages, names, and tooltips."""

from __future__ import annotations

import re
from datetime import datetime

from PySide6.QtGui import Qt

from exr_inspector_app.model import Part
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_bytes as format_bytes  # text for users, as the functions here

MIN_IDENTICAL_SCORE = 0.9995  # scores from here on show as 100 %
_LONG_RUN = re.compile(r"(\S{24})(?=\S)")


def format_duration(seconds: float) -> str:
    """Return a duration: `0.3 s`, `9 s`, `2 min 5 s`, `1 h 20 min`."""
    if seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    rounded = round(seconds)
    if rounded < 60:
        return f"{rounded} s"
    if rounded < 3600:
        return f"{rounded // 60} min {rounded % 60} s"
    return f"{rounded // 3600} h {rounded % 3600 // 60} min"


def format_moment(timestamp: str, now: datetime | None = None) -> str:
    """Return a local time: `14:02` today, `2 Nov 14:02` this year, otherwise `2 Nov 2025 14:02`."""
    try:
        time = datetime.fromisoformat(timestamp).astimezone()
    except (ValueError, OverflowError):
        return escape_control(timestamp[:16])
    now = now or datetime.now().astimezone()
    if time.date() == now.date():
        return f"{time:%H:%M}"
    return f"{time.day} {time:%b %H:%M}" if time.year == now.year else f"{time.day} {time:%b %Y %H:%M}"


def add_break_points(text: str) -> str:
    """Insert zero-width spaces into long names so that lines can break there."""
    return _LONG_RUN.sub("\\1\u200b", text)


def format_percent(score: float) -> int:
    """Return a score as an integer percentage; only scores of `MIN_IDENTICAL_SCORE` or more give 100."""
    percent = min(max(round(100 * score), 0), 100)
    return 99 if percent == 100 and score < MIN_IDENTICAL_SCORE else percent


def part_title(part: Part) -> str:
    """Return the part's name, or `Part n` if it is unnamed."""
    return escape_control(part.name) if part.name else f"Part {part.index}"


def wrap_tooltip(text: str) -> str:
    """Return plain text as rich text for a tooltip, because Qt wraps lines only in rich text."""
    if not text:
        return ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>"


def escape_tooltip(text: str) -> str:
    """Escape text that Qt would render as rich text, which could load images that a file name refers to."""
    return wrap_tooltip(text) if Qt.mightBeRichText(text) else text
