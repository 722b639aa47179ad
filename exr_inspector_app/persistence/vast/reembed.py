"""Vector updates for files in a VAST Database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, StoredFile, Vectors
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast.row_updates import update_rows
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES, distinct_children, visible_rows

_BATCH_FILES = 100  # the vectors of their channels fit into one request


def get_many(transaction: Transaction, file_ids: Sequence[str]) -> list[StoredFile]:
    """Return files with all their children in file order, with one query per table."""
    files = visible_rows(transaction.rows_by_key("files", schema.FILE_COLUMNS, "file_id", file_ids)).to_pylist()
    attempts = {row["file_id"]: row["attempt_id"] for row in files}
    children: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in attempts}
    for table in CHILD_TABLES:
        names = [name for name in schema.TABLES[table].names if name not in schema.VECTOR_COLUMNS]
        rows = transaction.rows_by_key(table, names, "file_id", list(attempts))
        for row in distinct_children(rows, table).to_pylist():
            if attempts[row["file_id"]] == row["attempt_id"]:
                children[row["file_id"]].setdefault(table, []).append(row)
    return [StoredFile(row, *(children[row["file_id"]].get(table, ()) for table in CHILD_TABLES)) for row in files]


def update_vectors(transaction: Transaction, updates: Sequence[Vectors]) -> None:
    """Set the vectors of all rows of the files, of every attempt."""
    for start in range(0, len(updates), _BATCH_FILES):
        _update_batch(transaction, {update.file_id: update for update in updates[start : start + _BATCH_FILES]})


def has_current_vectors(transaction: Transaction, file_ids: Sequence[str]) -> bool:
    """Return True if none of the files has vectors of an older version."""
    older = transaction.tables.columns("files").embedding_version < EMBEDDING_VERSION
    return not len(transaction.rows_by_key("files", ["file_id"], "file_id", file_ids, also=[older]))


def _update_batch(transaction: Transaction, vectors: dict[str, Vectors]) -> None:
    """Rewrite the rows of `files`, because a column with a vector index cannot be updated, and update `channels`."""
    files = transaction.rows_by_key("files", schema.FILE_COLUMNS, "file_id", list(vectors), row_ids=True)
    updates = [vectors[name] for name in files["file_id"].to_pylist()]
    if not updates:
        return
    vector_ids = [encode.vector_id(update.metadata_embedding, update.channel_fingerprint) for update in updates]
    columns = {
        **{name: files[name] for name in schema.FILE_COLUMNS},
        "metadata_embedding": encode.vector_column(
            [update.metadata_embedding for update in updates], "metadata_embedding"
        ),
        "channel_fingerprint": encode.vector_column(
            [update.channel_fingerprint for update in updates], "channel_fingerprint"
        ),
        "vector_id": pa.array(vector_ids, pa.string()),
        "embedding_version": pa.array([EMBEDDING_VERSION] * len(updates), pa.int32()),
    }
    transaction.delete("files", files)
    transaction.insert("files", pa.table([columns[name] for name in schema.FILES.names], schema=schema.FILES))
    channels = transaction.rows_by_key("channels", ["file_id", "position"], "file_id", list(vectors), row_ids=True)
    if len(channels):
        rows = [vectors[row["file_id"]].channel_vectors[row["position"]] for row in channels.to_pylist()]
        column = encode.vector_column(rows, "channel_fingerprint")
        changes = pa.table({ROW_ID: channels[ROW_ID], "channel_fingerprint": column})
        update_rows(transaction, "channels", channels, changes)
