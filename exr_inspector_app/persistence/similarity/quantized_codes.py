"""Quantized vectors: one byte per number, in faiss indexes that view memory filled by one thread each."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix, Vector

RANGE_MARGIN = 0.25  # of the width of a range, added on both sides for vectors to come
_CODE_STEPS = 255  # of a range
_CODE_ZERO = 128  # code that counts as 0 in products
_MAX_QUERY_CODE = 127  # positive or negative
_ALIGNMENT = 64  # bytes, of the codes in memory

Codes = npt.NDArray[np.uint8]  # one byte per number, shape (rows, n)


class Range(NamedTuple):
    """Range of values of each column of the vectors."""

    low: Vector
    high: Vector

    def contains(self, matrix: Matrix) -> bool:
        """Return True if all values of these vectors lie in the range."""
        return bool((matrix.min(axis=0) >= self.low).all() and (matrix.max(axis=0) <= self.high).all())


class CodeReader(Protocol):
    """Quantized rows in memory or in a file, which several threads may read."""

    @property
    def block_rows(self) -> int:
        """Number of rows that are read and verified together."""
        ...

    def read(self, start: int, rows: Codes) -> None:
        """Fill rows from row `start` on, the first of a block."""
        ...


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


class QuantizedQuery(NamedTuple):
    """Query whose products with codes are sums of integers."""

    codes: Matrix  # whole numbers, shape (1, n)
    step: float  # score of a product of 1
    center: float  # score of a product of 0
    deviation: float  # standard deviation of the error of a score, from the rounding of rows and query

    def scores(self, products: Vector) -> Vector:
        """Return the scores of rows by their products."""
        return products * np.float32(self.step) + np.float32(self.center)


def quantize_query(vector: Vector, value_range: Range) -> QuantizedQuery:
    """Quantize the vector of a query for products with the codes of a range."""
    steps = (value_range.high - value_range.low) / np.float32(_CODE_STEPS)
    weights = vector.astype(np.float32) * steps
    step = float(np.abs(weights).max()) / _MAX_QUERY_CODE or 1.0
    center = value_range.low + steps * np.float32(_CODE_ZERO + 0.5)  # faiss encodes into the middle of each step
    row_norm = _CODE_ZERO / (1 + 2 * RANGE_MARGIN) * len(weights) ** 0.5  # the largest without the margin
    deviation = float(np.hypot(np.linalg.norm(weights), step * row_norm)) / 12**0.5
    return QuantizedQuery(np.rint(weights / np.float32(step))[None, :], step, float(center @ vector), deviation)


class Shard(NamedTuple):
    """Index over adjacent rows, and the memory of its codes, which it does not own."""

    start: int
    index: Any
    memory: npt.NDArray[np.uint8]


def read_shards(codes: CodeReader, rows: int, dim: int, count: int) -> list[Shard]:
    """Read quantized rows into at most `count` indexes of nearly equal size, in one thread each.

    Raises:
        IndexDamagedError: A block is cut or altered.
    """
    blocks = -(-rows // codes.block_rows)
    count = max(1, min(count, blocks))
    starts = [blocks * number // count * codes.block_rows for number in range(count)]
    stops = [*starts[1:], rows]
    shards = [_make_shard(start, stop - start, dim, codes.read) for start, stop in zip(starts, stops, strict=True)]
    with ThreadPoolExecutor(count) as threads:
        list(threads.map(lambda fill: fill(), [fill for _, fill in shards]))
    return [shard for shard, _ in shards]


def _make_shard(
    start: int, rows: int, dim: int, read: Callable[[int, Codes], None]
) -> tuple[Shard, Callable[[], None]]:
    """Return an index over memory that is not filled yet, and the function that fills it.

    faiss views the codes in the memory of a serialized index. Adding them to an index would zero and copy them first,
    which takes longer than to read them.
    """
    import faiss

    kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT  # subtracts _CODE_ZERO
    empty = faiss.IndexScalarQuantizer(dim, kind, metric)
    empty.ntotal = rows
    header: npt.NDArray[np.uint8] = faiss.serialize_index(empty)
    size = rows * dim
    header[-8:] = np.array([size], np.uint64).view(np.uint8)  # of the codes, which follow
    memory = np.frombuffer(_allocate(_ALIGNMENT + len(header) + size), np.uint8)
    first = -(memory.ctypes.data + len(header)) % _ALIGNMENT
    memory[first : first + len(header)] = header
    begin = first + len(header)
    untyped: Any = faiss  # missing in its stubs
    index = faiss.read_index(untyped.ZeroCopyIOReader(faiss.swig_ptr(memory[first:]), len(header) + size))
    target = memory[begin : begin + size].reshape(rows, dim)
    return Shard(start, index, memory), lambda: read(start, target)


def _allocate(size: int) -> mmap.mmap:
    """Return memory of small pages; NumPy asks Linux for huge ones, which take up to four times as long to clear."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size)
    return mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def join_shards(shards: list[Any]) -> Any:
    """Return one index over the indexes of shards; a thread of faiss searches each."""
    import faiss

    if len(shards) == 1:
        return shards[0]
    threaded: Any = faiss.IndexShards  # arguments missing in the stubs of faiss
    joined = threaded(shards[0].d, True, True)
    for shard in shards:
        joined.add_shard(shard)
    return joined
