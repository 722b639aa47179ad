"""The cache of a library brought up to date, from the rows that were published since it was kept."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import Stored
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import hits
from exr_inspector_app.persistence.camera import NAMES
from exr_inspector_app.persistence.local.cache import DIMS, Cache, Hashes, State
from exr_inspector_app.persistence.local.reading import number

Connection = duckdb.DuckDBPyConnection

_PIECE = 250_000  # files in one segment
_BATCH = 32_768  # vectors read at one time
_CHILDREN = ("part_rows", "attribute_rows")
_REPEATED = (  # written once for all rows that say the same
    *("sequence_key", "compression", "color_space", "render_software", "channel_list"),
    *("data_window", "display_window", "camera"),
)

# Everything of a row that a hit depends on is in these, since headers do not change; `rowid` tells whether
# the rows before still stand where they stood.
_CHECK = """
SELECT count(*), coalesce(bit_xor(code), 0), coalesce(max(number) + 1, 0),
  count(*) FILTER (old), coalesce(bit_xor(code) FILTER (old), 0)
FROM (
  SELECT rowid AS number, hash(rowid, file_id, vector_id, embedding_version) AS code, rowid < ? AS old FROM file_rows
)
"""
_ROWS = f"""
SELECT r.rowid AS number, hash(r.vector_id) AS vector, hash(r.sequence_key) AS sequence,
  hash(r.file_path_normalized) AS path, coalesce(epoch_us(try_cast(r.inspection_timestamp AS TIMESTAMP)), 0) AS time,
  coalesce(r.embedding_version, 0) AS embedding_version,
  {", ".join(f"r.{name}" for name in hits.COLUMNS)}, {", ".join(f"p.{name}" for name in hits.OF_PART)}, a.camera
FROM file_rows r
LEFT JOIN (SELECT file_id, {", ".join(hits.OF_PART)} FROM part_rows WHERE part_index = 0 AND rowid >= $parts) p
  ON p.file_id = r.file_id
LEFT JOIN (SELECT file_id, to_json(list([attribute_name, attribute_value] ORDER BY rowid))::VARCHAR AS camera
  FROM attribute_rows WHERE rowid >= $attributes AND regexp_matches(attribute_name, $names) GROUP BY file_id) a
  ON a.file_id = r.file_id
WHERE r.rowid >= $start AND r.rowid < $stop ORDER BY r.rowid
"""


def bring_up(cache: Cache, connection: Connection) -> None:
    """The cache holds what the library holds.

    Rows that came behind those that are known are added. Where others changed, the rows are read anew; vectors
    are kept in either case, unless most of them are nobody's any more.
    """
    state = cache.state
    count, check, end, old, old_check = connection.execute(_CHECK, [state.files]).fetchall()[0]
    if (count, str(check)) == (state.files, state.check):
        return
    if (old, str(old_check)) != (state.files, state.check):
        vectors = number(connection, "SELECT count(*) FROM vectors")
        if state.vectors > 2 * vectors or not state.vectors:
            cache.state = state = State()
            state.begun = cache.begin()
        state.files, state.vector_rows, state.children, state.segments = 0, 0, {}, []
    coded = state.vectors
    _add_vectors(cache, connection)
    cache.add_codes(coded)
    _add_rows(cache, connection, end)
    state.files, state.check = count, str(check)
    state.children = {table: number(connection, f"SELECT count(*) FROM {table}") for table in _CHILDREN}
    cache.keep()


def _add_vectors(cache: Cache, connection: Connection) -> None:
    """The vectors of the library that the cache lacks."""
    query = "SELECT rowid AS number, hash(vector_id) AS code FROM vectors WHERE rowid >= ?"
    listed: pa.Table = connection.sql(query, params=[cache.state.vector_rows]).to_arrow_table()
    new = ~_among(listed["code"].to_numpy(), cache.hashes())
    connection.register("arriving", pa.table({"number": listed["number"].to_numpy()[new]}))
    try:
        columns = ", ".join(DIMS)
        wanted = (
            f"SELECT hash(vector_id) AS code, {columns} FROM vectors "
            "WHERE rowid >= ? AND rowid IN (SELECT number FROM arriving)"
        )
        for piece in connection.sql(wanted, params=[cache.state.vector_rows]).to_arrow_reader(_BATCH):
            matrices = {column: _matrix(piece[column], dim) for column, dim in DIMS.items()}
            cache.add_vectors(piece["code"].to_numpy(), matrices)
    finally:
        connection.unregister("arriving")
    cache.state.vector_rows = number(connection, "SELECT count(*) FROM vectors")


def _add_rows(cache: Cache, connection: Connection, end: int) -> None:
    """The rows of files from the first that the cache lacks to `end`."""
    state, hashes = cache.state, cache.hashes()
    order = np.argsort(hashes)
    since = {"parts": state.children.get("part_rows", 0), "attributes": state.children.get("attribute_rows", 0)}
    for start in range(state.files, end, _PIECE):
        values = {**since, "names": NAMES, "start": start, "stop": min(start + _PIECE, end)}
        table: pa.Table = connection.sql(_ROWS, params=values).to_arrow_table().combine_chunks()
        if not len(table):
            continue
        places = _places(table["vector"].to_numpy(), hashes, order)
        table = table.set_column(table.column_names.index("vector"), "vector", pa.array(places))
        for name in _REPEATED:
            table = table.set_column(table.column_names.index(name), name, table[name].dictionary_encode())
        cache.add_rows(table)


def _among(wanted: Hashes, hashes: Hashes) -> Any:
    """Which of some vectors are known; sorted once, which is quicker than numpy's own way where few are wanted."""
    if not len(hashes):
        return np.zeros(len(wanted), np.bool_)
    known = np.sort(hashes)
    return known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)] == wanted


def _places(wanted: Hashes, hashes: Hashes, order: Any) -> Any:
    """The place of each vector among those that are known; `order` sorts them."""
    ranks = np.minimum(np.searchsorted(hashes, wanted, sorter=order), max(len(order) - 1, 0))
    found = order[ranks] if len(order) else ranks
    lost = len(wanted) if not len(order) else int(np.count_nonzero(hashes[found] != wanted))
    if lost:
        raise StoreError(f"{lost:,} files of the library lack their vectors; run `library check`.")
    return found.astype(np.int32)


def facts(row: dict[str, Any]) -> tuple[dict[str, Any], Stored]:
    """A row of a segment as what a hit is made of: columns of `files`, and what its children say."""
    camera = json.loads(row["camera"]) if row["camera"] else []
    attributes = [{"attribute_name": name, "attribute_value": value} for name, value in camera]
    part = {name: row[name] for name in hits.OF_PART}
    return {name: row[name] for name in hits.COLUMNS}, Stored({}, [part], (), attributes)


def _matrix(column: pa.Array, dim: int) -> Any:
    return column.flatten().to_numpy(zero_copy_only=False).reshape(-1, dim)
