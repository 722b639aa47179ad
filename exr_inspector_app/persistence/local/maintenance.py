"""Maintenance of the local library: integrity check, and replacement of outdated vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, StoredFile, Vectors
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import tables, vector_table
from exr_inspector_app.persistence.local.arrow_io import execute_with, fetch_count, fetch_rows
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.text.format import pluralize

Connection = duckdb.DuckDBPyConnection

_BY_ID = "file_id IN (SELECT unnest(?::VARCHAR[]))"
_CHECKS = {
    "SELECT count(*) FROM file_rows WHERE vector_id NOT IN (SELECT vector_id FROM vectors)": ("{} without vectors."),
    "SELECT count(DISTINCT file_id) FROM attribute_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "Attributes of {} not in the library."
    ),
    "SELECT count(DISTINCT file_id) FROM channel_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "Channels of {} not in the library."
    ),
    "SELECT count(DISTINCT file_id) FROM part_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "Parts of {} not in the library."
    ),
    "SELECT count(*) FROM file_rows f WHERE multipart_count <> "
    "(SELECT count(*) FROM part_rows p WHERE p.file_id = f.file_id)": "{} with missing or duplicate parts.",
    "SELECT count(*) FROM file_rows f WHERE channel_count <> "
    "(SELECT count(*) FROM channels c WHERE c.file_id = f.file_id)": "{} with missing channels.",
}


def find_problems(connection: Connection) -> list[str]:
    """Check that the tables are readable and consistent; return one sentence per problem."""
    for table in ("vectors", "channel_vectors", "file_rows", "previews", *tables.CHILD_TABLES.values()):
        # Hashing every value reads every block, and DuckDB verifies the checksum of each block it reads.
        fetch_count(connection, f"SELECT bit_xor(hash(t)) % 2 FROM {table} t")
    counts = [(sentence, fetch_count(connection, query)) for query, sentence in _CHECKS.items()]
    return [sentence.format(pluralize(count, "file")) for sentence, count in counts if count]


def get_many(connection: Connection, file_ids: Sequence[str]) -> list[StoredFile]:
    """Return files with all their children in file order, with one query per table."""
    columns = ", ".join(schema.FILE_COLUMNS)
    ids = [list(file_ids)]
    files = fetch_rows(connection, f"SELECT {columns} FROM file_rows WHERE {_BY_ID}", ids)
    children: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table, own_table in tables.CHILD_TABLES.items():
        order = tables.FILE_ORDER[table]
        columns = "*" if table == "parts" else f"* REPLACE ({tables.POSITION} AS position)"
        for row in fetch_rows(connection, f"SELECT {columns} FROM {own_table} WHERE {_BY_ID} ORDER BY {order}", ids):
            children.setdefault(row["file_id"], {}).setdefault(table, []).append(row)
    return [
        StoredFile(row, *(children.get(row["file_id"], {}).get(table, ()) for table in tables.CHILD_TABLES))
        for row in files
    ]


def update_vectors(connection: Connection, revised: Sequence[Vectors]) -> None:
    """Replace the vectors of files, and delete vectors that no file uses any more."""
    names = [encode.vector_id(vectors.metadata_embedding, vectors.channel_fingerprint) for vectors in revised]
    ids = pa.array([vectors.file_id for vectors in revised], pa.string())
    both = [
        encode.vector_column([getattr(vectors, name) for vectors in revised], name) for name in schema.VECTOR_COLUMNS
    ]
    columns = ["vector_id", *schema.VECTOR_COLUMNS]
    vector_table.insert_missing(connection, pa.table([pa.array(names, pa.string()), *both], columns))
    execute_with(
        connection,
        pa.table({"file_id": ids, "vector_id": names}),
        f"UPDATE file_rows SET vector_id = n.vector_id, embedding_version = {EMBEDDING_VERSION} FROM arriving n "
        "WHERE file_rows.file_id = n.file_id",
    )
    positions, distinct = vector_table.distinct_channels([vectors.channel_vectors for vectors in revised])
    numbers = vector_table.insert_channel_vectors(connection, distinct).take(positions)
    counts = [len(vectors.channel_vectors) for vectors in revised]
    order = np.concatenate([np.arange(count) for count in counts]) if counts else np.zeros(0)
    execute_with(
        connection,
        pa.table({"file_id": ids.take(pa.array(np.repeat(np.arange(len(counts)), counts))),
                  "position": pa.array(order, pa.int32()), "channel_vector": numbers}),
        "UPDATE channel_rows SET channel_vector = n.channel_vector FROM arriving n "
        f"WHERE channel_rows.file_id = n.file_id AND channel_rows.{tables.POSITION} = n.position",
    )  # fmt: skip
    vector_table.delete_unused(connection)
