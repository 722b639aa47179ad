"""Vector index: results match an exact product."""

from __future__ import annotations

from collections.abc import Callable

import faiss
import numpy as np
import pytest

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.persistence.similarity import vector_index
from exr_inspector_app.persistence.similarity.quantized_codes import Codes, padded_range, quantize
from exr_inspector_app.persistence.similarity.vector_index import ExactIndex, Index, QuantizedIndex


def unit_rows(rows: int, dim: int = 64, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    matrix = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


class MemoryCodes:
    """Codes in memory."""

    block_rows = 1000

    def __init__(self, codes: Codes) -> None:
        self._codes = codes

    def read(self, start: int, rows: Codes) -> None:
        rows[:] = self._codes[start : start + len(rows)]


def coded(matrix: Matrix) -> Index:
    between = padded_range(matrix)
    return QuantizedIndex(matrix, MemoryCodes(quantize(matrix, between)), between)


def sharded(matrix: Matrix) -> Index:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector_index, "SHARD_ROWS", 1)
        patch.setattr(faiss, "omp_get_max_threads", lambda: 3)
        return coded(matrix)


KINDS = [ExactIndex, coded, sharded]
Kind = Callable[[Matrix], Index]


@pytest.mark.parametrize("kind", KINDS)
def test_nearest_vectors_match_the_exact_product(kind: Kind) -> None:
    matrix = unit_rows(5000)
    index = kind(matrix)
    for position in (0, 17, 4999):
        places, scores = index.search(matrix[position], 20)
        expected = np.argsort(-(matrix @ matrix[position]), kind="stable")[:20]
        assert places.tolist() == expected.tolist()
        assert np.allclose(scores, (matrix @ matrix[position])[expected], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_scores_come_in_a_fixed_order(kind: Kind) -> None:
    matrix = np.repeat(unit_rows(3), 50, axis=0)
    places, _ = kind(matrix).search(matrix[0], 10)
    assert places.tolist() == list(range(10))


@pytest.mark.parametrize("kind", KINDS)
def test_limit_may_exceed_the_number_of_vectors(kind: Kind) -> None:
    assert len(kind(unit_rows(3)).search(unit_rows(1)[0], 50)[0]) == 3


def test_many_nearly_equal_vectors_are_found() -> None:
    dice = np.random.default_rng(2)
    matrix = np.repeat(unit_rows(10, 384), 2000, axis=0)
    matrix += 0.001 * dice.standard_normal(matrix.shape).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    index = coded(matrix)
    for position in (0, 7000, 19_999):
        exact = matrix @ matrix[position]
        places, _ = index.search(matrix[position], 20)
        assert (exact[places] >= np.sort(exact)[-20] - 1e-6).all()


def test_values_of_some_rows_only_are_distinguished() -> None:
    matrix = unit_rows(50_000, 16)
    matrix[:, 0] *= 0.01
    matrix[1::2, 0] = np.random.default_rng(3).permutation(np.linspace(0.1, 1.0, 25_000))
    query = np.eye(16, dtype=np.float32)[0]
    places, _ = coded(matrix).search(query, 20)
    assert places.tolist() == np.argsort(-matrix[:, 0], kind="stable")[:20].tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("small", [0, 20_000])
def test_only_allowed_positions_are_returned(kind: Kind, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "EXACT_SELECTION", small)
    matrix = unit_rows(9000)
    allowed = np.random.default_rng(4).random(9000) < 0.3
    places, scores = kind(matrix).search(matrix[7], 30, allowed)
    exact = np.where(allowed, matrix @ matrix[7], -2.0)
    assert places.tolist() == np.argsort(-exact, kind="stable")[:30].tolist()
    assert np.allclose(scores, exact[places], atol=1e-6)
    few = np.zeros(9000, np.bool_)
    few[[3, 8999]] = True
    assert sorted(kind(matrix).search(matrix[7], 30, few)[0].tolist()) == [3, 8999]


def test_vectors_out_of_range_are_detected() -> None:
    matrix = unit_rows(100, 4)
    between = padded_range(matrix * 0.1)
    assert between.contains(matrix * 0.1)
    assert not between.contains(matrix)
