"""The cache of a library brought up to date a piece at a time, from the rows of the library that it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import ScanCancelledError, StoreError
from exr_inspector_app.persistence.local.index.files import Hashes, IndexFiles
from exr_inspector_app.persistence.local.index.manifest import VECTOR_DIMS, IndexManifest, IndexSegment
from exr_inspector_app.persistence.local.result_rows import fetch_count
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.camera import CAMERA_NAMES

Connection = duckdb.DuckDBPyConnection
Numbers = npt.NDArray[np.int64]

FIRST_BATCH_FILES, MAX_BATCH_FILES = (
    16_384,
    131_072,
)  # files of the first piece, which is soon there, and of the others at the most
_BATCH = 32_768  # vectors read at one time
_REPEATED = (  # written once for all rows that say the same
    *("sequence_key", "compression", "color_space", "render_software", "channel_list"),
    *("data_window", "display_window", "camera"),
)
_OTHERS = {  # what tells one row of the other tables from the next
    "vectors": "hash(vector_id)",
    "part_rows": "hash(file_id, part_index)",
    "attribute_rows": "hash(file_id, part_index, attribute_name)",
}

# Everything of a row that a hit depends on is in this, since headers do not change; `rowid` tells whether it still
# stands where it stood.
_CODE = "hash({0}rowid, {0}file_id, {0}vector_id, {0}embedding_version)"
_LISTED = f"SELECT rowid AS number, {_CODE.format('')} AS code FROM file_rows WHERE rowid >= ?"
_NAMED = "SELECT DISTINCT attribute_name FROM attribute_rows WHERE rowid >= ?"
_MINE = "file_id IN (SELECT file_id FROM file_rows WHERE rowid >= $start AND rowid < $stop)"
_ROWS = f"""
SELECT r.rowid AS number, {_CODE.format("r.")} AS code, hash(r.vector_id) AS vector, hash(r.sequence_key) AS sequence,
  hash(r.file_path_normalized) AS path, coalesce(epoch_us(try_cast(r.inspection_timestamp AS TIMESTAMP)), 0) AS time,
  coalesce(r.embedding_version, 0) AS embedding_version,
  {", ".join(f"r.{name}" for name in hits.COLUMNS)}, {", ".join(f"p.{name}" for name in hits.PART_COLUMNS)}, a.camera
FROM file_rows r
LEFT JOIN (SELECT file_id, {", ".join(f"any_value({name}) AS {name}" for name in hits.PART_COLUMNS)} FROM part_rows
  WHERE part_index = 0 AND rowid >= $parts AND {_MINE} GROUP BY file_id) p ON p.file_id = r.file_id
LEFT JOIN (SELECT file_id, to_json(list([attribute_name, attribute_value] ORDER BY rowid))::VARCHAR AS camera
  FROM attribute_rows WHERE rowid >= $attributes AND list_contains($names, attribute_name) AND {_MINE}
  GROUP BY file_id) a ON a.file_id = r.file_id
