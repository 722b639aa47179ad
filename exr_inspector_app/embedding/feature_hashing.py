"""Feature hashing: a text becomes a few signed places of a vector.

Each feature stands at four places, given by the 16 bytes of BLAKE2b (digest size 16, no key) over its UTF-8
text: bytes 4n to 4n+3, little endian, are an unsigned number whose lowest bit is the sign and whose rest
modulo the dimension is the place. Four places keep two features from falling wholly onto each other.
Only additions, multiplications and square roots of IEEE doubles follow, in a fixed order, so that the
vectors are the same to the bit everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from exr_inspector_app.contracts import Vector
from exr_inspector_app.errors import VectorEmbeddingError

MOST_FEATURE_TEXT = 512  # characters; what is behind them tells nothing more

MOST_REMEMBERED = 300  # features of one kind whose sum is kept for the next frame

Feature = tuple[str, float]  # and its strength within its kind
Places = tuple[tuple[int, float], ...]


@lru_cache(maxsize=1 << 16)
def places(feature: str, dim: int) -> Places:
    """The four signed places of a feature in a vector of `dim` numbers."""
    digest = blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    numbers = [int.from_bytes(digest[start : start + 4], "little") for start in (0, 4, 8, 12)]
    return tuple(((number >> 1) % dim, 0.5 if number & 1 else -0.5) for number in numbers)


def add(into: list[float], kind: str, features: Iterable[Feature], weight: float) -> None:
    """The features of a kind, scaled together to the length `weight`, are added to a vector."""
    listed = tuple(features)
    made = _remembered(kind, listed, len(into)) if len(listed) <= MOST_REMEMBERED else block(kind, listed, len(into))
    for place, value in made:
        into[place] += value * weight


def block(kind: str, features: tuple[Feature, ...], dim: int) -> Places:
    """The features of a kind as a sparse vector of length 1; empty where they cancel out."""
    found: dict[int, float] = {}
    for feature, strength in features:
        for place, sign in places(f"{kind}:{feature}", dim):
            found[place] = found.get(place, 0.0) + sign * strength
    length = math.sqrt(math.fsum([value * value for value in found.values()]))
    return tuple((place, value / length) for place, value in found.items()) if length else ()


# Frames of a sequence share nearly all of their features.
_remembered = lru_cache(maxsize=512)(block)


def unit(values: list[float]) -> Vector | None:
    """The values as a float32 vector of length 1; None where they are all zero."""
    length = math.sqrt(math.fsum(value * value for value in values))
    if length == 0.0:
        return None
    return np.array([value / length for value in values], dtype=np.float32)


def require_dim(dim: int) -> None:
    """VectorEmbeddingError for a dimension that no vector has."""
    if not isinstance(dim, int) or isinstance(dim, bool) or not 1 <= dim <= 65_536:
        raise VectorEmbeddingError(f"An embedding has from 1 to 65,536 dimensions; {dim!r} was asked for.")
