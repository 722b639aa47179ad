"""Scan progress: cancellation and progress events of a scan over all rows of a store."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sized
from typing import Literal, NamedTuple, TypeVar

from exr_inspector_app.contracts import ProgressCallback, StopCheck, ignore_progress, measure_progress, never_stop
from exr_inspector_app.errors import ScanCancelledError

_CANCELLED = {
    "compare": "rows; search again to compare all of them",
    "read": "files; search again to continue",
}
Batch = TypeVar("Batch", bound=Sized)


class ScanProgress(NamedTuple):
    """Callbacks of the caller that waits for a scan."""

    stop: StopCheck = never_stop
    on_progress: ProgressCallback = ignore_progress

    def track(self, batches: Iterable[Batch], total: int) -> Iterator[Batch]:
        """Yield batches unchanged, and report the number of rows scanned before the first and after each of them.

        Raises:
            ScanCancelledError: `stop` returned True.
        """
        done, started = 0, time.monotonic()
        self.report("compare", done, total, started)
        for batch in batches:
            yield batch
            done += len(batch)
            self.report("compare", done, total, started)

    def report(self, what: Literal["compare", "read"], done: int, total: int, started: float, before: int = 0) -> None:
        """Report progress to the caller.

        Args:
            what: `compare` for rows, `read` for files.
            done: Number of rows or files processed.
            total: Number of rows or files to process.
            started: Start time, as returned by `time.monotonic`.
            before: Number that were processed before the start; they do not count for the rate.

        Raises:
            ScanCancelledError: `stop` returned True.
        """
        if self.stop():
            raise ScanCancelledError(f"Stopped after {done:,} of {total:,} {_CANCELLED[what]}.")
        self.on_progress(measure_progress(what, done, total, started, before))
