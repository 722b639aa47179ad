"""Previews in the local library: storage, lookup, and similarity by look."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import LOOK_DIM, MAX_THUMBNAIL_BYTES, Hit, Preview, Query, StoredFile
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import tables
from exr_inspector_app.persistence.local.arrow_io import fetch_rows
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.query.filter_sql import Sql
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.rows.decode import decode_previews
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.vector_index import ExactIndex, Index

Connection = duckdb.DuckDBPyConnection

# The file's own preview, otherwise the newest of its sequence; a library of others may hold blobs of any size.
_PREVIEWS = """
SELECT wanted.file_id AS wanted, p.file_id, p.picture_layer, p.look_embedding, p.thumbnail
FROM file_rows wanted
JOIN file_rows pictured ON pictured.sequence_key = wanted.sequence_key
JOIN previews p ON p.file_id = pictured.file_id
WHERE wanted.file_id IN (SELECT unnest(?::VARCHAR[])) AND octet_length(p.thumbnail) <= ?
QUALIFY row_number() OVER (PARTITION BY wanted.file_id
  ORDER BY p.file_id = wanted.file_id DESC, pictured.inspection_timestamp DESC, p.file_id) = 1
"""

_look_indexes: dict[str, tuple[tuple[int, ...], list[str], Index]] = {}  # by library: signature, file ids, index
_lock = threading.Lock()


def put_previews(connection: Connection, previews: Sequence[Preview]) -> int:
    """Store the previews of published files, replacing their earlier ones; return their number."""
    by_id = {preview.file_id: preview for preview in previews}
    arriving = encode.previews_table(list(by_id.values()))
    connection.register("arriving", arriving)
    try:
        connection.execute("DELETE FROM previews WHERE file_id IN (SELECT file_id FROM arriving)")
        columns = ", ".join(schema.PREVIEWS.names)
        known = "file_id IN (SELECT file_id FROM file_rows)"
        query = f"INSERT INTO previews ({columns}) SELECT {columns} FROM arriving WHERE {known}"
        return int(connection.execute(query).fetchall()[0][0])
    finally:
        connection.unregister("arriving")


def read_previews(connection: Connection, file_ids: Sequence[str]) -> dict[str, Preview]:
    """Return the preview to show for each file, by file_id."""
    table: pa.Table = connection.sql(_PREVIEWS, params=[list(file_ids), MAX_THUMBNAIL_BYTES]).to_arrow_table()
    wanted = table["wanted"].to_pylist()
    return dict(zip(wanted, decode_previews(table), strict=True))


def find_similar_looks(database: LocalDatabase, query: Query, where: Sql | None) -> list[Hit]:
    """Return the current files with the most similar look, one hit per sequence.

    Args:
        database: Library to search.
        query: Query with a look.
        where: Condition that files have to meet, or None for all files.
    """
    _, look = hits.query_vector(query)
    with _lock:
        file_ids, index = _look_index(database)
    if not file_ids:
        return []
    with database.connect() as connection:
        matching = None if where is None else _matching_ids(connection, where)
        allowed = None if matching is None else np.array([file_id in matching for file_id in file_ids], np.bool_)
        # A sequence may have several previews, if it was published in several batches.
        positions, scores = index.search(look, 4 * query.limit + 100, allowed)
        scored = {file_ids[position]: float(score) for position, score in zip(positions, scores, strict=True)}
        rows = _read_rows(connection, list(scored), matching)
        best = hits.best_per_sequence(((row, scored[row["file_id"]]) for row in rows), query.limit)
        details = _read_details(connection, [scored_row.row["file_id"] for scored_row in best])
    counted = [hits.ScoredRow(best_row.row, best_row.score, best_row.row["frames"]) for best_row in best]
    return hits.make_hits(counted, query, details)


def _matching_ids(connection: Connection, where: Sql) -> set[str]:
    """Return the ids of the current files that meet a condition."""
    query = f"SELECT file_id FROM current_files WHERE {where.text}"
    return {row[0] for row in connection.execute(query, list(where.values)).fetchall()}


def _look_index(database: LocalDatabase) -> tuple[list[str], Index]:
    """Return ids and index of all current files with a look, from memory unless the library has changed."""
    name = str(database.path.absolute())
    cached = _look_indexes.get(name)
    if cached is None or cached[0] != database.signature():
        query = (
            "SELECT p.file_id, p.look_embedding FROM previews p JOIN current_files c ON c.file_id = p.file_id "
            "WHERE p.look_embedding IS NOT NULL"
        )
        with database.connect() as connection:
            table: pa.Table = connection.sql(f"{query} ORDER BY p.file_id").to_arrow_table()
        index = ExactIndex(_to_matrix(table["look_embedding"]))
        cached = (database.signature(), table["file_id"].to_pylist(), index)
        _look_indexes[name] = cached
    return cached[1], cached[2]


def _read_rows(connection: Connection, file_ids: list[str], matching: set[str] | None) -> list[dict[str, Any]]:
    """Return the rows of these files, each with the number of (matching) files of its sequence."""
    columns = ", ".join(f"c.{name}" for name in hits.COLUMNS)
    condition = "" if matching is None else "WHERE file_id IN (SELECT unnest($chosen::VARCHAR[]))"
    query = (
        f"WITH counts AS (SELECT sequence_key, count(*) AS frames FROM current_files {condition} GROUP BY 1) "
        f"SELECT {columns}, n.frames FROM current_files c JOIN counts n ON n.sequence_key = c.sequence_key "
        "WHERE c.file_id IN (SELECT unnest($ids::VARCHAR[])) ORDER BY c.file_path"
    )
    values: dict[str, Any] = {"ids": file_ids} | ({} if matching is None else {"chosen": sorted(matching)})
    table: pa.Table = connection.sql(query, params=values).to_arrow_table()
    return list(table.to_pylist())


def _read_details(connection: Connection, file_ids: list[str]) -> dict[str, StoredFile]:
    """Return the first part and the camera attributes of each file, with one query per table."""
    by_id = "file_id IN (SELECT unnest(?::VARCHAR[]))"
    parts = f"SELECT file_id, {', '.join(hits.PART_COLUMNS)} FROM part_rows WHERE part_index = 0 AND {by_id}"
    # Filtered by name and sorted here: SQL would do both for all files of the library first.
    columns = f"file_id, attribute_name, attribute_value, {tables.POSITION} AS position"
    attributes = f"SELECT {columns} FROM attribute_rows WHERE {by_id}"
    first_parts = fetch_rows(connection, parts, [file_ids])
    table: pa.Table = connection.sql(attributes, params=[file_ids]).to_arrow_table().sort_by("position")
    return hits.details_by_id(first_parts, table.to_pylist())


def _to_matrix(column: pa.ChunkedArray) -> Any:
    """Return a column of vectors as a matrix, shape (rows, 256) float32."""
    flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.float32).reshape(-1, LOOK_DIM)
