"""Similar files in the local library: found in its cache, which is brought up to date where the file changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import EMBEDDING_VERSION, Hit, Identity, Query, Stored, Vector
from exr_inspector_app.persistence import hits
from exr_inspector_app.persistence.local.cache import Cache, opened
from exr_inspector_app.persistence.local.filters import Sql
from exr_inspector_app.persistence.local.library import Library
from exr_inspector_app.persistence.local.synced import bring_up, facts
from exr_inspector_app.persistence.scanning import Scan
from exr_inspector_app.persistence.similarity import ExactIndex, Index, Mask, QuantisedIndex, StreamedIndex

_KEPT = 4  # libraries in memory at one time
_CHOSEN = 8  # answers of conditions that are kept for each
ALIKE = 0.9999  # a score that equal vectors reach, whatever rounding does

Numbers = npt.NDArray[np.int64]
Signature = tuple[int, ...]


@dataclass
class _Snapshot:
    """The files of a library as they were at one signature."""

    signature: Signature
    cache: Cache
    segments: list[pa.Table]
    firsts: list[int]  # the row at which each segment begins
    numbers: Numbers  # of each row in the library
    sequences: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]  # of each row's vector
    current: Mask  # rows that are no history, and whose vectors can be compared with those of today
    order: Numbers  # current rows sorted by vector, newest first within one
    starts: Numbers  # where each vector's rows begin in `order`
    sorted: npt.NDArray[np.uint64]  # the sequences of all current rows
    indexes: dict[str, Index] = field(default_factory=dict)  # by column
    chosen: dict[str, Mask] = field(default_factory=dict)  # current rows of which a condition holds

    def rows_of(self, place: int) -> Numbers:
        """The rows that share one vector."""
        return self.order[self.starts[place] : self.starts[place + 1]]


_snapshots: OrderedDict[str, _Snapshot] = OrderedDict()
_guard = threading.Lock()


def similar(library: Library, query: Query, where: Sql | None, scan: Scan) -> list[Hit]:
    """The nearest current files, sequences folded; only those of which the condition holds, where one is given."""
    column, vector = hits.asked(query)
    with _guard:
        shot, allowed = _snapshot(library, where)
        if not len(shot.order):
            return []
        index = StreamedIndex(shot.cache.matrix(column), scan) if query.exact else _index(shot, column)
    best = _best(shot, index, vector, query, allowed)
    numbers = [number for number, _ in best]
    counts = _counts(shot, numbers, allowed)
    found: list[hits.Found] = []
    children: dict[str, Stored] = {}
    for told, (_, score), count in zip(_rows(shot, numbers), best, counts, strict=True):
        row, children[told["file_id"]] = facts(told)
        found.append(hits.Found(row, score, count))
    return hits.hits(found, query, children)


def _snapshot(library: Library, where: Sql | None) -> tuple[_Snapshot, Mask | None]:
    """The library in memory, read anew where its file has changed, and the rows of which a condition holds."""
    name, asked = str(library.path), repr(where)
    known = _snapshots.get(name)
    if known is not None and known.signature == library.signature() and (where is None or asked in known.chosen):
        _snapshots.move_to_end(name)
        return known, known.chosen.get(asked)
    with library.connected() as connection:
        signature = library.signature()  # while the connection is open nobody else writes
        if known is None or known.signature != signature:
            cache = opened(library.path)  # as another process may have left it
            bring_up(cache, connection)
            if known is None or known.cache.state != cache.state:
                known = _arranged(cache, signature)
            known.signature, known.chosen = signature, {}
        allowed = None if where is None else _chosen(known, connection, where, asked)
    _snapshots[name] = known
    _snapshots.move_to_end(name)
    if len(_snapshots) > _KEPT:
        _snapshots.popitem(last=False)
    return known, allowed


def _chosen(shot: _Snapshot, connection: duckdb.DuckDBPyConnection, where: Sql, asked: str) -> Mask:
    """The current rows of which a condition holds; the last few answers are kept."""
    query = f"SELECT rowid AS number FROM file_rows WHERE {where.text}"
    numbers = connection.sql(query, params=list(where.values)).to_arrow_table()["number"].to_numpy()
    if len(shot.chosen) >= _CHOSEN:
        shot.chosen.clear()
    shot.chosen[asked] = allowed = shot.current & np.isin(shot.numbers, numbers)
    return allowed


def _arranged(cache: Cache, signature: Signature) -> _Snapshot:
    """The rows of a cache ordered by their vectors."""
    segments = cache.segments()
    lengths = [len(segment) for segment in segments]
    firsts = [0, *np.cumsum(lengths)[:-1].tolist()] if lengths else []

    def column(name: str, dtype: Any) -> Any:
        parts = [segment[name].to_numpy() for segment in segments]
        return np.concatenate(parts) if parts else np.zeros(0, dtype)

    places, times = column("vector", np.int32), column("time", np.int64)
    shot = _Snapshot(
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
    )
    comparable = column("embedding_version", np.int32) == EMBEDDING_VERSION
    shot.current = _current(shot, column("path", np.uint64), times) & comparable
    order = np.lexsort((-times, places))
    shot.order = order[shot.current[order]]
    shot.sorted = np.sort(shot.sequences[shot.current])
    shot.starts = np.searchsorted(places[shot.order], np.arange(cache.state.vectors + 1))
    return shot


def _current(shot: _Snapshot, paths: npt.NDArray[np.uint64], times: Numbers) -> Mask:
    """Which rows are the newest of their paths; of equally new ones the one whose file_id comes first."""
    order = np.lexsort((-times, paths))
    same = paths[order][1:] == paths[order][:-1]
    found = np.ones(len(order), np.bool_)
    found[order[1:][same]] = False
    for at in np.flatnonzero(same & (times[order][1:] == times[order][:-1])).tolist():
        one, other = sorted((int(order[at]), int(order[at + 1])), key=lambda row: _rows(shot, [row])[0]["file_id"])
        if found[order[at]]:
            found[one], found[other] = True, False
            order[at + 1], order[at] = one, other  # the next one is compared with the winner
    return found


def _index(shot: _Snapshot, column: str) -> Index:
    """The index over the distinct vectors."""
    if column not in shot.indexes:
        coded, matrix = shot.cache.codes(column), shot.cache.matrix(column)
        shot.indexes[column] = ExactIndex(matrix) if coded is None else QuantisedIndex(matrix, *coded)
    return shot.indexes[column]


def _best(shot: _Snapshot, index: Index, vector: Vector, query: Query, allowed: Mask | None) -> list[tuple[int, float]]:
    """The best row of each of the best sequences with its score; more vectors are looked at until they fill."""
    places = None
    if allowed is not None:
        places = np.zeros(len(index), np.bool_)
        places[shot.places[allowed]] = True
    most = len(index) if places is None else int(np.count_nonzero(places))
    k = 2 * query.limit
    while True:
        listed, scores = index.search(vector, k, places)
        found = _folded(shot, listed, scores, query, allowed)
        if len(found) == query.limit or k >= most:
            return found
        k *= 4


def _folded(
    shot: _Snapshot, places: Numbers, scores: Vector, query: Query, allowed: Mask | None
) -> list[tuple[int, float]]:
    """One row a sequence, in the order of the scores; a copy of the reference stands for the sequence it is in."""
    seen: set[int] = set()
    found: list[tuple[int, float]] = []
    for place, score in zip(places.tolist(), scores.tolist(), strict=True):
        rows = shot.rows_of(place)
        if allowed is not None:
            rows = rows[allowed[rows]]
        if score > ALIKE:
            rows = _copies_first(shot, rows, query.reference.identity)
        _, first = np.unique(shot.sequences[rows], return_index=True)
        for row in rows[np.sort(first)].tolist():
            sequence = int(shot.sequences[row])
            if sequence in seen:
                continue
            seen.add(sequence)
            found.append((row, score))
            if len(found) == query.limit:
                return found
    return found


def _copies_first(shot: _Snapshot, rows: Numbers, own: Identity) -> Numbers:
    """The rows of one vector, those with the reference's header in another sequence before the others."""
    copies = np.zeros(len(rows), np.bool_)
    for mine, told in _taken(shot, rows, ["header_hash", "sequence_key"]):
        same = pc.equal(told["header_hash"], own.header_hash)
        copies[mine] = pc.and_(same, pc.not_equal(told["sequence_key"].cast(pa.string()), own.sequence_key))
    return rows[np.argsort(~copies, kind="stable")]


