"""Writer of TOML values and keys for proposed profiles (https://toml.io/en/v1.0.0)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def is_writable(text: str) -> bool:
    """Return whether a text is valid in TOML: without bytes that are not UTF-8."""
    return bool(text) and not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def toml_value(value: str | int | float | bool | Sequence[str] | None) -> str:
    """Return a value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        return f"[{', '.join(map(toml_value, value))}]"
    return str(value)


def toml_key(name: str) -> str | None:
    """Return a key as TOML; None for a name that TOML cannot have."""
    if not is_writable(name):
        return None
    return name if _BARE.fullmatch(name) else toml_value(name)
