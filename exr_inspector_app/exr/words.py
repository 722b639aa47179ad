"""Values of attributes on one line."""

from __future__ import annotations

import hashlib
from base64 import b64decode

import numpy as np

from exr_inspector_app.model import Value

LONGEST = 16  # items of a list that are told one by one


def one_line(kind: str, value: Value) -> str:
    """A value of a type in words and figures; what is no text is told by its size and a digest."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # The shortest figure that is this number and no other of its precision.
        return repr(value) if kind.endswith(("d", "double")) else str(np.float32(value))
    if isinstance(value, list):
        told = [one_line(kind, item) for item in value[:LONGEST]]
        nested = any(isinstance(item, list) for item in value)
        more = [f"… {len(value):,} in all"] if len(value) > LONGEST else []
        return (" / " if nested else ", ").join(told + more)
    if isinstance(value, dict):
        return _pairs(kind, value)
    return str(value)


def _pairs(kind: str, value: dict[str, Value]) -> str:
    """The pairs of a dict, its bytes told by their number and what they hash to."""
    pairs = [f"{name} {one_line(kind, item)}" for name, item in value.items() if name not in ("encoding", "data")]
    if value.get("encoding") == "base64" and isinstance(value.get("data"), str):
        data = b64decode(value["data"])
        pairs.append(f"{len(data):,} bytes ({hashlib.sha256(data).hexdigest()[:8]})")
    return ", ".join(pairs)