def _counts(shot: _Snapshot, numbers: list[int], allowed: Mask | None) -> list[int]:
    """How many of the files that may be hits belong to the sequence of each row."""
    wanted = shot.sequences[numbers]
    if allowed is None:
        found = np.searchsorted(shot.sorted, wanted, "right") - np.searchsorted(shot.sorted, wanted, "left")
        return [int(count) for count in found]
    among = shot.sequences[allowed]
    return [int(np.count_nonzero(among == sequence)) for sequence in wanted]


def _rows(shot: _Snapshot, numbers: list[int]) -> list[dict[str, Any]]:
    """What the library says of some rows."""
    found: dict[int, dict[str, Any]] = {}
    for mine, table in _taken(shot, np.array(numbers, np.int64), shot.segments[0].column_names if numbers else []):
        found.update(zip(mine.tolist(), table.to_pylist(), strict=True))
    return [found[place] for place in range(len(numbers))]


def _taken(shot: _Snapshot, rows: Numbers, columns: list[str]) -> Iterator[tuple[Numbers, pa.Table]]:
    """Some columns of some rows, segment after segment, with the places of the rows among those asked for."""
    segments = np.searchsorted(shot.firsts, rows, "right") - 1
    for at in np.unique(segments).tolist():
        mine = np.flatnonzero(segments == at)
        yield mine, shot.segments[at].select(columns).take(pa.array(rows[mine] - shot.firsts[at]))
