"""A look at every row of a store: how far it is, and its end where it is not wanted any more."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sized
from typing import Literal, NamedTuple, TypeVar

from exr_inspector_app.contracts import ProgressCallback, StopCheck, ignore_progress, measure_progress, never_stop
from exr_inspector_app.errors import ScanCancelledError

_STOPPED = {
    "compare": "rows; search again to compare all of them",
    "read": "files were read; search again to read the others",
}
Piece = TypeVar("Piece", bound=Sized)


class ScanProgress(NamedTuple):
    """Who waits for the end of a scan."""

    stop: StopCheck = never_stop
    on_progress: ProgressCallback = ignore_progress

    def track(self, pieces: Iterable[Piece], total: int) -> Iterator[Piece]:
        """The pieces as they come; between them it is told how many of `total` rows they held.

        Raises ScanStopped once it is not wanted any more.
        """
        done, started = 0, time.monotonic()
        self.report("compare", done, total, started)
        for piece in pieces:
            yield piece
            done += len(piece)
            self.report("compare", done, total, started)

    def report(self, what: Literal["compare", "read"], done: int, total: int, started: float, before: int = 0) -> None:
        """It is told how many rows were compared, or files read; `before` of them were so when it started.

        Raises ScanStopped once it is not wanted any more.
        """
        if self.stop():
            raise ScanCancelledError(f"Stopped after {done:,} of {total:,} {_STOPPED[what]}.")
        self.on_progress(measure_progress(what, done, total, started, before))
