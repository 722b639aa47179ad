"""Vector cache of a VAST Database without a query engine: a similarity index in the user's cache folder.

It holds the distinct vectors of the current embedding version, and which rows are history. A search first reads the
rows of newer attempts, and compares the number of rows with that of the server; a difference makes it read the keys of
all rows. Matches are read again from the server, so that an outdated cache never shows a row that is gone. The cache
can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.config import Vast
from exr_inspector_app.config.atomic_file import make_private_folder
from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.persistence.index.files import Hashes, IndexFiles, discard, open_if_writable, open_temporary
from exr_inspector_app.persistence.index.folder_lock import try_lock
from exr_inspector_app.persistence.index.private_folder import IndexOwner, folder_of
from exr_inspector_app.persistence.index.snapshot import Snapshot, load
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast.search import vector_rows
from exr_inspector_app.persistence.vast.search.vector_rows import Numbers, State
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)

MAX_CACHED_ROWS = 2_000_000  # about 4 GB if all vectors differ; larger databases are scanned
COMPARE_S = 2.0  # for which a cache is used without another comparison with the server
_MAX_LOOKUPS = 10_000  # rows that are looked up by file_id, before all vectors are read again
_MAX_CACHES = 2  # databases in memory
_ORIGIN = "md5"  # of the hashes in the index


@dataclass
class CachedVectors:
    """Rows of a database in memory."""

    shot: Snapshot
    hashes: Hashes  # of the id of each vector
    state: State  # of the server, that the cache is complete for
    compared_at: float  # time of the last comparison with the server, of `time.monotonic`


class CacheUnavailableError(Exception):
    """The cache cannot be used: too many rows, or a disk that cannot be written."""


_caches: OrderedDict[str, CachedVectors] = OrderedDict()
_lock = threading.Lock()


def open_cache(transaction: Transaction, vast: Vast, progress: ScanProgress) -> CachedVectors:
    """Return the rows of the snapshot of a transaction, after reading those that the cache does not have.

    A cache that was compared with the server less than COMPARE_S ago is used as it is.

    Raises:
        CacheUnavailableError: The caller compares all rows itself.
        ScanCancelledError: The caller cancelled; rows that were read stay in the cache.
    """
    owner = _owner(vast)
    with _lock:
        cached = _caches.pop(owner.key, None)
        if cached is None or time.monotonic() - cached.compared_at > COMPARE_S:
            cached = _compare(transaction, owner, cached, progress)
        _caches[owner.key] = cached
        if len(_caches) > _MAX_CACHES:
            _caches.popitem(last=False)
        return cached


def expire_cache(vast: Vast) -> None:
    """Compare the cache with the server before the next search, after this process has written rows."""
    if cached := _caches.get(_owner(vast).key):  # without the lock, which is held while vectors are read
        cached.compared_at = -COMPARE_S


def clear() -> None:
    """Drop all caches from memory, as the end of the process does; those on disk stay."""
    with _lock:
        _caches.clear()


def discard_cache(vast: Vast) -> None:
    """Drop the cache of a database, in memory and on disk, since a file of it is damaged."""
    owner = _owner(vast)
    log.info("A file of the similarity index of %s is damaged; it is rebuilt.", vast.location)
    with _lock:
        _caches.pop(owner.key, None)
        discard(owner)


def _owner(vast: Vast) -> IndexOwner:
    """Return the owner of the index: the database and the key, since keys of other tenants may see other rows."""
    place = "\0".join([vast.endpoint, vast.bucket, vast.schema, vast.access_key])
    return IndexOwner(hashlib.sha256(place.encode()).hexdigest()[:24], "vast", _ORIGIN)


def _compare(
    transaction: Transaction, owner: IndexOwner, cached: CachedVectors | None, progress: ScanProgress
) -> CachedVectors:
    """Return the cache if the server has no other rows, or a new one."""
    counts = transaction.count("files"), transaction.count("files", [_is_comparable(transaction)])
    is_equal = cached is not None and cached.state[1:] == counts
    if (
        cached is not None
        and is_equal
        and not transaction.count("files", [_is_after(transaction, cached.state.attempt)])
    ):
        cached.compared_at = time.monotonic()
        return cached
    if counts[0] > MAX_CACHED_ROWS:
        raise CacheUnavailableError(f"{counts[0]:,} rows")
    try:
        make_private_folder(folder_of(owner).parent)
        with try_lock(folder_of(owner)) as is_locked:
            index = (open_if_writable(owner) if is_locked else None) or open_temporary(owner)
            _update(index, transaction, counts, progress)
            shot = load(index, ())
            shot.sizes = np.full(len(shot.numbers), -1, np.int64)  # they change, so they are read from the server
            return CachedVectors(shot, index.hashes(), vector_rows.state_of(index), time.monotonic())
    except OSError as error:
        raise CacheUnavailableError(str(error)) from error


def _update(index: IndexFiles, transaction: Transaction, counts: tuple[int, int], progress: ScanProgress) -> None:
    """Append the rows that the index does not have, and drop those that the server does not have."""
    known = vector_rows.indexed_numbers(index)
    state = vector_rows.state_of(index)
    newest = state.attempt
    if newest:
        newer = transaction.rows("files", vector_rows.COLUMNS, [_is_after(transaction, newest)])
        comparable = pc.sum(pc.equal(newer["embedding_version"], EMBEDDING_VERSION)).as_py() or 0
        newest = vector_rows.max_attempt(newer, newest)
        state = State(newest, state.rows + len(newer), state.comparable + comparable)
        known = _append_missing(index, newer, known)
    if state[1:] != counts or not newest:
        newest = max(newest, _reconcile(index, transaction, known, progress))
    vector_rows.set_state(index, State(newest, *counts))


def _reconcile(index: IndexFiles, transaction: Transaction, known: Numbers, progress: ScanProgress) -> str:
    """Compare the keys of all rows with the index, and return the newest attempt."""
    if not len(known):
        return _read_all(index, transaction, known, progress)
    keys = transaction.rows("files", vector_rows.ID_COLUMNS)
    present = vector_rows.numbers_of(keys)
    is_retained = np.isin(known, present)
    if not is_retained.all():
        vector_rows.retain(index, is_retained)
        index.commit()
    missing = keys.filter(pa.array(~np.isin(present, known)))
    if len(missing) > _MAX_LOOKUPS:
        return _read_all(index, transaction, known, progress)
    if len(missing):
        ids = missing["file_id"].to_pylist()
        _append_missing(index, transaction.rows_by_key("files", vector_rows.COLUMNS, "file_id", ids), known)
    return vector_rows.max_attempt(keys, "")


def _read_all(index: IndexFiles, transaction: Transaction, known: Numbers, progress: ScanProgress) -> str:
    """Append all rows that are not known, and return the newest attempt."""
    newest = ""
    for batch in transaction.scan("files", vector_rows.COLUMNS, (), progress):
        rows = pa.Table.from_batches([batch])
        newest = vector_rows.max_attempt(rows, newest)
        known = _append_missing(index, rows, known)
    return newest


def _append_missing(index: IndexFiles, rows: pa.Table, known: Numbers) -> Numbers:
    """Append the rows that are not known, and return the numbers of all."""
    numbers = vector_rows.numbers_of(rows)
    is_new = ~np.isin(numbers, known)
    vector_rows.append(index, rows.filter(pa.array(is_new)))
    return np.concatenate([known, numbers[is_new]])


def _is_comparable(transaction: Transaction) -> Any:
    return transaction.tables.columns("files").embedding_version == EMBEDDING_VERSION


def _is_after(transaction: Transaction, attempt: str) -> Any:
    return transaction.tables.columns("files").attempt_id > attempt
