"""Metadata embedding: vector of a set-up, from programs, layers, attributes, format, resolution and color.

Every kind of feature is scaled to its own weight, however many features it has, so that 200 attributes do not
outweigh the rest. Attributes that vary by frame or machine have no features (`volatile_attributes`). The mean vector
of many files is subtracted (`mean_vector`), so that files are not similar by what nearly every header has.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Vector
from exr_inspector_app.embedding.attribute_features import (
    Attribute,
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
from exr_inspector_app.embedding.mean_vector import subtract_mean
from exr_inspector_app.embedding.program_features import program_features
from exr_inspector_app.embedding.volatile_attributes import stable_text
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.encoding import percent_encode_invalid

# Weight of each kind; resources/help/similar.md describes them. The keys are part of the hashed texts.
WEIGHTS = {
    "layers": 1.75,
    "types": 0.12,  # of pixels
    "program": 1.25,  # renderer and writer
    "names": 1.8,  # of attributes
    "values": 0.57,  # of attributes
    "places": 1.08,  # folders in values
    "compression": 0.42,
    "layout": 0.66,  # parts, tiles, deep
    "labels": 0.6,  # names of parts and views
    "resolution": 0.34,
    "window": 0.28,  # overscan and pixel aspect ratio
    "colour": 0.2,  # color space
    "header": 0.65,  # attributes that only some writers of OpenEXR add
}

_OPTIONAL = ("chunkCount", "type", "name", "version", "preview", "view", "multiView")
_READ = (*_OPTIONAL, "screenWindowCenter", "screenWindowWidth")
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
    vector = normalize(subtract_mean(values))
    if vector is not None:
        return vector
    empty = np.zeros(dim, dtype=np.float32)
    empty[0] = 1.0
    return empty


def features_by_kind(payload: Mapping[str, Any]) -> dict[str, Iterable[Feature]]:
    """Return the features of each kind of WEIGHTS."""
    parts, attributes = _rows(payload.get("parts")), relevant_attributes(payload)
    channels = _rows(payload.get("channels"))
    return {
        "layers": _layers(channels),
        "types": ((kind, 1.0) for kind in sorted({str(row.get("type")) for row in channels})),
        "program": list(program_features(payload.get("file"), parts)) or _date_stamp(attributes),
        "names": name_features(attributes),
        "values": value_features(attributes),
        "places": path_features(attributes),
        "compression": ((_stored_text(row, "compression"), 1.0) for row in parts[:_MAX_PARTS]),
        "layout": _layout(parts),
        "labels": _labels(parts),
        "resolution": _resolution(parts),
        "window": _windows(parts),
        "colour": _colors(parts),
        "header": _header(payload.get("attributes"), parts),
    }


def _rows(value: object) -> list[Mapping[str, Any]]:
    """Return the dictionaries of a section, which may be missing or malformed."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _stored_text(row: Mapping[str, Any], name: str) -> str:
    """Return a text of a part in the form in which it is stored."""
    return percent_encode_invalid(str(row.get(name)))[:MAX_FEATURE_CHARS]


def _layers(channels: list[Mapping[str, Any]]) -> Features:
    """Yield canonical layers, and the terms in their names."""
    layers: set[str] = set()
    for row in channels[:MAX_CHANNELS]:
        layer, component = row.get("layer_name"), row.get("component_name")
        if not isinstance(layer, str) or not isinstance(component, str):
            layer, _, component = str(row.get("name")).rpartition(".")
        layers.add(_canonical_layer(layer, component))
    for layer in sorted(layers):
        yield layer, 1.0
        for word in layer.split():
            yield f"word {word}", 0.3


@lru_cache(maxsize=1 << 14)
def _canonical_layer(layer: str, component: str) -> str:
    layer, component = (percent_encode_invalid(name)[:MAX_FEATURE_CHARS] for name in (layer, component))
    return canonical_channel(layer, component)[0]


def _date_stamp(attributes: Sequence[Attribute]) -> Features:
    """Yield the trace of a writer that names no program: OpenImageIO, on which many are built, adds a date.

    The date itself differs between frames and is no feature.
    """
    if any(attribute.name == "capDate" for attribute in attributes):
        yield "dated", 1.0


def _layout(parts: list[Mapping[str, Any]]) -> Features:
    """Yield the number of parts, and whether they are tiled or deep."""
    yield f"parts {min(len(parts), 8)}", 0.7
    for row in parts[:_MAX_PARTS]:
        yield f"kind {bool(row.get('is_tiled'))} {bool(row.get('is_deep'))}", 1.0
        if row.get("is_tiled"):
            yield f"tiles {row.get('tile_width')} {row.get('tile_height')} {row.get('level_mode')}", 0.7


def _labels(parts: list[Mapping[str, Any]]) -> Features:
    """Yield the names of parts and views."""
    for row in parts[:_MAX_PARTS]:
        if row.get("part_name"):
            yield f"name {stable_text(_stored_text(row, 'part_name'))}", 0.5
        if row.get("view_name"):
            yield f"view {_stored_text(row, 'view_name')}", 0.5


def _header(section: object, parts: list[Mapping[str, Any]]) -> Features:
    """Yield the optional attributes of the first part, and its line order: they distinguish writers of OpenEXR."""
    listed = section.get("parts") if isinstance(section, Mapping) else None
    values = (
        {name: row.get("value") for row in _rows(listed[0]) if (name := row.get("name")) in _READ} if listed else {}
    )
    for name in _OPTIONAL:
        if name in values:
            yield f"has {name}", 1.0
    for row in parts[:1]:
        yield f"order {_stored_text(row, 'line_order')}", 0.5
    is_default = values.get("screenWindowCenter") == [0.0, 0.0] and values.get("screenWindowWidth") == 1.0
    yield f"window {is_default}", 0.7


def _resolution(parts: list[Mapping[str, Any]]) -> Features:
    """Yield size and aspect of the display window of the first part."""
    for row in parts[:1]:
        display = _window(row.get("display_window"))
        if not display:
            continue
        width, height = display[2] - display[0] + 1, display[3] - display[1] + 1
        yield f"exact {width} {height}", 1.0
        yield from number_features("width", width, 0.5)
        yield from number_features("height", height, 0.5)
        yield f"shape {(16 * width + height) // (2 * height) if height > 0 else 0}", 0.6


def _windows(parts: list[Mapping[str, Any]]) -> Features:
    """Yield overscan and pixel aspect ratio of the first part."""
    for row in parts[:1]:
        display, data = _window(row.get("display_window")), _window(row.get("data_window"))
        if not display:
            continue
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
        yield stable_text(space), 1.0
