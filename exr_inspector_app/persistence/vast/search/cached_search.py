"""Similarity search in the vector cache of a VAST Database; matches are read again from the server."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import EMBEDDING_VERSION, Query, Record
from exr_inspector_app.persistence.index.search import best_rows, count_sequences, index_of
from exr_inspector_app.persistence.index.snapshot import Snapshot, read_rows, text_hash
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.similarity.vector_index import Mask
from exr_inspector_app.persistence.vast.search import vector_rows
from exr_inspector_app.persistence.vast.search.vector_cache import (
    CachedVectors,
    CacheUnavailableError,
    expire_cache,
    open_cache,
)
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import visible_rows

_SCORE_DECIMALS = 6  # as in a scan, so that the order is the same
_MAX_COPIES = 1000  # files with the header of the reference whose sizes are compared
_MAX_HEADERS = 10_000  # rows in memory, about 2 KB each
_CHANGING_COLUMNS = ("file_id", "attempt_id", "vector_id", "embedding_version", "size_bytes")
_FILE_COLUMNS = tuple(dict.fromkeys([*hits.COLUMNS, *_CHANGING_COLUMNS]))

_headers: OrderedDict[str, Mapping[str, Any]] = OrderedDict()  # rows of the last hits by file_id
_lock = threading.Lock()


def clear() -> None:
    """Drop the rows of the last hits, as the end of the process does."""
    with _lock:
        _headers.clear()


def search_cache(
    vast: Vast,
    transaction: Transaction,
    query: Query,
    conditions: Sequence[Any],
    progress: ScanProgress,
    keys: pa.Table | None,
) -> list[hits.ScoredRow]:
    """Return the nearest current rows, read again from the server.

    Args:
        vast: The database.
        transaction: Snapshot to read.
        query: Query by metadata or channels.
        conditions: Conditions on columns of `files`.
        progress: Callbacks while vectors are read.
        keys: Rows to consider, with `vector_rows.ID_COLUMNS`, or None for all that meet the conditions.

    Raises:
        CacheUnavailableError: The caller compares all rows itself.
        IndexDamagedError: A file of the cache is cut or altered.
    """
    if conditions and keys is None:
        keys = transaction.rows("files", vector_rows.ID_COLUMNS, conditions)
    for _ in range(2):
        cached = open_cache(transaction, vast, progress)
        scored = _search(transaction, cached, query, keys)
        if scored is not None:
            return scored
        expire_cache(vast)  # a hit has changed since the last comparison
    raise CacheUnavailableError("rows change while they are read")


def _search(
    transaction: Transaction, cached: CachedVectors, query: Query, keys: pa.Table | None
) -> list[hits.ScoredRow] | None:
    """Return the nearest rows, or None if the server has other rows than the cache."""
    shot = cached.shot
    if not len(shot.order):
        return []
    column, vector = hits.query_vector(query)
    allowed = None if keys is None else _mask(shot, keys)
    _read_sizes_of_copies(transaction, shot, query.reference)
    best = best_rows(shot, index_of(shot, column), vector, query, allowed)
    rows = [row for row, _ in best]
    counts = count_sequences(shot, rows, allowed)
    details = read_rows(shot, rows, ["file_id"])
    files = _read_hits(transaction, [row["file_id"] for row in details])
    scored: list[hits.ScoredRow] = []
    for row, detail, (_, score), count in zip(rows, details, best, counts, strict=True):
        file = files.get(detail["file_id"])
        if file is None or file["embedding_version"] != EMBEDDING_VERSION:
            return None
        if text_hash(file["vector_id"]) != cached.hashes[shot.vectors[row]]:
            return None
        scored.append(hits.ScoredRow(file, round(score, _SCORE_DECIMALS), count))
    return scored


def _mask(shot: Snapshot, keys: pa.Table) -> Mask:
    """Return the mask of the current rows that are among the keys."""
    mask: Mask = shot.current & np.isin(shot.numbers, vector_rows.numbers_of(keys))
    return mask


def _read_sizes_of_copies(transaction: Transaction, shot: Snapshot, own: Record) -> None:
    """Read the sizes of files in other sequences with the header of the reference, which rank by their size."""
    has_header = shot.current & (shot.headers == text_hash(own.identity.header_hash))
    copies = np.flatnonzero(has_header & (shot.sequences != text_hash(own.identity.sequence_key)))
    if not 0 < len(copies) <= _MAX_COPIES:
        return
    ids = [row["file_id"] for row in read_rows(shot, copies.tolist(), ["file_id"])]
    files = _read_files(transaction, ("file_id", "attempt_id", "size_bytes"), ids)
    sizes = [files[file_id]["size_bytes"] if file_id in files else None for file_id in ids]
    shot.sizes[copies] = [-1 if size is None else size for size in sizes]


def _read_hits(transaction: Transaction, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the visible rows of hits by file_id.

    Columns of a header never change for an attempt, so those of the last hits are not requested again.
    """
    with _lock:
        known = {file_id: _headers[file_id] for file_id in ids if file_id in _headers}
    if len(known) == len(ids):
        rows = _read_files(transaction, _CHANGING_COLUMNS, ids)
        if all(row["attempt_id"] == known[file_id]["attempt_id"] for file_id, row in rows.items()):
            return {file_id: {**known[file_id], **row} for file_id, row in rows.items()}
    rows = _read_files(transaction, _FILE_COLUMNS, ids)
    with _lock:
        _headers.update(rows)
        while len(_headers) > _MAX_HEADERS:
            _headers.popitem(last=False)
    return rows


def _read_files(transaction: Transaction, columns: Sequence[str], ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return columns of the visible rows of some files by file_id."""
    rows = visible_rows(transaction.rows_by_key("files", columns, "file_id", ids))
    return {row["file_id"]: row for row in rows.to_pylist()}
