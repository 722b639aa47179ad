"""The 128 values of a channel set: files with the same channels are close, whatever program named them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from exr_inspector_app.contracts import CHANNEL_DIM, Matrix, Vector
from exr_inspector_app.embedding import hashing
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.naming import canonical

# What two channels share, strongest first: the component of a layer, that with its pixel type, the very
# spelling, the layer, its words. Component and type alone weigh next to nothing: they add up over the channels
# of a file, and would make files alike that share no layer.
_SAME, _TYPED, _SPELLED, _LAYER, _WORD, _COMPONENT, _TYPE = 0.8, 0.5, 0.15, 0.1, 0.1, 0.04, 0.03


@lru_cache(maxsize=1 << 14)
def _channel(layer: str, component: str, kind: str, dim: int) -> Vector:
    """The unit vector of one channel."""
    words, part = canonical(layer, component)
    values = [0.0] * dim
    hashing.add(values, [(f"channel {words}\0{part}", 1.0)], _SAME)
    hashing.add(values, [(f"typed {words}\0{part}\0{kind}", 1.0)], _TYPED)
    hashing.add(values, [(f"spelled {layer}\0{component}", 1.0)], _SPELLED)
    hashing.add(values, [(f"layer {words}", 1.0)], _LAYER)
    hashing.add(values, [(f"word {word}", 1.0) for word in words.split()], _WORD)
    hashing.add(values, [(f"component {part}", 1.0)], _COMPONENT)
    hashing.add(values, [(f"type {kind}", 1.0)], _TYPE)
    vector = hashing.unit(values)
    if vector is None:  # places of a tiny dimension may cancel out
        vector = np.zeros(dim, dtype=np.float32)
        vector[0] = 1.0
    vector.flags.writeable = False
    return vector


def channel_vectors(channels: Sequence[Mapping[str, Any]], dim: int = CHANNEL_DIM) -> Matrix:
    """One unit vector a channel, shape (channels, dim), in the order given.

    `channels` are rows of the payload's `channels`. Raises VectorEmbeddingError for anything else.
    """
    hashing.require_dim(dim)
    if not channels:
        return np.zeros((0, dim), dtype=np.float32)
    return np.stack([_channel(*_words(row), dim) for row in channels])


def channel_fingerprint(channels: Sequence[Mapping[str, Any]], dim: int = CHANNEL_DIM) -> Vector:
    """The normalised sum of the channels' vectors, shape (dim,); zeros for no channels."""
    vectors = channel_vectors(channels, dim)
    # Sorted, so that the order in which a writer lists its channels does not show in the last bit.
    total = [float(x) for x in np.sort(vectors.astype(np.float64), axis=0).sum(axis=0)]
    fingerprint = hashing.unit(total)
    return np.zeros(dim, dtype=np.float32) if fingerprint is None else fingerprint


def _words(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Layer, component and type of a row; they are taken from the name where the row lacks them."""
    try:
        layer, component = row.get("layer_name"), row.get("component_name")
        if layer is None or component is None:
            layer, _, component = str(row["name"]).rpartition(".")
        kind = row.get("type") or ""
    except (AttributeError, KeyError, TypeError) as error:
        raise VectorEmbeddingError("A channel needs a `name`, or its layer and component.") from error
    longest = hashing.MOST_FEATURE_TEXT
    return str(layer)[:longest], str(component)[:longest], str(kind)[:32]
