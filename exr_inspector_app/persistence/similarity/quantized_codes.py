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


class Shard(NamedTuple):
    """Index over adjacent rows, and the memory of its codes, which it does not own."""

    start: int
    index: Any
    memory: npt.NDArray[np.uint8]


def read_shards(codes: CodeReader, rows: int, value_range: Range, count: int) -> list[Shard]:
    """Read quantized rows into at most `count` indexes of nearly equal size, in one thread each.

    Raises:
        IndexDamagedError: A block is cut or altered.
    """
    blocks = -(-rows // codes.block_rows)
    count = max(1, min(count, blocks))
    starts = [blocks * number // count * codes.block_rows for number in range(count)]
    stops = [*starts[1:], rows]
    shards = [
        _make_shard(start, stop - start, value_range, codes.read) for start, stop in zip(starts, stops, strict=True)
    ]
    with ThreadPoolExecutor(count) as threads:
        list(threads.map(lambda fill: fill(), [fill for _, fill in shards]))
    return [shard for shard, _ in shards]


def _make_shard(
    start: int, rows: int, value_range: Range, read: Callable[[int, Codes], None]
) -> tuple[Shard, Callable[[], None]]:
    """Return an index over memory that is not filled yet, and the function that fills it.

    faiss views the codes in the memory of a serialized index. Adding them to an index would zero and copy them first,
    which takes longer than to read them.
    """
    import faiss

    quantizer = _make_quantizer(value_range)
    quantizer.ntotal = rows
    header: npt.NDArray[np.uint8] = faiss.serialize_index(quantizer)
    size = rows * quantizer.d
    header[-8:] = np.array([size], np.uint64).view(np.uint8)  # of the codes, which follow
    memory = np.frombuffer(_allocate(_ALIGNMENT + len(header) + size), np.uint8)
    first = -(memory.ctypes.data + len(header)) % _ALIGNMENT
    memory[first : first + len(header)] = header
    begin = first + len(header)
    untyped: Any = faiss  # its stubs lack the reader
    index = faiss.read_index(untyped.ZeroCopyIOReader(faiss.swig_ptr(memory[first:]), len(header) + size))
    target = memory[begin : begin + size].reshape(rows, quantizer.d)
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
    threaded: Any = faiss.IndexShards  # the stubs of faiss lack its arguments
    joined = threaded(shards[0].d, True, True)
    for shard in shards:
        joined.add_shard(shard)
    return joined
