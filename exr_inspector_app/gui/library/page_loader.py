"""What is published, page by page: the newest question counts, older ones are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Condition, Filter, Listing, Page
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.persistence.query.derived_columns import FACET_COLUMNS
from exr_inspector_app.services.backend import Backend

PAGE = 200  # sequences
FRAMES = 2000  # files of a sequence that are fetched at one time


@dataclass(frozen=True, slots=True)
class PageState:
    """The first page of a listing: on its way (None), found in so many seconds, or why not."""

    listing: Listing
    page: Page | None = None
    seconds: float = 0.0
    failure: str = ""


class PageLoader(QObject):
    """Asks the library for pages of sequences and for the files of a sequence."""

    changed = Signal(object)  # Browsed
    more = Signal(object, int)  # Page, offset
    frames = Signal(str, object, int)  # sequence_key, Page, offset
    failed = Signal(str)  # a page or frames that did not come

    def __init__(self, core: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self.listing = Listing(limit=PAGE, facets=FACET_COLUMNS)

    def ask(self, where: Filter | None = None, sort: str = "", descending: bool = True) -> None:
        """The first page, under another filter or in another order where one is given."""
        if where is not None:
            self.listing = replace(self.listing, where=where)
        if sort:
            self.listing = replace(self.listing, sort=sort, descending=descending)
        listing, started = self.listing, time.monotonic()
        for kind in ("Browse more", "Browse frames"):
            self._tasks.drop(kind)
        self.changed.emit(PageState(listing))

        def work(stop: Stop) -> Page:
            with self._core.store() as store:
                return store.browse(listing)

        def found(page: Page) -> None:
            self.changed.emit(PageState(listing, page, time.monotonic() - started))

        def failed(failure: Failure) -> None:
            self.changed.emit(PageState(listing, Page((), 0, 0), 0.0, failure.sentence))

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

    def _page(self, kind: str, listing: Listing, found: Callable[[Page], None]) -> None:
        def work(stop: Stop) -> Page:
            with self._core.store() as store:
                return store.browse(listing)

        def failed(failure: Failure) -> None:
            self.failed.emit(failure.sentence)

        self._tasks.run(kind, work, found, failed)
