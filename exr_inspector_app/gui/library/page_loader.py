"""Page loader of the library: queries pages of sequences and the files of a sequence; the newest query counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Condition, Filter, Listing, Page, StopCheck
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.persistence.query.derived_columns import FACET_COLUMNS
from exr_inspector_app.services.backend import Backend

PAGE = 200  # sequences
FRAMES = 2000  # files per query for the frames of a sequence
KIND, MORE_KIND, FRAMES_KIND = "Browse", "Browse more", "Browse frames"


@dataclass(frozen=True, slots=True)
class PageState:
    """State of the first page of a listing: None while it is queried, then the page, or an empty one and why."""

    listing: Listing
    page: Page | None = None
    seconds: float = 0.0
    failure: str = ""


class PageLoader(QObject):
    """Loader of one listing; a new listing drops all pages of the earlier one that are still on their way."""

    changed = Signal(object)  # PageState
    more = Signal(object, int)  # Page, offset
    frames = Signal(str, object, int)  # sequence_key, Page, offset
    failed = Signal(str)  # a later page or frames could not be loaded

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self.listing = Listing(limit=PAGE, facets=FACET_COLUMNS)

    def load(self, where: Filter | None = None, sort: str = "", descending: bool = True) -> None:
        """Load the first page, under another filter or in another order if one is given."""
        if where is not None:
            self.listing = replace(self.listing, where=where)
        if sort:
            self.listing = replace(self.listing, sort=sort, descending=descending)
        listing, started = self.listing, time.monotonic()
        for kind in (MORE_KIND, FRAMES_KIND):
            self._tasks.drop(kind)
        self.changed.emit(PageState(listing))

        def succeed(page: Page) -> None:
            self.changed.emit(PageState(listing, page, time.monotonic() - started))

        def fail(sentence: str) -> None:
            self.changed.emit(PageState(listing, Page((), 0, 0), 0.0, sentence))

        self._tasks.run(KIND, self._query(listing), succeed, fail, supersede=True)

    def load_more(self, offset: int) -> None:
        """Load the page that starts at this row."""
        listing = replace(self.listing, offset=offset, facets=())
        self._load(MORE_KIND, listing, lambda page: self.more.emit(page, offset))

    def load_frames(self, sequence_key: str, offset: int) -> None:
        """Load the files of a sequence that match, in the order of their frames, from this offset on."""
        where = (*self.listing.where, Condition("sequence_key", "=", sequence_key))
        listing = Listing(where, False, "frame_number", False, FRAMES, offset)
        self._load(FRAMES_KIND, listing, lambda page: self.frames.emit(sequence_key, page, offset))

    def _load(self, kind: str, listing: Listing, on_page: Callable[[Page], None]) -> None:
        self._tasks.run(kind, self._query(listing), on_page, self.failed.emit)

    def _query(self, listing: Listing) -> Callable[[StopCheck], Page]:
        def work(stop: StopCheck) -> Page:
            with self._backend.store() as store:
                return store.browse(listing)

        return work
