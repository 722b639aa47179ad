"""Thumbnail storage in a VAST Database, and the similarity search by appearance over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import LOOK_DIM, Hit, Preview, Query, StoredFile, Vector
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter
from exr_inspector_app.persistence.vast.similar import read_details
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
_ATTEMPT_COLUMNS = ("file_id", "attempt_id")

AttemptKey = tuple[str, str]  # file_id and attempt_id


def put_previews(database: Database, previews: Sequence[Preview]) -> int:
    """Store thumbnails of published files, replacing older ones, and return the number stored."""
    by_id = {preview.file_id: preview for preview in previews}

    def work(transaction: Transaction) -> int:
        files = visible_rows(transaction.rows_by_key("files", _ATTEMPT_COLUMNS, "file_id", list(by_id))).to_pylist()
        if not files:
            return 0
        ids = [row["file_id"] for row in files]
        transaction.delete("previews", transaction.rows_by_key("previews", ["file_id"], "file_id", ids, row_ids=True))
        rows = [
            {
                **row,
                "look_embedding": by_id[row["file_id"]].look_embedding,
                "thumbnail": by_id[row["file_id"]].thumbnail,
            }
            for row in files
        ]
        transaction.insert("previews", pa.Table.from_pylist(rows, schema=schema.PREVIEWS))
        return len(rows)

    return database.write(work, lambda *_: False) if by_id else 0  # idempotent, so a retry is safe


def read_previews(transaction: Transaction, file_ids: Sequence[str]) -> dict[str, Preview]:
    """Return the thumbnail of each file, or else the newest one of its sequence, by file_id."""
    columns = [*_ATTEMPT_COLUMNS, "sequence_key"]
    requested = visible_rows(transaction.rows_by_key("files", columns, "file_id", file_ids)).to_pylist()
    keys = [row["sequence_key"] for row in requested]
    members = visible_rows(transaction.rows_by_key("files", _FILE_COLUMNS, "sequence_key", keys)).to_pylist()
    members.sort(key=lambda row: (row["inspection_timestamp"] or "", row["file_id"]))
    ids = [row["file_id"] for row in members]
    stored = transaction.rows_by_key("previews", schema.PREVIEWS.names, "file_id", ids)
    previews = {_attempt_key(row): row for row in stored.to_pylist()}
    newest = {row["sequence_key"]: previews[_attempt_key(row)] for row in members if _attempt_key(row) in previews}
    pairs = ((row["file_id"], previews.get(_attempt_key(row)) or newest.get(row["sequence_key"])) for row in requested)
    return {
        file_id: Preview(row["file_id"], np.array(row["look_embedding"], np.float32), row["thumbnail"])
        for file_id, row in pairs
        if row is not None
    }


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
        ids = [file_id for file_id, _ in scores]
        sequences = visible_rows(transaction.rows_by_key("files", _FILE_COLUMNS, "file_id", ids))
        sequence_keys = sequences["sequence_key"].to_pylist()
        members = transaction.rows_by_key("files", _FILE_COLUMNS, "sequence_key", sequence_keys)
        current = latest_per_path(visible_rows(members))
        current = current if keys is None else current.filter(is_among(current, keys))
        has_score = pa.array([_attempt_key(row) in scores for row in current.to_pylist()], pa.bool_())
        rows = read_files(transaction, current.filter(has_score), [*hits.COLUMNS, "attempt_id"])
        rows.sort(key=lambda row: str(row["file_path"]))
        best = hits.best_per_sequence(((row, scores[_attempt_key(row)]) for row in rows), query.limit)
        if len(best) == query.limit or len(scores) < capacity:
            counts = current["sequence_key"].to_pylist()
            return [hits.ScoredRow(hit.row, hit.score, counts.count(hit.row["sequence_key"])) for hit in best]
        capacity *= 4


def _scan_nearest(
    transaction: Transaction, vector: Vector, capacity: int, keys: pa.Table | None, progress: ScanProgress
) -> dict[AttemptKey, float]:
    """Return the cosines of the `capacity` nearest thumbnails, among `keys` if given, in bounded memory."""
    best: dict[AttemptKey, float] = {}
    columns = [*_ATTEMPT_COLUMNS, "look_embedding"]
    for batch in transaction.scan("previews", columns, (), progress):
        batch = batch if keys is None else batch.filter(is_among(batch, keys))
        flat = batch.column("look_embedding").flatten().to_numpy(zero_copy_only=False)
        scores = flat.astype(np.float32, copy=False).reshape(-1, LOOK_DIM) @ vector
        attempts = zip(batch.column("file_id").to_pylist(), batch.column("attempt_id").to_pylist(), strict=True)
        best.update(zip(attempts, scores.tolist(), strict=True))
        best = dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:capacity])
    return best


def _attempt_key(row: Mapping[str, Any]) -> AttemptKey:
    return row["file_id"], row["attempt_id"]
