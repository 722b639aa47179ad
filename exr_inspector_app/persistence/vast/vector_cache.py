"""Vector cache of a VAST Database without a query engine: a similarity index in the user's cache folder.

It holds the distinct vectors of the current embedding version. A search first reads the rows of newer attempts, and
compares the number of rows with that of the server; a difference makes it read the keys of all rows. What a search
finds is read again from the server, so that an outdated cache never shows a row that is gone. The cache can be deleted
at any time.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.config.atomic_file import make_private_folder
from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.persistence.index.files import Hashes, IndexFiles, discard, open_if_writable, open_temporary
from exr_inspector_app.persistence.index.folder_lock import try_lock
from exr_inspector_app.persistence.index.private_folder import IndexOwner, folder_of
from exr_inspector_app.persistence.index.snapshot import Snapshot, load
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast import vector_rows
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.vector_rows import Numbers

log = logging.getLogger(__name__)

MAX_CACHED_ROWS = 2_000_000  # about 4 GB if all vectors differ; larger databases are scanned
_MAX_LOOKUPS = 10_000  # rows that are looked up by file_id, before all vectors are read again
_MAX_CACHES = 2  # databases in memory
_ORIGIN = "md5"  # of the hashes in the index


@dataclass
class CachedVectors:
    """Rows of a database in memory."""

    shot: Snapshot
    hashes: Hashes  # of the id of each vector
    attempt: str  # newest attempt that the cache is complete for
    count: int  # rows of the server at that time


class CacheUnavailableError(Exception):
    """The cache cannot be used: too many rows, or a disk that cannot be written."""


_caches: OrderedDict[str, CachedVectors] = OrderedDict()
_lock = threading.Lock()


def open_cache(transaction: Transaction, vast: Vast, progress: ScanProgress) -> CachedVectors:
    """Return the rows of the snapshot of a transaction, after reading those that the cache does not have.

    Raises:
        CacheUnavailableError: The caller compares all rows itself.
        ScanCancelledError: The caller cancelled; what was read stays in the cache.
    """
    owner = _owner(vast)
    with _lock:
        cached = _caches.get(owner.key)
        count = _count(transaction)
        if cached is None or cached.count != count or _has_newer(transaction, cached):
            if count > MAX_CACHED_ROWS:
                raise CacheUnavailableError(f"{count:,} rows")
            _caches.pop(owner.key, None)
            cached = _refresh(transaction, owner, count, progress)
        _caches[owner.key] = cached
        _caches.move_to_end(owner.key)
        if len(_caches) > _MAX_CACHES:
            _caches.popitem(last=False)
        return cached


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


def _refresh(transaction: Transaction, owner: IndexOwner, count: int, progress: ScanProgress) -> CachedVectors:
    """Update the index on disk, or one of this process alone while another process updates it, and load it."""
    try:
        make_private_folder(folder_of(owner).parent)
        with try_lock(folder_of(owner)) as is_locked:
            index = (open_if_writable(owner) if is_locked else None) or open_temporary(owner)
            _update(index, transaction, count, progress)
            shot = load(index, ())
            shot.sizes = np.full(len(shot.numbers), -1, np.int64)  # known to the server alone
            return CachedVectors(shot, index.hashes(), *vector_rows.state_of(index))
    except OSError as error:
        raise CacheUnavailableError(str(error)) from error


def _update(index: IndexFiles, transaction: Transaction, count: int, progress: ScanProgress) -> None:
    """Append the rows that the index does not have, and drop those that the server does not have."""
    known = vector_rows.indexed_numbers(index)
    attempt, expected = vector_rows.state_of(index)
    newest = attempt
    if attempt:
        newer = transaction.rows(
            "files", vector_rows.COLUMNS, [*_comparable(transaction), _after(transaction, attempt)]
        )
        newest, expected = vector_rows.max_attempt(newer, attempt), expected + len(newer)
        known = _append_missing(index, newer, known)
    if expected != count or not attempt:
        newest = vector_rows.max_attempt(_reconcile(index, transaction, known, progress), newest)
    vector_rows.set_state(index, newest, count)


def _reconcile(index: IndexFiles, transaction: Transaction, known: Numbers, progress: ScanProgress) -> pa.Table:
    """Compare the keys of all rows with the index, and return them."""
    keys = transaction.rows("files", vector_rows.ID_COLUMNS, _comparable(transaction))
    present = vector_rows.numbers_of(keys)
    is_retained = np.isin(known, present)
    if not is_retained.all():
        vector_rows.retain(index, is_retained)
        index.commit()
    missing = keys.filter(pa.array(~np.isin(present, known)))
    if len(missing) > _MAX_LOOKUPS:
        for batch in transaction.scan("files", vector_rows.COLUMNS, _comparable(transaction), progress):
            known = _append_missing(index, pa.Table.from_batches([batch]), known)
    elif len(missing):
        ids, also = missing["file_id"].to_pylist(), _comparable(transaction)
        rows = transaction.rows_by_key("files", vector_rows.COLUMNS, "file_id", ids, also=also)
        _append_missing(index, rows, known)
    return keys


def _append_missing(index: IndexFiles, rows: pa.Table, known: Numbers) -> Numbers:
    """Append the rows that are not known, and return the numbers of all."""
    numbers = vector_rows.numbers_of(rows)
    is_new = ~np.isin(numbers, known)
    vector_rows.append(index, rows.filter(pa.array(is_new)))
    return np.concatenate([known, numbers[is_new]])


def _comparable(transaction: Transaction) -> Sequence[Any]:
    """Return the condition on rows that the cache holds: vectors of other versions are not comparable."""
    return [transaction.tables.columns("files").embedding_version == EMBEDDING_VERSION]


def _after(transaction: Transaction, attempt: str) -> Any:
    return transaction.tables.columns("files").attempt_id > attempt


def _has_newer(transaction: Transaction, cached: CachedVectors) -> bool:
    """Return True if rows of newer attempts exist; those of older ones change the number of rows."""
    conditions = [*_comparable(transaction), _after(transaction, cached.attempt)]
    return transaction.count("files", conditions) > 0


def _count(transaction: Transaction) -> int:
    return transaction.count("files", _comparable(transaction))
