"""A library that its cache lacks much of: read a piece at a time, with time for first hits in between."""

from __future__ import annotations

import time
from collections.abc import Iterator

from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.errors import translate_cache_errors
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.local.index.files import open_or_temporary
from exr_inspector_app.persistence.local.index.snapshot import is_current
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

# Whoever waits for the library looks a few times a second, and gives up after ten: he finds it free in time.
_BUSY_S, _PAUSE_S = 3.0, 0.3  # seconds in which the pieces follow one another, and a pause after them


def catch_up(library: LocalDatabase, scan: ScanProgress) -> Iterator[tuple[int, int]]:
    """Reads what the cache lacks and keeps it; tells how many files are known, and how many there are.

    That is where first hits are due: at once, and whenever twice as many files are known. Where little is left nobody
    is told anything. Between two pieces others may use the library, also to read pieces of it. Raises ScanStopped
    once that is not wanted any more; what was kept stays.
    """
    if is_current(library):
        return
    started, before, shown = time.monotonic(), None, 0
    paused = started
    while True:
        with library.connected() as connection, translate_cache_errors(library.path):
            cache = open_or_temporary(library.path)  # as another process may have left it
            missing = sync.missing_rows(cache, connection)
            done, left = cache.state.files, len(missing)
            total, is_much = done + left, left > sync.FIRST_BATCH_FILES
            before = done if before is None else min(before, done)  # another process may have given rows up
            is_due = is_much and done >= max(2 * shown, 1)
            if left and not is_due:
                done += sync.append_segment(cache, connection, missing, scan.stop)
        if not left:
            return
        if is_much:
            scan.report("read", done, total, started, before)
        if is_due:
            shown = done
            yield done, total
        if time.monotonic() - paused > _BUSY_S:
            time.sleep(_PAUSE_S)
            paused = time.monotonic()
