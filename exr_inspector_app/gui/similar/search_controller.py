"""What is similar to a file: the newest question counts, older ones are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Filter, PartialHits, Progress, Record, Weights
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job, JobState, progress_unit
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.similar.search_request import SearchRequest, SearchResult, answer
from exr_inspector_app.gui.similar.search_state import SearchState, Way, counted, placed
from exr_inspector_app.gui.tasks.task_runner import Failure, TaskRunner
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control


class SearchController(QObject):
    """Asks the library what is similar to a reference."""

    changed = Signal(object)  # Similar | None
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Backend, tasks: TaskRunner, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._job: Job | None = None
        self._where: Filter = ()
        self._weights: Weights = {}
        self.is_exact = False  # every file is compared in full, which takes longer
        self.similar: SearchState | None = None

    def find(self, reference: SessionFile, by: Way | None = None) -> None:
        """The reference is pinned and `changed` tells what is similar to it, by set-up unless told."""
        if reference.record is None:
            reason = "is still being read" if reference.is_waiting else "could not be read in full"
            told = f"This file {reason}, so nothing can be compared with it."
            self.forget()
            self._show(SearchState(reference, by or self._by, (), told))
            return
        record = reference.record
        self._ask(SearchState(reference, by or self._by), lambda: record)

    def find_together(self, entries: Sequence[SessionFile]) -> None:
        """Files of the session are pinned together, the first of them in front."""
        records = [entry.record for entry in entries if entry.record]
        if len(records) < 2:
            self.find(entries[0])
            return
        front = next(entry for entry in entries if entry.record)
        together = SessionFile(front.path, self._core.mean_record(records))
        members = frozenset(one.identity.sequence_key for one in records)
        asked = SearchState(together, self._by, more=len(records) - 1, members=members)
        self._ask(asked, lambda: together.record or records[0])

    def find_published(self, file_ids: Sequence[str], path: str) -> None:
        """Published files are pinned together, the one at `path` in front; they need not be within reach."""
        ids = tuple(file_ids)
        asked = SearchState(SessionFile(path), self._by, more=len(ids) - 1, published=ids)
        self._ask(asked, lambda: self._core.reference(ids))

    def search_by(self, by: Way) -> None:
        """The same reference is compared in another way."""
        if self.similar:
            self._again(self.similar, by)

    def blend(self, weights: Weights) -> None:
        """Each way has this share of a blend from now on; the hits that are shown stay until others are found."""
        if weights != self._weights:
            self._weights = weights
            if self.similar and self.similar.by == "blend":
                self._again(self.similar, "blend", is_quiet=True)

    def be_exact(self, is_exact: bool) -> None:
        """Every file is compared in full from now on, or candidates first."""
        if is_exact != self.is_exact:
            self.is_exact = is_exact
            self.again()

    def again(self) -> None:
        """More can be compared than before: the same question is asked anew, also of what is left out."""
        if self.similar:
            self._again(self.similar, self.similar.by)

    def refresh(self) -> None:
        """The library has changed: the same question is asked anew."""
        if self.similar and not self.similar.failure:
            self._again(self.similar, self.similar.by, is_quiet=True)

    def filter(self, where: Filter) -> None:
        """Only files of which this holds are hits from now on."""
        if where != self._where:
            self._where = where
            self.again()

    def _again(self, known: SearchState, by: Way, is_quiet: bool = False) -> None:
        """Another question about the same reference."""
        record, ids = known.reference.record, known.published
        if record is not None:
            self._ask(replace(known, by=by), lambda: record, is_quiet)
        elif ids:
            self._ask(replace(known, by=by), lambda: self._core.reference(ids), is_quiet)
        else:
            self.find(known.reference, by)

    @property
    def _by(self) -> Way:
        """How was compared last."""
        return self.similar.by if self.similar else "metadata"

    def _ask(self, wanted: SearchState, prepare: Callable[[], Record], is_quiet: bool = False) -> None:
        """The question is on its way; `prepare` makes the record to compare with, in the background.

        A quiet one is not shown before it is answered, and the status bar says nothing of it.
        """
        self._end_job("Replaced by a newer search")
        path = escape_control(wanted.reference.path)
        self._activity.forget("Find similar", path)
        self._job = self._activity.add(Job("Find similar", path))
        void = replace(wanted, hits=None, failure="", is_stopped=False, so_far=None)  # what was answered before
        asked = replace(void, where=self._where, weights=self._weights)
        has_all = is_quiet and bool(wanted.hits) and not wanted.so_far
        if is_quiet and wanted.hits:
            self.similar = replace(asked, hits=wanted.hits, so_far=wanted.so_far)
        else:
            self._show(asked)
        question = SearchRequest(asked, prepare, self._job, self.is_exact, is_quiet, has_all)
        self._tasks.talk(
            "Find similar",
            partial(answer, self._core, question),
            partial(self._heard, question),
            partial(self._found, question),
            partial(self._failed, question),
            supersede=True,
        )

    def _heard(self, question: SearchRequest, event: Progress | PartialHits) -> None:
        asked = question.asked
        if isinstance(event, Progress):
            self._compared(event)
        elif not question.has_all:  # hits among all files are not given up for some among a part of them
            self._show(replace(asked, hits=placed(event.hits, asked), so_far=(event.done, event.total)))

    def _found(self, question: SearchRequest, told: SearchResult) -> None:
        asked, job, reference = question.asked, question.job, question.asked.reference
        job.state = JobState.DONE
        job.result = counted(told.hits, time.monotonic() - question.started, question.is_exact)
        self._job = None
        pinned = reference if reference.record else SessionFile(reference.path, told.record)
        found = replace(asked, reference=pinned, hits=placed(told.hits, asked))
        self._show(replace(found, has_looks=told.has_looks, left_out=told.left_out, files=told.files))
        if question.is_quiet:
            self._activity.changed(job)
        else:
            self.ended.emit(job, None)

    def _failed(self, question: SearchRequest, failure: Failure) -> None:
        self._job = None
        self._show(replace(question.asked, hits=(), failure=failure.sentence))
        self.ended.emit(question.job, failure)

    def _compared(self, progress: Progress) -> None:
        """Every row has to be looked at, or much to be read, and this is how far that is."""
        if self._job:
            self._job.unit = progress_unit(progress)
            self._activity.advance(self._job, progress)
            self.progressed.emit(progress)

    def forget(self) -> None:
        """There is no reference, and an answer that is on its way is not shown."""
        self._drop()
        self._show(None)

    def stop(self, job: Job | None) -> None:
        """The answer to this job's question is not waited for; the reference stays, and it is said how far it was."""
        if self._job and self.similar and job in (None, self._job):
            far = self._job.counted
            sentence = f"Stopped after {far}." if far else "Stopped before there was an answer."
            self._drop(sentence)
            stopped = replace(self.similar, is_stopped=True)
            self._show(stopped if stopped.so_far else replace(stopped, hits=(), failure=sentence))

    def _drop(self, told: str = "Stopped") -> None:
        """A search that still runs is over; its row and the status bar say so."""
        job = self._job
        self._tasks.drop("Find similar")
        self._end_job(told)
        if job:
            self.ended.emit(job, None)

    def _end_job(self, told: str) -> None:
        """A question that still runs is not waited for any more; its row says so."""
        if self._job:
            self._job.state = JobState.STOPPED
            self._job.result = told
            self._activity.changed(self._job)
        self._job = None

    def _show(self, similar: SearchState | None) -> None:
        self.similar = similar
        self.changed.emit(similar)
