"""Attribute value encoder: JSON for every value, plus typed columns for text and numbers."""

from __future__ import annotations

import hashlib
import json
import math
import re
from base64 import b64encode
from typing import Any

from exr_inspector_app.model import StoredValue, to_json
from exr_inspector_app.model.stored_value import DATA
from exr_inspector_app.text.encoding import original_bytes, percent_encode_invalid

MAX_VALUE_BYTES = 100 * 1024  # of JSON; a cell of a VAST Database holds 128 KB
TRUNCATED_PREFIX_BYTES = 4 * 1024  # of a longer value that are stored
_PIECE_BYTES = 3 * 2**16  # of a value in its file, a multiple of 3 for base64
_INT64 = 2**63
_MANIFEST_ENTRY = re.compile(r'("(?:[^"\\]|\\.)*")\s*:\s*"[0-9a-fA-F]{8}"', re.DOTALL)

Cells = tuple[str, str | None, int | None, float | None]  # of an attribute: JSON, text, int, float

_encode_strictly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _encode_json(value: Any) -> str:
    """Encode a value as JSON; NaN and infinity become text, as in the payload."""
    try:
        return _encode_strictly(value)
    except ValueError:
        return _encode_strictly(to_json(value))


def encode_value(value: Any) -> Cells:
    """Encode a value as JSON, and as text, integer, and float if it is one of these.

    Text that is not UTF-8 is stored as base64. JSON longer than `MAX_VALUE_BYTES` is replaced by an object with its
    prefix, size, and SHA-256. The text of a Cryptomatte manifest of that length has its names alone.

    Raises:
        KnownError: The bytes of a value stay in its file, and cannot be read any more.
    """
    if isinstance(value, StoredValue):
        return _encode_stored(value), None, None, None
    if isinstance(value, str):
        return _encode_text(value)
    if isinstance(value, bool):
        return _encode_json(value), None, None, None
    if isinstance(value, int):
        fits = -_INT64 <= value < _INT64
        return _encode_json(value), None, value if fits else None, float(value) if fits else None
    if isinstance(value, float):
        return _encode_json(value), None, None, finite_or_none(value)
    text = _encode_json(value)
    if not text.isascii():
        text = _encode_json(_escape_invalid(value))
    return _truncate(text), None, None, None


def _encode_stored(value: StoredValue) -> str:
    """Encode a value whose bytes are in its file as its dict, without a copy of all its JSON."""
    start, data = _encode_json(_escape_invalid({**value.fields, DATA: ""})).encode()[:-2], memoryview(value.read())
    head, size = start + b64encode(data[:TRUNCATED_PREFIX_BYTES]), len(start) + 4 * -(-len(data) // 3) + 2
    if size <= MAX_VALUE_BYTES:
        return (start + b64encode(data) + b'"}').decode()
    digest = hashlib.sha256(start)
    for first in range(0, len(data), _PIECE_BYTES):
        digest.update(b64encode(data[first : first + _PIECE_BYTES]))
    digest.update(b'"}')
    return _truncated(head, size, digest.hexdigest())


def _encode_text(value: str) -> tuple[str, str | None, None, None]:
    """Encode text: base64 if it is not UTF-8, truncated if it is too long."""
    escaped = _escape_invalid(value)
    if not isinstance(escaped, str):
        return _truncate(_encode_json(escaped)), None, None, None
    complete = _encode_json(value)
    text = _truncate(complete)
    return text, value if text is complete else _manifest_names(value), None, None


def _manifest_names(value: str) -> str | None:
    """Return the first names of a Cryptomatte manifest that is too long for a cell, as keys of JSON; else None.

    Without the ids more names fit, so that a search for an object finds it.
    """
    if not value.lstrip().startswith("{"):
        return None
    keys: list[str] = []
    size = 2
    for match in _MANIFEST_ENTRY.finditer(value):
        key = f"{match[1]}:0"
        size += len(key.encode("utf-8", "replace")) + 1
        if size > MAX_VALUE_BYTES:
            break
        keys.append(key)
    return "{" + ",".join(keys) + "}" if keys else None


def _escape_invalid(value: Any) -> Any:
    """Replace every text in a value that is not UTF-8 by a base64 object."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return {"encoding": "base64", "data": b64encode(original_bytes(value)).decode()}
    if isinstance(value, list):
        return [_escape_invalid(item) for item in value]
    if isinstance(value, dict):
        return {percent_encode_invalid(key): _escape_invalid(item) for key, item in value.items()}
    return value


def _truncate(text: str) -> str:
    """Return the JSON, or an object with its prefix, size, and hash if it is too long for a cell."""
    if len(text) <= MAX_VALUE_BYTES // 4:
        return text
    raw = text.encode()
    if len(raw) <= MAX_VALUE_BYTES:
        return text
    return _truncated(raw, len(raw), hashlib.sha256(raw).hexdigest())


def _truncated(raw: bytes, size: int, digest: str) -> str:
    """Return the replacement of JSON that is too long for a cell; `raw` is its beginning at least."""
    head = raw[:TRUNCATED_PREFIX_BYTES].decode("utf-8", "ignore")
    return _encode_json({"truncated": head, "bytes": size, "sha256": digest})


def json_or_none(value: Any) -> str | None:
    """Encode an optional value as JSON that fits into a cell."""
    return None if value is None else _truncate(_encode_json(_escape_invalid(value)))


def finite_or_none(value: Any) -> float | None:
    """Return a finite number as float, and None for any other value."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
