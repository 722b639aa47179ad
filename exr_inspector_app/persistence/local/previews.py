"""Previews in the local library: stored, found again, and compared by their looks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import LOOK_DIM, Hit, Preview, Query, StoredFile, Vector
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.filter_sql import Sql
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.vector_index import ExactIndex, Index

Connection = duckdb.DuckDBPyConnection

# Its own preview, else the newest of the sequence.
_STORED = """
SELECT wanted.file_id AS wanted, p.file_id, p.look_embedding, p.thumbnail
FROM file_rows wanted
JOIN file_rows pictured ON pictured.sequence_key = wanted.sequence_key
JOIN previews p ON p.file_id = pictured.file_id
WHERE wanted.file_id IN (SELECT unnest(?::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY wanted.file_id
  ORDER BY p.file_id = wanted.file_id DESC, pictured.inspection_timestamp DESC, p.file_id) = 1
"""

_looks: dict[str, tuple[tuple[int, ...], list[str], Index]] = {}
_guard = threading.Lock()


def put_previews(connection: Connection, previews: Sequence[Preview]) -> int:
    """The previews of published files, in place of those that were there."""
    listed = {one.file_id: one for one in previews}
    arriving = pa.table(
        {
            "file_id": pa.array(list(listed), pa.string()),
            "look_embedding": _vectors([one.look_embedding for one in listed.values()]),
            "thumbnail": pa.array([one.thumbnail for one in listed.values()], pa.binary()),
        }
    )
    connection.register("arriving", arriving)
    try:
        connection.execute("DELETE FROM previews WHERE file_id IN (SELECT file_id FROM arriving)")
        columns = "n.file_id, f.attempt_id, n.look_embedding, n.thumbnail"
        query = f"INSERT INTO previews SELECT {columns} FROM arriving n JOIN file_rows f ON f.file_id = n.file_id"
        return int(connection.execute(query).fetchall()[0][0])
    finally:
        connection.unregister("arriving")


def stored_previews(connection: Connection, file_ids: Sequence[str]) -> dict[str, Preview]:
    """By file_id the preview that shows it."""
    table: pa.Table = connection.sql(_STORED, params=[list(file_ids)]).to_arrow_table()
    vectors = _matrix(table["look_embedding"])
    names = ("wanted", "file_id", "thumbnail")
    rows = zip(*(table[name].to_pylist() for name in names), vectors, strict=True)
    return {wanted: Preview(file_id, vector, thumbnail) for wanted, file_id, thumbnail, vector in rows}


def similar_looks(library: LocalDatabase, query: Query, where: Sql | None) -> list[Hit]:
    """The current files that look most like the reference, sequences folded; only those of which `where` holds."""
    _, look = hits.query_vector(query)
    with _guard:
        ids, index = _index(library)
    if not ids:
        return []
    with library.connected() as connection:
        chosen = None if where is None else _chosen(connection, where)
        allowed = None if chosen is None else np.array([name in chosen for name in ids], np.bool_)
        # Several previews may stand for one sequence, where it was published in pieces.
        places, scores = index.search(look, 4 * query.limit + 100, allowed)
        scored = {ids[place]: float(score) for place, score in zip(places, scores, strict=True)}
        rows = _files(connection, list(scored), chosen)
        found = hits.best_per_sequence(((row, scored[row["file_id"]]) for row in rows), query.limit)
        children = _children(connection, [one.row["file_id"] for one in found])
    found = [hits.ScoredRow(one.row, one.score, one.row["frames"]) for one in found]
    return hits.make_hits(found, query, children)


def _chosen(connection: Connection, where: Sql) -> set[str]:
    """The ids of the current files of which a condition holds."""
    query = f"SELECT file_id FROM current_files WHERE {where.text}"
    return {row[0] for row in connection.execute(query, list(where.values)).fetchall()}


def _index(library: LocalDatabase) -> tuple[list[str], Index]:
    """The looks of all current files that have one, read anew where the library has changed."""
    name = str(library.path.absolute())
    known = _looks.get(name)
    if known is None or known[0] != library.signature():
        query = "SELECT p.file_id, p.look_embedding FROM previews p JOIN current_files c ON c.file_id = p.file_id"
        with library.connected() as connection:
            table: pa.Table = connection.sql(f"{query} ORDER BY p.file_id").to_arrow_table()
        known = (library.signature(), table["file_id"].to_pylist(), ExactIndex(_matrix(table["look_embedding"])))
        _looks[name] = known
    return known[1], known[2]


def _files(connection: Connection, file_ids: list[str], chosen: set[str] | None) -> list[dict[str, Any]]:
    """The rows of these files in any order, each with the number of (chosen) files of its sequence."""
    columns = ", ".join(f"c.{name}" for name in hits.COLUMNS)
    counted = "" if chosen is None else "WHERE file_id IN (SELECT unnest($chosen::VARCHAR[]))"
    query = (
        f"WITH counts AS (SELECT sequence_key, count(*) AS frames FROM current_files {counted} GROUP BY 1) "
        f"SELECT {columns}, n.frames FROM current_files c JOIN counts n ON n.sequence_key = c.sequence_key "
        "WHERE c.file_id IN (SELECT unnest($ids::VARCHAR[])) ORDER BY c.file_path"
    )
    values: dict[str, Any] = {"ids": file_ids} | ({} if chosen is None else {"chosen": sorted(chosen)})
    table: pa.Table = connection.sql(query, params=values).to_arrow_table()
    return list(table.to_pylist())


def _children(connection: Connection, file_ids: list[str]) -> dict[str, StoredFile]:
    """The first part and the camera attributes of each hit: one look-up a table for all of them."""
    mine = "file_id IN (SELECT unnest(?::VARCHAR[]))"
    parts = f"SELECT file_id, {', '.join(hits.PART_COLUMNS)} FROM part_rows WHERE part_index = 0 AND {mine}"
    # Names are looked at and rows put in order here: in SQL, that is done to all files of the library first.
    attributes = f"SELECT file_id, attribute_name, attribute_value, rowid FROM attribute_rows WHERE {mine}"
    first = connection.sql(parts, params=[file_ids]).to_arrow_table().to_pylist()
    named = connection.sql(attributes, params=[file_ids]).to_arrow_table().sort_by("rowid").to_pylist()
    return hits.details_by_id(first, named)


def _vectors(vectors: Sequence[Vector]) -> pa.Array:
    flat = np.concatenate(vectors) if vectors else np.zeros(0, np.float32)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat, pa.float32()), type=schema.vector_type(LOOK_DIM))


def _matrix(column: pa.ChunkedArray) -> Any:
    """One row a vector."""
    flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.float32).reshape(-1, LOOK_DIM)
