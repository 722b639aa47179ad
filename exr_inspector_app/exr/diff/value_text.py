"""Values of attributes on one line."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from exr_inspector_app.model import Value

MAX_VALUE_CHARS = 256  # items of a list that are told one by one
_BEFORE = 20  # characters that long values share and that are told


def format_value(kind: str, value: Value) -> str:
    """A value of a type in words and figures; what is no text is told by its size and a digest."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # The shortest figure that is this number and no other of its precision.
        return repr(value) if kind.endswith(("d", "double")) else str(np.float32(value))
    if isinstance(value, list):
        told = [format_value(kind, item) for item in value[:MAX_VALUE_CHARS]]
        nested = any(isinstance(item, list) for item in value)
        more = [f"… {len(value):,} in all ({_digest(repr(value).encode())})"] if len(value) > MAX_VALUE_CHARS else []
        return (" / " if nested else ", ").join(told + more)
    if isinstance(value, dict):
        return _pairs(kind, value)
    return str(value)


def _pairs(kind: str, value: dict[str, Value]) -> str:
    """The pairs of a dict, its bytes told by their number and what they hash to."""
    pairs = [f"{name} {format_value(kind, item)}" for name, item in value.items() if name not in ("encoding", "data")]
    if value.get("encoding") == "base64" and isinstance(value.get("data"), str):
        data = b64decode(value["data"])
        pairs.append(f"{len(data):,} bytes ({_digest(data)})")
    return ", ".join(pairs)


def _digest(data: bytes) -> str:
    """A few figures that are others for other bytes."""
    return hashlib.sha256(data).hexdigest()[:8]


def shorten_distinctly(texts: Sequence[str], longest: int) -> list[str]:
    """The texts cut to so many characters where some are longer, such that those that differ still do."""
    if max(map(len, texts)) <= longest:
        return list(texts)
    distinct = sorted(set(texts))
    # What a text begins with as another does says nothing; the one that shares most stands beside it.
    shared = [0, *(_shared(*pair) for pair in pairwise(distinct)), 0]
    starts = {text: max(0, max(shared[at : at + 2]) - _BEFORE) for at, text in enumerate(distinct)}
    return [_cut(text, starts[text], longest) for text in texts]


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _cut(text: str, start: int, longest: int) -> str:
    """The text from `start`, with dots for what is left out."""
    cut = f"…{text[start:]}" if start else text
    return cut if len(cut) <= longest else f"{cut[:longest]}…"
