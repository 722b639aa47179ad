"""What is similar to a file: the newest question counts, older ones are dropped."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import By, Hit, Query
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
        self.similar: Similar | None = None

    @property
    def is_running(self) -> bool:
        """True while an answer is on its way."""
        return self._job is not None

    def find(self, reference: Entry, by: By | None = None) -> None:
        """The reference is pinned and `changed` tells what is similar to it, by set-up unless told."""
        by = by or (self.similar.by if self.similar else "metadata")
        if reference.record is None:
            reason = "is still being read" if reference.is_waiting else "could not be read in full"
            self.forget()
            self._show(Similar(reference, by, (), f"This file {reason}, so nothing can be compared with it."))
            return
        self._replace_job(self._activity.add(Job("Find similar", plain(reference.path))))
        self._show(Similar(reference, by))
        query, job, started = Query(reference.record, by, LIMIT), self._job, time.monotonic()

        def work(stop: Stop) -> list[Hit]:
            return self._core.similar(query)

        def found(hits: list[Hit]) -> None:
            assert job is not None
            job.state = State.DONE
            job.result = f"{several(len(hits), 'hit')} in {duration(time.monotonic() - started)}"
            self._job = None
            self._show(Similar(reference, by, tuple(hits)))
            self.ended.emit(job, None)

        def failed(failure: Failure) -> None:
            self._job = None
            self._show(Similar(reference, by, (), failure.sentence))
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
