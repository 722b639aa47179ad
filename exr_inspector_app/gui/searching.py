"""What is similar to a file: the newest question counts, older ones are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import By, Filter, Hit, Query, Record
from exr_inspector_app.gui.models.activity import ActivityModel, Job, State
from exr_inspector_app.gui.session import Entry
from exr_inspector_app.gui.tasks import Failure, Stop, Tasks
from exr_inspector_app.gui.words import duration, several
from exr_inspector_app.report import plain
from exr_inspector_app.wiring import Core

LIMIT = 50  # sequences


@dataclass(frozen=True, slots=True)
class Similar:
    """What is similar to the reference: on its way (None), found, or why not."""

    reference: Entry
    by: By
    hits: tuple[Hit, ...] | None = None
    failure: str = ""
    more: int = 0  # files that the reference stands for beside itself
    published: tuple[str, ...] = ()  # its file_ids, where it comes from the library and not from the session
    where: Filter = ()
    has_looks: bool = False  # the store knows how the reference or some of the hits look


class Searching(QObject):
    """Asks the library what is similar to a reference."""

    changed = Signal(object)  # Similar | None
    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Core, tasks: Tasks, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._job: Job | None = None
        self._where: Filter = ()
        self.similar: Similar | None = None

    @property
    def is_running(self) -> bool:
        """True while an answer is on its way."""
        return self._job is not None

    def find(self, reference: Entry, by: By | None = None) -> None:
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
        self._ask(Similar(together, self._by, more=len(records) - 1), lambda: together.record or records[0])

    def find_published(self, file_ids: Sequence[str], path: str) -> None:
        """Published files are pinned together, the one at `path` in front; they need not be within reach."""
        ids = tuple(file_ids)
        asked = Similar(Entry(path), self._by, more=len(ids) - 1, published=ids)
        self._ask(asked, lambda: self._core.reference(ids))

    def search_by(self, by: By) -> None:
        """The same reference is compared in another way."""
        if self.similar:
            self._again(self.similar, by)

    def filter(self, where: Filter) -> None:
        """Only files of which this holds are hits from now on."""
        if where != self._where:
            self._where = where
            if self.similar:
                self._again(self.similar, self.similar.by)

    def _again(self, known: Similar, by: By) -> None:
        """Another question about the same reference."""
        record, ids = known.reference.record, known.published
        if record is not None:
            self._ask(replace(known, by=by), lambda: record)
        elif ids:
            self._ask(replace(known, by=by), lambda: self._core.reference(ids))
        else:
            self.find(known.reference, by)

    @property
    def _by(self) -> By:
        """How was compared last."""
        return self.similar.by if self.similar else "metadata"

    def _ask(self, wanted: Similar, prepare: Callable[[], Record]) -> None:
        """The question is on its way; `prepare` makes the record to compare with, in the background."""
        reference = wanted.reference
        self._replace_job(self._activity.add(Job("Find similar", plain(reference.path))))
        asked = replace(wanted, hits=None, failure="", where=self._where)
        self._show(asked)
        job, started = self._job, time.monotonic()

        def work(stop: Stop) -> tuple[Record, list[Hit], bool]:
            record = prepare()
            look = self._core.look(record, stop) if asked.by == "look" else None
            hits = self._core.similar(Query(record, asked.by, LIMIT, asked.where, look))
            seen = [record.identity.file_id, *asked.published, *(hit.file_id for hit in hits)]
            return record, hits, bool(self._core.previews(seen))

        def found(answer: tuple[Record, list[Hit], bool]) -> None:
            assert job is not None
            record, hits, has_looks = answer
            job.state = State.DONE
            job.result = f"{several(len(hits), 'hit')} in {duration(time.monotonic() - started)}"
            self._job = None
            pinned = reference if reference.record else Entry(reference.path, record)
            self._show(replace(asked, reference=pinned, hits=tuple(hits), has_looks=has_looks))
            self.ended.emit(job, None)

        def failed(failure: Failure) -> None:
            self._job = None
            self._show(replace(asked, hits=(), failure=failure.sentence))
            self.ended.emit(job, failure)

        self._tasks.run("Find similar", work, found, failed, supersede=True)

    def forget(self) -> None:
        """There is no reference, and an answer that is on its way is not shown."""
        self._tasks.drop("Find similar")
        self._replace_job(None)
        self._show(None)

    def stop(self, job: Job | None) -> None:
        """The answer to this job's question is not waited for."""
        if self._job and job in (None, self._job):
            self.forget()

    def _replace_job(self, newer: Job | None) -> None:
        """A question that still runs is not waited for any more; its row says so."""
        if self._job:
            self._job.state = State.STOPPED
            self._job.result = "Replaced by a newer search" if newer else "Stopped"
            self._activity.changed(self._job)
        self._job = newer

    def _show(self, similar: Similar | None) -> None:
        self.similar = similar
        self.changed.emit(similar)
