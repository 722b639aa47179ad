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
