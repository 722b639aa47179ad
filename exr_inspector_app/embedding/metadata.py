"""The 384 values of a set-up: renderer, layers, attributes, format, resolution and colour, each by weight.

Every kind of feature is scaled to its own weight, however many features it has, so a file with 200 attributes
is not told by its attributes alone. What differs from frame to frame weighs nothing (volatile.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Vector
from exr_inspector_app.embedding import hashing
from exr_inspector_app.embedding.volatile import is_volatile, stable_name, stable_text
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.model import Payload
from exr_inspector_app.naming import canonical

Features = Iterator[tuple[str, float]]

WEIGHTS = {
    "renderer": 1.2,
    "layers": 1.5,
    "names": 1.4,  # which attributes there are
    "values": 1.1,  # and what stands in them
    "format": 0.7,
    "resolution": 0.7,
    "colour": 0.5,
}

# Attributes that every file has, or that are told by a kind of their own.
_STRUCTURE = frozenset(
    "channels chunkCount compression dataWindow displayWindow lineOrder name pixelAspectRatio preview"
    " screenWindowCenter screenWindowWidth tiles type version view".split()
)
_BEFORE_VERSION = re.compile(r"(?:^|[\s_-]+)v?$")
_NUMBERS = re.compile(r"[0-9]+")
MOST_ATTRIBUTES = 2000  # of one file; more of them tell nothing more
MOST_CHANNELS = 5000


def metadata_embedding(payload: Payload, dim: int = METADATA_DIM) -> Vector:
    """The unit vector of a payload's set-up, shape (dim,), always finite, also for an empty payload.

    Path, date, frame, time code, host and per-frame matrices do not show in it. Raises
    VectorEmbeddingError for something that is no payload.
    """
    hashing.require_dim(dim)
    if not isinstance(payload, Mapping):
        raise VectorEmbeddingError(f"A payload is a dictionary; this is a {type(payload).__name__}.")
    parts = _rows(payload.get("parts"))
    attributes = list(_attributes(payload))
    kinds: dict[str, Iterable[tuple[str, float]]] = {
        "renderer": _renderer(parts),
        "layers": _layers(_rows(payload.get("channels"))),
        "names": _names(attributes),
        "values": _values(attributes),
        "format": _format(parts),
        "resolution": _resolution(parts),
        "colour": _colour(parts),
    }
    values = [0.0] * dim
    for kind, features in kinds.items():
        hashing.add(values, ((f"{kind}:{text}", weight) for text, weight in features), WEIGHTS[kind])
    vector = hashing.unit(values)
    if vector is not None:
        return vector
    empty = np.zeros(dim, dtype=np.float32)
    empty[0] = 1.0
    return empty


def _rows(value: object) -> list[Mapping[str, Any]]:
    """The dictionaries of a list; a payload may lack any of its sections."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _attributes(payload: Payload) -> Iterator[tuple[str, Any]]:
    """Name and value of every attribute of every part that tells something of the set-up."""
    section = payload.get("attributes")
    listed = section.get("parts") if isinstance(section, Mapping) else None
    if not isinstance(listed, list | tuple):
        return
    left = MOST_ATTRIBUTES
    for part in listed:
        for row in _rows(part):
            name = row.get("name")
            if not isinstance(name, str) or name in _STRUCTURE:
                continue
            kind = str(row.get("type"))
            if is_volatile(name[: hashing.MOST_FEATURE_TEXT], kind):
                continue
            left -= 1
            if left < 0:
                return
            yield name[: hashing.MOST_FEATURE_TEXT], row.get("value")


def _renderer(parts: list[Mapping[str, Any]]) -> Features:
    """The program, and its version more and more exactly."""
    for software in dict.fromkeys(str(row["render_software"]) for row in parts if row.get("render_software")):
        text = software[: hashing.MOST_FEATURE_TEXT].lower()
        figure = _NUMBERS.search(text)
        name = _BEFORE_VERSION.sub("", text[: figure.start()] if figure else text) or "unnamed"
        yield name, 1.0
        numbers = _NUMBERS.findall(text)[:3]
        for depth in range(1, len(numbers) + 1):
            yield f"{name} {'.'.join(numbers[:depth])}", 0.5 / depth


