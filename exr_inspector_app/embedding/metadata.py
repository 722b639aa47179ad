"""The 384 values of a set-up: renderer, layers, attributes, format, resolution and colour, each by weight.

Every kind of feature is scaled to its own weight, however many features it has, so a file with 200 attributes
is not told by its attributes alone. What differs from frame to frame weighs nothing (`volatile_attributes.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Vector
from exr_inspector_app.embedding import attribute_features, feature_hashing
from exr_inspector_app.embedding.attribute_features import Features
from exr_inspector_app.embedding.volatile_attributes import stable_text
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.model import Payload
from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.encoding import percent_encode_invalid

# How much each kind counts, and what it gains: resources/help/similar.md.
WEIGHTS = {
    "layers": 1.4,
    "program": 1.8,  # which program with which attributes
    "values": 0.75,  # what a person set in them
    "places": 0.55,  # folders that they name
    "format": 1.1,
    "picture": 0.55,  # resolution and colour
}

_BEFORE_VERSION = re.compile(r"(?:^|[\s_-]+)v?$")
_NUMBERS = re.compile(r"[0-9]+")
MOST_CHANNELS = 5000


def metadata_embedding(payload: Payload, dim: int = METADATA_DIM) -> Vector:
    """The unit vector of a payload's set-up, shape (dim,), always finite, also for an empty payload.

    Path, date, frame, time code, host and per-frame matrices do not show in it. Raises
    VectorEmbeddingError for something that is no payload.
    """
    feature_hashing.require_dim(dim)
    if not isinstance(payload, Mapping):
        raise VectorEmbeddingError(f"A payload is a dictionary; this is a {type(payload).__name__}.")
    values = [0.0] * dim
    for kind, features in features_of(payload).items():
        feature_hashing.add(values, kind, features, WEIGHTS[kind])
    vector = feature_hashing.unit(values)
    if vector is not None:
        return vector
    empty = np.zeros(dim, dtype=np.float32)
    empty[0] = 1.0
    return empty


def features_of(payload: Payload) -> dict[str, Iterable[feature_hashing.Feature]]:
    """The features of each kind, with their strengths within it."""
    parts, listed = _rows(payload.get("parts")), attribute_features.attributes(payload)
    return {
        "layers": _layers(_rows(payload.get("channels"))),
        "program": chain(attribute_features.names(listed), _program(parts)),
        "values": attribute_features.values(listed),
        "places": attribute_features.places(listed),
        "format": _format(parts),
        "picture": chain(_resolution(parts), _colour(parts)),
    }


def _rows(value: object) -> list[Mapping[str, Any]]:
    """The dictionaries of a list; a payload may lack any of its sections."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _word(row: Mapping[str, Any], name: str) -> str:
    """A text of a part in the form in which it is stored."""
    return percent_encode_invalid(str(row.get(name)))[: feature_hashing.MOST_FEATURE_TEXT]


def _program(parts: list[Mapping[str, Any]]) -> Features:
    """The program, and its version more and more exactly."""
    for software in dict.fromkeys(_word(row, "render_software") for row in parts if row.get("render_software")):
        text = software.lower()
        figure = _NUMBERS.search(text)
        name = _BEFORE_VERSION.sub("", text[: figure.start()] if figure else text) or "unnamed"
        yield f"program {name}", 1.0
        numbers = _NUMBERS.findall(text)[:3]
        for depth in range(1, len(numbers) + 1):
            yield f"program {name} {'.'.join(numbers[:depth])}", 0.5 / depth


def _layers(channels: list[Mapping[str, Any]]) -> Features:
    """The layers and their components, in the form that all writers share."""
    seen: set[str] = set()
    for row in channels[:MOST_CHANNELS]:
        layer, component = row.get("layer_name"), row.get("component_name")
        if not isinstance(layer, str) or not isinstance(component, str):
            layer, _, component = str(row.get("name")).rpartition(".")
        longest = feature_hashing.MOST_FEATURE_TEXT
        seen.add(
            canonical_channel(percent_encode_invalid(layer)[:longest], percent_encode_invalid(component)[:longest])[0]
        )
    for words in sorted(seen):
        yield words, 1.0
        for word in words.split():
            yield f"word {word}", 0.3
    for kind in sorted({str(row.get("type")) for row in channels}):
        yield f"type {kind}", 0.5


def _format(parts: list[Mapping[str, Any]]) -> Features:
    """How the pixels are stored."""
    yield f"parts {min(len(parts), 8)}", 0.7
    for row in parts[:64]:
        yield f"compression {_word(row, 'compression')}", 1.0
        yield f"kind {bool(row.get('is_tiled'))} {bool(row.get('is_deep'))}", 1.0
        if row.get("is_tiled"):
            yield f"tiles {row.get('tile_width')} {row.get('tile_height')} {row.get('level_mode')}", 0.7
        if row.get("part_name"):
            yield f"name {stable_text(_word(row, 'part_name'))}", 0.5
        if row.get("view_name"):
            yield f"view {_word(row, 'view_name')}", 0.5


def _resolution(parts: list[Mapping[str, Any]]) -> Features:
    """The size of the display window, its shape, and overscan."""
    for row in parts[:1]:
        display, data = _window(row.get("display_window")), _window(row.get("data_window"))
        if not display:
            continue
        width, height = display[2] - display[0] + 1, display[3] - display[1] + 1
        yield f"exact {width} {height}", 0.6
        yield from attribute_features.number("width", width, 0.8)
        yield from attribute_features.number("height", height, 0.8)
        yield f"shape {(16 * width + height) // (2 * height) if height > 0 else 0}", 0.6
        if data:
            # Only what stands out: programs crop each frame to its own picture.
            yield f"overscan {data[0] < display[0] or data[2] > display[2]}", 0.6
        ratio = row.get("pixel_aspect_ratio")
        if isinstance(ratio, int | float) and math.isfinite(ratio):
            yield f"pixel {round(ratio, 2)}", 0.3


def _window(value: object) -> tuple[int, int, int, int] | None:
    """The corners of a window of the payload."""
    try:
        (left, top), (right, bottom) = value["min"], value["max"]  # type: ignore[index]
        return int(left), int(top), int(right), int(bottom)
    except (TypeError, KeyError, ValueError, OverflowError):
        return None


def _colour(parts: list[Mapping[str, Any]]) -> Features:
    for space in sorted({_word(row, "color_space") for row in parts if row.get("color_space")}):
        yield f"colour {stable_text(space)}", 1.0
