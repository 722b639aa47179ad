"""Metadata embedding: vector of a set-up, from renderer, layers, attributes, format, resolution and color.

Every kind of feature is scaled to its own weight, however many features it has, so that 200 attributes do not
outweigh the rest. Attributes that vary by frame or machine have no features (`volatile_attributes`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Vector
from exr_inspector_app.embedding.attribute_features import (
    Features,
    name_features,
    number_features,
    path_features,
    relevant_attributes,
    value_features,
)
from exr_inspector_app.embedding.feature_hashing import (
    MAX_FEATURE_CHARS,
    Feature,
    add_features,
    normalize,
    require_dim,
)
from exr_inspector_app.embedding.volatile_attributes import stable_text
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.encoding import percent_encode_invalid

# Weight of each kind; resources/help/similar.md describes them. The keys are part of the hashed texts.
WEIGHTS = {
    "layers": 1.4,
    "program": 1.8,  # the program and the names of its attributes
    "values": 0.75,  # of attributes
    "places": 0.55,  # folders in values
    "format": 1.1,
    "picture": 0.55,  # resolution and color
}

_BEFORE_VERSION = re.compile(r"(?:^|[\s_-]+)v?$")
_NUMBERS = re.compile(r"[0-9]+")
MAX_CHANNELS = 5000  # of one file; later ones are ignored
_MAX_PARTS = 64


def metadata_embedding(payload: Mapping[str, Any], dim: int = METADATA_DIM) -> Vector:
    """Return the embedding of the set-up that produced a file.

    Path, date, frame, time code, host and per-frame matrices do not affect it.

    Args:
        payload: Inspection payload; sections that are missing or malformed are ignored.
        dim: Dimension of the vector, from 1 to 65,536.

    Returns:
        Unit vector, (dim,) float32, finite and bit-identical on every machine, also for an empty payload.

    Raises:
        VectorEmbeddingError: `payload` is not a mapping, or `dim` is out of range.
    """
    require_dim(dim)
    if not isinstance(payload, Mapping):
        raise VectorEmbeddingError(f"A payload is a dictionary, not a {type(payload).__name__}.")
    values = [0.0] * dim
    for kind, features in features_by_kind(payload).items():
        add_features(values, kind, features, WEIGHTS[kind])
    vector = normalize(values)
    if vector is not None:
        return vector
    empty = np.zeros(dim, dtype=np.float32)
    empty[0] = 1.0
    return empty


def features_by_kind(payload: Mapping[str, Any]) -> dict[str, Iterable[Feature]]:
    """Return the features of each kind of WEIGHTS."""
    parts, attributes = _rows(payload.get("parts")), relevant_attributes(payload)
    return {
        "layers": _layers(_rows(payload.get("channels"))),
        "program": chain(name_features(attributes), _program(parts)),
        "values": value_features(attributes),
        "places": path_features(attributes),
        "format": _format(parts),
        "picture": chain(_resolution(parts), _colors(parts)),
    }


def _rows(value: object) -> list[Mapping[str, Any]]:
    """Return the dictionaries of a section, which may be missing or malformed."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _stored_text(row: Mapping[str, Any], name: str) -> str:
    """Return a text of a part in the form in which it is stored."""
    return percent_encode_invalid(str(row.get(name)))[:MAX_FEATURE_CHARS]


def _program(parts: list[Mapping[str, Any]]) -> Features:
    """Yield the program, and its version with one, two and three numbers."""
    for software in dict.fromkeys(_stored_text(row, "render_software") for row in parts if row.get("render_software")):
        text = software.lower()
        number = _NUMBERS.search(text)
        name = _BEFORE_VERSION.sub("", text[: number.start()] if number else text) or "unnamed"
        yield f"program {name}", 1.0
        numbers = _NUMBERS.findall(text)[:3]
        for depth in range(1, len(numbers) + 1):
            yield f"program {name} {'.'.join(numbers[:depth])}", 0.5 / depth


def _layers(channels: list[Mapping[str, Any]]) -> Features:
    """Yield canonical layers, the terms in their names, and pixel types."""
    layers: set[str] = set()
    for row in channels[:MAX_CHANNELS]:
        layer, component = row.get("layer_name"), row.get("component_name")
        if not isinstance(layer, str) or not isinstance(component, str):
            layer, _, component = str(row.get("name")).rpartition(".")
        layer, component = (percent_encode_invalid(name)[:MAX_FEATURE_CHARS] for name in (layer, component))
        layers.add(canonical_channel(layer, component)[0])
    for layer in sorted(layers):
        yield layer, 1.0
        for word in layer.split():
            yield f"word {word}", 0.3
    for kind in sorted({str(row.get("type")) for row in channels}):
        yield f"type {kind}", 0.5


def _format(parts: list[Mapping[str, Any]]) -> Features:
    """Yield compression, part types, tiles, and names of parts and views."""
    yield f"parts {min(len(parts), 8)}", 0.7
    for row in parts[:_MAX_PARTS]:
        yield f"compression {_stored_text(row, 'compression')}", 1.0
        yield f"kind {bool(row.get('is_tiled'))} {bool(row.get('is_deep'))}", 1.0
        if row.get("is_tiled"):
            yield f"tiles {row.get('tile_width')} {row.get('tile_height')} {row.get('level_mode')}", 0.7
        if row.get("part_name"):
            yield f"name {stable_text(_stored_text(row, 'part_name'))}", 0.5
        if row.get("view_name"):
            yield f"view {_stored_text(row, 'view_name')}", 0.5


def _resolution(parts: list[Mapping[str, Any]]) -> Features:
    """Yield size and aspect of the display window of the first part, overscan, and pixel aspect ratio."""
    for row in parts[:1]:
        display, data = _window(row.get("display_window")), _window(row.get("data_window"))
        if not display:
            continue
        width, height = display[2] - display[0] + 1, display[3] - display[1] + 1
        yield f"exact {width} {height}", 0.6
        yield from number_features("width", width, 0.8)
        yield from number_features("height", height, 0.8)
        yield f"shape {(16 * width + height) // (2 * height) if height > 0 else 0}", 0.6
        if data:
            # Not the data window itself: programs crop it to the content of each frame.
            yield f"overscan {data[0] < display[0] or data[2] > display[2]}", 0.6
        ratio = row.get("pixel_aspect_ratio")
        if isinstance(ratio, int | float) and math.isfinite(ratio):
            yield f"pixel {round(ratio, 2)}", 0.3


def _window(value: object) -> tuple[int, int, int, int] | None:
    """Return the corners of a window of the payload, or None if it is malformed."""
    try:
        (left, top), (right, bottom) = value["min"], value["max"]  # type: ignore[index]
        return int(left), int(top), int(right), int(bottom)
    except (TypeError, KeyError, ValueError, OverflowError):
        return None


def _colors(parts: list[Mapping[str, Any]]) -> Features:
    for space in sorted({_stored_text(row, "color_space") for row in parts if row.get("color_space")}):
        yield f"colour {stable_text(space)}", 1.0
