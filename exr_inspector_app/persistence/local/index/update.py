"""Index update: after a publish, and before a query on a library with many unindexed files."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress

import pyarrow as pa

from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.index.checks import IndexDamagedError
from exr_inspector_app.persistence.index.files import discard, open_if_writable
from exr_inspector_app.persistence.local.arrow_io import is_read_only
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.errors import translate_cache_errors
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.local.index.owner import library_owner
from exr_inspector_app.persistence.local.index.snapshot import is_current, load_complete, release
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

log = logging.getLogger(__name__)

MAX_UPDATE_FILES = 65_536  # files added after a publish; more are left to a query, which reports its progress

# A process that waits for the library tries a few times per second and fails after ten seconds.
_BUSY_S, _PAUSE_S = 3.0, 0.3  # duration in which batches follow one another, and of the pause after them


def update_index(database: LocalDatabase) -> None:
    """Append the files of the last publish to the index, unless they are too many.

    Failures are logged and do not fail the publish.
    """
    if not database.exists:
        return
    try:
        with database.connect() as connection:
            index = None if is_read_only(connection) else open_if_writable(library_owner(database.path))
            if index is None:
                return
            missing = sync.rows_after(index, connection)
            while 0 < len(missing) <= MAX_UPDATE_FILES:
                release(database)
                missing = missing[sync.append_segment(index, connection, missing) :]
    except IndexDamagedError:
        discard_index(database)  # the next search rebuilds it
    except (OSError, StoreError, pa.ArrowException) as error:
        log.warning("The similarity index of %s was not updated: %s", database.path, error)


def discard_index(database: LocalDatabase) -> None:
    """Drop the index of a library on disk and in memory, since a file of it is damaged."""
    log.info("A file of the similarity index of %s is damaged; it is rebuilt.", database.path)
    release(database)
    with suppress(OSError):  # the library was removed
        discard(library_owner(database.path))


def load_if_complete(database: LocalDatabase) -> None:
    """Load the index of a library into memory if no row of the library is missing in it.

    Raises:
        IndexDamagedError: A file of the index is cut or altered.
    """
    if is_current(database):
        return
    with database.connect() as connection, translate_cache_errors(database.path):
        index = sync.open_index(database.path, connection)
        missing = sync.unindexed_rows(index, connection, database.signature())
        if index.manifest.segments and not len(missing):
            load_complete(database, connection, index)


def catch_up(database: LocalDatabase, scan: ScanProgress) -> Iterator[tuple[int, int]]:
    """Append missing files to the index in batches, and yield the numbers of indexed and of all files for partial hits.

    It yields at once if some files are indexed, and whenever their number has doubled; if few files are missing it
    does not yield or report progress. Between batches other processes can access the library, and may append batches
    as well.

    Raises:
        ScanCancelledError: The caller cancelled the scan. Committed batches remain.
        IndexDamagedError: A file of the index is cut or altered.
    """
    if is_current(database):
        return
    started, before, yielded = time.monotonic(), None, 0
    last_pause = started
    while True:
        with database.connect() as connection, translate_cache_errors(database.path):
            index = sync.open_index(database.path, connection)  # reopened, since another process may have changed it
            missing = sync.unindexed_rows(index, connection, database.signature())
            done, left = index.manifest.file_count, len(missing)
            total, is_much = done + left, left > sync.FIRST_BATCH_FILES
            before = done if before is None else min(before, done)  # another process may have removed segments
            is_due = is_much and done >= max(2 * yielded, 1)
            if left and not is_due:
                release(database)
                done += sync.append_segment(index, connection, missing, scan.stop)
            elif not left:
                load_complete(database, connection, index)
        if not left:
            return
        if is_much:
            scan.report("read", done, total, started, before)
        if is_due:
            yielded = done
            yield done, total
        if time.monotonic() - last_pause > _BUSY_S:
            time.sleep(_PAUSE_S)
            last_pause = time.monotonic()
