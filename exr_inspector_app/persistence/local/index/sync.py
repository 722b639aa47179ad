"""Index synchronization: finds rows of the library that are missing in its index, and appends them in batches."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import ScanCancelledError, StoreError
from exr_inspector_app.persistence.index.files import (
    Hashes,
    IndexFiles,
    open_if_writable,
    open_temporary,
    open_unwritable,
)
from exr_inspector_app.persistence.index.manifest import VECTOR_DIMS, IndexSegment, make_manifest
from exr_inspector_app.persistence.index.segment_file import DETAILS, ROW
from exr_inspector_app.persistence.local.arrow_io import fetch_count, is_read_only, to_array
from exr_inspector_app.persistence.local.index.owner import library_owner
from exr_inspector_app.persistence.local.tables import POSITION
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.camera import CAMERA_NAMES

Connection = duckdb.DuckDBPyConnection
RowNumbers = npt.NDArray[np.int64]

FIRST_BATCH_FILES = 16_384  # a small first batch, so that partial hits appear early
MAX_BATCH_FILES = 131_072
_MIN_AGE_NS = 3 * 10**9  # of a library whose signature is trusted; file systems round times to 2 s at most
_VECTOR_BATCH_ROWS = 32_768  # vectors read at a time
_ROW_HASHES = {  # hash that identifies a row of the other tables
    "vectors": "hash(vector_id)",
    "part_rows": "hash(file_id, part_index)",
    "attribute_rows": "hash(file_id, part_index, attribute_name)",
}

# The hash covers every column of a row that the index holds, since headers never change; `rowid` detects a row that
# has moved. Sizes change while a file is written, so they are read with each snapshot instead.
_CODE = "hash({0}rowid, {0}file_id, {0}vector_id, {0}embedding_version)"
_ROW_CODES = f"SELECT rowid AS number, {_CODE.format('')} AS code FROM file_rows WHERE rowid >= ?"
_ATTRIBUTE_NAMES = "SELECT DISTINCT attribute_name FROM attribute_rows WHERE rowid >= ?"
_IN_BATCH = "file_id IN (SELECT file_id FROM file_rows WHERE rowid >= $start AND rowid < $stop)"
_ROWS = f"""
SELECT r.rowid AS number, {_CODE.format("r.")} AS code, hash(r.vector_id) AS vector_hash,
  coalesce(md5_number_lower(r.sequence_key), 0) AS sequence, coalesce(md5_number_lower(r.header_hash), 0) AS header,
  hash(r.file_path_normalized) AS path, coalesce(epoch_us(try_cast(r.inspection_timestamp AS TIMESTAMP)), 0) AS time,
  coalesce(r.embedding_version, 0) AS embedding_version,
  {", ".join(f"r.{name}" for name in hits.HEADER_COLUMNS)},
  {", ".join(f"p.{name}" for name in hits.PART_COLUMNS)}, a.camera
FROM file_rows r
LEFT JOIN (SELECT file_id, {", ".join(f"any_value({name}) AS {name}" for name in hits.PART_COLUMNS)} FROM part_rows
  WHERE part_index = 0 AND rowid >= $parts AND {_IN_BATCH} GROUP BY file_id) p ON p.file_id = r.file_id
LEFT JOIN (SELECT file_id, to_json(list([attribute_name, attribute_value] ORDER BY {POSITION}))::VARCHAR AS camera
  FROM attribute_rows WHERE rowid >= $attributes AND list_contains($names, attribute_name) AND {_IN_BATCH}
  GROUP BY file_id) a ON a.file_id = r.file_id
