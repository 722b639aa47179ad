"""Vector index: exact search for small sets, 8-bit quantized search with exact re-ranking for large ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix, Vector
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

EXACT_LIMIT = 20_000  # vectors up to which search is exact; above, the 8-bit index is faster and half as large
EXACT_SELECTION = 2_000  # allowed vectors up to which they are read and compared in full
SCAN_BATCH_ROWS = 8192  # vectors that are quantized or compared at a time
SHARD_ROWS = 25_000  # rows, at least, that a thread compares; fewer are not faster
MAX_SHARDS = 8  # threads of a search; memory limits more of them
ERROR_SIGMAS = 5.0  # bound of the error of a quantized score, in standard deviations of the rounding error
RANGE_MARGIN = 0.25  # of the width of a range, added on both sides for vectors to come

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]  # over positions
Codes = npt.NDArray[np.uint8]  # one byte per number, shape (rows, n)


class Range(NamedTuple):
    """Range of values of each column of the vectors."""

    low: Vector
    high: Vector

    def contains(self, matrix: Matrix) -> bool:
        """Return True if all values of these vectors lie in the range."""
        return bool((matrix.min(axis=0) >= self.low).all() and (matrix.max(axis=0) <= self.high).all())


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
    """Quantized index: one byte per number in memory; float32 rows are read from the matrix for re-ranking."""

    def __init__(self, matrix: Rows, codes: Iterable[Codes], value_range: Range) -> None:
        """Copy the codes of all rows, which come in blocks, into the index."""
        self._rows = matrix
        self._starts, self._shards = _fill_shards(codes, len(matrix), value_range)
        self._all = _join_shards(self._shards)
        self._steps = (value_range.high - value_range.low) / np.float32(255)

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
        query = vector[None, :].astype(np.float32)
        rounding = ERROR_SIGMAS * float(np.linalg.norm(query[0] * self._steps)) / 12**0.5
        candidates = 4 * k + 1000  # fewer are not faster
        while True:
            candidates = min(candidates, limit)
            coded_scores, positions = self._search_codes(query, candidates, allowed)
            best, scores = self._rerank(vector, k, positions, coded_scores, rounding)
            if candidates == limit or not len(best) or coded_scores[-1] + rounding < scores[-1]:
                return best, scores
            candidates *= 4

    def _search_codes(self, query: Matrix, candidates: int, allowed: Mask | None) -> tuple[Vector, Positions]:
        """Return the quantized scores of the nearest rows, best first, and their positions."""
        if allowed is None:
            batches = [(0, self._all.search(query, candidates))]
        else:  # one by one: the threads of faiss would number the bits of each shard from 0
            shards = zip(self._starts, self._shards, strict=True)
            masks = ((start, shard, allowed[start : start + shard.ntotal]) for start, shard in shards)
            batches = [
                (start, shard.search(query, candidates, params=_search_parameters(mask)))
                for start, shard, mask in masks
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


def padded_range(matrix: Matrix) -> Range:
    """Return the range of these vectors with a margin for vectors to come."""
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    margin = np.float32(RANGE_MARGIN) * np.maximum(high - low, np.float32(1e-3))
    return Range((low - margin).astype(np.float32), (high + margin).astype(np.float32))


def quantize(matrix: Matrix, value_range: Range) -> Codes:
    """Quantize vectors to one byte per number, shape (rows, n) uint8."""
    codes: Codes = _make_quantizer(value_range).sa_encode(np.ascontiguousarray(matrix, dtype=np.float32))
    return codes


def _make_quantizer(value_range: Range) -> Any:
    """Create an empty faiss index whose codes span this range."""
    import faiss

    kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    index: Any = faiss.IndexScalarQuantizer(len(value_range.low), kind, metric)
    index.train(np.stack(value_range).astype(np.float32))  # the two corners determine the range of every code
    return index


def _fill_shards(codes: Iterable[Codes], rows: int, value_range: Range) -> tuple[list[int], list[Any]]:
    """Copy blocks of codes into indexes of equal size, one per thread, and return their first rows and the indexes.

    `add_sa_codes` would need all codes in memory twice.
    """
    import faiss

    count = max(1, min(faiss.omp_get_max_threads(), MAX_SHARDS, rows // SHARD_ROWS))
    starts = [rows * number // count for number in range(count)]
    shards = [_make_quantizer(value_range) for _ in starts]
    targets = []
    for shard, start, stop in zip(shards, starts, [*starts[1:], rows], strict=True):
        shard.codes.resize((stop - start) * shard.d)
        shard.ntotal = stop - start
        targets.append(faiss.rev_swig_ptr(shard.codes.data(), (stop - start) * shard.d).reshape(-1, shard.d))
    number = filled = 0
    for block in codes:
        rest = block
        while len(rest):
            if filled == len(targets[number]):
                number, filled = number + 1, 0
            part = rest[: len(targets[number]) - filled]
            targets[number][filled : filled + len(part)] = part
            filled, rest = filled + len(part), rest[len(part) :]
    return starts, shards


def _join_shards(shards: list[Any]) -> Any:
    """Return one index over the shards; a thread of faiss searches each."""
    import faiss

    if len(shards) == 1:
        return shards[0]
    threaded: Any = faiss.IndexShards  # the stubs of faiss lack its arguments
    joined = threaded(shards[0].d, True, True)
    for shard in shards:
        joined.add_shard(shard)
    return joined


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
