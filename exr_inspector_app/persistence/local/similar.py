"""Similar files in the local library: what a question needs is kept in memory until the file changes."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import EMBEDDING_VERSION, Hit, Identity, Query, Stored, Vector
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import hits
from exr_inspector_app.persistence.camera import NAMES
from exr_inspector_app.persistence.local.library import Library
from exr_inspector_app.persistence.similarity import Index, build

_REPEATED = ("compression", "color_space", "render_software", "channel_list", "sequence_key")
_KEPT = 4  # libraries in memory at one time
ALIKE = 0.9999  # a score that equal vectors reach, whatever rounding does
MOST_CHILDREN = 10_000  # hits whose parts and cameras are kept

Numbers = npt.NDArray[np.int64]


@dataclass
class _Snapshot:
    """The current files of a library as they were at one signature, newest first."""

    signature: tuple[int, ...]
    facts: pa.Table
    sequences: npt.NDArray[np.int32]  # of each row, a number for its sequence key
    counts: Numbers  # files of each sequence
    order: Numbers  # rows sorted by vector, newest first within one
    starts: Numbers  # where each vector's rows begin in `order`
    vectors: list[str]
    indexes: dict[str, Index] = field(default_factory=dict)
    children: dict[str, Stored] = field(default_factory=dict)  # of hits that have been looked up

    def rows_of(self, place: int) -> Numbers:
        """The rows that share one vector."""
        return self.order[self.starts[place] : self.starts[place + 1]]


_snapshots: OrderedDict[str, _Snapshot] = OrderedDict()
_guard = threading.Lock()


def similar(library: Library, query: Query, chosen: set[str] | None) -> list[Hit]:
    """The nearest current files, sequences folded; only `chosen` file ids where that is given."""
    column, vector = hits.asked(query)
    with _guard:
        shot = _snapshot(library)
        if not shot.vectors:
            return []
        index = _index(library, shot, column)
    allowed = None if chosen is None else _mask(shot, chosen)
    best = _best(shot, index, vector, query, allowed)
    counts = shot.counts
    if allowed is not None:
        counts = np.bincount(shot.sequences[allowed], minlength=len(shot.counts))
    places = [place for place, _ in best]
    found = [
        hits.Found(row, score, int(counts[shot.sequences[place]]))
        for (place, score), row in zip(best, _facts(shot, places), strict=True)
    ]
    return hits.hits(found, query, _remembered(library, shot, [one.row["file_id"] for one in found]))


def _snapshot(library: Library) -> _Snapshot:
    """The library in memory, read anew where its file has changed."""
    name = str(library.path.absolute())
    known = _snapshots.get(name)
    if known is not None and known.signature == library.signature():
        _snapshots.move_to_end(name)
        return known
    columns = ", ".join([*hits.COLUMNS, "vector_id"])
    comparable = f"SELECT {columns} FROM current_files WHERE embedding_version = {EMBEDDING_VERSION}"
    query = f"{comparable} ORDER BY inspection_timestamp DESC, file_path"
    with library.connected() as connection:
        table: pa.Table = connection.sql(query).to_arrow_table()
    # Taken after the close, which writes what has to be written.
    _snapshots[name] = shot = _arranged(table, library.signature())
    if len(_snapshots) > _KEPT:
        _snapshots.popitem(last=False)
    return shot


def _arranged(table: pa.Table, signature: tuple[int, ...]) -> _Snapshot:
    """The rows of a library ordered by their vectors and folded by their sequences."""
    ids = table["vector_id"].combine_chunks().dictionary_encode()
    keys = table["sequence_key"].combine_chunks().dictionary_encode()
    of_vector = np.asarray(ids.indices, dtype=np.int64)
    sequences = np.asarray(keys.indices, dtype=np.int32)
    order = np.argsort(of_vector, kind="stable")
    starts = np.searchsorted(of_vector[order], np.arange(len(ids.dictionary) + 1))
    facts = table.select(list(hits.COLUMNS))
    for name in _REPEATED:
        place = facts.column_names.index(name)
        facts = facts.set_column(place, name, facts[name].combine_chunks().dictionary_encode())
    counts = np.bincount(sequences, minlength=len(keys.dictionary))
    return _Snapshot(signature, facts, sequences, counts, order, starts, ids.dictionary.to_pylist())


def _index(library: Library, shot: _Snapshot, column: str) -> Index:
    """The index over the distinct vectors, in the order of the snapshot."""
    if column not in shot.indexes:
        query = f"SELECT vector_id, {column} FROM vectors"
        with library.connected() as connection:
            table: pa.Table = connection.sql(query).to_arrow_table()
        place = {name: at for at, name in enumerate(table["vector_id"].to_pylist())}
        if missing := sum(name not in place for name in shot.vectors):
            raise StoreError(f"{missing:,} files of the library lack their vectors; run `library check`.")
        flat = table[column].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        matrix = flat.reshape(len(place), -1)[[place[name] for name in shot.vectors]]
        shot.indexes[column] = build(matrix)
        shot.signature = library.signature()
    return shot.indexes[column]


def _mask(shot: _Snapshot, chosen: set[str]) -> npt.NDArray[np.bool_]:
    """Which rows may be hits."""
    ids = shot.facts["file_id"].to_pylist()
    return np.fromiter((name in chosen for name in ids), dtype=np.bool_, count=len(ids))


def _best(
    shot: _Snapshot, index: Index, vector: Vector, query: Query, allowed: npt.NDArray[np.bool_] | None
) -> list[tuple[int, float]]:
    """The best row of each of the best sequences with its score; more vectors are looked at until they fill."""
    if allowed is not None:
        places = np.flatnonzero(np.add.reduceat(allowed[shot.order], shot.starts[:-1]))
        scores = index.scores(vector, places)
        order = np.lexsort((places, -scores))
        return _folded(shot, places[order], scores[order], query, allowed)
    k = 2 * query.limit
    while True:
        places, scores = index.search(vector, k)
        found = _folded(shot, places, scores, query, None)
        if len(found) == query.limit or k >= len(index):
            return found
        k *= 4


def _folded(
    shot: _Snapshot, places: Numbers, scores: Vector, query: Query, allowed: npt.NDArray[np.bool_] | None
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
    facts = shot.facts.select(["header_hash", "sequence_key"]).take(pa.array(rows))
    same = pc.equal(facts["header_hash"], own.header_hash)
    copies = pc.and_(same, pc.not_equal(facts["sequence_key"].cast(pa.string()), own.sequence_key))
    return rows[np.argsort(~np.asarray(copies), kind="stable")]


def _facts(shot: _Snapshot, places: list[int]) -> list[dict[str, Any]]:
    return list(shot.facts.take(pa.array(places, pa.int64())).to_pylist())


def _remembered(library: Library, shot: _Snapshot, file_ids: list[str]) -> dict[str, Stored]:
    """What `children` finds, of which only those that are new are looked up."""
    if missing := [name for name in file_ids if name not in shot.children]:
        if len(shot.children) > MOST_CHILDREN:
            shot.children.clear()
        shot.children.update(children(library, missing))
    return {name: shot.children[name] for name in file_ids if name in shot.children}


def children(library: Library, file_ids: list[str]) -> dict[str, Stored]:
    """The first part and the camera attributes of each hit: one look-up a table for all of them."""
    mine = "file_id IN (SELECT unnest(?::VARCHAR[]))"
    columns = "file_id, is_tiled, tile_width, tile_height, data_window, display_window"
    parts = f"SELECT {columns} FROM part_rows WHERE part_index = 0 AND {mine}"
    # Names are looked at and rows put in order here: in SQL, that is done to all files of the library first.
    attributes = f"SELECT file_id, attribute_name, attribute_value, rowid FROM attribute_rows WHERE {mine}"
    with library.connected() as connection:
        first = connection.sql(parts, params=[file_ids]).to_arrow_table().to_pylist()
        named = connection.sql(attributes, params=[file_ids]).to_arrow_table().sort_by("rowid").to_pylist()
    listed: dict[str, list[dict[str, Any]]] = {}
    for row in named:
        if re.search(NAMES, row["attribute_name"]):
            listed.setdefault(row["file_id"], []).append(row)
    return {row["file_id"]: Stored({}, [row], (), listed.get(row["file_id"], ())) for row in first}
