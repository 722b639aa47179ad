"""Reference embeddings without knowledge of OpenEXR: hashing of words, and of names with their values."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Matrix
from exr_inspector_app.model import Payload
from tests.studio.ranking import random_vector, token_hashing

REFERENCES = ("random", "words", "tokens", "name_value", "name_value_idf")
_IDF_DIM = 4096


def references(payloads: Sequence[Payload]) -> Mapping[str, Matrix]:
    """Return the vectors of each reference embedding, one row per payload."""
    words, values = [_words(facts) for facts in payloads], [_named_values(facts) for facts in payloads]
    counts = Counter(feature for features in values for feature in set(features))
    rarity = {feature: math.log(len(values) / count) for feature, count in counts.items()}
    return {
        "random": np.stack([random_vector(str(facts["file"]["path"])) for facts in payloads]),
        "words": _hashed(words, METADATA_DIM),
        "tokens": np.stack([token_hashing(facts) for facts in payloads]),
        "name_value": _hashed(values, METADATA_DIM),
        "name_value_idf": _hashed(values, _IDF_DIM, rarity),
    }


def _words(facts: Payload) -> list[str]:
    """Return the words of all names and values."""
    features = [text for row in facts["channels"] for text in (row["name"], row["type"])]
    for rows in facts["attributes"]["parts"]:
        for row in rows:
            if row["name"] != "channels":
                features += re.findall(r"[a-z]+|[0-9.]+", f"{row['name']} {json.dumps(row['value'])}".lower())
    return features


def _named_values(facts: Payload) -> list[str]:
    """Return `name=value` of each attribute, and name and type of each channel."""
    features = [f"{row['name']}:{row['type']}" for row in facts["channels"]]
    for rows in facts["attributes"]["parts"]:
        features += [f"{row['name']}={json.dumps(row['value'])}" for row in rows if row["name"] != "channels"]
    return features


def _hashed(listed: Sequence[list[str]], dim: int, weights: Mapping[str, float] | None = None) -> Matrix:
    vectors = np.zeros((len(listed), dim))
    for vector, features in zip(vectors, listed, strict=True):
        for feature in features:
            number = int.from_bytes(blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest(), "little")
            vector[(number >> 1) % dim] += (1 if number & 1 else -1) * (weights[feature] if weights else 1.0)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
