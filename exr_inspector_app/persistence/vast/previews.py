"""Previews in a VAST Database: stored, found again, and compared by their looks."""

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

_FILES = (*KEY_COLUMNS, "sequence_key")
_OWNER = ("file_id", "attempt_id")

Owner = tuple[str, str]  # file_id and attempt_id


def put_previews(database: Database, previews: Sequence[Preview]) -> int:
    """The previews of published files, in place of those that were there."""
    listed = {one.file_id: one for one in previews}

    def work(transaction: Transaction) -> int:
        files = visible_rows(transaction.rows_of("files", _OWNER, "file_id", list(listed))).to_pylist()
        if not files:
            return 0
        ids = [row["file_id"] for row in files]
        transaction.delete("previews", transaction.rows_of("previews", ["file_id"], "file_id", ids, row_ids=True))
        rows = [
            {
                **row,
                "look_embedding": listed[row["file_id"]].look_embedding,
                "thumbnail": listed[row["file_id"]].thumbnail,
            }
            for row in files
        ]
        transaction.insert("previews", pa.Table.from_pylist(rows, schema=schema.PREVIEWS))
        return len(rows)

    return database.write(work, lambda *_: False) if listed else 0  # to write them twice changes nothing


def read_previews(transaction: Transaction, file_ids: Sequence[str]) -> dict[str, Preview]:
    """By file_id its own preview, else the newest of its sequence."""
    wanted = visible_rows(transaction.rows_of("files", [*_OWNER, "sequence_key"], "file_id", file_ids)).to_pylist()
    keys = [row["sequence_key"] for row in wanted]
    mates = visible_rows(transaction.rows_of("files", _FILES, "sequence_key", keys)).to_pylist()
    mates.sort(key=lambda row: (row["inspection_timestamp"] or "", row["file_id"]))
    found = transaction.rows_of("previews", schema.PREVIEWS.names, "file_id", [row["file_id"] for row in mates])
    pictured = {_owner(row): row for row in found.to_pylist()}
    newest = {row["sequence_key"]: pictured[_owner(row)] for row in mates if _owner(row) in pictured}
    chosen_rows = ((row["file_id"], pictured.get(_owner(row)) or newest.get(row["sequence_key"])) for row in wanted)
    return {
        file_id: Preview(row["file_id"], np.array(row["look_embedding"], np.float32), row["thumbnail"])
        for file_id, row in chosen_rows
        if row is not None
    }


def find_similar_looks(database: Database, query: Query, template: PathTemplate, scan: ScanProgress) -> list[Hit]:
    """The current files that look most like the reference, sequences folded."""

    def work(transaction: Transaction) -> tuple[list[hits.ScoredRow], dict[str, StoredFile]]:
        found = _found(transaction, query, template, scan)
        return found, read_details(transaction, [one.row for one in found])

    found, with_children = database.read(work) or ([], {})
    return hits.make_hits(found, query, with_children)


def _found(transaction: Transaction, query: Query, template: PathTemplate, scan: ScanProgress) -> list[hits.ScoredRow]:
    """More previews are looked at where most of the nearest are history."""
    _, vector = hits.query_vector(query)
    among = (
        matching_keys(transaction, query.where, False, DerivedFilter(transaction, template)) if query.where else None
    )
    room = 4 * query.limit + 64
    while True:
        nearest = _nearest(transaction, vector, room, among, scan)
        sequences = visible_rows(transaction.rows_of("files", _FILES, "file_id", [one for one, _ in nearest]))
        mates = transaction.rows_of("files", _FILES, "sequence_key", sequences["sequence_key"].to_pylist())
        live = latest_per_path(visible_rows(mates))
        live = live if among is None else live.filter(is_among(live, among))
        pictured = live.filter(pa.array([_owner(row) in nearest for row in live.to_pylist()], pa.bool_()))
        rows = read_files(transaction, pictured, [*hits.COLUMNS, "attempt_id"])
        rows.sort(key=lambda row: str(row["file_path"]))
        folded = hits.best_per_sequence(((row, nearest[_owner(row)]) for row in rows), query.limit)
        if len(folded) == query.limit or len(nearest) < room:
            counts = live["sequence_key"].to_pylist()
            return [hits.ScoredRow(one.row, one.score, counts.count(one.row["sequence_key"])) for one in folded]
        room *= 4


def _nearest(
    transaction: Transaction, vector: Vector, room: int, among: pa.Table | None, scan: ScanProgress
) -> dict[Owner, float]:
    """The `room` nearest previews, of those files where named, with their cosines.

    Each row is looked at once, in memory that does not grow.
    """
    best: dict[Owner, float] = {}
    columns = [*_OWNER, "look_embedding"]
    for batch in transaction.scanned("previews", columns, (), scan):
        batch = batch if among is None else batch.filter(is_among(batch, among))
        flat = batch.column("look_embedding").flatten().to_numpy(zero_copy_only=False)
        scores = flat.astype(np.float32, copy=False).reshape(-1, LOOK_DIM) @ vector
        owners = zip(batch.column("file_id").to_pylist(), batch.column("attempt_id").to_pylist(), strict=True)
        best.update(zip(owners, scores.tolist(), strict=True))
        best = dict(sorted(best.items(), key=lambda one: (-one[1], one[0]))[:room])
    return best


def _owner(row: Mapping[str, Any]) -> Owner:
    return row["file_id"], row["attempt_id"]