def _layers(channels: list[Mapping[str, Any]]) -> Features:
    """The layers and their components, in the form that all writers share."""
    seen: dict[str, set[str]] = {}
    for row in channels[:MOST_CHANNELS]:
        layer, component = row.get("layer_name"), row.get("component_name")
        if not isinstance(layer, str) or not isinstance(component, str):
            layer, _, component = str(row.get("name")).rpartition(".")
        words, part = canonical(layer[: hashing.MOST_FEATURE_TEXT], component[: hashing.MOST_FEATURE_TEXT])
        seen.setdefault(words, set()).add(part)
    for words, components in sorted(seen.items()):
        yield words, 1.0
        yield f"{words}\0{''.join(sorted(components))}", 0.5
        for word in words.split():
            yield f"word {word}", 0.3
    for kind in sorted({str(row.get("type")) for row in channels}):
        yield f"type {kind}", 0.5


def _names(attributes: list[tuple[str, Any]]) -> Features:
    """Which attributes there are, and in which name spaces."""
    for name in sorted({stable_name(name) for name, _ in attributes}):
        yield name, 1.0
        space = name.partition("/")[0].partition(".")[0].partition(":")[0]
        if space != name:
            yield f"space {space}", 0.5


def _values(attributes: list[tuple[str, Any]]) -> Features:
    """What stands in the attributes that do not change from frame to frame."""
    for name, value in attributes:
        head = stable_name(name)
        if isinstance(value, str):
            yield from _text(head, value)
        elif isinstance(value, bool | int | float):
            yield from _number(head, value, 1.0)
        elif isinstance(value, list) and 0 < len(value) <= 4:
            for place, one in enumerate(value):
                if isinstance(one, int | float):
                    yield from _number(f"{head}[{place}]", one, 0.5)


def _text(head: str, value: str) -> Features:
    """A text as a whole and by its words."""
    stable = stable_text(value[: hashing.MOST_FEATURE_TEXT])
    if stable:
        yield f"{head}={stable}", 1.0
        for word in sorted(set(stable.split()))[:16]:
            yield f"{head}~{word}", 0.3


def _number(head: str, value: float, weight: float) -> Features:
    """A number in two neighbouring bins of a scale of octaves, so that near numbers are near."""
    try:
        value = float(value)
    except OverflowError:  # an integer of hundreds of digits
        value = math.inf if value > 0 else -math.inf
    if not math.isfinite(value):
        yield f"{head}={value}", weight
        return
    # frexp is exact, so the bins are the same everywhere; log2 is not.
    mantissa, octave = math.frexp(abs(value))
    above = 2.0 * mantissa - 1.0 if value else 0.0
    sign = "-" if value < 0 else ""
    yield f"{head}@{sign}{octave}", weight * (1.0 - above)
    yield f"{head}@{sign}{octave + 1}", weight * above


def _format(parts: list[Mapping[str, Any]]) -> Features:
    """How the pixels are stored."""
    yield f"parts {min(len(parts), 8)}", 0.7
    for row in parts[:64]:
        yield f"compression {row.get('compression')}", 1.0
        yield f"kind {row.get('part_type')} {row.get('is_tiled')} {row.get('is_deep')}", 1.0
        if row.get("is_tiled"):
            yield f"tiles {row.get('tile_width')} {row.get('tile_height')} {row.get('level_mode')}", 0.7
        if row.get("part_name"):
            yield f"name {stable_text(str(row['part_name']))}", 0.5
        if row.get("view_name"):
            yield f"view {row['view_name']}", 0.5


def _resolution(parts: list[Mapping[str, Any]]) -> Features:
    """The size of the display window, its shape, and overscan."""
    for row in parts[:1]:
        display, data = _window(row.get("display_window")), _window(row.get("data_window"))
        if not display:
            continue
        width, height = display[2] - display[0] + 1, display[3] - display[1] + 1
        yield f"exact {width} {height}", 0.6
        yield from _number("width", width, 0.8)
        yield from _number("height", height, 0.8)
        yield f"shape {(16 * width + height) // (2 * height) if height > 0 else 0}", 0.6
        if data:
            # Only what stands out: programs crop each frame to its own picture.
            yield f"overscan {data[0] < display[0] or data[2] > display[2]}", 0.6
        ratio = row.get("pixel_aspect_ratio")
        yield f"pixel {round(ratio, 2) if isinstance(ratio, int | float) else ratio}", 0.3


def _window(value: object) -> tuple[int, int, int, int] | None:
    """The corners of a window of the payload."""
    try:
        (left, top), (right, bottom) = value["min"], value["max"]  # type: ignore[index]
        return int(left), int(top), int(right), int(bottom)
    except (TypeError, KeyError, ValueError, OverflowError):
        return None


def _colour(parts: list[Mapping[str, Any]]) -> Features:
    for space in sorted({str(row["color_space"]) for row in parts if row.get("color_space")}):
        yield stable_text(space), 1.0
