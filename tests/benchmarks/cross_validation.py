"""Cross-validation of the weights of feature kinds: fitted on three quarters of the repositories, judged on the rest.

The fit begins with equal weights and never sees the judged files: neither in its score nor in the mean vector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.embedding import metadata
from exr_inspector_app.model import Payload
from tests.benchmarks.ablation import feature_blocks
from tests.benchmarks.mean_vector import SEEDS
from tests.benchmarks.measure import Figures
from tests.benchmarks.real_files import Mask, RealFiles, named_mean
from tests.studio import renders
from tests.studio.ranking import Gains, ndcg, relevance

_FOLDS, _SWEEPS = 4, 2
_FACTORS = (0.6, 0.8, 1.25, 1.6)  # by which a weight is changed
_START, _MIN_GAIN = 0.7, 1e-4
_JUDGED_SEED = 11

Blocks = npt.NDArray[np.float32]  # shape (files, kinds, numbers): a unit vector per kind
Weights = npt.NDArray[np.float64]


class _Studio:
    """Blocks and gains of a generated studio."""

    def __init__(self, seed: int) -> None:
        files = list(renders(seed))
        self.blocks, self.gains = _stack([file.payload() for file in files]), relevance(files)


def cross_validate(files: RealFiles) -> Figures:
    """Return the nDCG@10 of files that the weights were not fitted on, and of a studio of another seed."""
    blocks, fitted_on, judged_on = _stack(files.payloads), _Studio(SEEDS[0]), _Studio(_JUDGED_SEED)
    values, studios = np.zeros(len(files.payloads)), []
    for judged in _folds(files):
        weights = _fit(blocks, files, ~judged, fitted_on)
        mean = _mean(blocks, files, ~judged, fitted_on, weights)
        values[judged] = _values(blocks, files.gains, weights, mean)[judged]
        studios.append(_values(judged_on.blocks, judged_on.gains, weights, mean).mean())
    named = named_mean(values, files.programs, Counter(files.programs.tolist()))
    return {"fitted": float(values.mean()), "fitted_named_several": named, "fitted_studio": float(np.mean(studios))}


def _folds(files: RealFiles) -> list[Mask]:
    names = np.array(sorted(set(files.repositories.tolist())))
    order = np.random.default_rng(1).permutation(len(names))
    return [np.isin(files.repositories, names[order[number::_FOLDS]]) for number in range(_FOLDS)]


def _fit(blocks: Blocks, files: RealFiles, fitted: Mask, studio: _Studio) -> Weights:
    """Change one weight after another while the sum of the scores grows."""
    weights = np.full(len(metadata.WEIGHTS), _START)
    best = _score(blocks, files, fitted, studio, weights)
    for _ in range(_SWEEPS):
        for kind in range(len(weights)):
            for factor in _FACTORS:
                changed = weights.copy()
                changed[kind] *= factor
                score = _score(blocks, files, fitted, studio, changed)
                if score > best + _MIN_GAIN:
                    best, weights = score, changed
    return weights


def _score(blocks: Blocks, files: RealFiles, fitted: Mask, studio: _Studio, weights: Weights) -> float:
    mean = _mean(blocks, files, fitted, studio, weights)
    values = _values(blocks[fitted], files.gains[np.ix_(fitted, fitted)], weights, mean)
    programs = files.programs[fitted]
    named = named_mean(values, programs, Counter(programs.tolist()))
    return float(values.mean()) + named + float(_values(studio.blocks, studio.gains, weights, mean).mean())


def _mean(blocks: Blocks, files: RealFiles, fitted: Mask, studio: _Studio, weights: Weights) -> Matrix:
    """Return the mean vector: of each repository, then of both sets."""
    vectors, names = _vectors(blocks[fitted], weights), files.repositories[fitted]
    real = np.mean([vectors[names == name].mean(axis=0) for name in sorted(set(names.tolist()))], axis=0)
    return np.asarray((real + _vectors(studio.blocks, weights).mean(axis=0)) / 2, np.float32)


def _values(blocks: Blocks, gains: Gains, weights: Weights, mean: Matrix) -> Gains:
    vectors = _unit(_vectors(blocks, weights) - mean)
    return ndcg(vectors @ vectors.T, gains)


def _vectors(blocks: Blocks, weights: Weights) -> Matrix:
    return _unit(np.einsum("nkd,k->nd", blocks, weights.astype(np.float32)))


def _unit(matrix: Matrix) -> Matrix:
    return np.asarray(matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9), np.float32)


def _stack(payloads: Sequence[Payload]) -> Blocks:
    rows = [feature_blocks(metadata.features_by_kind(facts)) for facts in payloads]
    return np.stack([[row[kind] for kind in metadata.WEIGHTS] for row in rows])
