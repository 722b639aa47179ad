"""Mean vector of the metadata embedding, as a table of features: `resources/embedding_mean.json`.

Nearly every header is ZIP, RGB and half, so that bare headers would be similar by default. The table has the mean
strength of each common feature over files of many programs; hashed, it is their mean vector in any dimension. It
belongs to one embedding version. `python -m tests.benchmarks.write_mean` computes it; resources/help/similar.md
describes the files.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from exr_inspector_app.config.paths import resource
from exr_inspector_app.embedding.feature_hashing import feature_positions

MEAN_FILE = "embedding_mean.json"


@lru_cache(maxsize=1)
def mean_strengths() -> Mapping[str, float]:
    """Return the mean strength of each common feature in a unit vector, by its hashed text."""
    table: dict[str, dict[str, float]] = json.loads(resource(MEAN_FILE).read_text(encoding="utf-8"))
    return table["features"]


def hashed_strengths(strengths: Mapping[str, float], dim: int) -> list[float]:
    """Return the vector of features with these strengths."""
    vector = [0.0] * dim
    for feature, strength in strengths.items():
        for position, sign in feature_positions(feature, dim):
            vector[position] += sign * strength
    return vector


@lru_cache(maxsize=16)
def mean_vector(dim: int) -> npt.NDArray[np.float64]:
    """Return the mean of the unit vectors of many files, read-only; its length is below 1."""
    vector = np.array(hashed_strengths(mean_strengths(), dim))
    vector.flags.writeable = False
    return vector


def subtract_mean(values: list[float]) -> list[float]:
    """Return a vector at length 1 minus the mean vector; zeros stay zeros."""
    length = math.sqrt(math.fsum([value * value for value in values]))
    if length == 0.0:
        return values
    moved: list[float] = (np.array(values) / length - mean_vector(len(values))).tolist()
    return moved