WHERE r.rowid >= $start AND r.rowid < $stop ORDER BY r.rowid
"""


def open_index(library: Path, connection: Connection) -> IndexFiles:
    """Open the index to search a library with, for a caller that has the library open.

    Where the library cannot be written, the user's index is used if nothing is missing in it, and otherwise one in a
    temporary folder: without the lock of a writer, other processes may write it as well.
    """
    owner = library_owner(library)
    if not is_read_only(connection) and (index := open_if_writable(owner)):
        return index
    index = open_unwritable(owner)
    is_complete = bool(index.manifest.segments) and not len(missing_rows(index, connection))
    return index if is_complete else open_temporary(owner)


def missing_rows(index: IndexFiles, connection: Connection) -> RowNumbers:
    """Remove outdated segments; return the numbers of the library's rows that are missing in the index.

    Vectors are retained, unless most of them are no longer used; then the index starts empty.
    """
    manifest = index.manifest
    table: pa.Table = connection.sql(_ROW_CODES, params=[0]).to_arrow_table()
    numbers, codes = (to_array(table[name]) for name in ("number", "code"))
    is_indexed = np.zeros(len(numbers), np.bool_)
    valid: list[IndexSegment] = []
    for segment in manifest.segments:
        first, last = np.searchsorted(numbers, (segment.start, segment.stop)).tolist()
        check = int(np.bitwise_xor.reduce(codes[first:last]))
        is_unchanged = (last - first, check) == (segment.files, segment.check)
        if is_unchanged:
            valid.append(segment)
            is_indexed[first:last] = True
    if len(valid) < len(manifest.segments):
        manifest.segments, manifest.last = valid, {}
        if manifest.vectors > 2 * fetch_count(connection, "SELECT count(*) FROM vectors"):
            index.manifest, is_indexed[:] = make_manifest(duckdb.__version__), False
    missing: RowNumbers = numbers[~is_indexed]
    return missing


def unindexed_rows(index: IndexFiles, connection: Connection, signature: tuple[int, ...]) -> RowNumbers:
    """Return the missing rows as `missing_rows` does, or none at once if they were compared at this signature."""
    manifest = index.manifest
    if manifest.segments and manifest.verified == list(signature):
        return np.zeros(0, np.int64)
    return missing_rows(index, connection)


def mark_verified(index: IndexFiles, connection: Connection, signature: tuple[int, ...]) -> None:
    """Record that no row is missing at this signature of the library, which the caller has open.

    Does nothing where other processes may write the index concurrently, or if the library has just been written: its
    next commit could get the same time.
    """
    newest_ns = max(signature[2::3], default=0)  # see `LocalDatabase.signature`
    if time.time_ns() - newest_ns > _MIN_AGE_NS and not is_read_only(connection):
        index.mark_verified(signature)


def rows_after(index: IndexFiles, connection: Connection) -> RowNumbers:
    """Return the numbers of the rows after the indexed ones, without verifying those."""
    table: pa.Table = connection.sql(_ROW_CODES, params=[index.manifest.end_row]).to_arrow_table()
    numbers: RowNumbers = table["number"].to_numpy()
    return numbers


def append_segment(index: IndexFiles, connection: Connection, missing: RowNumbers, stop: StopCheck = never_stop) -> int:
    """Append the first batch of the missing rows and commit; return its number of rows.

    A batch has as many rows as are already indexed, within limits: the first partial hits appear early and improve
    quickly.

    Raises:
        ScanCancelledError: `stop` returned True; nothing of the batch is committed.
    """
    manifest = index.manifest
    size = max(FIRST_BATCH_FILES, min(MAX_BATCH_FILES, manifest.file_count))
    following = (segment.start for segment in manifest.segments if segment.start > missing[0])
    limit = next(following, missing[-1] + 1)
    batch = missing[:size]
    batch = batch[batch < limit]
    start, end = int(batch[0]), int(batch[-1]) + 1
    first_rows = dict.fromkeys(_ROW_HASHES, 0)
    if start >= manifest.end_row:
        first_rows |= _first_new_rows(index, connection)
    table = _read_rows(connection, start, end, first_rows)
    if len(table) != len(batch):  # these rows would be missing again and again, in an endless loop
        raise StoreError("Duplicate rows in the library; run `library check`.")
    check = int(np.bitwise_xor.reduce(table["code"].to_numpy()))
    rows = np.zeros(len(table), ROW)
    rows["vector"] = _vector_positions(index, connection, table["vector_hash"].to_numpy(), first_rows["vectors"], stop)
    for name in set(ROW.names or ()) - {"vector"}:
        rows[name] = table[name].to_numpy()
    index.append_rows(rows, table.select(DETAILS.names).cast(DETAILS), start, end, check)
    if len(batch) == len(missing) and end == manifest.end_row:
        manifest.last = _last_rows(connection)
    index.commit()
    return len(batch)


def _read_rows(connection: Connection, start: int, stop: int, first_rows: dict[str, int]) -> pa.Table:
    """Read the rows of files from `start` to `stop`; their rows in other tables begin at `first_rows` or later."""
    parts, attributes = first_rows["part_rows"], first_rows["attribute_rows"]
    distinct = connection.execute(_ATTRIBUTE_NAMES, [attributes]).fetchall()  # match each name once, not in every row
    names = [name for (name,) in distinct if name and re.search(CAMERA_NAMES, name)]
    values = {"parts": parts, "attributes": attributes, "names": names, "start": start, "stop": stop}
    table: pa.Table = connection.sql(_ROWS, params=values).to_arrow_table()
    return table


def _last_rows(connection: Connection) -> dict[str, list[int]]:
    """Return the number and hash of the last row of each of the other tables."""
    last = {}
    for name, code in _ROW_HASHES.items():
        query = f"SELECT rowid, {code} FROM {name} WHERE rowid = (SELECT max(rowid) FROM {name})"
        last[name] = [int(value) for row in connection.execute(query).fetchall() for value in row]
    return last


def _first_new_rows(index: IndexFiles, connection: Connection) -> dict[str, int]:
    """Return the first row of new files in the other tables; a table whose last known row has changed is absent.

    Rows retain their order: if the last known row is unchanged, all new rows come after it.
    """
    first = {}
    for name, last in index.manifest.last.items():
        query = f"SELECT rowid, {_ROW_HASHES[name]} FROM {name} WHERE rowid = ?"
        if last and [tuple(last)] == connection.execute(query, last[:1]).fetchall():
            first[name] = last[0] + 1
    return first


def _vector_positions(
    index: IndexFiles, connection: Connection, vector_hashes: Hashes, first_row: int, stop: StopCheck
) -> npt.NDArray[np.int32]:
    """Return the position of each vector in the index, after appending the missing ones."""
    distinct, inverse = np.unique(vector_hashes, return_inverse=True)
    positions = _positions_of(distinct, index.hashes())
    new = np.flatnonzero(positions < 0)
    if len(new):
        indexed = index.manifest.vectors
        for batch in _read_vectors(connection, _vector_rows(connection, distinct[new], first_row)):
            if stop():
                raise ScanCancelledError("Stopped while reading the library; search again to continue.")
            matrices = {column: _to_matrix(batch[column], dim) for column, dim in VECTOR_DIMS.items()}
            index.append_vectors(batch["code"].to_numpy(), matrices)
        index.append_codes(indexed)
        positions[new] = indexed + _positions_of(distinct[new], index.hashes()[indexed:])
    return positions[inverse].astype(np.int32)


def _vector_rows(connection: Connection, vector_hashes: Hashes, first_row: int) -> RowNumbers:
    """Return the row numbers of vectors by hash, searched from `first_row` on, and in all rows if that fails."""
    query = "SELECT rowid AS number, hash(vector_id) AS code FROM vectors WHERE rowid >= ?"
    table: pa.Table = connection.sql(query, params=[first_row]).to_arrow_table()
    positions = _positions_of(vector_hashes, table["code"].to_numpy())
    missing = int(np.count_nonzero(positions < 0))
    if missing and first_row:
        return _vector_rows(connection, vector_hashes, 0)
    if missing:
        raise StoreError(f"{missing:,} vectors are missing in the library; run `library check`.")
    numbers: RowNumbers = table["number"].to_numpy()[np.sort(positions)]
    return numbers


def _positions_of(hashes: Hashes, among: Hashes) -> RowNumbers:
    """Return the position of each hash among others, and -1 for one that is not among them."""
    import pyarrow.compute as pc  # 30 ms that a search in a complete index does not need

    ranks = pc.index_in(pa.array(among), value_set=pa.array(hashes)).fill_null(-1).to_numpy(zero_copy_only=False)
    positions = np.full(len(hashes), -1, np.int64)
    matching = np.flatnonzero(ranks >= 0)
    positions[ranks[matching]] = matching
    return positions


def _read_vectors(connection: Connection, numbers: RowNumbers) -> Iterator[pa.Table]:
    """Yield rows of the vector table in batches."""
    query = f"SELECT hash(vector_id) AS code, {', '.join(VECTOR_DIMS)} FROM vectors WHERE rowid >= ? AND rowid <= ?"
    for start in range(0, len(numbers), _VECTOR_BATCH_ROWS):
        batch = numbers[start : start + _VECTOR_BATCH_ROWS]
        first, last = int(batch[0]), int(batch[-1])
        if last - first + 1 == len(batch):
            yield connection.sql(query, params=[first, last]).to_arrow_table()
            continue
        connection.register("arriving", pa.table({"number": batch}))
        try:
            selection = f"{query} AND rowid IN (SELECT number FROM arriving)"
            yield connection.sql(selection, params=[first, last]).to_arrow_table()
        finally:
            connection.unregister("arriving")


def _to_matrix(column: pa.ChunkedArray, dim: int) -> Any:
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()  # combining copies
    return array.flatten().to_numpy(zero_copy_only=False).reshape(-1, dim)
