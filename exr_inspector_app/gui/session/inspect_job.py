"""From paths to rows: files are read in the background, then the library is asked what it knows of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import (
    Event,
    FileInspected,
    FilesFound,
    PathUnreadable,
    Plan,
    Progress,
    Record,
    RunFinished,
)
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job, JobState
from exr_inspector_app.gui.session.record_interner import RecordInterner
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, Task, TaskRunner, stop_one_or_all
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

LOOK_UP_SECONDS = 0.5  # between two questions to the library


@dataclass(slots=True)
class _Run:
    """One run over paths: its job, and its entries by the index of its events."""

    job: Job
    entries: list[SessionFile] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)


class InspectJob(QObject):
    """Fills the session and keeps it up to date."""

    added = Signal(object)  # list[Entry]
    touched = Signal(object)  # list[Entry]
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Job, Failure | None
    looked_up = Signal()  # the library answered about some files
    look_up_failed = Signal(object)  # Failure

    def __init__(
        self, core: Backend, tasks: TaskRunner, session: Session, activity: ActivityModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._session = session
        self._activity = activity
        self._running: dict[Job, Task] = {}
        self._unplanned: dict[SessionFile, None] = {}
        self._asked = 0.0
        self._thrift = RecordInterner()  # of the whole session, since frames of a render come one by one

    @property
    def is_settled(self) -> bool:
        """True where every file has been read and the library was asked about it."""
        return not (self._running or self._unplanned or self._tasks.running("Look up"))

    def inspect(self, paths: Sequence[str], title: str) -> None:
        """The files under the paths are read (again)."""
        run, thrift = _Run(self._activity.add(Job(title, _named(paths)))), self._thrift

        def events(stop: Stop) -> Iterator[Event]:
            # The library is asked apart from this: files are shown even while it does not answer.
            for event in self._core.inspect(list(paths), stop, with_plan=False, pace=self._tasks.pace):
                yield thrift.share(event)

        self._running[run.job] = self._tasks.stream(
            "Inspect",
            events,
            lambda event: self._event(run, event),
            lambda _: self._over(run, None),
            lambda failure: self._over(run, failure),
        )

    def stop(self, job: Job | None) -> None:
        """The run, or every run, ends at its next file."""
        stop_one_or_all(self._running, job)

    def drop(self) -> None:
        """Every run ends at its next file and nothing of it is shown any more."""
        self._tasks.drop("Inspect")
        self._unplanned.clear()
        self._thrift = RecordInterner()
        for job in self._running:
            job.state, job.result, job.figures = JobState.STOPPED, "Stopped", ""
            self._activity.changed(job)
        self._running.clear()

    def forget(self, entry: SessionFile) -> None:
        """The library is not asked about this entry."""
        self._unplanned.pop(entry, None)

    def go_on(self, entry: SessionFile, file: ExrFile, record: Record | None) -> None:
        """An unfinished file has been read again."""
        self.refresh(entry, file, record and self._thrift.shared(record))

    def refresh(self, entry: SessionFile, file: ExrFile, record: Record | None) -> None:
        """The file has been read (again): its row changes and the library is asked about it."""
        entry.read(file, record)
        self.touched.emit([entry])
        if record and entry in self._session:  # nobody removed it meanwhile
            self._unplanned[entry] = None
            self._ask_library()

    def look_up_all(self) -> None:
        """The library is asked again about every file."""
        self._tasks.drop("Look up")  # what was asked before may have gone to another place
        self._unplanned = {entry: None for entry in self._session if entry.record}
        self._ask_library()

    def _event(self, run: _Run, event: Event) -> None:
        """One event of a run over paths."""
        match event:
            case FilesFound(paths, total):
                run.job.total = total
                self._enter(run, paths)
            case FileInspected(index, file, record):
                self.refresh(run.entries[index], file, record)
            case PathUnreadable():
                entry, is_new = self._session.refuse(event)
                (self.added if is_new else self.touched).emit([entry])
            case Progress():
                self._activity.advance(run.job, event)
                self.progressed.emit(event)
            case RunFinished():
                _tell(run, event)
            case _:
                pass

    def _enter(self, run: _Run, paths: Sequence[str]) -> None:
        """Rows for paths that have been found."""
        entered = [self._session.enter(path) for path in paths]
        run.entries += [entry for entry, _ in entered]
        self.touched.emit([entry for entry, is_new in entered if not is_new])
        self.added.emit([entry for entry, is_new in entered if is_new])

    def _over(self, run: _Run, failure: Failure | None) -> None:
        del self._running[run.job]
        self._ask_library()
        self.ended.emit(run.job, failure)

    def _ask_library(self) -> None:
        """Asks about all files read so far, one question at a time and now and then while more are read."""
        now = time.monotonic()
        is_early = bool(self._running) and now - self._asked < LOOK_UP_SECONDS
        if not self._unplanned or is_early or self._tasks.running("Look up"):
            return
        self._asked = now
        records = [entry.record for entry in self._unplanned if entry.record]
        self._unplanned = {}

        def work(stop: Stop) -> Plan:
            return self._core.plan(records)

        self._tasks.run("Look up", work, self._planned, self._plan_failed)

    def _planned(self, plan: Plan) -> None:
        self.touched.emit(self._session.settle(plan.items))
        self._ask_library()
        self.looked_up.emit()

    def _plan_failed(self, failure: Failure) -> None:
        self._unplanned.clear()
        self.look_up_failed.emit(failure)


def _tell(run: _Run, finished: RunFinished) -> None:
    """The result of a run in words."""
    job, count = run.job, pluralize(finished.done, "file")
    took = format_duration(time.monotonic() - run.started)
    job.state = JobState.STOPPED if finished.stopped else JobState.DONE
    job.result = f"Stopped after {count}" if finished.stopped else f"Inspected {count} in {took}"
    if finished.failed:
        job.result += f", {finished.failed:,} could not be read"
    job.figures = ""
    job.report = "\n".join(
        f"{escape_control(entry.path)}: {escape_control(problem.message)}"
        for entry in run.entries
        for problem in entry.problems
    )


def _named(paths: Sequence[str]) -> str:
    """What is opened, in a few words."""
    return escape_control(paths[0]) if len(paths) == 1 else f"{escape_control(paths[0])} and {len(paths) - 1:,} more"