WHERE r.rowid >= $start AND r.rowid < $stop ORDER BY r.rowid
"""


def missing_rows(cache: IndexFiles, connection: Connection) -> Numbers:
    """The rows of the library that the cache lacks, by number; what is damaged or has changed is given up.

    Vectors are kept, unless most of them are nobody's any more.
    """
    state = cache.state
    listed: pa.Table = connection.sql(_LISTED, params=[0]).to_arrow_table()
    numbers, codes = (listed[name].to_numpy() for name in ("number", "code"))
    known = np.zeros(len(numbers), np.bool_)
    kept: list[IndexSegment] = []
    for one in state.segments:
        first, last = np.searchsorted(numbers, (one.start, one.stop)).tolist()
        is_same = (last - first, int(np.bitwise_xor.reduce(codes[first:last]))) == (one.files, one.check)
        if is_same and cache.is_sound(one):
            kept.append(one)
            known[first:last] = True
    if len(kept) < len(state.segments):
        state.segments, state.last = kept, {}
        if state.vectors > 2 * fetch_count(connection, "SELECT count(*) FROM vectors"):
            cache.state, known[:] = IndexManifest(), False
    missing: Numbers = numbers[~known]
    return missing


def rows_after(cache: IndexFiles, connection: Connection) -> Numbers:
    """The rows that came behind those that the cache knows, by number; whether these are as they were is not asked."""
    listed: pa.Table = connection.sql(_LISTED, params=[cache.state.end]).to_arrow_table()
    numbers: Numbers = listed["number"].to_numpy()
    return numbers


def append_segment(cache: IndexFiles, connection: Connection, missing: Numbers, stop: StopCheck = never_stop) -> int:
    """Keeps the first piece of the rows that are missing; returns how many that were.

    Raises ScanStopped where that is not wanted any more; nothing of the piece is kept then.
    """
    state = cache.state
    room = max(
        FIRST_BATCH_FILES, min(MAX_BATCH_FILES, state.files)
    )  # as much again as there is: first hits are soon there, and soon better
    after = next((one.start for one in state.segments if one.start > missing[0]), missing[-1] + 1)
    piece = missing[:room]
    piece = piece[piece < after]
    start, end = int(piece[0]), int(piece[-1]) + 1
    since = dict.fromkeys(_OTHERS, 0) | (_since(cache, connection) if start >= state.end else {})
    table = _rows(connection, start, end, since)
    if len(table) != len(piece):  # otherwise they would be found missing again, and be read for ever
        raise StoreError("Rows of the library stand in it more than once; run `library check`.")
    places = pa.array(_places(cache, connection, table["vector"].to_numpy(), since["vectors"], stop))
    check = int(np.bitwise_xor.reduce(table["code"].to_numpy()))
    table = table.drop_columns("code").set_column(table.column_names.index("vector") - 1, "vector", places)
    cache.add_rows(table, start, end, check)
    if len(piece) == len(missing) and end == state.end:
        state.last = _last(connection)
    cache.keep()
    return len(piece)


def _rows(connection: Connection, start: int, stop: int, since: dict[str, int]) -> pa.Table:
    """The rows of files from one to another; `since` says with which row those of the other tables begin at most."""
    parts, attributes = since["part_rows"], since["attribute_rows"]
    named = connection.execute(_NAMED, [attributes]).fetchall()  # each is looked at once, and not in every row
    names = [name for (name,) in named if name and re.search(CAMERA_NAMES, name)]
    values = {"parts": parts, "attributes": attributes, "names": names, "start": start, "stop": stop}
    table: pa.Table = connection.sql(_ROWS, params=values).to_arrow_table()
    for name in _REPEATED:
        table = table.set_column(table.column_names.index(name), name, table[name].dictionary_encode())
    return table


def _last(connection: Connection) -> dict[str, list[int]]:
    """The last row of each of the other tables, and what it hashes to."""
    found = {}
    for name, code in _OTHERS.items():
        query = f"SELECT rowid, {code} FROM {name} WHERE rowid = (SELECT max(rowid) FROM {name})"
        found[name] = [int(one) for row in connection.execute(query).fetchall() for one in row]
    return found


def _since(cache: IndexFiles, connection: Connection) -> dict[str, int]:
    """Behind which rows those of newer files are in the other tables; not told where the last row is not what it was.

    Rows keep their order, so that one which is still in its place has all newer ones behind it.
    """
    found = {}
    for name, last in cache.state.last.items():
        query = f"SELECT rowid, {_OTHERS[name]} FROM {name} WHERE rowid = ?"
        if last and [tuple(last)] == connection.execute(query, last[:1]).fetchall():
            found[name] = last[0] + 1
    return found


def _places(
    cache: IndexFiles, connection: Connection, wanted: Hashes, since: int, stop: StopCheck
) -> npt.NDArray[np.int32]:
    """The place of each vector in the cache, where those that it lacks are added."""
    distinct, each = np.unique(wanted, return_inverse=True)
    places = _places_of(distinct, cache.hashes())
    new = np.flatnonzero(places < 0)
    if len(new):
        coded = cache.state.vectors
        for piece in _read(connection, _numbers(connection, distinct[new], since)):
            if stop():
                raise ScanCancelledError("Stopped while the library was read; search again to read the rest.")
            matrices = {column: _matrix(piece[column], dim) for column, dim in VECTOR_DIMS.items()}
            cache.add_vectors(piece["code"].to_numpy(), matrices)
        cache.add_codes(coded)
        places[new] = coded + _places_of(distinct[new], cache.hashes()[coded:])
    return places[each].astype(np.int32)


def _numbers(connection: Connection, wanted: Hashes, since: int) -> Numbers:
    """The rows of these vectors (hashes of their ids), looked for from one on and then everywhere."""
    query = "SELECT rowid AS number, hash(vector_id) AS code FROM vectors WHERE rowid >= ?"
    listed: pa.Table = connection.sql(query, params=[since]).to_arrow_table()
    places = _places_of(wanted, listed["code"].to_numpy())
    lost = int(np.count_nonzero(places < 0))
    if lost and since:
        return _numbers(connection, wanted, 0)
    if lost:
        raise StoreError(f"{lost:,} vectors of files are not in the library; run `library check`.")
    numbers: Numbers = listed["number"].to_numpy()[np.sort(places)]
    return numbers


def _places_of(wanted: Hashes, among: Hashes) -> Numbers:
    """Where each of some hashes stands among many; -1 for nowhere."""
    ranks = pc.index_in(pa.array(among), value_set=pa.array(wanted)).fill_null(-1).to_numpy(zero_copy_only=False)
    places = np.full(len(wanted), -1, np.int64)
    met = np.flatnonzero(ranks >= 0)
    places[ranks[met]] = met
    return places


def _read(connection: Connection, numbers: Numbers) -> Iterator[pa.Table]:
    """These rows of the vectors, some at a time."""
    query = f"SELECT hash(vector_id) AS code, {', '.join(VECTOR_DIMS)} FROM vectors WHERE rowid >= ? AND rowid <= ?"
    for start in range(0, len(numbers), _BATCH):
        some = numbers[start : start + _BATCH]
        first, last = int(some[0]), int(some[-1])
        if last - first + 1 == len(some):
            yield connection.sql(query, params=[first, last]).to_arrow_table()
            continue
        connection.register("arriving", pa.table({"number": some}))
        try:
            only = f"{query} AND rowid IN (SELECT number FROM arriving)"
            yield connection.sql(only, params=[first, last]).to_arrow_table()
        finally:
            connection.unregister("arriving")


def _matrix(column: pa.ChunkedArray, dim: int) -> Any:
    whole = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()  # which copies
    return whole.flatten().to_numpy(zero_copy_only=False).reshape(-1, dim)
