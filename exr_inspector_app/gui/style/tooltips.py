"""Tool tips of what a file says: text, whatever it looks like. Qt takes what looks like markup for markup."""

from __future__ import annotations

from PySide6.QtGui import Qt


def wrapped(text: str) -> str:
    """The text as a tool tip that breaks its lines, as long ones need."""
    if not text:
        return ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>"


def literal(text: str) -> str:
    """The text as it is, escaped where Qt would take it for markup and perhaps load a picture that it names."""
    return wrapped(text) if Qt.mightBeRichText(text) else text
