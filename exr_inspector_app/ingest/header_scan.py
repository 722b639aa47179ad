"""Header scan: inspect files without records and embeddings, whose packages take long to import."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing

from exr_inspector_app.contracts import (
    FileInspected,
    FilesFound,
    PathUnreadable,
    Progress,
    measure_progress,
    never_stop,
)
from exr_inspector_app.ingest.scan import FileScan, ReadFile
from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    from exr_inspector_app.config import Root

PROGRESS_INTERVAL_S = 0.1


def inspect_headers(
    paths: Sequence[str], roots: Sequence[Root] = (), read: ReadFile | None = None
) -> Iterator[FilesFound | FileInspected | PathUnreadable | Progress]:
    """Inspect files and folders; the events have no records.

    Args:
        paths: Files, folders, and sequences.
        roots: The path map of the configuration.
        read: Returns the inspected file of a name, None for files on disk.

    Yields:
        Events in the order in which files are done.
    """
    started, last, done = time.monotonic(), 0.0, 0
    with closing(FileScan(paths, roots, read, never_stop, has_records=False)) as scan:
        while scan.has_more:
            yield from scan.find_files()
            for event in scan.take_inspected():
                done += 1
                yield event
            now = time.monotonic()
            if now - last >= PROGRESS_INTERVAL_S:
                last = now
                yield measure_progress("inspect", done, scan.total, started)
