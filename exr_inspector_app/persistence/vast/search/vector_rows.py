"""Rows of a VAST Database in a similarity index: numbers, hashes and vectors of the rows of `files`."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.persistence.index.files import Hashes, IndexFiles
from exr_inspector_app.persistence.index.manifest import VECTOR_DIMS
from exr_inspector_app.persistence.index.segment_file import DETAILS, ROW
from exr_inspector_app.persistence.index.snapshot import text_hash

ID_COLUMNS = ("file_id", "attempt_id", "embedding_version")
_TEXTS = ("file_path", "sequence_key", "header_hash", "inspection_timestamp")  # details of a hit
COLUMNS = (*ID_COLUMNS, "vector_id", "file_path_normalized", *_TEXTS, *VECTOR_DIMS)

_ATTEMPT_KEY, _COUNTS_KEY = "attempt", "counts"  # in `IndexManifest.last`
_ATTEMPT = re.compile(r"[0-9a-f]{32}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00:00")


class State(NamedTuple):
    """State of the rows of a server that an index is complete for."""

    attempt: str = ""  # the newest
    rows: int = 0
    comparable: int = 0  # rows of the current embedding version


Numbers = npt.NDArray[np.int64]


def numbers_of(rows: pa.Table | pa.RecordBatch) -> Numbers:
    """Return a number per row that identifies its file, attempt, and embedding version."""
    ids = zip(*(rows[name].to_pylist() for name in ID_COLUMNS), strict=True)
    return np.array([text_hash("/".join(map(str, key))) for key in ids], np.uint64).view(np.int64)


def indexed_numbers(index: IndexFiles) -> Numbers:
    """Return the numbers of all rows in an index."""
    rows = [segment.rows["number"] for segment in index.open_segments()]
    return np.concatenate([np.zeros(0, np.int64), *rows])


def state_of(index: IndexFiles) -> State:
    """Return the state of the server that an index is complete for; empty if it never was."""
    last = index.manifest.last
    counts = last.get(_COUNTS_KEY, [])
    return State("".join(f"{half:016x}" for half in last.get(_ATTEMPT_KEY, [])), *counts) if counts else State()


def set_state(index: IndexFiles, state: State) -> None:
    """Mark an index as complete, and commit."""
    halves = [int(state.attempt[:16], 16), int(state.attempt[16:], 16)] if state.attempt else []
    index.manifest.last = {_ATTEMPT_KEY: halves, _COUNTS_KEY: [state.rows, state.comparable]}
    index.commit()


def max_attempt(rows: pa.Table | pa.RecordBatch, at_least: str) -> str:
    """Return the newest attempt of some rows, if it is newer than another one; attempts of other forms are ignored."""
    attempts: list[str] = pc.unique(rows["attempt_id"]).to_pylist()
    return max([at_least, *(attempt for attempt in attempts if attempt and _ATTEMPT.fullmatch(attempt))])


def append(index: IndexFiles, table: pa.Table) -> None:
    """Append rows with COLUMNS and commit; of a vector that the index has, the row refers to its position.

    Rows without vectors of the current embedding version are there only to detect history.
    """
    if not len(table):
        return
    added = np.zeros(len(table), ROW)
    has_vectors = pc.and_(*(pc.is_valid(table[column]) for column in VECTOR_DIMS))
    has_vectors = pc.and_(
        has_vectors, pc.fill_null(pc.equal(table["embedding_version"], EMBEDDING_VERSION), False)
    ).to_numpy()
    added["vector"][has_vectors] = _vector_positions(index, table.filter(pa.array(has_vectors)))
    added["embedding_version"] = np.where(has_vectors, EMBEDDING_VERSION, 0)
    added["number"] = numbers = numbers_of(table)
    added["sequence"], added["header"] = _hashes(table["sequence_key"]), _hashes(table["header_hash"])
    added["path"], added["time"] = _hashes(table["file_path_normalized"]), _times(table["inspection_timestamp"])
    start = index.manifest.end_row
    check = int(np.bitwise_xor.reduce(numbers.view(np.uint64)))
    index.append_rows(added, _details(table), start, start + len(added), check)
    index.commit()


def retain(index: IndexFiles, is_retained: npt.NDArray[np.bool_]) -> None:
    """Drop rows from an index, given by position; the caller commits. Vectors stay."""
    segments, index.manifest.segments = index.open_segments(), []
    first = 0
    for segment in segments:
        mask = is_retained[first : first + len(segment.rows)]
        first += len(segment.rows)
        if not mask.any():
            continue
        rows, start = segment.rows[mask], index.manifest.end_row
        details = pa.Table.from_batches(segment.batches()).filter(pa.array(mask))
        check = int(np.bitwise_xor.reduce(rows["number"].view(np.uint64)))
        index.append_rows(rows, details, start, start + len(rows), check)


def _vector_positions(index: IndexFiles, table: pa.Table) -> Numbers:
    """Return the position of the vector of each row, after appending the missing ones."""
    distinct, first, inverse = np.unique(_hashes(table["vector_id"]), return_index=True, return_inverse=True)
    known = index.hashes()
    order = np.argsort(known, kind="stable")
    places = np.searchsorted(known, distinct, sorter=order)
    positions = np.full(len(distinct), -1, np.int64)
    is_known = np.zeros(len(distinct), np.bool_)
    if len(known):
        candidates = order[np.minimum(places, len(known) - 1)]
        is_known = known[candidates] == distinct
        positions[is_known] = candidates[is_known]
    new = np.flatnonzero(~is_known)
    if len(new):
        taken = table.take(pa.array(first[new]))
        vectors = {column: _to_matrix(taken[column], dim) for column, dim in VECTOR_DIMS.items()}
        positions[new] = len(known) + np.arange(len(new))
        index.append_vectors(distinct[new], vectors)
        index.append_codes(len(known))
    selected: Numbers = positions[inverse]
    return selected


def _to_matrix(column: pa.ChunkedArray, dim: int) -> Any:
    return column.combine_chunks().flatten().to_numpy(zero_copy_only=False).astype(np.float32).reshape(-1, dim)


def _hashes(column: pa.ChunkedArray) -> Hashes:
    encoded = column.combine_chunks().dictionary_encode()
    hashes = np.array([*map(text_hash, encoded.dictionary.to_pylist()), text_hash("")], np.uint64)
    selected: Hashes = hashes[pc.fill_null(encoded.indices, len(hashes) - 1).to_numpy()]
    return selected


def _times(column: pa.ChunkedArray) -> Numbers:
    """Return times in microseconds since 1970, and 0 for texts of another form."""
    is_time = pc.fill_null(pc.match_substring_regex(column, f"^{_TIME.pattern}$"), False)
    texts = pc.if_else(is_time, column, "1970-01-01T00:00:00+00:00")
    times: Numbers = pc.cast(texts, pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    return times


def _details(table: pa.Table) -> pa.Table:
    """Return the columns of a hit that searches read; the other columns are read from the server."""
    own = ("file_id", *_TEXTS)
    arrays = [table[name] if name in own else pa.nulls(len(table), DETAILS.field(name).type) for name in DETAILS.names]
    return pa.Table.from_arrays(arrays, schema=DETAILS)
