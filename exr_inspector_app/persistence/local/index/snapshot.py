"""Index snapshots: LRU cache of libraries in memory, with their index files open and rows ordered by vector."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.contracts import StoredFile
from exr_inspector_app.persistence.index.files import IndexFiles
from exr_inspector_app.persistence.index.snapshot import Snapshot, load
from exr_inspector_app.persistence.local.arrow_io import to_array
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.errors import translate_cache_errors
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.query.filter_sql import Sql
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.vector_index import Mask
from exr_inspector_app.text.stored_json import parse_json

_MAX_SNAPSHOTS = 4  # libraries in memory
_MAX_FILTER_MASKS = 8  # per snapshot

_snapshots: OrderedDict[str, Snapshot] = OrderedDict()
lock = threading.Lock()  # held by callers of `snapshot`


def is_current(database: LocalDatabase) -> bool:
    """Return True while the snapshot in memory matches the library file."""
    cached = _snapshots.get(str(database.path))
    return cached is not None and cached.signature == database.signature()


def release(database: LocalDatabase) -> None:
    """Drop the snapshot of a library whose index is about to change.

    This closes its files, unless a search still uses them, so that they can be deleted on Windows. It takes no lock:
    callers have the library open, which a thread that holds the lock may be waiting for.
    """
    _snapshots.pop(str(database.path), None)


def clear() -> None:
    """Drop all snapshots, as the end of the process does. Takes no lock, as `release` does."""
    _snapshots.clear()


def load_complete(database: LocalDatabase, connection: duckdb.DuckDBPyConnection, index: IndexFiles) -> None:
    """Store the snapshot of a library whose index lacks no row, for a search that then opens no library.

    It takes no lock, as `release` does.

    Args:
        database: Library, which the caller has open: its signature matches the rows.
        connection: Connection of the caller.
        index: Index whose rows were compared with those of the library.
    """
    name, cached, signature = str(database.path), _snapshots.get(str(database.path)), database.signature()
    sync.mark_verified(index, connection, signature)
    if cached is None or cached.manifest != index.manifest:
        cached = load(index, ())
    cached.sizes, cached.filter_masks = _read_sizes(cached, connection), {}
    cached.signature = signature
    _store(name, cached)


def snapshot(database: LocalDatabase, where: Sql | None, partial: bool = False) -> tuple[Snapshot, Mask | None]:
    """Return the library in memory and the rows that meet a condition. The caller holds `lock`.

    Args:
        database: Library to read.
        where: Condition, or None for all rows.
        partial: Return only the files that the index contains, without updating it. Otherwise the index is updated
            and the snapshot is rebuilt if the library file has changed.
    """
    name, condition = str(database.path), repr(where)
    cached = _snapshots.get(name)
    if cached is not None and is_current(database) and (where is None or condition in cached.filter_masks):
        _store(name, cached)
        return cached, cached.filter_masks.get(condition)
    if cached is not None and where is not None and is_current(database):
        with database.reconnect() as connection:
            if is_current(database):  # no other process writes now
                _store(name, cached)
                return cached, _filter_mask(cached, connection, where, condition)
    with database.connect() as connection, translate_cache_errors(database.path):
        # While the connection is open no other process writes: the signature matches the rows that are read.
        signature = () if partial else database.signature()
        if cached is None or cached.signature != signature or partial:
            index = sync.open_index(database.path, connection)  # reopened, since another process may have changed it
            while not partial and len(missing := sync.unindexed_rows(index, connection, signature)):
                cached = None
                release(database)
                sync.append_segment(index, connection, missing)
            if cached is None or cached.manifest != index.manifest:
                cached = load(index, signature)
            cached.signature, cached.filter_masks = signature, {}
            cached.sizes = _read_sizes(cached, connection)
        allowed = None if where is None else _filter_mask(cached, connection, where, condition)
    _store(name, cached)
    return cached, allowed


def _store(name: str, shot: Snapshot) -> None:
    """Store a snapshot as the most recently used one, and evict the least recently used."""
    _snapshots.pop(name, None)
    _snapshots[name] = shot
    if len(_snapshots) > _MAX_SNAPSHOTS:
        _snapshots.popitem(last=False)


def _filter_mask(shot: Snapshot, connection: duckdb.DuckDBPyConnection, where: Sql, condition: str) -> Mask:
    """Return the current rows that meet a condition; masks of the last conditions are cached."""
    query = f"SELECT rowid AS number FROM file_rows WHERE {where.text}"
    numbers = connection.sql(query, params=list(where.values)).to_arrow_table()["number"]
    matching = np.isin(shot.numbers, to_array(numbers))
    if len(shot.filter_masks) >= _MAX_FILTER_MASKS:
        shot.filter_masks.clear()
    shot.filter_masks[condition] = allowed = shot.current & matching
    return allowed


def _read_sizes(shot: Snapshot, connection: duckdb.DuckDBPyConnection) -> npt.NDArray[np.int64]:
    """Read the size of each file in the order of the rows."""
    query = "SELECT rowid AS number, coalesce(size_bytes, -1) AS size FROM file_rows"
    table: pa.Table = connection.sql(query).to_arrow_table()
    numbers, sizes = (to_array(table[name]) for name in ("number", "size"))
    if np.array_equal(numbers, shot.numbers):  # mostly, and sorting them in SQL would take longer than to read them
        return sizes
    order = np.argsort(numbers)
    numbers, sizes = numbers[order], sizes[order]
    read: npt.NDArray[np.int64] = sizes[np.searchsorted(numbers, shot.numbers)]
    return read


def to_hit_row(row: dict[str, Any], size: int) -> tuple[dict[str, Any], StoredFile]:
    """Split a row of a segment into columns of `files`, with the size, and the details that hits need."""
    camera = parse_json(row["camera"]) or []
    attributes = [{"attribute_name": name, "attribute_value": value} for name, value in camera]
    part = {name: row[name] for name in hits.PART_COLUMNS}
    columns = {name: row[name] for name in hits.HEADER_COLUMNS}
    return {**columns, "size_bytes": None if size < 0 else size}, StoredFile({}, [part], (), attributes)
