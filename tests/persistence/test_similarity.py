"""The index over many vectors finds what an exact product finds."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.persistence.similarity import ExactIndex, Index, QuantisedIndex


def unit_rows(rows: int, dim: int = 64, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    found = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("kind", [ExactIndex, QuantisedIndex])
def test_the_nearest_are_those_of_the_exact_product(kind: type[Index]) -> None:
    matrix = unit_rows(5000)
    index = kind(matrix)
    for place in (0, 17, 4999):
        places, scores = index.search(matrix[place], 20)
        wanted = np.argsort(-(matrix @ matrix[place]), kind="stable")[:20]
        assert places.tolist() == wanted.tolist()
        assert np.allclose(scores, (matrix @ matrix[place])[wanted], atol=1e-6)
        assert np.allclose(index.scores(matrix[place], wanted), scores)


@pytest.mark.parametrize("kind", [ExactIndex, QuantisedIndex])
def test_equal_scores_come_in_a_fixed_order(kind: type[Index]) -> None:
    matrix = np.repeat(unit_rows(3), 50, axis=0)
    places, _ = kind(matrix).search(matrix[0], 10)
    assert places.tolist() == list(range(10))


@pytest.mark.parametrize("kind", [ExactIndex, QuantisedIndex])
def test_more_may_be_asked_for_than_there_is(kind: type[Index]) -> None:
    assert len(kind(unit_rows(3)).search(unit_rows(1)[0], 50)[0]) == 3


def test_a_long_run_of_nearly_equal_vectors_loses_nothing() -> None:
    dice = np.random.default_rng(2)
    matrix = np.repeat(unit_rows(10, 384), 2000, axis=0)
    matrix += 0.001 * dice.standard_normal(matrix.shape).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    index = QuantisedIndex(matrix)
    for place in (0, 7000, 19_999):
        exact = matrix @ matrix[place]
        places, _ = index.search(matrix[place], 20)
        assert (exact[places] >= np.sort(exact)[-20] - 1e-6).all()


def test_values_that_only_some_rows_reach_are_told_apart() -> None:
    matrix = unit_rows(50_000, 16)
    matrix[:, 0] *= 0.01
    matrix[1::2, 0] = np.random.default_rng(3).permutation(np.linspace(0.1, 1.0, 25_000))
    query = np.eye(16, dtype=np.float32)[0]
    places, _ = QuantisedIndex(matrix).search(query, 20)
    assert places.tolist() == np.argsort(-matrix[:, 0], kind="stable")[:20].tolist()
