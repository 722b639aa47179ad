"""Similarity search of the local library in its index, which is updated first if the library has changed."""

from __future__ import annotations

from exr_inspector_app.contracts import Hit, Query, StoredFile
from exr_inspector_app.persistence.index.search import best_rows, count_sequences, index_of
from exr_inspector_app.persistence.index.snapshot import read_rows
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.index.snapshot import lock, snapshot, to_hit_row
from exr_inspector_app.persistence.query.filter_sql import Sql
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.similarity.vector_index import StreamedIndex


def find_similar(
    database: LocalDatabase, query: Query, where: Sql | None, scan: ScanProgress, partial: bool = False
) -> list[Hit]:
    """Return the nearest current files, one hit per sequence.

    Args:
        database: Library to search.
        query: Query by metadata or channels.
        where: Condition that files have to meet, or None for all files.
        scan: Callbacks for an exact search.
        partial: Search only the files that the index contains, without updating it.

    Raises:
        ScanCancelledError: The caller cancelled an exact search.
    """
    column, vector = hits.query_vector(query)
    with lock:
        shot, allowed = snapshot(database, where, partial)
        if not len(shot.order):
            return []
        index = StreamedIndex(shot.matrices[column], scan) if query.exact else index_of(shot, column)
    best = best_rows(shot, index, vector, query, allowed)
    rows = [row for row, _ in best]
    counts = count_sequences(shot, rows, allowed)
    scored: list[hits.ScoredRow] = []
    details: dict[str, StoredFile] = {}
    for stored_row, (row, score), count in zip(read_rows(shot, rows), best, counts, strict=True):
        hit_row, details[stored_row["file_id"]] = to_hit_row(stored_row, int(shot.sizes[row]))
        scored.append(hits.ScoredRow(hit_row, score, count))
    return hits.make_hits(scored, query, details)
