"""Values of attributes as the cells of a row: JSON, and text, whole number and number where they are one."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from typing import Any

from exr_inspector_app.model import to_json
from exr_inspector_app.text.encoding import original_bytes, percent_encode_invalid

MAX_VALUE_BYTES = 100 * 1024  # bytes of JSON; a cell of a VAST Database holds 128 KB
TRUNCATED_PREFIX_BYTES = 4 * 1024  # bytes of a larger value
_INT64 = 2**63

Cells = tuple[str, str | None, int | None, float | None]  # of an attribute: JSON, text, int, float

_strict = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _encode(value: Any) -> str:
    """The value as JSON; numbers that JSON cannot hold are spelled out, as in the payload."""
    try:
        return _strict(value)
    except ValueError:
        return _strict(to_json(value))


def encode_value(value: Any) -> Cells:
    """A value as JSON, and as text, whole number and number where it is one."""
    if isinstance(value, str):
        return _text_cells(value)
    if isinstance(value, bool):
        return _encode(value), None, None, None
    if isinstance(value, int):
        fits = -_INT64 <= value < _INT64
        return _encode(value), None, value if fits else None, float(value) if fits else None
    if isinstance(value, float):
        return _encode(value), None, None, finite_or_none(value)
    text = _encode(value)
    if not text.isascii():
        text = _encode(_decodable(value))
    return _cut(text), None, None, None


def _text_cells(value: str) -> tuple[str, str | None, None, None]:
    """A text; one that is not UTF-8 as base64, one that is too long cut."""
    packed = _decodable(value)
    if not isinstance(packed, str):
        return _cut(_encode(packed)), None, None, None
    whole = _encode(value)
    text = _cut(whole)
    return text, value if text is whole else None, None, None


def _decodable(value: Any) -> Any:
    """The value with every text that is not UTF-8 as base64."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return {"encoding": "base64", "data": base64.b64encode(original_bytes(value)).decode()}
    if isinstance(value, list):
        return [_decodable(item) for item in value]
    if isinstance(value, dict):
        return {percent_encode_invalid(key): _decodable(item) for key, item in value.items()}
    return value


def _cut(text: str) -> str:
    """The JSON, or what tells of it where it is too long for a cell."""
    if len(text) <= MAX_VALUE_BYTES // 4:
        return text
    raw = text.encode()
    if len(raw) <= MAX_VALUE_BYTES:
        return text
    head = raw[:TRUNCATED_PREFIX_BYTES].decode("utf-8", "ignore")
    return _encode({"truncated": head, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()})


def json_or_none(value: Any) -> str | None:
    """A value that may be absent as JSON, fit for a cell."""
    return None if value is None else _cut(_encode(_decodable(value)))


def finite_or_none(value: Any) -> float | None:
    """A number that a column of floats holds; None for any other value."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
