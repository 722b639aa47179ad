"""Channel fingerprint: embedding of a set of channels, independent of how programs name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from exr_inspector_app.contracts import CHANNEL_DIM, Matrix, Vector
from exr_inspector_app.embedding.feature_hashing import MAX_FEATURE_CHARS, add_features, normalize, require_dim
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.encoding import percent_encode_invalid

# What two channels can share, by weight: canonical layer and component, the same with the pixel type, and the exact
# spelling, which ranks sets that are equal otherwise.
WEIGHTS = {"same": 0.65, "typed": 0.65, "spelled": 0.15}
MAX_DISTINCT_CHANNELS = 4096  # of one file with a vector each; further ones share a vector and have no fingerprint
_SUMMED_COLUMNS = 16  # at once
_MAX_TYPE_CHARS = 32
_COMMON_CHANNEL = ("\0", "\0", "")  # of no file, whose names end at a NUL


def channel_features(layer: str, component: str, kind: str) -> dict[str, str]:
    """Return the feature of each kind of WEIGHTS for one channel; `kind` is its pixel type."""
    canonical_layer, part = canonical_channel(layer, component)
    same = f"{canonical_layer}\0{part}"
    return {"same": same, "typed": f"{same}\0{kind}", "spelled": f"{layer}\0{component}\0{kind}"}


@lru_cache(maxsize=1 << 14)
def _channel_vector(layer: str, component: str, kind: str, dim: int) -> Vector:
    """Return the unit vector of one channel, read-only."""
    values = [0.0] * dim
    for name, feature in channel_features(layer, component, kind).items():
        add_features(values, name, [(feature, 1.0)], WEIGHTS[name])
    vector = normalize(values)
    if vector is None:  # positions of a tiny dimension may cancel out
        vector = np.zeros(dim, dtype=np.float32)
        vector[0] = 1.0
    vector.flags.writeable = False
    return vector


def channel_vectors(channels: Sequence[Mapping[str, Any]], dim: int = CHANNEL_DIM) -> Matrix:
    """Return one unit vector per channel, in the given order.

    Args:
        channels: Rows of the payload's `channels`.
        dim: Dimension of the vectors, from 1 to 65,536.

    Returns:
        (channels, dim) float32, bit-identical on every machine. After the first MAX_DISTINCT_CHANNELS distinct
        channels, the rest have one common vector.

    Raises:
        VectorEmbeddingError: `dim` is out of range, or a row is not a channel.
    """
    require_dim(dim)
    vectors = np.empty((len(channels), dim), dtype=np.float32)
    names = [_names_and_type(row) for row in channels]
    if len(names) <= MAX_DISTINCT_CHANNELS:
        for index, name in enumerate(names):
            vectors[index] = _channel_vector(*name, dim)
        return vectors
    distinct = set(islice(dict.fromkeys(names), MAX_DISTINCT_CHANNELS))
    common = _channel_vector(*_COMMON_CHANNEL, dim)
    for index, name in enumerate(names):
        vectors[index] = _channel_vector(*name, dim) if name in distinct else common
    return vectors


def channel_fingerprint(channels: Sequence[Mapping[str, Any]], dim: int = CHANNEL_DIM) -> Vector:
    """Return the fingerprint of a set of channels, independent of their order.

    Args:
        channels: Rows of the payload's `channels`.
        dim: Dimension of the vector, from 1 to 65,536.

    Returns:
        Unit vector, (dim,) float32, bit-identical on every machine; zeros for no channels.

    Raises:
        VectorEmbeddingError: `dim` is out of range, or a row is not a channel.
    """
    return fingerprint_of(channel_vectors(channels, dim))


def fingerprint_of(vectors: Matrix) -> Vector:
    """Return the fingerprint of channels with these vectors.

    Args:
        vectors: (channels, dim) float32, as `channel_vectors` returns them.

    Returns:
        Normalized sum, (dim,) float32; zeros for no channels. The vector that channels beyond MAX_DISTINCT_CHANNELS
        have in common does not count.
    """
    dim = vectors.shape[1]
    if len(vectors) > MAX_DISTINCT_CHANNELS:
        vectors = vectors[(vectors != _channel_vector(*_COMMON_CHANNEL, dim)).any(axis=1)]
    total: list[float] = []
    for start in range(0, dim, _SUMMED_COLUMNS):  # a file of 50,000 channels would take 100 MB at once
        columns = vectors[:, start : start + _SUMMED_COLUMNS].astype(np.float64)
        # Sorted, so that the order in which a writer lists its channels does not affect the last bit.
        columns.sort(axis=0)
        total += columns.sum(axis=0).tolist()
    fingerprint = normalize(total)
    return np.zeros(dim, dtype=np.float32) if fingerprint is None else fingerprint


def _names_and_type(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return layer, component and pixel type of a row; the first two are parsed from its name if they are missing."""
    try:
        layer, component = row.get("layer_name"), row.get("component_name")
        if layer is None or component is None:
            layer, _, component = str(row["name"]).rpartition(".")
        kind = row.get("type") or ""
    except (AttributeError, KeyError, TypeError) as error:
        raise VectorEmbeddingError("A channel needs a `name`, or its layer and component.") from error
    return _encoded(str(layer), str(component), str(kind))


@lru_cache(maxsize=1 << 14)  # frames of a sequence share their channels
def _encoded(layer: str, component: str, kind: str) -> tuple[str, str, str]:
    return (
        percent_encode_invalid(layer)[:MAX_FEATURE_CHARS],
        percent_encode_invalid(component)[:MAX_FEATURE_CHARS],
        percent_encode_invalid(kind)[:_MAX_TYPE_CHARS],
    )
