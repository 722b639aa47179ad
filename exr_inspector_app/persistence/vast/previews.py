"""Thumbnail storage in a VAST Database, and the similarity search by appearance over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import LOOK_DIM, MAX_THUMBNAIL_BYTES, Hit, Preview, Query, StoredFile, Vector
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.rows.decode import decode_previews
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter
from exr_inspector_app.persistence.vast.search.current_rows import read_details
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import (
    KEY_COLUMNS,
    is_among,
    latest_per_path,
    matching_keys,
    read_files,
    visible_rows,
)

_FILE_COLUMNS = (*KEY_COLUMNS, "sequence_key")
_PAGE_ROWS = 512  # of thumbnails; servers accept 128 KB in a cell, and have no condition on the length of one


def put_previews(database: Database, previews: Sequence[Preview]) -> int:
    """Store thumbnails of published files, replacing older ones, and return the number stored."""
    by_id = {preview.file_id: preview for preview in previews}

    def work(transaction: Transaction) -> int:
        published = transaction.rows_by_key("files", ["file_id"], "file_id", list(by_id))
        ids = pc.unique(published["file_id"]).to_pylist()
        if transaction.tables.capabilities.lacks("types.null_vector"):
            ids = [file_id for file_id in ids if by_id[file_id].look_embedding is not None]
        if not ids:
            return 0
        transaction.delete("previews", transaction.rows_by_key("previews", ["file_id"], "file_id", ids, row_ids=True))
        transaction.insert("previews", encode.previews_table([by_id[file_id] for file_id in ids]))
        return len(ids)

    return database.write(work, lambda *_: False) if by_id else 0  # idempotent, so a retry is safe


def read_previews(transaction: Transaction, file_ids: Sequence[str]) -> dict[str, Preview]:
    """Return the thumbnail of each file, or else the newest one of its sequence, by file_id."""
    columns = ["file_id", "attempt_id", "sequence_key"]
    requested = visible_rows(transaction.rows_by_key("files", columns, "file_id", file_ids)).to_pylist()
    keys = [row["sequence_key"] for row in requested]
    members = visible_rows(transaction.rows_by_key("files", _FILE_COLUMNS, "sequence_key", keys)).to_pylist()
    members.sort(key=lambda row: str(row["file_id"]), reverse=True)  # of equal times the smallest id, as in a library
    members.sort(key=lambda row: row["inspection_timestamp"] or "")
    ids = [row["file_id"] for row in members]
    stored = transaction.rows_by_key(
        "previews", schema.PREVIEWS.names, "file_id", ids, page_rows=_PAGE_ROWS, keep=_small_enough
    )
    previews = {preview.file_id: preview for preview in decode_previews(stored)}
    newest = {row["sequence_key"]: previews[row["file_id"]] for row in members if row["file_id"] in previews}
    pairs = ((row["file_id"], previews.get(row["file_id"]) or newest.get(row["sequence_key"])) for row in requested)
    return {file_id: preview for file_id, preview in pairs if preview is not None}


def _small_enough(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows with a thumbnail of an allowed size."""
    return batch.filter(pc.less_equal(pc.binary_length(batch.column("thumbnail")), MAX_THUMBNAIL_BYTES))


def find_similar_looks(database: Database, query: Query, template: PathTemplate, progress: ScanProgress) -> list[Hit]:
    """Return the current files whose appearance is nearest to the reference, one hit per sequence."""

    def search(transaction: Transaction) -> tuple[list[hits.ScoredRow], dict[str, StoredFile]]:
        scored = _search(transaction, query, template, progress)
        return scored, read_details(transaction, [hit.row for hit in scored])

    scored, details = database.read(search) or ([], {})
    return hits.make_hits(scored, query, details)


def _search(
    transaction: Transaction, query: Query, template: PathTemplate, progress: ScanProgress
) -> list[hits.ScoredRow]:
    """Return the nearest current rows; scan with more capacity only if most of the nearest are history."""
    _, vector = hits.query_vector(query)
    keys = None
    if query.where:
        keys = matching_keys(transaction, query.where, False, DerivedFilter(transaction, template))
    capacity = 4 * query.limit + 64
    while True:
        scores = _scan_nearest(transaction, vector, capacity, keys, progress)
        sequences = visible_rows(transaction.rows_by_key("files", _FILE_COLUMNS, "file_id", list(scores)))
        sequence_keys = sequences["sequence_key"].to_pylist()
        members = transaction.rows_by_key("files", _FILE_COLUMNS, "sequence_key", sequence_keys)
        current = latest_per_path(visible_rows(members))
        current = current if keys is None else current.filter(is_among(current, keys))
        has_score = pa.array([file_id in scores for file_id in current["file_id"].to_pylist()], pa.bool_())
        rows = read_files(transaction, current.filter(has_score), [*hits.COLUMNS, "attempt_id"])
        rows.sort(key=lambda row: str(row["file_path"]))
        best = hits.best_per_sequence(((row, scores[row["file_id"]]) for row in rows), query.limit)
        if len(best) == query.limit or len(scores) < capacity:
            counts = current["sequence_key"].to_pylist()
            return [hits.ScoredRow(hit.row, hit.score, counts.count(hit.row["sequence_key"])) for hit in best]
        capacity *= 4


def _scan_nearest(
    transaction: Transaction, vector: Vector, capacity: int, keys: pa.Table | None, progress: ScanProgress
) -> dict[str, float]:
    """Return the cosines of the `capacity` nearest thumbnails by file_id, among `keys` if given, in bounded memory."""
    best: dict[str, float] = {}
    for batch in transaction.scan("previews", ["file_id", "look_embedding"], (), progress):
        batch = batch.filter(pc.is_valid(batch.column("look_embedding")))
        if keys is not None:
            batch = batch.filter(pc.is_in(batch.column("file_id"), value_set=keys["file_id"].combine_chunks()))
        flat = batch.column("look_embedding").flatten().to_numpy(zero_copy_only=False)
        scores = flat.astype(np.float32, copy=False).reshape(-1, LOOK_DIM) @ vector
        best.update(zip(batch.column("file_id").to_pylist(), scores.tolist(), strict=True))
        best = dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:capacity])
    return best
