"""Similar files in the local library: found in its cache, which is brought up to date where the file changed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Hit, Identity, Query, StoredFile, Vector
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.filter_sql import Sql
from exr_inspector_app.persistence.local.index.snapshot import (
    Numbers,
    Snapshot,
    lock,
    read_rows,
    snapshot,
    take_columns,
    to_hit_row,
)
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.similarity.vector_index import ExactIndex, Index, Mask, QuantizedIndex, StreamedIndex

SAME_VECTOR_SCORE = 0.9999  # a score that equal vectors reach, whatever rounding does


def similar(
    library: LocalDatabase, query: Query, where: Sql | None, scan: ScanProgress, so_far: bool = False
) -> list[Hit]:
    """The nearest current files, sequences folded; only those of which the condition holds, where one is given.

    With `so_far` only those that its cache knows.
    """
    column, vector = hits.query_vector(query)
    with lock:
        shot, allowed = snapshot(library, where, so_far)
        if not len(shot.order):
            return []
        index = StreamedIndex(shot.matrices[column], scan) if query.exact else _index(shot, column)
    best = _best(shot, index, vector, query, allowed)
    numbers = [number for number, _ in best]
    counts = _counts(shot, numbers, allowed)
    found: list[hits.ScoredRow] = []
    children: dict[str, StoredFile] = {}
    for told, (_, score), count in zip(read_rows(shot, numbers), best, counts, strict=True):
        row, children[told["file_id"]] = to_hit_row(told)
        found.append(hits.ScoredRow(row, score, count))
    return hits.make_hits(found, query, children)


def _index(shot: Snapshot, column: str) -> Index:
    """The index over the distinct vectors."""
    if column not in shot.indexes:
        coded, matrix = shot.coded[column], shot.matrices[column]
        shot.indexes[column] = ExactIndex(matrix) if coded is None else QuantizedIndex(matrix, *coded)
    return shot.indexes[column]


def _best(shot: Snapshot, index: Index, vector: Vector, query: Query, allowed: Mask | None) -> list[tuple[int, float]]:
    """The best row of each of the best sequences with its score; more vectors are looked at until they fill."""
    places = None
    if allowed is not None:
        places = np.zeros(len(index), np.bool_)
        places[shot.places[allowed]] = True
    most = len(index) if places is None else int(np.count_nonzero(places))
    k = 2 * query.limit
    while True:
        listed, scores = index.search(vector, k, places)
        found = _folded(shot, listed, scores, query, allowed)
        if len(found) == query.limit or k >= most:
            return found
        k *= 4


def _folded(
    shot: Snapshot, places: Numbers, scores: Vector, query: Query, allowed: Mask | None
) -> list[tuple[int, float]]:
    """One row a sequence, in the order of the scores; a copy of the reference stands for the sequence it is in."""
    seen: set[int] = set()
    found: list[tuple[int, float]] = []
    for place, score in zip(places.tolist(), scores.tolist(), strict=True):
        rows = shot.rows_of(place)
        if allowed is not None:
            rows = rows[allowed[rows]]
        if score > SAME_VECTOR_SCORE:
            rows = _copies_first(shot, rows, query.reference.identity)
        _, first = np.unique(shot.sequences[rows], return_index=True)
        for row in rows[np.sort(first)].tolist():
            sequence = int(shot.sequences[row])
            if sequence in seen:
                continue
            seen.add(sequence)
            found.append((row, score))
            if len(found) == query.limit:
                return found
    return found


def _copies_first(shot: Snapshot, rows: Numbers, own: Identity) -> Numbers:
    """The rows of one vector, those with the reference's header in another sequence before the others."""
    copies = np.zeros(len(rows), np.bool_)
    for mine, told in take_columns(shot, rows, ["header_hash", "sequence_key"]):
        same = pc.equal(told["header_hash"], own.header_hash)
        copies[mine] = pc.and_(same, pc.not_equal(told["sequence_key"].cast(pa.string()), own.sequence_key))
    return rows[np.argsort(~copies, kind="stable")]


def _counts(shot: Snapshot, numbers: list[int], allowed: Mask | None) -> list[int]:
    """How many of the files that may be hits belong to the sequence of each row."""
    wanted = shot.sequences[numbers]
    if allowed is None:
        found = np.searchsorted(shot.sorted, wanted, "right") - np.searchsorted(shot.sorted, wanted, "left")
        return [int(count) for count in found]
    among = shot.sequences[allowed]
    return [int(np.count_nonzero(among == sequence)) for sequence in wanted]
