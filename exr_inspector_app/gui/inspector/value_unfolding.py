"""Unfolded form of long values: JSON with indents, texts line by line, lists, and bytes as a hex dump."""

from __future__ import annotations

import base64
import binascii
import json
import textwrap
from typing import Any

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.value_format import format_for_clipboard
from exr_inspector_app.model import Attribute
from exr_inspector_app.text.escape import escape_control

MAX_LINES = 40  # shown; the clipboard gets all
MIN_CHARS = 60  # of a text that is worth unfolding
_WRAP_CHARS = 52
_MAX_CHARS = 200_000  # of a value that is unfolded
_MAX_BYTES, _LINE_BYTES = 390, 10  # of a hex dump, whose lines fit into the pane
_FIELD_KINDS = frozenset(("box2i", "box2f", "timecode", "rational", "keycode", "tiledesc", "chromaticities", "preview"))


def can_unfold(attribute: Attribute) -> bool:
    """Return True for a value that one line cannot show; cheap, since it is called for every row."""
    value = attribute.value
    if isinstance(value, str):
        return len(value) > MIN_CHARS or "\n" in value
    if attribute.type in _FIELD_KINDS:
        return False  # the row shows all of it
    if isinstance(value, list):
        return (
            len(value) > 1 and not isinstance(value[0], list) and (len(value) > 8 or isinstance(value[0], str | dict))
        )
    return isinstance(value, dict)


def unfold(attribute: Attribute) -> tuple[str, ...]:
    """Return the lines of a value: at most MAX_LINES, then the number of the remaining ones."""
    lines = _lines(attribute.value, attribute)
    shown = [escape_control(line) for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        shown.append(strings.more_lines(len(lines) - MAX_LINES))
    return tuple(shown)


def _lines(value: Any, attribute: Attribute) -> list[str]:
    if isinstance(value, str):
        return _text_lines(value[:_MAX_CHARS])
    if isinstance(value, dict) and isinstance(value.get("data"), str) and value.get("encoding") == "base64":
        return _hex_lines(value["data"])
    if isinstance(value, list) and value and isinstance(value[0], str):
        return list(map(str, value))
    if isinstance(value, list) and value and not isinstance(value[0], dict):
        return textwrap.wrap(format_for_clipboard(attribute)[:_MAX_CHARS], _WRAP_CHARS)
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)[:_MAX_CHARS].split("\n")


def _text_lines(text: str) -> list[str]:
    """Return JSON with indents, another text wrapped at spaces."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False).split("\n")
        except (ValueError, RecursionError):
            pass
    return [part for line in text.splitlines() for part in textwrap.wrap(line, _WRAP_CHARS) or [""]]


def _hex_lines(data: str) -> list[str]:
    """Return offset, bytes and letters of each line of the first bytes."""
    try:
        content = base64.b64decode(data[: -(-_MAX_BYTES // 3) * 4], validate=True)[:_MAX_BYTES]
    except (binascii.Error, ValueError):
        return [data[:_WRAP_CHARS]]
    lines = []
    for at in range(0, len(content), _LINE_BYTES):
        row = content[at : at + _LINE_BYTES]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:04x}  {row.hex(' '):<{3 * _LINE_BYTES - 1}}  {letters}")
    total = len(data) * 3 // 4 - data[-2:].count("=")
    return [*lines, *([strings.more_bytes(total - len(content))] if total > len(content) else [])]
