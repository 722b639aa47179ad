"""Search in an index: the nearest rows, one per sequence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Query, Record, Vector
from exr_inspector_app.persistence.index.snapshot import RowNumbers, Snapshot, read_rows, text_hash
from exr_inspector_app.persistence.similarity.vector_index import ExactIndex, Index, Mask, QuantizedIndex

SAME_VECTOR_SCORE = 0.9999  # lower bound of the score of equal vectors, whose cosine is subject to rounding


def index_of(shot: Snapshot, column: str) -> Index:
    """Return the index over the distinct vectors of a column."""
    if column not in shot.indexes:
        codes, matrix = shot.codes[column], shot.matrices[column]
        shot.indexes[column] = ExactIndex(matrix[:]) if codes is None else QuantizedIndex(matrix, *codes)
    return shot.indexes[column]


def best_rows(
    shot: Snapshot, index: Index, vector: Vector, query: Query, allowed: Mask | None
) -> list[tuple[int, float]]:
    """Return the best row of each of the nearest sequences with its score, searching until there are enough."""
    allowed_vectors = None
    if allowed is not None:
        allowed_vectors = np.zeros(len(index), np.bool_)
        allowed_vectors[shot.vectors[allowed]] = True
    total = len(index) if allowed_vectors is None else int(np.count_nonzero(allowed_vectors))
    k = 2 * query.limit
    while True:
        positions, scores = index.search(vector, k, allowed_vectors)
        best = _first_per_sequence(shot, positions, scores, query, allowed)
        if len(best) == query.limit or k >= total:
            return best
        k *= 4


def _first_per_sequence(
    shot: Snapshot, positions: RowNumbers, scores: Vector, query: Query, allowed: Mask | None
) -> list[tuple[int, float]]:
    """Return one row per sequence in order of scores; a copy of the reference represents its sequence."""
    seen: set[int] = set()
    best: list[tuple[int, float]] = []
    for position, score in zip(positions.tolist(), scores.tolist(), strict=True):
        rows = shot.rows_of(position)
        if allowed is not None:
            rows = rows[allowed[rows]]
        copies = np.zeros(len(rows), np.int8)
        if score > SAME_VECTOR_SCORE:
            copies = _copy_levels(shot, rows, query.reference)
            order = np.argsort(-copies, kind="stable")
            rows, copies = rows[order], copies[order]
        for place in _first_places(shot.sequences[rows]):
            sequence = int(shot.sequences[rows[place]])
            if sequence in seen:
                continue
            seen.add(sequence)
            best.append((_first_by_path(shot, rows, copies, place), score))
            if len(best) == query.limit:
                return best
    return best


def _first_places(sequences: npt.NDArray[np.uint64]) -> list[int]:
    """Return the place of the first row of each sequence; most vectors are those of one row."""
    if len(sequences) < 2:
        return list(range(len(sequences)))
    _, first = np.unique(sequences, return_index=True)
    places: list[int] = np.sort(first).tolist()
    return places


def _copy_levels(shot: Snapshot, rows: RowNumbers, reference: Record) -> npt.NDArray[np.int8]:
    """Return 2 for an identical file in another sequence than the reference, 1 for an equal header there, or 0."""
    own, size = reference.identity, reference.payload["file"].get("size_bytes")
    copies = np.zeros(len(rows), np.int8)
    same_header = shot.headers[rows] == text_hash(own.header_hash)
    copies[same_header & (shot.sequences[rows] != text_hash(own.sequence_key))] = 1
    copies *= 1 + (shot.sizes[rows] == (-1 if size is None else size)).astype(np.int8)
    return copies


def _first_by_path(shot: Snapshot, rows: RowNumbers, copies: npt.NDArray[np.int8], place: int) -> int:
    """Return the row at a place, or of equally new rows of its sequence the first by path.

    The order of rows in an index does not decide: a VAST Database returns rows in no particular order.
    """
    row = rows[place]
    is_equal = (shot.sequences[rows] == shot.sequences[row]) & (shot.times[rows] == shot.times[row])
    equal: list[int] = rows[is_equal & (copies == copies[place])].tolist()
    if len(equal) == 1:
        return equal[0]
    paths = [details["file_path"] or "" for details in read_rows(shot, equal, ["file_path"])]
    return min(zip(paths, equal, strict=True))[1]


def count_sequences(shot: Snapshot, rows: list[int], allowed: Mask | None) -> list[int]:
    """Return the number of current (allowed) files in the sequence of each row."""
    sequences = shot.sequences[rows]
    among = shot.sequences[shot.current if allowed is None else allowed]
    is_wanted = np.zeros(1 << 16, np.bool_)  # by the lowest bits, which leave few rows to sort
    is_wanted[sequences.astype(np.uint16)] = True
    few = np.sort(among[is_wanted[among.astype(np.uint16)]])
    counts = np.searchsorted(few, sequences, "right") - np.searchsorted(few, sequences, "left")
    return [int(count) for count in counts]
