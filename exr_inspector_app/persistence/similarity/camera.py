"""What the attributes of a file say of its camera, in every program's spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

CAMERA_NAMES = "(?i)cam|lens|focal"  # a pattern that every camera attribute's name meets, for stores to choose by

Camera = dict[str, str]  # of `camera`, `lens` and `focal length` those that are known

_KINDS = (
    ("camera", re.compile(r"(?:camera|shotcam|cam)(?:name|model)?")),
    ("lens", re.compile(r"lens(?:model|name|type)?")),
    ("focal length", re.compile(r"(?:camera|lens|nominal)*focal(?:length)?(?:mm)?")),
)
_LAST = re.compile(r"[^/.:]+$")
MAX_VALUE_CHARS = 80  # characters of a value that are looked at


def parse_camera(attributes: Iterable[tuple[str, Any]]) -> Camera:
    """The camera that some attributes (name and value) tell of; the first of each kind counts."""
    found: Camera = {}
    for name, value in attributes:
        last = _LAST.search(name)
        kind = _kind(last.group().lower().replace("_", "").replace(" ", "")) if last else None
        text = _text(value)
        if kind and text:
            found.setdefault(kind, text)
    return found


def decode_camera(rows: Iterable[tuple[str, str | None]]) -> Camera:
    """The same from stored rows: names and values as JSON."""
    return parse_camera((name, json.loads(value)) for name, value in rows if value is not None)


@lru_cache(maxsize=1024)
def _kind(name: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(name)), None)


def _text(value: Any) -> str:
    """The value as people write it; a path of a scene by its last word, a number without needless figures."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return f"{value:.6g}"
    return value[-MAX_VALUE_CHARS:].rpartition("/")[2].strip() if isinstance(value, str) else ""
