"""How well vectors rank files: nDCG against graded gains, and the reference points that anyone can have."""

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
    """The gain of each file (column) for each query (row): 7, 3, 1 and 0 for relevance 3, 2, 1 and 0."""
    grades = np.array([[one.relevance(other) for other in files] for one in files])
    return np.asarray(2.0**grades - 1)


def overlap(sets: Sequence[frozenset[tuple[str, str, str]]]) -> Gains:
    """The Jaccard index of each two sets."""
    return np.array([[len(one & other) / max(len(one | other), 1) for other in sets] for one in sets])


def ndcg(scores: Matrix, gains: Gains) -> Gains:
    """nDCG at 10 of each query; a query never finds itself, and files of equal score share their places' gain."""
    discount = 1 / np.log2(np.arange(DEPTH) + 2)
    found = []
    for query, row in enumerate(scores):
        others = np.delete(np.arange(len(row)), query)
        got, best = _gains(row[others], gains[query][others]), np.sort(gains[query][others])[::-1][:DEPTH]
        ideal = float(best @ discount[: len(best)])
        found.append(float(got[:DEPTH] @ discount[: len(got)]) / ideal if ideal else 1.0)
    return np.array(found)


def _gains(scores: Vector, gains: Gains) -> Gains:
    """The gains in the order of the scores; ties get their mean, so that the order of a list decides nothing."""
    order = np.argsort(-scores, kind="stable")
    ranked, rounded = gains[order], np.round(scores[order], 5)
    _, group = np.unique(-rounded, return_inverse=True)
    means = np.bincount(group, ranked) / np.bincount(group)
    return np.asarray(means[group])


def random_vector(text: str, dim: int = METADATA_DIM) -> Vector:
    """A unit vector drawn from the hash of a text: equal for equal texts alone."""
    seed = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
    found = np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found))


def whole_payload(payload: Payload) -> Vector:
    """The hash of everything that a payload holds, its path left out."""
    facts = {**payload, "file": {**payload["file"], "path": None}}
    return random_vector(json.dumps(facts, sort_keys=True))


def token_hashing(payload: Payload, dim: int = METADATA_DIM) -> Vector:
    """Plain signed hashing of the words of all names and values: what one would write in ten lines."""
    words = [word for row in payload["channels"] for word in (row["name"], row["type"])]
    for part in payload["attributes"]["parts"]:
        for row in part:
            if row["name"] != "channels":
                tokens = re.findall(r"[a-z]+|[0-9.]+", json.dumps(row["value"]).lower())
                words += [row["name"], *(f"{row['name']}={token}" for token in tokens)]
    found = np.zeros(dim, dtype=np.float32)
    for word in words:
        number = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        found[(number >> 1) % dim] += 1 if number & 1 else -1
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-9))
