"""The nearest of many unit vectors: exact for small sets and on demand, 8-bit with exact re-rank for large ones."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix, Vector
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

EXACT_LIMIT = 20_000  # vectors that are compared exactly; above, the 8-bit index is quicker and half as large
SCAN_BATCH_ROWS = 8192  # vectors that are coded, or compared, at one time
ERROR_SIGMAS = 5.0  # how far off a coded score may be, in standard deviations of the rounding
RANGE_MARGIN = 0.25  # room that a range leaves for vectors to come, as a part of its width

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]  # over places
Codes = npt.NDArray[np.uint8]  # a byte a number, shape (rows, n)


class Range(NamedTuple):
    """Between which two numbers each column of the vectors lies."""

    low: Vector
    high: Vector

    def contains(self, matrix: Matrix) -> bool:
        """True where no number of these vectors lies outside."""
        return bool((matrix.min(axis=0) >= self.low).all() and (matrix.max(axis=0) <= self.high).all())


class Index(Protocol):
    """Places of vectors, nearest first."""

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        """The places of the k nearest (of those allowed) and their cosines, best first, ties by place."""
        ...

    def __len__(self) -> int: ...


class ExactIndex:
    """One matrix product a question."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix

    def __len__(self) -> int:
        return len(self._matrix)

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        places = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        return _best(places, _product(self._matrix, vector, None if allowed is None else places), k)


class StreamedIndex:
    """Every vector compared in float32, for one question: once, a piece at a time from where they lie."""

    def __init__(self, matrix: Matrix, scan: ScanProgress) -> None:
        self._matrix = matrix
        self._scan = scan
        self._scores: Vector | None = None

    def __len__(self) -> int:
        return len(self._matrix)

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        if self._scores is None:
            rows = len(self._matrix)
            pieces = (self._matrix[start : start + SCAN_BATCH_ROWS] for start in range(0, rows, SCAN_BATCH_ROWS))
            self._scores = np.concatenate([piece @ vector for piece in self._scan.track(pieces, rows)])
        places = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        return _best(places, self._scores[places], k)


class QuantizedIndex:
    """A byte a number in memory; the float32 rows for the re-rank are looked at where they lie."""

    def __init__(self, matrix: Matrix, codes: Codes, between: Range) -> None:
        self._rows = matrix
        self._index = _quantiser(between)
        self._index.add_sa_codes(codes)
        self._steps = (between.high - between.low) / np.float32(255)

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, vector: Vector, k: int, allowed: Mask | None = None) -> tuple[Positions, Vector]:
        """Candidates are added until the best one left out could not have been among the k."""
        most = len(self._rows) if allowed is None else int(np.count_nonzero(allowed))
        if allowed is not None and most < EXACT_LIMIT:
            return ExactIndex(self._rows).search(vector, k, allowed)
        query = vector[None, :].astype(np.float32)
        rounding = ERROR_SIGMAS * float(np.linalg.norm(query[0] * self._steps)) / 12**0.5
        wanted = 4 * k + 1000  # fewer are no quicker
        while True:
            wanted = min(wanted, most)
            coded, found = self._index.search(query, wanted, params=_only(allowed))
            places = np.sort(found[0][found[0] >= 0])
            best, scores = _best(places, _product(self._rows, vector, places), k)
            if wanted == most or not len(best) or coded[0, -1] + rounding < scores[-1]:
                return best, scores
            wanted *= 4


def padded_range(matrix: Matrix) -> Range:
    """A range that holds these vectors and leaves room for others."""
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    room = np.float32(RANGE_MARGIN) * np.maximum(high - low, np.float32(1e-3))
    return Range((low - room).astype(np.float32), (high + room).astype(np.float32))


def quantize(matrix: Matrix, between: Range) -> Codes:
    """The vectors, a byte a number."""
    codes: Codes = _quantiser(between).sa_encode(np.ascontiguousarray(matrix, dtype=np.float32))
    return codes


def _quantiser(between: Range) -> Any:
    """An empty index of faiss whose codes have this range."""
    import faiss

    kind, measure = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    index: Any = faiss.IndexScalarQuantizer(len(between.low), kind, measure)
    index.train(np.stack(between).astype(np.float32))  # the two corners fix the range of every code
    return index


def _only(allowed: Mask | None) -> Any:
    """The parameters of a search that looks at some places only."""
    if allowed is None:
        return None
    import faiss

    parameters: Any = faiss.SearchParameters  # faiss's own types know nothing of its Python ways
    selector: Any = faiss.IDSelectorBitmap
    return parameters(sel=selector(np.packbits(allowed, bitorder="little")))


def _product(matrix: Matrix, vector: Vector, places: Positions | None) -> Vector:
    """The cosines of all rows or of some, a piece at a time so that a large choice takes no large memory."""
    if places is None:
        return np.asarray(matrix @ vector)
    pieces = [
        matrix[places[start : start + SCAN_BATCH_ROWS]] @ vector for start in range(0, len(places), SCAN_BATCH_ROWS)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)


def _best(places: Positions, scores: Vector, k: int) -> tuple[Positions, Vector]:
    """The k best of some scores, best first, ties by place."""
    if k < len(scores):
        cut = np.partition(scores, len(scores) - k)[len(scores) - k]
        above, level = np.flatnonzero(scores > cut), np.flatnonzero(scores == cut)
        chosen = np.concatenate([above, level[: k - len(above)]])
        places, scores = places[chosen], scores[chosen]
    order = np.lexsort((places, -scores))
    return places[order], scores[order]
