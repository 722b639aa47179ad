"""What is published, page by page: the newest question counts, older ones are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Condition, Filter, Listing, Page
from exr_inspector_app.gui.models.activity import ActivityModel, Job, State
from exr_inspector_app.gui.tasks import Failure, Stop, Task, Tasks, stop_one_or_all
from exr_inspector_app.gui.words import duration, several
from exr_inspector_app.persistence.derived import FACETS
from exr_inspector_app.report import plain
from exr_inspector_app.wiring import Core

PAGE = 200  # sequences
FRAMES = 2000  # files of a sequence that are fetched at one time


@dataclass(frozen=True, slots=True)
class Browsed:
    """The first page of a listing: on its way (None), found in so many seconds, or why not."""

    listing: Listing
    page: Page | None = None
    seconds: float = 0.0
    failure: str = ""


class Browsing(QObject):
    """Asks the library for pages of sequences and for the files of a sequence."""

    changed = Signal(object)  # Browsed
    more = Signal(object, int)  # Page, offset
    frames = Signal(str, object, int)  # sequence_key, Page, offset
    failed = Signal(str)  # a page or frames that did not come
    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Core, tasks: Tasks, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._exports: dict[Job, Task] = {}
        self.listing = Listing(limit=PAGE, facets=FACETS)

    def ask(self, where: Filter | None = None, sort: str = "", descending: bool = True) -> None:
        """The first page, under another filter or in another order where one is given."""
        if where is not None:
            self.listing = replace(self.listing, where=where)
        if sort:
            self.listing = replace(self.listing, sort=sort, descending=descending)
        listing, started = self.listing, time.monotonic()
        for kind in ("Browse more", "Browse frames"):
            self._tasks.drop(kind)
        self.changed.emit(Browsed(listing))

        def work(stop: Stop) -> Page:
            return self._core.browse(listing)

        def found(page: Page) -> None:
            self.changed.emit(Browsed(listing, page, time.monotonic() - started))

        def failed(failure: Failure) -> None:
            self.changed.emit(Browsed(listing, Page((), 0, 0), 0.0, failure.sentence))

        self._tasks.run("Browse", work, found, failed, supersede=True)

    def ask_more(self, offset: int) -> None:
        """The page behind so many rows."""
        listing = replace(self.listing, offset=offset, facets=())
        self._page("Browse more", listing, lambda page: self.more.emit(page, offset))

    def ask_frames(self, sequence_key: str, offset: int) -> None:
        """The files of a sequence that match, by frame, behind so many of them."""
        where = (*self.listing.where, Condition("sequence_key", "=", sequence_key))
        listing = Listing(where, False, "frame_number", False, FRAMES, offset)
        self._page("Browse frames", listing, lambda page: self.frames.emit(sequence_key, page, offset))

    def export(self, out: Path) -> None:
        """All files that match are written to a table; the job tells how it went."""
        job, where, started = (
            self._activity.add(Job("Export list", plain(str(out)))),
            self.listing.where,
            time.monotonic(),
        )

        def work(stop: Stop) -> int:
            return self._core.export(out, where, stop)

        def done(count: int) -> None:
            stopped = self._exports.pop(job).stopped()
            job.state = State.STOPPED if stopped else State.DONE
            took = duration(time.monotonic() - started)
            job.result = f"Exported {several(count, 'file')} to {plain(out.name)} in {took}"
            if stopped:
                job.result = f"Stopped; {plain(out.name)} was not written"
            self.ended.emit(job, None)

        def failed(failure: Failure) -> None:
            del self._exports[job]
            self.ended.emit(job, failure)

        self._exports[job] = self._tasks.run("Export", work, done, failed)

    def stop(self, job: Job | None) -> None:
        """An export ends without its file."""
        stop_one_or_all(self._exports, job)

    def _page(self, kind: str, listing: Listing, found: Callable[[Page], None]) -> None:
        def work(stop: Stop) -> Page:
            return self._core.browse(listing)

        def failed(failure: Failure) -> None:
            self.failed.emit(failure.sentence)

        self._tasks.run(kind, work, found, failed)
