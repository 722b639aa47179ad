"""The nearest of many unit vectors: exact for small sets, 8-bit with exact re-rank for large ones."""

from __future__ import annotations

import tempfile
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix, Vector

SMALL = 20_000  # vectors that are compared exactly; above, the 8-bit index is quicker and half as large
PIECE = 8192  # vectors that are turned into the index, or compared, at one time
SIGMAS = 5.0  # how far off a coded score may be, in standard deviations of the rounding

Places = npt.NDArray[np.int64]


class Index(Protocol):
    """Places of vectors, nearest first."""

    def search(self, vector: Vector, k: int) -> tuple[Places, Vector]:
        """The places of the k nearest and their cosines, best first, ties by place."""
        ...

    def scores(self, vector: Vector, places: Places) -> Vector:
        """The cosine of each of the vectors at these places."""
        ...

    def __len__(self) -> int: ...


def build(matrix: Matrix) -> Index:
    """The index over the rows of a matrix, shape (rows, n), which may be dropped afterwards."""
    return ExactIndex(matrix) if len(matrix) < SMALL else QuantisedIndex(matrix)


class ExactIndex:
    """One matrix product a question."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = np.ascontiguousarray(matrix, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._matrix)

    def search(self, vector: Vector, k: int) -> tuple[Places, Vector]:
        return _best(np.arange(len(self._matrix)), self._matrix @ vector, k)

    def scores(self, vector: Vector, places: Places) -> Vector:
        return _product(self._matrix, vector, places)


class QuantisedIndex:
    """A byte a number in memory; the float32 rows for the re-rank lie in a file that goes with the index."""

    def __init__(self, matrix: Matrix) -> None:
        import faiss

        rows, dim = matrix.shape
        kind, measure = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        index: Any = faiss.IndexScalarQuantizer(dim, kind, measure)
        low, high = matrix.min(axis=0), matrix.max(axis=0)
        index.train(np.stack([low, high]).astype(np.float32))  # the two corners fix the range of every code
        with tempfile.TemporaryFile(prefix="exr-inspector-") as file:
            for start in range(0, rows, PIECE):
                piece = np.ascontiguousarray(matrix[start : start + PIECE], dtype=np.float32)
                index.add(piece)
                file.write(piece.tobytes())
            file.flush()
            # The map keeps the nameless file alive; its pages are the system's to drop.
            self._rows = np.memmap(file, dtype=np.float32, mode="r", shape=(rows, dim))
        self._index = index
        self._steps = (high - low) / np.float32(255)

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, vector: Vector, k: int) -> tuple[Places, Vector]:
        """Candidates are added until the best one left out could not have been among the k."""
        query = vector[None, :].astype(np.float32)
        rounding = SIGMAS * float(np.linalg.norm(query[0] * self._steps)) / 12**0.5
        wanted = 4 * k + 1000  # fewer are no quicker
        while True:
            wanted = min(wanted, len(self._rows))
            coded, found = self._index.search(query, wanted)
            places = np.sort(found[0][found[0] >= 0])
            best, scores = _best(places, self.scores(vector, places), k)
            if wanted == len(self._rows) or not len(best) or coded[0, -1] + rounding < scores[-1]:
                return best, scores
            wanted *= 4

    def scores(self, vector: Vector, places: Places) -> Vector:
        return _product(self._rows, vector, places)


def _product(matrix: Matrix, vector: Vector, places: Places) -> Vector:
    """The cosines of some rows, a piece at a time so that a large choice takes no large memory."""
    pieces = [matrix[places[start : start + PIECE]] @ vector for start in range(0, len(places), PIECE)]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)


def _best(places: Places, scores: Vector, k: int) -> tuple[Places, Vector]:
    """The k best of some scores, best first, ties by place."""
    if k < len(scores):
        cut = np.partition(scores, len(scores) - k)[len(scores) - k]
        above, level = np.flatnonzero(scores > cut), np.flatnonzero(scores == cut)
        chosen = np.concatenate([above, level[: k - len(above)]])
        places, scores = places[chosen], scores[chosen]
    order = np.lexsort((places, -scores))
    return places[order], scores[order]
