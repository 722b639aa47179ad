"""Vector index: exact search for small sets, 8-bit quantized search with exact re-ranking for large ones."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix, Vector
from exr_inspector_app.persistence.similarity.quantized_codes import (
    CodeReader,
    Range,
    join_shards,
    quantize_query,
    read_shards,
)
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

EXACT_LIMIT = 20_000  # vectors up to which search is exact; above, the 8-bit index is faster and half as large
EXACT_SELECTION = 2_000  # allowed vectors up to which they are read and compared in full
SCAN_BATCH_ROWS = 8192  # vectors that are quantized or compared at a time
SHARD_ROWS = 25_000  # rows, at least, that a thread compares; fewer are not faster
MAX_SHARDS = 8  # threads of a search; memory limits more of them
ERROR_SIGMAS = 5.0  # bound of the error of a quantized score, in standard deviations of the rounding errors

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]  # over positions


class Rows(Protocol):
    """Rows of a matrix, in memory or read from a file."""

    def __len__(self) -> int: ...

    def __getitem__(self, key: slice | Positions, /) -> Matrix: ...


class Index(Protocol):
    """Nearest-neighbor index over the rows of a matrix of unit vectors."""

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        """Return the positions of the k nearest (allowed) rows and their cosines, best first, ties by position."""
        ...

    def __len__(self) -> int: ...


class ExactIndex:
    """Exact index: one matrix product per query."""

    def __init__(self, matrix: Rows) -> None:
        self._matrix = matrix

    def __len__(self) -> int:
        return len(self._matrix)

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        """Return the k nearest rows; see `Index.search`."""
        positions = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        return _top_k(positions, _cosines(self._matrix, vector, None if allowed is None else positions), k)


class StreamedIndex:
    """Exact index for one query: reads the matrix once, in batches, and reports progress."""

    def __init__(self, matrix: Rows, scan: ScanProgress) -> None:
        self._matrix = matrix
        self._scan = scan
        self._scores: Vector | None = None

    def __len__(self) -> int:
        return len(self._matrix)

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        """Return the k nearest rows; see `Index.search`. Later calls reuse the scores of the first vector.

        Raises:
            ScanCancelledError: The caller cancelled the scan.
        """
        if self._scores is None:
            rows = len(self._matrix)
            batches = (self._matrix[start : start + SCAN_BATCH_ROWS] for start in range(0, rows, SCAN_BATCH_ROWS))
            self._scores = np.concatenate([batch @ vector for batch in self._scan.track(batches, rows)])
        positions = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        return _top_k(positions, self._scores[positions], k)


class QuantizedIndex:
    """Quantized index: one byte per number in memory; float32 rows are read from the matrix for re-ranking.

    The query is quantized too: products of bytes take half the time of products of decoded numbers.
    """

    def __init__(self, matrix: Rows, codes: CodeReader, value_range: Range) -> None:
        """Read the codes of all rows into memory.

        Raises:
            IndexDamagedError: The codes are cut or altered.
        """
        self._rows = matrix
        self._shards = read_shards(codes, len(matrix), len(value_range.low), _count_shards(len(matrix)))
        self._all = join_shards([shard.index for shard in self._shards])
        self._range = value_range

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        """Return the k nearest rows; see `Index.search`.

        Candidates are added until the best row outside them cannot be among the k nearest any more. Only those that
        can be among them are read.
        """
        limit = len(self._rows) if allowed is None else int(np.count_nonzero(allowed))
        if allowed is not None and limit < EXACT_SELECTION:
            return ExactIndex(self._rows).search(vector, k, allowed)
        query = quantize_query(vector, self._range)
        rounding = ERROR_SIGMAS * query.deviation
        candidates = 4 * k + 1000  # fewer are not faster
        while True:
            candidates = min(candidates, limit)
            products, positions = self._search_codes(query.codes, candidates, allowed)
            coded_scores = query.scores(products)
            best, scores = self._rerank(vector, k, positions, coded_scores, rounding)
            if candidates == limit or not len(best) or coded_scores[-1] + rounding < scores[-1]:
                return best, scores
            candidates *= 4

    def _search_codes(self, query: Matrix, candidates: int, allowed: Mask | None) -> tuple[Vector, Positions]:
        """Return the products of the nearest rows with a quantized query, best first, and their positions."""
        if allowed is None:
            batches = [(0, self._all.search(query, candidates))]
        else:  # one by one: the threads of faiss would number the bits of each shard from 0
            masks = ((shard, allowed[shard.start : shard.start + shard.index.ntotal]) for shard in self._shards)
            batches = [
                (shard.start, shard.index.search(query, candidates, params=_search_parameters(mask)))
                for shard, mask in masks
            ]
        scores = np.concatenate([part[0][part[1] >= 0] for _, part in batches])
        positions = np.concatenate([part[1][part[1] >= 0] + start for start, part in batches])
        order = np.argsort(-scores, kind="stable")[:candidates]
        return scores[order], positions[order]

    def _rerank(
        self, vector: Vector, k: int, positions: Positions, coded_scores: Vector, rounding: float
    ) -> tuple[Positions, Vector]:
        """Return the k nearest of the candidates, which are sorted by quantized score."""
        selected = positions[: 2 * k]
        exact = _row_products(self._rows[selected], vector)
        if len(positions) > 2 * k:
            bound = _top_k(selected, exact, k)[1][-1] - rounding
            possible = int(np.searchsorted(-coded_scores, -bound, "right"))
            for start in range(2 * k, possible, SCAN_BATCH_ROWS):
                more = positions[start : min(start + SCAN_BATCH_ROWS, possible)]
                exact = np.concatenate([exact, _row_products(self._rows[more], vector)])
                selected = np.concatenate([selected, more])
        order = np.argsort(selected)
        return _top_k(selected[order], exact[order], k)


def _count_shards(rows: int) -> int:
    import faiss

    return max(1, min(faiss.omp_get_max_threads(), MAX_SHARDS, rows // SHARD_ROWS))


def _search_parameters(allowed: Mask | None) -> Any:
    """Return faiss parameters that restrict a search to allowed positions."""
    if allowed is None:
        return None
    import faiss

    parameters: Any = faiss.SearchParameters  # missing in the type stubs of faiss
    selector: Any = faiss.IDSelectorBitmap
    return parameters(sel=selector(np.packbits(allowed, bitorder="little")))


def _cosines(matrix: Rows, vector: Vector, positions: Positions | None) -> Vector:
    """Return the cosines of all rows, or of selected rows in batches, which bounds the memory of a large selection."""
    if positions is None:
        return np.asarray(matrix[:] @ vector)
    batches = [
        matrix[positions[start : start + SCAN_BATCH_ROWS]] @ vector
        for start in range(0, len(positions), SCAN_BATCH_ROWS)
    ]
    return np.concatenate(batches) if batches else np.zeros(0, dtype=np.float32)


def _row_products(matrix: Matrix, vector: Vector) -> Vector:
    """Return the product of each row, whose rounding does not depend on the other rows, as that of BLAS does."""
    products: Vector = np.einsum("ij,j->i", matrix, vector)
    return products


def _top_k(positions: Positions, scores: Vector, k: int) -> tuple[Positions, Vector]:
    """Return the k best scores, best first, ties by position."""
    if k < len(scores):
        cut = np.partition(scores, len(scores) - k)[len(scores) - k]
        above, level = np.flatnonzero(scores > cut), np.flatnonzero(scores == cut)
        selected = np.concatenate([above, level[: k - len(above)]])
        positions, scores = positions[selected], scores[selected]
    order = np.lexsort((positions, -scores))
    return positions[order], scores[order]
