"""What is similar to a file: the newest question counts, older ones are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Filter, FirstHits, Hit, Progress, Query, Record, Weights
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.gui.found import Similar, Way, counted, placed
from exr_inspector_app.gui.models.activity import ActivityModel, Job, State, unit_of
from exr_inspector_app.gui.session import Entry
from exr_inspector_app.gui.tasks import Failure, Say, Stop, Tasks
from exr_inspector_app.gui.words import several
from exr_inspector_app.report import plain
from exr_inspector_app.wiring import Core

LIMIT = 50  # sequences


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the library has told of one question."""

    record: Record
    hits: tuple[Hit, ...]
    has_looks: bool
    left_out: tuple[int, int]
    files: int


class Searching(QObject):
    """Asks the library what is similar to a reference."""

    changed = Signal(object)  # Similar | None
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Core, tasks: Tasks, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._job: Job | None = None
        self._where: Filter = ()
        self._weights: Weights = {}
        self.is_exact = False  # every file is compared in full, which takes longer
        self.similar: Similar | None = None

    @property
    def is_running(self) -> bool:
        """True while an answer is on its way."""
        return self._job is not None

    def find(self, reference: Entry, by: Way | None = None) -> None:
        """The reference is pinned and `changed` tells what is similar to it, by set-up unless told."""
        if reference.record is None:
            reason = "is still being read" if reference.is_waiting else "could not be read in full"
            told = f"This file {reason}, so nothing can be compared with it."
            self.forget()
            self._show(Similar(reference, by or self._by, (), told))
            return
        record = reference.record
        self._ask(Similar(reference, by or self._by), lambda: record)

    def find_together(self, entries: Sequence[Entry]) -> None:
        """Files of the session are pinned together, the first of them in front."""
        records = [entry.record for entry in entries if entry.record]
        if len(records) < 2:
            self.find(entries[0])
            return
        front = next(entry for entry in entries if entry.record)
        together = Entry(front.path, self._core.together(records))
        members = frozenset(one.identity.sequence_key for one in records)
        asked = Similar(together, self._by, more=len(records) - 1, members=members)
        self._ask(asked, lambda: together.record or records[0])

    def find_published(self, file_ids: Sequence[str], path: str) -> None:
        """Published files are pinned together, the one at `path` in front; they need not be within reach."""
        ids = tuple(file_ids)
        asked = Similar(Entry(path), self._by, more=len(ids) - 1, published=ids)
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

    def _again(self, known: Similar, by: Way, is_quiet: bool = False) -> None:
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

    def _ask(self, wanted: Similar, prepare: Callable[[], Record], is_quiet: bool = False) -> None:
        """The question is on its way; `prepare` makes the record to compare with, in the background.

        A quiet one is not shown before it is answered, and the status bar says nothing of it.
        """
        reference = wanted.reference
        self._replace_job(None)
        self._activity.forget("Find similar", plain(reference.path))
        self._job = self._activity.add(Job("Find similar", plain(reference.path)))
        void = replace(wanted, hits=None, failure="", is_stopped=False, so_far=None)  # what was answered before
        asked = replace(void, where=self._where, weights=self._weights)
        is_kept = is_quiet and bool(wanted.hits) and not wanted.so_far
        if is_quiet and wanted.hits:
            self.similar = replace(asked, hits=wanted.hits, so_far=wanted.so_far)
        else:
            self._show(asked)
        job, started, exact = self._job, time.monotonic(), self.is_exact

        def work(stop: Stop, say: Say) -> _Answer:
            record = prepare()
            hits = self._core.similar(replace(self._query(record, asked, stop), exact=exact), stop, say)
            seen = [record.identity.file_id, *asked.published, *(hit.file_id for hit in hits)]
            left_out = asked.left_out if is_quiet else self._core.left_out()
            files = 0 if hits else self._core.count(asked.where)
            return _Answer(record, tuple(hits), bool(self._core.previews(seen)), left_out, files)

        def found(answer: _Answer) -> None:
            assert job is not None
            job.state = State.DONE
            job.result = counted(answer.hits, time.monotonic() - started, exact)
            self._job = None
            pinned = reference if reference.record else Entry(reference.path, answer.record)
            told = replace(asked, reference=pinned, hits=placed(answer.hits, asked))
            told = replace(told, has_looks=answer.has_looks, left_out=answer.left_out, files=answer.files)
            self._show(told)
            if is_quiet:
                self._activity.changed(job)
            else:
                self.ended.emit(job, None)

        def failed(failure: Failure) -> None:
            self._job = None
            self._show(replace(asked, hits=(), failure=failure.sentence))
            self.ended.emit(job, failure)

        def heard(event: Progress | FirstHits) -> None:
            if isinstance(event, Progress):
                self._compared(event)
            elif not is_kept:  # hits among all files are not given up for some among a part of them
                self._show(replace(asked, hits=placed(event.hits, asked), so_far=(event.done, event.total)))

        self._tasks.talk("Find similar", work, heard, found, failed, supersede=True)

    def _compared(self, progress: Progress) -> None:
        """Every row has to be looked at, or much to be read, and this is how far that is."""
        if self._job:
            self._job.unit = unit_of(progress)
            self._activity.advance(self._job, progress)
            self.progressed.emit(progress)

    def _query(self, record: Record, asked: Similar, stop: Stop) -> Query:
        """The question for the store; a blend does without the look of a file whose pixels cannot be read."""
        if asked.by != "blend":
            look = self._core.look(record, stop) if asked.by == "look" else None
            return Query(record, asked.by, LIMIT, asked.where, look)
        query = Query(record, "metadata", LIMIT, asked.where, weights=asked.weights)
        if not asked.weights.get("look"):
            return query
        try:
            return replace(query, look=self._core.look(record, stop))
        except PixelsError:
            rest: Weights = {by: weight for by, weight in asked.weights.items() if by != "look"}
            if not any(rest.values()):
                raise
            return replace(query, weights=rest)

    def export(self, out: Path) -> None:
        """The hits that are shown are written to a table; the job tells how it went."""
        hits = (self.similar.hits or ()) if self.similar else ()
        job = self._activity.add(Job("Export list", plain(str(out))))

        def work(stop: Stop) -> int:
            from exr_inspector_app.persistence.export import (
                export_hits,  # Arrow takes 40 ms: not before the first paint
            )

            return export_hits(out, hits)

        def done(count: int) -> None:
            job.state = State.DONE
            job.result = f"Exported {several(count, 'hit')} to {plain(out.name)}"
            self.ended.emit(job, None)

        self._tasks.run("Export", work, done, lambda failure: self.ended.emit(job, failure))

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
        self._replace_job(None, told)
        if job:
            self.ended.emit(job, None)

    def _replace_job(self, newer: Job | None, told: str = "Replaced by a newer search") -> None:
        """A question that still runs is not waited for any more; its row says so."""
        if self._job:
            self._job.state = State.STOPPED
            self._job.result = told
            self._activity.changed(self._job)
        self._job = newer

    def _show(self, similar: Similar | None) -> None:
        self.similar = similar
        self.changed.emit(similar)
