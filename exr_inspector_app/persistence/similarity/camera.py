"""Camera attribute parser: camera, lens, and focal length in the spelling of any program."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from exr_inspector_app.persistence.similarity.evidence import known
from exr_inspector_app.text.stored_json import parse_json

CAMERA_NAMES = "(?i)cam|lens|focal"  # pattern that every camera attribute name matches, to preselect rows

Camera = dict[str, str]  # values of `camera`, `lens`, and `focal length`; missing ones are absent

_KINDS = (
    ("camera", re.compile(r"(?:camera|shotcam|cam)(?:name|model)?")),
    ("lens", re.compile(r"lens(?:model|name|type)?")),
    ("focal length", re.compile(r"(?:camera|lens|nominal)*focal(?:length)?(?:mm)?")),
)
_LAST_SEGMENT = re.compile(r"[^/.:]+$")
MAX_VALUE_CHARS = 80  # of a value, counted from its end


def parse_camera(attributes: Iterable[tuple[str, Any]]) -> Camera:
    """Parse the camera from attributes (name and value); the first attribute of each kind wins."""
    camera: Camera = {}
    for name, value in attributes:
        segment = _LAST_SEGMENT.search(name)
        kind = _kind(segment.group().lower().replace("_", "").replace(" ", "")) if segment else None
        text = _format_value(value)
        if kind and text and not (kind == "focal length" and text in ("0", "-1")):
            camera.setdefault(kind, text)
    return camera


def decode_camera(rows: Iterable[tuple[str, str | None]]) -> Camera:
    """Parse the camera from stored rows: names, and values as JSON."""
    return parse_camera((name, parse_json(value)) for name, value in rows)


@lru_cache(maxsize=1024)
def _kind(name: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(name)), None)


def _format_value(value: Any) -> str:
    """Format a value for display: the last segment of a scene path, a number with six significant digits.

    A value that a program writes where it knows none, such as `-` or `N/A`, is empty.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return f"{value:.6g}" if math.isfinite(value) else ""
    if not isinstance(value, str) or known(value) is None:
        return ""
    return value[-MAX_VALUE_CHARS:].rpartition("/")[2].strip()
