"""Ablation study: nDCG with a feature kind or design choice, minus nDCG without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np

from exr_inspector_app.contracts import CHANNEL_DIM, METADATA_DIM, Matrix, Vector
from exr_inspector_app.embedding import attribute_features, feature_hashing, metadata, program_features
from exr_inspector_app.embedding.channel_fingerprint import WEIGHTS as CHANNEL_WEIGHTS
from exr_inspector_app.embedding.channel_fingerprint import channel_features
from exr_inspector_app.embedding.mean_vector import hashed_strengths, mean_strengths
from exr_inspector_app.model import Payload
from exr_inspector_app.text.channel_names import canonical_channel
from tests.benchmarks.measure import Figures
from tests.studio.ranking import Gains, ndcg, overlap

Blocks = list[dict[str, Vector]]  # of each file, the unit vector of each feature kind


def stacked(embed: Callable[[Payload], Vector], payloads: Iterable[Payload]) -> Matrix:
    return np.stack([embed(one) for one in payloads])


def ranked(vectors: Matrix, gains: Gains) -> Gains:
    return ndcg(vectors @ vectors.T, gains)


def quality(vectors: Sequence[Matrix], gains: Sequence[Gains]) -> float:
    """Return the mean nDCG of all queries of all studios."""
    return float(np.concatenate([ranked(*one) for one in zip(vectors, gains, strict=True)]).mean())


def sets_of(channels: Sequence[Mapping[str, Any]], names: Callable[[str, str], tuple[str, str]]) -> frozenset[Any]:
    """Return layer, component and type of channels, named by `names`."""
    return frozenset((*names(row["layer_name"], row["component_name"]), row["type"]) for row in channels)


def _exact(head: str, value: float, weight: float) -> Iterator[feature_hashing.Feature]:
    yield f"{head}={value}", weight


def _whole(name: str, version: str) -> Iterator[feature_hashing.Feature]:
    yield f"{name} {version}", 1.0


# The replacement of each choice while its gain is measured.
CHOICES: Mapping[str, tuple[Any, str, Any]] = {
    "names_in_one_form": (metadata, "canonical_channel", lambda layer, component: (layer, component)),
    "versions_split": (program_features, "_features", _whole),
    "volatile_left_out": (attribute_features, "is_volatile", lambda name, kind: False),
    "changing_words_equal": (attribute_features, "stable_text", str.lower),
    "numbers_in_soft_bins": (attribute_features, "number_features", _exact),
}


def ablation(payloads: Sequence[list[Payload]], gains: Sequence[Gains]) -> Figures:
    """Return the gain of each feature kind in both embeddings, and of each choice in the metadata embedding."""
    rows = [[one["channels"] for one in listed] for listed in payloads]
    figures = metadata_gains(payloads, gains)
    return figures | _channel_gains("channel", rows, canonical_channel) | _channel_gains("spelled", rows, as_spelled)


def metadata_gains(payloads: Sequence[list[Payload]], gains: Sequence[Gains]) -> Figures:
    """Return the gain of each feature kind and of each choice in the metadata embedding."""
    blocks = _all_blocks(payloads)
    complete = _weighted(blocks, metadata.WEIGHTS, gains)
    figures = {
        f"gain_{kind}": complete - _weighted(blocks, {**metadata.WEIGHTS, kind: 0.0}, gains)
        for kind in metadata.WEIGHTS
    }
    figures["gain_mean_subtracted"] = complete - _weighted(blocks, metadata.WEIGHTS, gains, is_centered=False)
    for name, (module, function, instead) in CHOICES.items():
        with patch.object(module, function, instead):
            _clear_caches()
            figures[f"gain_{name}"] = complete - _weighted(_all_blocks(payloads), metadata.WEIGHTS, gains)
    _clear_caches()
    return figures


def _clear_caches() -> None:
    """Drop cached features of the choice that was replaced."""
    attribute_features._text_features.cache_clear()
    metadata._canonical_layer.cache_clear()


def as_spelled(layer: str, component: str) -> tuple[str, str]:
    return layer, component


def _channel_gains(
    title: str, rows: Sequence[list[Sequence[Mapping[str, Any]]]], names: Callable[[str, str], tuple[str, str]]
) -> Figures:
    """Return the loss of the fingerprint without each kind; the truth is the overlap of names as `names` gives them."""
    truths = [overlap([sets_of(one, names) for one in listed]) for listed in rows]
    complete = quality([_fingerprints(listed, CHANNEL_WEIGHTS) for listed in rows], truths)
    figures = {}
    for kind in CHANNEL_WEIGHTS:
        without = [_fingerprints(listed, {**CHANNEL_WEIGHTS, kind: 0.0}) for listed in rows]
        figures[f"gain_{title}_{kind}"] = complete - quality(without, truths)
    return figures


def _all_blocks(payloads: Sequence[list[Payload]]) -> list[Blocks]:
    return [[feature_blocks(metadata.features_by_kind(one)) for one in listed] for listed in payloads]


def feature_blocks(features: Mapping[str, Iterable[tuple[str, float]]]) -> dict[str, Vector]:
    """Return the unit vector of each kind."""
    blocks = {}
    for kind, listed in features.items():
        values = [0.0] * METADATA_DIM
        feature_hashing.add_features(values, kind, listed, 1.0)
        blocks[kind] = np.array(values, dtype=np.float32)
    return blocks


def _weighted(
    blocks: Sequence[Blocks], weights: Mapping[str, float], gains: Sequence[Gains], is_centered: bool = True
) -> float:
    """Return the nDCG with other weights; the mean vector has the kinds with a weight only."""
    table = {name: value for name, value in mean_strengths().items() if is_centered and weights[name.partition(":")[0]]}
    mean = hashed_strengths(table, METADATA_DIM)
    matrices = []
    for files in blocks:
        summed = np.stack([sum(weights[kind] * block for kind, block in one.items()) for one in files])
        moved = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9) - mean
        matrices.append(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))
    return quality(matrices, gains)


def _fingerprints(listed: Sequence[Sequence[Mapping[str, Any]]], weights: Mapping[str, float]) -> Matrix:
    """Return the fingerprints with other weights."""
    vectors = []
    for rows in listed:
        total = np.zeros(CHANNEL_DIM)
        for row in rows:
            values = [0.0] * CHANNEL_DIM
            features = channel_features(row["layer_name"], row["component_name"], row["type"])
            for kind, feature in features.items():
                feature_hashing.add_features(values, kind, [(feature, 1.0)], weights[kind])
            total += np.array(values) / max(float(np.linalg.norm(values)), 1e-9)
        vectors.append(total / max(float(np.linalg.norm(total)), 1e-9))
    return np.stack(vectors)
