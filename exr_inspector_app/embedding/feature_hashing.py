"""Feature hashing: maps text features to signed positions of a vector of fixed dimension.

Each feature has four positions, given by the 16 bytes of BLAKE2b (digest size 16, no key,
https://www.rfc-editor.org/rfc/rfc7693) over its UTF-8 text: bytes 4n to 4n+3, little endian, are an unsigned number
whose lowest bit is the sign and whose other bits modulo the dimension are the position. With four positions, two
features hardly ever collide in all of them. All other operations are additions, multiplications and square roots of
IEEE doubles in a fixed order, so that vectors are bit-identical on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from exr_inspector_app.contracts import Vector
from exr_inspector_app.errors import VectorEmbeddingError

MAX_FEATURE_CHARS = 512  # of one text; the rest is ignored
MAX_CACHED_FEATURES = 300  # of one kind in one file, whose sum is cached for the next frame
MAX_DIM = 65_536

Feature = tuple[str, float]  # text, and strength within its kind
SparseVector = tuple[tuple[int, float], ...]  # positions and values


@lru_cache(maxsize=1 << 16)
def feature_positions(feature: str, dim: int) -> SparseVector:
    """Return the four signed positions of a feature in a vector of `dim` numbers, with values of 0.5 and -0.5."""
    digest = blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    numbers = [int.from_bytes(digest[start : start + 4], "little") for start in (0, 4, 8, 12)]
    return tuple(((number >> 1) % dim, 0.5 if number & 1 else -0.5) for number in numbers)


def add_features(vector: list[float], kind: str, features: Iterable[Feature], weight: float) -> None:
    """Add the features of one kind to a vector, scaled together to the length `weight`.

    Args:
        vector: Modified in place.
        kind: Part of the hashed text, so that equal texts of different kinds differ.
        features: The features, in a reproducible order.
        weight: Length of their sum, however many there are.
    """
    collected = tuple(features)
    is_cached = len(collected) <= MAX_CACHED_FEATURES
    hashed = (_cached_hash_features if is_cached else hash_features)(kind, collected, len(vector))
    for position, value in hashed:
        vector[position] += value * weight


def hash_features(kind: str, features: tuple[Feature, ...], dim: int) -> SparseVector:
    """Return the features of one kind as a sparse vector of length 1; empty if they cancel out."""
    sums: dict[int, float] = {}
    for feature, strength in features:
        for position, sign in feature_positions(f"{kind}:{feature}", dim):
            sums[position] = sums.get(position, 0.0) + sign * strength
    length = math.sqrt(math.fsum([value * value for value in sums.values()]))
    return tuple((position, value / length) for position, value in sums.items()) if length else ()


# Frames of a sequence share nearly all of their features.
_cached_hash_features = lru_cache(maxsize=512)(hash_features)


def normalize(values: list[float]) -> Vector | None:
    """Return the values as a unit vector, (len(values),) float32, or None if all are zero."""
    length = math.sqrt(math.fsum(value * value for value in values))
    if length == 0.0:
        return None
    return np.array([value / length for value in values], dtype=np.float32)


def require_dim(dim: int) -> None:
    """Check a dimension.

    Raises:
        VectorEmbeddingError: `dim` is not an integer from 1 to MAX_DIM.
    """
    if not isinstance(dim, int) or isinstance(dim, bool) or not 1 <= dim <= MAX_DIM:
        raise VectorEmbeddingError(f"Embeddings have from 1 to {MAX_DIM:,} dimensions, not {dim!r}.")
