"""The 128 values of a channel set: files with the same channels are close, whatever program named them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from exr_inspector_app.contracts import CHANNEL_DIM, Matrix, Vector
from exr_inspector_app.embedding import feature_hashing
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.encoding import percent_encode_invalid

# What two channels can share, and how much it counts: the component of a layer in the form that all programs
# share, that with its pixel type, and the very spelling, which orders what is the same otherwise.
WEIGHTS = {"same": 0.65, "typed": 0.65, "spelled": 0.15}
_COLUMNS = 16  # that are summed at one time


def features_of(layer: str, component: str, kind: str) -> dict[str, str]:
    """The one feature of each kind that a channel has."""
    words, part = canonical_channel(layer, component)
    return {"same": f"{words}\0{part}", "typed": f"{words}\0{part}\0{kind}", "spelled": f"{layer}\0{component}\0{kind}"}


@lru_cache(maxsize=1 << 14)
def _channel(layer: str, component: str, kind: str, dim: int) -> Vector:
    """The unit vector of one channel."""
    values = [0.0] * dim
    for name, feature in features_of(layer, component, kind).items():
        feature_hashing.add(values, name, [(feature, 1.0)], WEIGHTS[name])
    vector = feature_hashing.unit(values)
    if vector is None:  # places of a tiny dimension may cancel out
        vector = np.zeros(dim, dtype=np.float32)
        vector[0] = 1.0
    vector.flags.writeable = False
    return vector


def channel_vectors(channels: Sequence[Mapping[str, Any]], dim: int = CHANNEL_DIM) -> Matrix:
    """One unit vector a channel, shape (channels, dim), in the order given.

    `channels` are rows of the payload's `channels`. Raises VectorEmbeddingError for anything else.
    """
    feature_hashing.require_dim(dim)
    found = np.empty((len(channels), dim), dtype=np.float32)
    for place, row in enumerate(channels):
        found[place] = _channel(*_words(row), dim)
    return found


def channel_fingerprint(channels: Sequence[Mapping[str, Any]], dim: int = CHANNEL_DIM) -> Vector:
    """The normalised sum of the channels' vectors, shape (dim,); zeros for no channels."""
    return fingerprint_of(channel_vectors(channels, dim))


def fingerprint_of(vectors: Matrix) -> Vector:
    """The normalised sum of the vectors of channels; zeros for none."""
    dim = vectors.shape[1]
    total: list[float] = []
    for start in range(0, dim, _COLUMNS):  # a file of 50,000 channels would take 100 MB at once
        columns = vectors[:, start : start + _COLUMNS].astype(np.float64)
        # Sorted, so that the order in which a writer lists its channels does not show in the last bit.
        columns.sort(axis=0)
        total += columns.sum(axis=0).tolist()
    fingerprint = feature_hashing.unit(total)
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
    longest = feature_hashing.MOST_FEATURE_TEXT
    return (
        percent_encode_invalid(str(layer))[:longest],
        percent_encode_invalid(str(component))[:longest],
        percent_encode_invalid(str(kind))[:32],
    )
