"""Index snapshots: LRU cache of libraries in memory, with their index files open and rows ordered by vector."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, StoredFile
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.errors import translate_cache_errors
from exr_inspector_app.persistence.local.filter_sql import Sql
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.local.index.files import IndexFiles
from exr_inspector_app.persistence.local.index.manifest import VECTOR_DIMS, IndexManifest
from exr_inspector_app.persistence.local.index.segment_file import ROW, Segment
from exr_inspector_app.persistence.local.index.vector_rows import CodeBlocks, VectorRows
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.vector_index import Index, Mask, Range
from exr_inspector_app.text.stored_json import parse_json

_MAX_SNAPSHOTS = 4  # libraries in memory
_MAX_FILTER_MASKS = 8  # per snapshot

RowNumbers = npt.NDArray[np.int64]
Signature = tuple[int, ...]


@dataclass
class Snapshot:
    """Files of a library at one signature. Rows are numbered in the order of the index segments."""

    signature: Signature
    manifest: IndexManifest
    segments: list[Segment]
    segment_starts: list[int]  # first row of each segment
    numbers: RowNumbers  # row number in the library, by row
    sizes: npt.NDArray[np.int64]  # of the files in bytes, by row; -1 for an unknown size
    sequences: npt.NDArray[np.uint64]  # hash of the sequence key, by row; see `text_hash`
    headers: npt.NDArray[np.uint64]  # hash of the header hash, by row
    vectors: npt.NDArray[np.int32]  # position of the vector, by row
    current: Mask  # rows that are not history and have vectors of the current embedding version
    order: RowNumbers  # current rows sorted by vector, newest first within a vector
    vector_starts: RowNumbers  # start of each vector's rows in `order`
    sorted_sequences: npt.NDArray[np.uint64]  # sequences of all current rows
    matrices: dict[str, VectorRows]  # vectors in open files, by column
    codes: dict[str, tuple[CodeBlocks, Range] | None]  # quantized vectors in open files, by column
    indexes: dict[str, Index] = field(default_factory=dict)  # by column
    filter_masks: dict[str, Mask] = field(default_factory=dict)  # current rows that meet a condition

    def rows_of(self, position: int) -> RowNumbers:
        """Return the current rows that share a vector."""
        return self.order[self.vector_starts[position] : self.vector_starts[position + 1]]


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
    with database.connect() as connection, translate_cache_errors(database.path):
        # While the connection is open no other process writes: the signature matches the rows that are read.
        signature = () if partial else database.signature()
        if cached is None or cached.signature != signature or partial:
            index = sync.open_index(database.path, connection)  # reopened, since another process may have changed it
            while not partial and len(missing := sync.missing_rows(index, connection)):
                cached = None
                release(database)
                sync.append_segment(index, connection, missing)
            if cached is None or cached.manifest != index.manifest:
                cached = _load(index, signature)
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
    numbers = connection.sql(query, params=list(where.values)).to_arrow_table()["number"].to_numpy()
    if len(shot.filter_masks) >= _MAX_FILTER_MASKS:
        shot.filter_masks.clear()
    shot.filter_masks[condition] = allowed = shot.current & np.isin(shot.numbers, numbers)
    return allowed


def _read_sizes(shot: Snapshot, connection: duckdb.DuckDBPyConnection) -> npt.NDArray[np.int64]:
    """Read the size of each file in the order of the rows."""
    query = "SELECT rowid AS number, coalesce(size_bytes, -1) AS size FROM file_rows ORDER BY rowid"
    table: pa.Table = connection.sql(query).to_arrow_table()
    numbers, sizes = (table[name].to_numpy() for name in ("number", "size"))
    read: npt.NDArray[np.int64] = sizes[np.searchsorted(numbers, shot.numbers)]
    return read


def _load(index: IndexFiles, signature: Signature) -> Snapshot:
    """Open the index files and order their rows by vector."""
    segments = index.open_segments()
    lengths = [len(segment.rows) for segment in segments]
    rows = np.concatenate([np.zeros(0, ROW), *(segment.rows for segment in segments)])
    column = {name: np.ascontiguousarray(rows[name]) for name in ROW.names or ()}
    vectors, times = column["vector"], column["time"]
    shot = Snapshot(
        signature=signature,
        manifest=index.manifest,
        segments=segments,
        segment_starts=[0, *np.cumsum(lengths)[:-1].tolist()] if lengths else [],
        numbers=column["number"],
        sizes=np.zeros(0, np.int64),
        sequences=column["sequence"],
        headers=column["header"],
        vectors=vectors,
        current=np.ones(len(vectors), np.bool_),
        order=np.zeros(0, np.int64),
        vector_starts=np.zeros(1, np.int64),
        sorted_sequences=np.zeros(0, np.uint64),
        # Opened now, while no other process writes: it may replace the files later.
        matrices={name: index.matrix(name) for name in VECTOR_DIMS},
        codes={name: index.codes(name) for name in VECTOR_DIMS},
    )
    comparable = column["embedding_version"] == EMBEDDING_VERSION
    shot.current = _newest_per_path(shot, column["path"], times) & comparable
    order = np.lexsort((-times, vectors))
    shot.order = order[shot.current[order]]
    shot.sorted_sequences = np.sort(shot.sequences[shot.current])
    shot.vector_starts = np.searchsorted(vectors[shot.order], np.arange(index.manifest.vectors + 1))
    return shot


def _newest_per_path(shot: Snapshot, paths: npt.NDArray[np.uint64], times: RowNumbers) -> Mask:
    """Return the newest row of each path; of rows of equal time the one with the smallest file_id."""
    order = np.lexsort((-times, paths))
    same_path = paths[order][1:] == paths[order][:-1]
    newest = np.ones(len(order), np.bool_)
    newest[order[1:][same_path]] = False
    ties = np.flatnonzero(same_path & (times[order][1:] == times[order][:-1]))
    for position in ties.tolist():
        pair = int(order[position]), int(order[position + 1])
        winner, loser = sorted(pair, key=lambda row: read_rows(shot, [row])[0]["file_id"])
        if newest[order[position]]:
            newest[winner], newest[loser] = True, False
            order[position + 1], order[position] = winner, loser  # the next row is compared with the winner
    return newest


def read_rows(shot: Snapshot, rows: list[int]) -> list[dict[str, Any]]:
    """Read the details of some rows, in the order given.

    Raises:
        IndexDamagedError: The details are cut or altered.
    """
    by_position: dict[int, dict[str, Any]] = {}
    numbers = np.array(rows, np.int64)
    segments = np.searchsorted(shot.segment_starts, numbers, "right") - 1
    for segment in np.unique(segments).tolist():
        selected = np.flatnonzero(segments == segment)
        details = shot.segments[segment].read_details(numbers[selected] - shot.segment_starts[segment])
        by_position.update(zip(selected.tolist(), details, strict=True))
    return [by_position[position] for position in range(len(rows))]


def text_hash(text: str) -> int:
    """Return the hash of a text in the rows of the index: `md5_number_lower` of DuckDB."""
    digest = hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little")


def to_hit_row(row: dict[str, Any], size: int) -> tuple[dict[str, Any], StoredFile]:
    """Split a row of a segment into columns of `files`, with the size, and the details that hits need."""
    camera = parse_json(row["camera"]) or []
    attributes = [{"attribute_name": name, "attribute_value": value} for name, value in camera]
    part = {name: row[name] for name in hits.PART_COLUMNS}
    columns = {name: row[name] for name in hits.HEADER_COLUMNS}
    return {**columns, "size_bytes": None if size < 0 else size}, StoredFile({}, [part], (), attributes)
