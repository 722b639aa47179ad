"""Search controller: runs similarity searches for a reference; a newer search supersedes the running one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Filter, PartialHits, Record, Weights
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.similar.search_state import (
    SearchRequest,
    SearchResult,
    SearchState,
    Way,
    count_matches,
    search,
)
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control


class SearchController(QObject):
    """Owner of the current search; `similar` holds its state.

    Attributes:
        is_exact: True if searches compare every file in full, which is slower.
    """

    changed = Signal(object)  # SearchState | None

    def __init__(self, backend: Backend, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._jobs = jobs
        self._job: Job | None = None
        self._where: Filter = ()
        self._weights: Weights = {}
        self.is_exact = False
        self.similar: SearchState | None = None

    def search(self, reference: SessionFile, by: Way | None = None) -> None:
        """Search for files similar to a file of the session, by default in the way of the last search."""
        if reference.record is None:
            self.clear()
            sentence = strings.not_comparable(reference.is_waiting)
            self._show(SearchState(reference, by or self._by, (), sentence))
            return
        record = reference.record
        self._start(SearchState(reference, by or self._by), lambda: record)

    def search_together(self, entries: Sequence[SessionFile]) -> None:
        """Search for files similar to several files of the session; the first one gives the reasons."""
        records = [entry.record for entry in entries if entry.record]
        if len(records) < 2:
            self.search(entries[0])
            return
        first = next(entry for entry in entries if entry.record)
        reference = SessionFile(first.path, self._backend.mean_record(records))
        state = SearchState(reference, self._by, more=len(records) - 1, members=tuple(records))
        self._start(state, lambda: reference.record or records[0])

    def search_published(self, file_ids: Sequence[str], path: str) -> None:
        """Search for files similar to published ones; the first is at `path`, and none need be readable."""
        ids = tuple(file_ids)
        state = SearchState(SessionFile(path), self._by, more=len(ids) - 1, published=ids)
        self._start(state, lambda: self._backend.reference(ids))

    def search_by(self, by: Way) -> None:
        """Search again in another way."""
        if self.similar:
            self._restart(self.similar, by)

    def set_weights(self, weights: Weights) -> None:
        """Set the weights of a blend; a blend that is shown is searched again."""
        if weights != self._weights:
            self._weights = weights
            if self.similar and self.similar.by == "blend":
                self._restart(self.similar, "blend", is_quiet=True)

    def set_exact(self, is_exact: bool) -> None:
        """Set whether every file is compared in full, and search again."""
        if is_exact != self.is_exact:
            self.is_exact = is_exact
            self.rerun()

    def rerun(self) -> None:
        """Search again, since more can be compared than before."""
        if self.similar:
            self._restart(self.similar, self.similar.by)

    def refresh(self) -> None:
        """Search again since the library has changed; the matches stay until others are found."""
        if self.similar and not self.similar.failure:
            self._restart(self.similar, self.similar.by, is_quiet=True)

    def set_filter(self, where: Filter) -> None:
        """Set the conditions for matches, and search again."""
        if where != self._where:
            self._where = where
            self.rerun()

    def clear(self) -> None:
        """Drop the reference and the running search."""
        if self._job:
            self._job.discard(is_announced=True)
        self._job = None
        self._show(None)

    @property
    def _by(self) -> Way:
        """The way of the last search."""
        return self.similar.by if self.similar else "metadata"

    def _restart(self, state: SearchState, by: Way, is_quiet: bool = False) -> None:
        """Search again for the same reference."""
        record, ids = state.reference.record, state.published
        if record is not None:
            self._start(replace(state, by=by), lambda: record, is_quiet)
        elif ids:
            self._start(replace(state, by=by), lambda: self._backend.reference(ids), is_quiet)
        else:
            self.search(state.reference, by)

    def _start(self, earlier: SearchState, make_record: Callable[[], Record], is_quiet: bool = False) -> None:
        """Start a search; the matches of a quiet one are replaced only when others are found."""
        if self._job:
            self._job.discard(strings.REPLACED)
        blank = replace(earlier, hits=None, failure="", is_stopped=False, so_far=None, is_flat=False, notes=())
        state = replace(blank, where=self._where, weights=self._weights)
        has_all = is_quiet and bool(earlier.hits) and not earlier.so_far
        if is_quiet and earlier.hits:
            self.similar = replace(state, hits=earlier.hits, so_far=earlier.so_far)
        else:
            self._show(state)
        request = SearchRequest(state, make_record, self.is_exact, is_quiet, has_all)
        job = Job(
            strings.SEARCH,
            escape_control(earlier.reference.path),
            is_quiet=is_quiet,
            replaces_earlier=True,
            shows_unit=True,
        ).op(partial(search, self._backend, request))
        self._job = job.each(partial(self._on_partial_hits, request)).success(partial(self._on_result, request))
        job.failure(partial(self._on_failure, request)).cancellation(self._on_cancel)
        job.run_in_background(self._jobs, supersede=True)

    def _on_partial_hits(self, request: SearchRequest, _job: Job, event: PartialHits) -> None:
        if not request.has_all:  # hits among all files are better than hits among a part of them
            self._show(replace(request.state, hits=event.hits, so_far=(event.done, event.total)))

    def _on_result(self, request: SearchRequest, job: Job, result: SearchResult) -> None:
        self._job = None
        job.end(count_matches(result.hits, job.elapsed, request.is_exact), is_stopped=False)
        state, reference = request.state, request.state.reference
        pinned = reference if reference.record else SessionFile(reference.path, result.record)
        state = replace(state, reference=pinned, hits=result.hits, notes=result.notes)
        self._show(
            replace(
                state, has_looks=result.has_looks, left_out=result.left_out, files=result.files, is_flat=result.is_flat
            )
        )

    def _on_failure(self, request: SearchRequest, _job: Job, sentence: str) -> None:
        self._job = None
        self._show(replace(request.state, hits=(), failure=sentence))

    def _on_cancel(self, job: Job) -> None:
        """End the search at once; the reference and partial hits stay, with how far it was."""
        sentence = strings.stopped_after(job.counted)
        self._job = None
        job.discard(sentence, is_announced=True)
        if self.similar:
            stopped = replace(self.similar, is_stopped=True)
            self._show(stopped if stopped.so_far else replace(stopped, hits=(), failure=sentence))

    def _show(self, state: SearchState | None) -> None:
        self.similar = state
        self.changed.emit(state)
