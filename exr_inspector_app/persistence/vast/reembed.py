"""New vectors for files that are in a VAST Database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, Matrix, StoredFile, Vectors
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES, visible_rows

_AT_ONCE = 100  # files whose channels' vectors fit into one request


def get_many(transaction: Transaction, file_ids: Sequence[str]) -> list[StoredFile]:
    """Files with all their children, in file order; one look-up a table."""
    files = visible_rows(transaction.rows_of("files", schema.FILE_COLUMNS, "file_id", file_ids)).to_pylist()
    attempts = {row["file_id"]: row["attempt_id"] for row in files}
    children: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in attempts}
    for table in CHILD_TABLES:
        names = [name for name in schema.TABLES[table].names if name not in schema.VECTOR_COLUMNS]
        found = transaction.rows_of(table, names, "file_id", list(attempts), row_ids=True).sort_by(ROW_ID)
        for row in found.to_pylist():
            if attempts[row["file_id"]] == row["attempt_id"]:
                children[row["file_id"]].setdefault(table, []).append(row)
    return [StoredFile(row, *(children[row["file_id"]].get(table, ()) for table in CHILD_TABLES)) for row in files]


def update_vectors(transaction: Transaction, revised: Sequence[Vectors]) -> None:
    """All rows of the files, of whichever attempt, have these vectors."""
    for start in range(0, len(revised), _AT_ONCE):
        _revise(transaction, {one.file_id: one for one in revised[start : start + _AT_ONCE]})


def has_current_vectors(transaction: Transaction, file_ids: Sequence[str]) -> bool:
    """True where none of the files has vectors of an older version."""
    older = transaction.tables.columns("files").embedding_version < EMBEDDING_VERSION
    return not len(transaction.rows_of("files", ["file_id"], "file_id", file_ids, also=[older]))


def _revise(transaction: Transaction, vectors: dict[str, Vectors]) -> None:
    """A column with a vector index cannot be updated: rows of `files` are written anew, with their attempts."""
    files = transaction.rows_of("files", schema.FILE_COLUMNS, "file_id", list(vectors), row_ids=True)
    mine = [vectors[name] for name in files["file_id"].to_pylist()]
    if not mine:
        return
    names = [encode.vector_id(one.metadata_embedding, one.channel_fingerprint) for one in mine]
    columns = {
        **{name: files[name] for name in schema.FILE_COLUMNS},
        "metadata_embedding": encode.vector_column([one.metadata_embedding for one in mine], "metadata_embedding"),
        "channel_fingerprint": encode.vector_column([one.channel_fingerprint for one in mine], "channel_fingerprint"),
        "vector_id": pa.array(names, pa.string()),
        "embedding_version": pa.array([EMBEDDING_VERSION] * len(mine), pa.int32()),
    }
    transaction.delete("files", files)
    transaction.insert("files", pa.table([columns[name] for name in schema.FILES.names], schema=schema.FILES))
    listed = ["file_id", "attempt_id"]
    channels = transaction.rows_of("channels", listed, "file_id", list(vectors), row_ids=True).sort_by(ROW_ID)
    if len(channels):
        each = list(_in_order(channels.to_pylist(), {name: one.channel_vectors for name, one in vectors.items()}))
        column = encode.vector_column(each, "channel_fingerprint")
        transaction.update("channels", pa.table({ROW_ID: channels[ROW_ID], "channel_fingerprint": column}))


def _in_order(channels: Sequence[dict[str, Any]], vectors: dict[str, Matrix]) -> Iterator[Any]:
    """The vector of each channel row; row ids grow in the order of a file's channels."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in channels:
        key = row["file_id"], row["attempt_id"]
        yield vectors[row["file_id"]][counts[key]]
        counts[key] += 1
