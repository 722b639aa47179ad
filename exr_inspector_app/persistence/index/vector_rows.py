"""Readers of vectors in index files: rows are read when they are needed and checked then."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.persistence.index.checks import (
    BLOCK_ROWS,
    Checks,
    IndexDamagedError,
    block_check,
    row_checks,
)
from exr_inspector_app.persistence.index.index_file import IndexFile
from exr_inspector_app.persistence.similarity.quantized_codes import Codes
from exr_inspector_app.persistence.similarity.vector_index import Positions

_MAX_GAP = 4  # rows that are read for one that is needed, before single rows are read


class VectorRows:
    """Float32 rows of a file. Each row is compared with its checksum when it is read.

    Raises:
        IndexDamagedError: From `__getitem__`: a row that is cut or altered.
    """

    def __init__(self, file: IndexFile | None, dim: int, checks: Checks) -> None:
        """Wrap an open file; None if there are no rows."""
        self._file, self._dim, self._checks = file, dim, checks

    def __len__(self) -> int:
        return len(self._checks)

    def __getitem__(self, key: slice | Positions) -> Matrix:
        if isinstance(key, slice):
            start, stop, _ = key.indices(len(self))
            rows = self._read(start, stop)
        else:
            rows = self._read_positions(key)
        if not np.array_equal(row_checks(rows), self._checks[key]):
            raise IndexDamagedError("A vector is altered")
        return rows

    def _read(self, start: int, stop: int) -> Matrix:
        rows = np.empty((max(0, stop - start), self._dim), np.float32)
        if self._file is not None:
            self._file.read(4 * self._dim * start, rows)
        return rows

    def _read_positions(self, positions: Positions) -> Matrix:
        rows_file = self._file
        if rows_file is None or not len(positions):
            return np.empty((0, self._dim), np.float32)
        first, last = int(positions.min()), int(positions.max())
        if last - first < _MAX_GAP * len(positions):
            return self._read(first, last + 1)[positions - first]
        rows = np.empty((len(positions), self._dim), np.float32)
        rows_file.read_rows((4 * self._dim * positions).tolist(), rows)
        return rows


class CodeBlocks:
    """Quantized rows of a file, read and checked block by block; several threads may read."""

    block_rows = BLOCK_ROWS

    def __init__(self, file: IndexFile, checks: list[int]) -> None:
        self._file, self._checks = file, checks

    def read(self, start: int, rows: Codes) -> None:
        """Fill rows from row `start` on, a multiple of BLOCK_ROWS.

        Raises:
            IndexDamagedError: A block is cut or altered.
        """
        for first in range(0, len(rows), BLOCK_ROWS):
            read_block(self._file, start + first, rows[first : first + BLOCK_ROWS], self._checks)


def read_block(file: IndexFile, start: int, block: npt.NDArray[Any], checks: list[int]) -> npt.NDArray[Any]:
    """Fill a block of rows that begins at row `start`, a multiple of BLOCK_ROWS, and return it.

    Raises:
        IndexDamagedError: The block is cut or altered.
    """
    file.read(start * (block.nbytes // len(block)), block)
    if block_check(block) != checks[start // BLOCK_ROWS]:
        raise IndexDamagedError(f"{file.name} is altered")
    return block
