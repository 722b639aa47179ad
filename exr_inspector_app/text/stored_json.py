"""Decoder of JSON in rows of a database; other programs may have written them, so that any text may be there."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: object) -> Any:
    """Return the value of a JSON text; None for anything else."""
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def parse_window(text: object) -> dict[str, list[int]] | None:
    """Return a data or display window as `{"min": [x, y], "max": [x, y]}`; None for any other value."""
    value = parse_json(text)
    if not isinstance(value, dict) or set(value) != {"min", "max"}:
        return None
    corners = list(value.values())
    is_window = all(isinstance(corner, list) and len(corner) == 2 for corner in corners)
    return value if is_window and all(type(number) is int for corner in corners for number in corner) else None


def parse_texts(text: object) -> list[str] | None:
    """Return a list of texts; None for any other value."""
    value = parse_json(text)
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None
