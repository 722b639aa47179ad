"""Ranking quality: nDCG against graded gains, and baseline embeddings to compare with."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import METADATA_DIM, Matrix, Vector
from exr_inspector_app.model import Payload
from tests.studio.render import Render

DEPTH = 10
Gains = npt.NDArray[np.float64]


def relevance(files: Sequence[Render]) -> Gains:
    """Return the gain of each file (column) for each query (row): 7, 3, 1, and 0 for relevance 3, 2, 1, and 0."""
    grades = np.array([[query.relevance(file) for file in files] for query in files])
    return np.asarray(2.0**grades - 1)


def overlap(sets: Sequence[frozenset[tuple[str, str, str]]]) -> Gains:
    """Return the Jaccard index of each pair of sets."""
    return np.array([[len(left & right) / max(len(left | right), 1) for right in sets] for left in sets])


def ndcg(scores: Matrix, gains: Gains) -> Gains:
    """Return nDCG at 10 of each query, which excludes itself; files of equal score share their gains."""
    discount = 1 / np.log2(np.arange(DEPTH) + 2)
    values = []
    for query, row in enumerate(scores):
        others = np.delete(np.arange(len(row)), query)
        got, best = _gains(row[others], gains[query][others]), np.sort(gains[query][others])[::-1][:DEPTH]
        ideal = float(best @ discount[: len(best)])
        values.append(float(got[:DEPTH] @ discount[: len(got)]) / ideal if ideal else 1.0)
    return np.array(values)


def _gains(scores: Vector, gains: Gains) -> Gains:
    """Return the gains in order of scores; ties get their mean, so that the input order has no effect."""
    order = np.argsort(-scores, kind="stable")
    ranked, rounded = gains[order], np.round(scores[order], 5)
    _, group = np.unique(-rounded, return_inverse=True)
    means = np.bincount(group, ranked) / np.bincount(group)
    return np.asarray(means[group])


def random_vector(text: str, dim: int = METADATA_DIM) -> Vector:
    """Return a random unit vector that is equal for equal texts only."""
    seed = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
    vector = np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector))


def payload_hash_vector(payload: Payload) -> Vector:
    """Return a vector that depends on the complete payload except its path."""
    facts = {**payload, "file": {**payload["file"], "path": None}}
    return random_vector(json.dumps(facts, sort_keys=True))


def token_hashing(payload: Payload, dim: int = METADATA_DIM) -> Vector:
    """Return plain signed feature hashing of the tokens of all names and values, the simplest baseline."""
    features = [text for row in payload["channels"] for text in (row["name"], row["type"])]
    for part in payload["attributes"]["parts"]:
        for row in part:
            if row["name"] != "channels":
                tokens = re.findall(r"[a-z]+|[0-9.]+", json.dumps(row["value"]).lower())
                features += [row["name"], *(f"{row['name']}={token}" for token in tokens)]
    vector = np.zeros(dim, dtype=np.float32)
    for feature in features:
        number = int.from_bytes(blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        vector[(number >> 1) % dim] += 1 if number & 1 else -1
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
