"""The files of a library in memory: as its cache holds them, ordered by their vectors."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, Matrix, StoredFile
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.errors import translate_cache_errors
from exr_inspector_app.persistence.local.filter_sql import Sql
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.local.index.files import IndexFiles, open_or_temporary
from exr_inspector_app.persistence.local.index.manifest import VECTOR_DIMS
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.vector_index import Codes, Index, Mask, Range

_MAX_SNAPSHOTS = 4  # libraries in memory at one time
_MAX_FILTER_MASKS = 8  # answers of conditions that are kept for each

Numbers = npt.NDArray[np.int64]
Signature = tuple[int, ...]


@dataclass
class Snapshot:
    """The files of a library as they were at one signature."""

    signature: Signature
    cache: IndexFiles
    segments: list[pa.Table]
    firsts: list[int]  # the row at which each segment begins
    numbers: Numbers  # of each row in the library
    sequences: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]  # of each row's vector
    current: Mask  # rows that are no history, and whose vectors can be compared with those of today
    order: Numbers  # current rows sorted by vector, newest first within one
    starts: Numbers  # where each vector's rows begin in `order`
    sorted: npt.NDArray[np.uint64]  # the sequences of all current rows
    matrices: dict[str, Matrix]  # the vectors by column, as they lie on disk
    coded: dict[str, tuple[Codes, Range] | None]
    indexes: dict[str, Index] = field(default_factory=dict)  # by column
    chosen: dict[str, Mask] = field(default_factory=dict)  # current rows of which a condition holds

    def rows_of(self, place: int) -> Numbers:
        """The rows that share one vector."""
        return self.order[self.starts[place] : self.starts[place + 1]]


_snapshots: OrderedDict[str, Snapshot] = OrderedDict()
lock = threading.Lock()


def is_current(library: LocalDatabase) -> bool:
    """True while the library is in memory as it is."""
    known = _snapshots.get(str(library.path))
    return known is not None and known.signature == library.signature()


def snapshot(library: LocalDatabase, where: Sql | None, so_far: bool = False) -> tuple[Snapshot, Mask | None]:
    """The library in memory, read anew where its file has changed, and the rows of which a condition holds.

    With `so_far` only what its cache has of it, whatever it lacks.
    """
    name, asked = str(library.path), repr(where)
    known = _snapshots.get(name)
    if known is not None and is_current(library) and (where is None or asked in known.chosen):
        _snapshots.move_to_end(name)
        return known, known.chosen.get(asked)
    with library.connected() as connection, translate_cache_errors(library.path):
        signature = () if so_far else library.signature()  # while the connection is open nobody else writes
        if known is None or known.signature != signature or so_far:
            cache = open_or_temporary(library.path)  # as another process may have left it
            while not so_far and len(missing := sync.missing_rows(cache, connection)):
                sync.append_segment(cache, connection, missing)
            if known is None or known.cache.state != cache.state:
                known = _arranged(cache, signature)
            known.signature, known.chosen = signature, {}
        allowed = None if where is None else _chosen(known, connection, where, asked)
    _snapshots[name] = known
    _snapshots.move_to_end(name)
    if len(_snapshots) > _MAX_SNAPSHOTS:
        _snapshots.popitem(last=False)
    return known, allowed


def _chosen(shot: Snapshot, connection: duckdb.DuckDBPyConnection, where: Sql, asked: str) -> Mask:
    """The current rows of which a condition holds; the last few answers are kept."""
    query = f"SELECT rowid AS number FROM file_rows WHERE {where.text}"
    numbers = connection.sql(query, params=list(where.values)).to_arrow_table()["number"].to_numpy()
    if len(shot.chosen) >= _MAX_FILTER_MASKS:
        shot.chosen.clear()
    shot.chosen[asked] = allowed = shot.current & np.isin(shot.numbers, numbers)
    return allowed


def _arranged(cache: IndexFiles, signature: Signature) -> Snapshot:
    """The rows of a cache ordered by their vectors."""
    segments = cache.segments()
    lengths = [len(segment) for segment in segments]
    firsts = [0, *np.cumsum(lengths)[:-1].tolist()] if lengths else []

    def column(name: str, dtype: Any) -> Any:
        parts = [segment[name].to_numpy() for segment in segments]
        return np.concatenate(parts) if parts else np.zeros(0, dtype)

    places, times = column("vector", np.int32), column("time", np.int64)
    shot = Snapshot(
        signature=signature,
        cache=cache,
        segments=segments,
        firsts=firsts,
        numbers=column("number", np.int64),
        sequences=column("sequence", np.uint64),
        places=places,
        current=np.ones(len(places), np.bool_),
        order=np.zeros(0, np.int64),
        starts=np.zeros(1, np.int64),
        sorted=np.zeros(0, np.uint64),
        # Opened now, while nobody else writes: another process may put others in their place.
        matrices={name: cache.matrix(name) for name in VECTOR_DIMS},
        coded={name: cache.codes(name) for name in VECTOR_DIMS},
    )
    comparable = column("embedding_version", np.int32) == EMBEDDING_VERSION
    shot.current = _current(shot, column("path", np.uint64), times) & comparable
    order = np.lexsort((-times, places))
    shot.order = order[shot.current[order]]
    shot.sorted = np.sort(shot.sequences[shot.current])
    shot.starts = np.searchsorted(places[shot.order], np.arange(cache.state.vectors + 1))
    return shot


def _current(shot: Snapshot, paths: npt.NDArray[np.uint64], times: Numbers) -> Mask:
    """Which rows are the newest of their paths; of equally new ones the one whose file_id comes first."""
    order = np.lexsort((-times, paths))
    same = paths[order][1:] == paths[order][:-1]
    found = np.ones(len(order), np.bool_)
    found[order[1:][same]] = False
    for at in np.flatnonzero(same & (times[order][1:] == times[order][:-1])).tolist():
        one, other = sorted((int(order[at]), int(order[at + 1])), key=lambda row: read_rows(shot, [row])[0]["file_id"])
        if found[order[at]]:
            found[one], found[other] = True, False
            order[at + 1], order[at] = one, other  # the next one is compared with the winner
    return found


def read_rows(shot: Snapshot, numbers: list[int]) -> list[dict[str, Any]]:
    """What the library says of some rows."""
    found: dict[int, dict[str, Any]] = {}
    for mine, table in take_columns(
        shot, np.array(numbers, np.int64), shot.segments[0].column_names if numbers else []
    ):
        found.update(zip(mine.tolist(), table.to_pylist(), strict=True))
    return [found[place] for place in range(len(numbers))]


def take_columns(shot: Snapshot, rows: Numbers, columns: list[str]) -> Iterator[tuple[Numbers, pa.Table]]:
    """Some columns of some rows, segment after segment, with the places of the rows among those asked for."""
    segments = np.searchsorted(shot.firsts, rows, "right") - 1
    for at in np.unique(segments).tolist():
        mine = np.flatnonzero(segments == at)
        yield mine, shot.segments[at].select(columns).take(pa.array(rows[mine] - shot.firsts[at]))


def to_hit_row(row: dict[str, Any]) -> tuple[dict[str, Any], StoredFile]:
    """A row of a segment as what a hit is made of: columns of `files`, and what its children say."""
    camera = json.loads(row["camera"]) if row["camera"] else []
    attributes = [{"attribute_name": name, "attribute_value": value} for name, value in camera]
    part = {name: row[name] for name in hits.PART_COLUMNS}
    return {name: row[name] for name in hits.COLUMNS}, StoredFile({}, [part], (), attributes)
