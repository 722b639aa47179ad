"""A look at every row of a store: how far it is, and its end where it is not wanted any more."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sized
from typing import NamedTuple, TypeVar

from exr_inspector_app.contracts import Progress, Stop, Tell, never, unheard
from exr_inspector_app.errors import ScanStopped

Piece = TypeVar("Piece", bound=Sized)


class Scan(NamedTuple):
    """Who waits for the end of a scan."""

    stop: Stop = never
    tell: Tell = unheard

    def over(self, pieces: Iterable[Piece], total: int) -> Iterator[Piece]:
        """The pieces as they come; between them it is told how many of `total` rows they held.

        Raises ScanStopped once it is not wanted any more.
        """
        done, started = 0, time.monotonic()
        self._go_on(done, total, started)
        for piece in pieces:
            yield piece
            done += len(piece)
            self._go_on(done, total, started)

    def _go_on(self, done: int, total: int, started: float) -> None:
        if self.stop():
            raise ScanStopped(f"Stopped after {done:,} of {total:,} rows; search again to compare all of them.")
        rate = done / max(time.monotonic() - started, 1e-6)
        left = max(total - done, 0) / rate if done else None
        self.tell(Progress("compare", done, total, rate, left))
