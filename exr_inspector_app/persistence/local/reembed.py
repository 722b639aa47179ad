"""New vectors for files that are in the local library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, StoredFile, Vectors
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import tables, vector_table
from exr_inspector_app.persistence.local.arrow_relations import execute_with
from exr_inspector_app.persistence.rows import encode

Connection = duckdb.DuckDBPyConnection
_MINE = "file_id IN (SELECT unnest(?::VARCHAR[]))"


def get_many(connection: Connection, file_ids: Sequence[str]) -> list[StoredFile]:
    """Files with all their children, in file order; one look-up a table."""
    facts = ", ".join(schema.FILE_COLUMNS)
    files = _listed(connection, f"SELECT {facts} FROM file_rows WHERE {_MINE}", file_ids)
    children: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table, own in tables.CHILD_TABLES.items():
        for row in _listed(connection, f"SELECT * FROM {own} WHERE {_MINE} ORDER BY rowid", file_ids):
            children.setdefault(row["file_id"], {}).setdefault(table, []).append(row)
    return [
        StoredFile(row, *(children.get(row["file_id"], {}).get(table, ()) for table in tables.CHILD_TABLES))
        for row in files
    ]


def update_vectors(connection: Connection, revised: Sequence[Vectors]) -> None:
    """The files have these vectors, and vectors that no file has any more are gone."""
    names = [encode.vector_id(one.metadata_embedding, one.channel_fingerprint) for one in revised]
    ids = pa.array([one.file_id for one in revised], pa.string())
    both = [encode.vector_column([getattr(one, name) for one in revised], name) for name in schema.VECTOR_COLUMNS]
    vector_table.insert_missing(
        connection, pa.table([pa.array(names, pa.string()), *both], ["vector_id", *schema.VECTOR_COLUMNS])
    )
    execute_with(
        connection,
        pa.table({"file_id": ids, "vector_id": names}),
        f"UPDATE file_rows SET vector_id = n.vector_id, embedding_version = {EMBEDDING_VERSION} FROM arriving n "
        "WHERE file_rows.file_id = n.file_id",
    )
    kinds, distinct = vector_table.distinct_channels([one.channel_vectors for one in revised])
    numbers = vector_table.insert_channel_vectors(connection, distinct).take(kinds)
    counts = [len(one.channel_vectors) for one in revised]
    places = np.concatenate([np.arange(count) for count in counts]) if counts else np.zeros(0)
    execute_with(
        connection,
        pa.table({"file_id": ids.take(pa.array(np.repeat(np.arange(len(counts)), counts))),
                  "place": pa.array(places, pa.int64()), "channel_vector": numbers}),
        "UPDATE channel_rows SET channel_vector = n.channel_vector FROM arriving n, (SELECT rowid AS own, file_id, "
        "row_number() OVER (PARTITION BY file_id ORDER BY rowid) - 1 AS place FROM channel_rows "
        "WHERE file_id IN (SELECT file_id FROM arriving)) c "
        "WHERE channel_rows.rowid = c.own AND c.file_id = n.file_id AND c.place = n.place",
    )  # fmt: skip
    vector_table.delete_unused(connection)


def _listed(connection: Connection, query: str, file_ids: Sequence[str]) -> list[dict[str, Any]]:
    return list(connection.sql(query, params=[list(file_ids)]).to_arrow_table().to_pylist())
