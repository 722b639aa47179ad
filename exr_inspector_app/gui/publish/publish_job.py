"""Publishing in three steps, each of which a person starts: the plan, the publish, and its undo."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import (
    Event,
    FilePublished,
    Plan,
    PlanStatus,
    PreviewStored,
    Progress,
    Record,
    RunFinished,
)
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job, JobState
from exr_inspector_app.gui.publish.plan_lines import Failed, PlanLine, lines
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, Task, TaskRunner
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.preview_generator import Candidate, to_candidate
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class PublishJob(QObject):
    """What the publish button and its sheet do."""

    planned = Signal(object)  # list[Line]
    plan_failed = Signal(object)  # Failure
    entries_changed = Signal(object)  # list[Entry]
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Job, Failure | None
    pictured = Signal()  # what was published has its pictures

    def __init__(
        self, core: Backend, tasks: TaskRunner, session: Session, activity: ActivityModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._session = session
        self._activity = activity
        self._job: Job | None = None
        self._task: Task | None = None
        self._started = 0.0
        self._refused: list[str] = []
        self._to_picture: tuple[Backend, list[Candidate]] = core, []

    @property
    def is_running(self) -> bool:
        """True while records are being published."""
        return self._task is not None

    @property
    def job(self) -> Job | None:
        """The publish that runs."""
        return self._job

    def prepare(self) -> None:
        """The plan for everything in the session is made; `planned` tells it."""
        records = self._session.records()

        def work(stop: Stop) -> Plan:
            return self._core.plan(records)

        self._tasks.run("Plan", work, self._planned, self.plan_failed.emit, supersede=True)

    def forget_plan(self) -> None:
        """A plan that is still being made is not shown any more."""
        self._tasks.drop("Plan")

    def _planned(self, plan: Plan) -> None:
        self.entries_changed.emit(self._session.settle(plan.items))
        self.planned.emit(self.lines_of(plan))

    def lines_of(self, plan: Plan) -> list[PlanLine]:
        """The rows of the sheet: what the store said, and what could not be read."""
        failed = [Failed(entry.path, entry.problems[0].message) for entry in self._session if entry.problems]
        return lines(plan, failed)

    def publish(self, records: Sequence[Record], target: str) -> None:
        """The records are published; `ended` tells how it went."""
        if self.is_running or not records:
            return
        self._job = self._activity.add(Job(f"Publish to {target}", pluralize(len(records), "file")))
        self._job.total = len(records)
        self._started = time.monotonic()
        self._refused = []
        core = replace(self._core)  # goes where it was said to go, whatever is chosen meanwhile
        self._to_picture = core, [to_candidate(one) for one in records]

        def events(stop: Stop) -> Iterator[Event]:
            return core.publish(list(records), stop)

        self._task = self._tasks.stream("Publish", events, self._published, self._over, self._failed)

    def stop(self, job: Job | None) -> None:
        """The publish stops after the batch that is on its way."""
        if self._task and job in (None, self._job):
            self._task.stop()

    def undo(self, job: Job) -> None:
        """What this publish added is taken back."""
        publish_id = job.publish_id
        if publish_id is None:
            return
        job.publish_id = None
        self._activity.changed(job)
        row = self._activity.add(Job("Undo", job.title))

        def undone(count: int) -> None:
            row.state = JobState.DONE
            row.result = f"Took back {pluralize(count, 'file')}"
            self.ended.emit(row, None)

        def failed(failure: Failure) -> None:
            job.publish_id = publish_id  # it can be tried again
            self._activity.changed(job)
            self.ended.emit(row, failure)

        def undo(_: Stop) -> int:
            with self._core.store() as store:
                return store.undo(publish_id)

        self._tasks.run("Undo", undo, undone, failed)

    def _published(self, event: Event) -> None:
        """One event of the publish."""
        job = self._job
        assert job is not None
        match event:
            case FilePublished(path=path, result=result):
                entry = self._session.get(path)
                if result.status == "error":
                    self._refused.append(f"{path}: {result.error or result.message}")
                if entry is not None:
                    self._settle(entry, result.status == "error", result.error or result.message)
            case Progress():
                self._activity.advance(job, event)
                self.progressed.emit(event)
            case RunFinished():
                self._tell(job, event)
            case _:
                pass

    def _settle(self, entry: SessionFile, is_refused: bool, reason: str) -> None:
        if is_refused:
            entry.failure = reason
        else:
            entry.failure, entry.status = "", PlanStatus.PRESENT
        self.entries_changed.emit([entry])

    def _tell(self, job: Job, finished: RunFinished) -> None:
        """The result in words, and what Undo and Copy need."""
        added, failed = finished.counts.get("inserted", 0), finished.failed
        took = format_duration(time.monotonic() - self._started)
        words = f"Added {pluralize(added, 'file')} in {took}"
        if present := finished.counts.get("present", 0):
            words += f", {present:,} already there"
        if failed:
            words += f", {failed:,} failed"
        job.end(words, stopped=finished.stopped, failed=failed, report=self._refused)
        job.figures = ""
        job.publish_id = finished.publish_id if added else None
        if job.publish_id:
            self._only_the_last_can_be_undone(job)

    def _only_the_last_can_be_undone(self, newest: Job) -> None:
        for job in self._activity.jobs():
            if job is not newest and job.publish_id:
                job.publish_id = None
                self._activity.changed(job)

    def _over(self, _: None) -> None:
        job, self._job, self._task = self._job, None, None
        self.ended.emit(job, None)
        self._picture()

    def _picture(self) -> None:
        """The pictures of what was published follow in the background; one that fails is only missed."""
        core, candidates = self._to_picture

        def events(stop: Stop) -> Iterator[Event]:
            return core.make_previews(candidates, stop)

        failed: list[str] = []

        def take(event: Event) -> None:
            if isinstance(event, PreviewStored) and event.error:
                failed.append(f"{escape_control(event.path)}: {event.error}")

        def over(_: None) -> None:
            if failed:
                told = f"{pluralize(len(failed), 'file')} cannot be pictured"
                self._activity.add(Job("Pictures", told, JobState.FAILED, result=failed[0], report="\n".join(failed)))
            self.pictured.emit()

        self._tasks.stream("Previews", events, take, over, _ignore)

    def _failed(self, failure: Failure) -> None:
        job, self._job, self._task = self._job, None, None
        self.ended.emit(job, failure)


def _ignore(_: object) -> None:
    """Nobody waits for this."""
