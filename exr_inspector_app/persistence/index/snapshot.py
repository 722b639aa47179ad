"""Index snapshot: the rows of an index in memory, ordered by vector, with its files open."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.persistence.index.files import IndexFiles
from exr_inspector_app.persistence.index.manifest import VECTOR_DIMS, IndexManifest
from exr_inspector_app.persistence.index.segment_file import DETAILS, ROW, Segment
from exr_inspector_app.persistence.index.vector_rows import CodeBlocks, VectorRows
from exr_inspector_app.persistence.similarity.quantized_codes import Range
from exr_inspector_app.persistence.similarity.vector_index import Index, Mask

RowNumbers = npt.NDArray[np.int64]
Signature = tuple[int, ...]


@dataclass
class Snapshot:
    """Files of a store at one signature. Rows are numbered in the order of the index segments."""

    signature: Signature
    manifest: IndexManifest
    segments: list[Segment]
    segment_starts: list[int]  # first row of each segment
    numbers: RowNumbers  # number in the store, by row
    sizes: npt.NDArray[np.int64]  # of the files in bytes, by row; -1 for an unknown size
    sequences: npt.NDArray[np.uint64]  # hash of the sequence key, by row; see `text_hash`
    headers: npt.NDArray[np.uint64]  # hash of the header hash, by row
    times: RowNumbers  # of inspection in microseconds since 1970, by row
    vectors: npt.NDArray[np.int32]  # position of the vector, by row
    current: Mask  # rows that are not history and have vectors of the current embedding version
    order: RowNumbers  # current rows sorted by vector, newest first within a vector
    vector_starts: RowNumbers  # start of each vector's rows in `order`
    matrices: dict[str, VectorRows]  # vectors in open files, by column
    codes: dict[str, tuple[CodeBlocks, Range] | None]  # quantized vectors in open files, by column
    indexes: dict[str, Index] = field(default_factory=dict)  # by column
    filter_masks: dict[str, Mask] = field(default_factory=dict)  # current rows that meet a condition

    def rows_of(self, position: int) -> RowNumbers:
        """Return the current rows that share a vector."""
        return self.order[self.vector_starts[position] : self.vector_starts[position + 1]]


def load(index: IndexFiles, signature: Signature) -> Snapshot:
    """Open the index files and order their rows by vector. `Snapshot.sizes` is left empty."""
    segments = index.open_segments()
    lengths = [len(segment.rows) for segment in segments]
    empty = np.zeros(0, ROW)
    column = {
        name: np.concatenate([empty[name], *(segment.rows[name] for segment in segments)]) for name in ROW.names or ()
    }
    vectors, times = column["vector"], column["time"]
    shot = Snapshot(
        signature=signature,
        manifest=index.manifest,
        segments=segments,
        segment_starts=[0, *np.cumsum(lengths)[:-1].tolist()] if lengths else [],
        numbers=column["number"],
        sizes=np.zeros(0, np.int64),
        sequences=column["sequence"],
        headers=column["header"],
        times=times,
        vectors=vectors,
        current=np.ones(len(vectors), np.bool_),
        order=np.zeros(0, np.int64),
        vector_starts=np.zeros(1, np.int64),
        # Opened now, while no other process writes: it may replace the files later.
        matrices={name: index.matrix(name) for name in VECTOR_DIMS},
        codes={name: index.codes(name) for name in VECTOR_DIMS},
    )
    comparable = column["embedding_version"] == EMBEDDING_VERSION
    shot.current = _newest_per_path(shot, column["path"], times) & comparable
    order = _order_by_vector(vectors, times)
    shot.order = order if shot.current.all() else order[shot.current[order]]
    counts = np.bincount(vectors[shot.current], minlength=index.manifest.vectors)
    shot.vector_starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return shot


def _order_by_vector(vectors: npt.NDArray[np.int32], times: RowNumbers) -> RowNumbers:
    """Return the rows sorted by vector, newest first within a vector; mostly they are in this order already."""
    if (vectors[1:] > vectors[:-1]).all():
        return np.arange(len(vectors))
    return np.lexsort((-times, vectors))


def _newest_per_path(shot: Snapshot, paths: npt.NDArray[np.uint64], times: RowNumbers) -> Mask:
    """Return the newest row of each path; of rows of equal time the one with the smallest file_id."""
    newest = np.ones(len(paths), np.bool_)
    sorted_paths = np.sort(paths)
    repeated = sorted_paths[1:][sorted_paths[1:] == sorted_paths[:-1]]
    if not len(repeated):
        return newest
    rows = np.flatnonzero(np.isin(paths, repeated))
    order = rows[np.lexsort((-times[rows], paths[rows]))]
    same_path = paths[order][1:] == paths[order][:-1]
    newest[order[1:][same_path]] = False
    ties = np.flatnonzero(same_path & (times[order][1:] == times[order][:-1]))
    for position in ties.tolist():
        pair = int(order[position]), int(order[position + 1])
        winner, loser = sorted(pair, key=lambda row: read_rows(shot, [row])[0]["file_id"])
        if newest[order[position]]:
            newest[winner], newest[loser] = True, False
            order[position + 1], order[position] = winner, loser  # the next row is compared with the winner
    return newest


def read_rows(shot: Snapshot, rows: list[int], columns: Sequence[str] = DETAILS.names) -> list[dict[str, Any]]:
    """Read the details of some rows, or columns of them, in the order given.

    Raises:
        IndexDamagedError: The details are cut or altered.
    """
    by_position: dict[int, dict[str, Any]] = {}
    numbers = np.array(rows, np.int64)
    segments = np.searchsorted(shot.segment_starts, numbers, "right") - 1
    for segment in sorted(set(segments.tolist())):  # `np.unique` would load masked arrays, 30 ms
        selected = np.flatnonzero(segments == segment)
        details = shot.segments[segment].read_details(numbers[selected] - shot.segment_starts[segment], columns)
        by_position.update(zip(selected.tolist(), details, strict=True))
    return [by_position[position] for position in range(len(rows))]


def text_hash(text: str) -> int:
    """Return the hash of a text in the rows of the index: `md5_number_lower` of DuckDB."""
    digest = hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little")
