"""Mean strength of features over files of many programs, of which `resources/embedding_mean.json` is made.

The mean is taken of three sets, each with the same weight: real files (one mean per repository), the sample files of
OpenEXR, and the generated studio on the seeds that weights are set on. Only features of at least three groups
(repositories, folders, programs) are written, so that no text of a single production is.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from unittest.mock import patch

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Matrix
from exr_inspector_app.embedding import metadata, metadata_embedding
from exr_inspector_app.embedding.feature_hashing import feature_positions, hash_features
from exr_inspector_app.embedding.mean_vector import hashed_strengths
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import Payload, payload
from tests.benchmarks.real_files import Mask, RealFiles
from tests.conftest import CORPUS
from tests.studio import renders

Groups = Mapping[str, Sequence[Payload]]
Strengths = dict[str, float]

_MIN_GROUPS = 3  # that have a feature
_MIN_STRENGTH = 0.0005
SEEDS = (1, 2)


def real_groups(files: RealFiles, chosen: Mask | None = None) -> Groups:
    """Return the payloads of each repository."""
    groups: dict[str, list[Payload]] = defaultdict(list)
    for index, (name, facts) in enumerate(zip(files.repositories.tolist(), files.payloads, strict=True)):
        if chosen is None or chosen[index]:
            groups[name].append(facts)
    return groups


def other_groups() -> list[Groups]:
    """Return the payloads of the sample files by folder, and of the studio by program."""
    folders: dict[str, list[Payload]] = defaultdict(list)
    for path in sorted(CORPUS.rglob("*.exr")):
        facts = payload(inspect_file(str(path)))
        if facts["channels"]:
            folders[path.parent.name].append(facts)
    programs: dict[str, list[Payload]] = defaultdict(list)
    for seed in SEEDS:
        for file in renders(seed):
            programs[f"{seed} {file.program}"].append(file.payload())
    return [groups for groups in (folders, programs) if groups]


def mean_strengths(sets: Sequence[Groups]) -> Strengths:
    """Return the mean strength of each feature in a unit vector: over files, then groups, then sets."""
    counts: Counter[str] = Counter()
    total: Strengths = defaultdict(float)
    for groups in sets:
        for payloads in groups.values():
            names: set[str] = set()
            for facts in payloads:
                strengths = _strengths(facts)
                names |= strengths.keys()
                for feature, strength in strengths.items():
                    total[feature] += strength / len(payloads) / len(groups) / len(sets)
            counts.update(names)
    ordered = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return {name: round(value, 5) for name, value in ordered if counts[name] >= _MIN_GROUPS and value >= _MIN_STRENGTH}


def _strengths(facts: Payload) -> Strengths:
    """Return what each feature contributes to the unit vector of a file."""
    values = [0.0] * METADATA_DIM
    strengths: Strengths = defaultdict(float)
    for kind, listed in metadata.features_by_kind(facts).items():
        features, weight = tuple(listed), metadata.WEIGHTS[kind]
        hashed = hash_features(kind, features, METADATA_DIM)
        for position, value in hashed:
            values[position] += value * weight
        length = _length(kind, features)
        for feature, strength in features:
            strengths[f"{kind}:{feature}"] += weight * strength / length
    total = math.sqrt(math.fsum(value * value for value in values))
    return {feature: strength / total for feature, strength in strengths.items()}


def _length(kind: str, features: Sequence[tuple[str, float]]) -> float:
    sums: dict[int, float] = defaultdict(float)
    for feature, strength in features:
        for position, sign in feature_positions(f"{kind}:{feature}", METADATA_DIM):
            sums[position] += sign * strength
    return math.sqrt(math.fsum(value * value for value in sums.values())) or 1.0


def uncentered(payloads: Sequence[Payload]) -> Matrix:
    """Return the unit vectors before the mean is subtracted."""
    with patch.object(metadata, "subtract_mean", _unchanged):
        return np.stack([metadata_embedding(facts) for facts in payloads])


def _unchanged(values: list[float]) -> list[float]:
    return values


def centered(vectors: Matrix, strengths: Strengths) -> Matrix:
    """Return unit vectors minus the mean that a table of strengths gives."""
    mean = np.array(hashed_strengths(strengths, vectors.shape[1]))
    moved = vectors - mean
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)
