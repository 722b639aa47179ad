"""Inspection job: reads files in the background, then queries the library for their publish status."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import (
    Event,
    FileInspected,
    FilesFound,
    PathUnreadable,
    Plan,
    Record,
    RunFinished,
    StopCheck,
)
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.opened_files import FileCallback
from exr_inspector_app.gui.session.record_interner import RecordInterner
from exr_inspector_app.gui.session.remedies import remedy
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner, emit_each
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend

KIND = "Inspect"
PLAN_KIND = "Check library"
PLAN_INTERVAL_S = 0.5  # between two queries while files are being inspected


class InspectJob(QObject):
    """Job that fills the session and keeps the publish status of its files up to date."""

    added = Signal(object)  # list[SessionFile]
    changed = Signal(object)  # list[SessionFile]
    failed = Signal(object)  # list[SessionFile] that have problems, at the end of an inspection
    frame_changed = Signal(object)  # list[SessionFile]: their frame differs now that they have siblings
    plan_applied = Signal()  # the library answered for some files
    plan_failed = Signal(str)  # a sentence

    def __init__(self, backend: Backend, tasks: TaskRunner, jobs: JobRunner, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._jobs = jobs
        self._session = session
        self._unplanned: dict[SessionFile, None] = {}
        self._last_plan = 0.0
        self._interner = RecordInterner()  # of the whole session, since frames of a render come one by one
        self._found: dict[Job, list[SessionFile]] = {}  # by running job; a job in Activity outlives the session

    @property
    def is_settled(self) -> bool:
        """True if all files have been inspected and the library has answered for them."""
        return not (self._jobs.running(KIND) or self._unplanned or self._tasks.running(PLAN_KIND))

    def inspect(self, paths: Sequence[str], title: str = strings.INSPECT, watch: FileCallback | None = None) -> Job:
        """Start a job that inspects the files under the paths, again if they are in the session already.

        Args:
            paths: Files, folders and sequences.
            title: Name of the job.
            watch: Called with each file once it is in the session, and again once it is inspected.
        """
        interner = self._interner

        def read(stop: StopCheck) -> Iterator[Event]:
            # The library is queried apart from this: files are shown even while it does not respond.
            for event in self._backend.inspect(list(paths), stop, with_plan=False, pace=self._tasks.pace):
                yield interner.intern_event(event)

        job = Job(title, strings.paths_detail(list(paths)), kind=KIND).op(emit_each(read))
        job.each(partial(self._on_event, watch or _ignore)).success(self._on_end).failure(self._on_end)
        return job.offer_repeat(lambda: self.inspect(paths, title)).run_in_background(self._jobs)

    def _inspect_again(self, paths: Sequence[str]) -> None:
        self.inspect([path for path in paths if self._session.get(path)], strings.RELOAD)

    def discard_all(self) -> None:
        """End all inspections and drop the files that they still report."""
        for job in self._jobs.running(KIND):
            job.discard()
        self._found.clear()
        self._tasks.drop(KIND)
        self._unplanned.clear()
        self._interner = RecordInterner()

    def skip_plan(self, entry: SessionFile) -> None:
        """Leave a file out of the next query to the library."""
        self._unplanned.pop(entry, None)

    def refresh_unfinished(self, entry: SessionFile, file: ExrFile, record: Record | None) -> None:
        """Store the new contents of an unfinished file."""
        self.refresh(entry, file, record and self._interner.intern(record))

    def refresh(self, entry: SessionFile, file: ExrFile, record: Record | None) -> None:
        """Store the new contents of a file, and queue it for the next query to the library."""
        entry.set_contents(file, record)
        self.changed.emit([entry])
        if record and entry in self._session:  # it may have been removed from the session
            self._unplanned[entry] = None
            self._query_plan()

    def plan_all(self) -> None:
        """Query the library again for all files."""
        self._tasks.drop(PLAN_KIND)  # the earlier query may have gone to another target
        self._unplanned = {entry: None for entry in self._session if entry.record}
        self._query_plan()

    def _on_event(self, watch: FileCallback, job: Job, event: Event) -> None:
        entries = self._found.setdefault(job, [])
        match event:
            case FilesFound(paths, total, frames):
                job.total = total
                new_entries = self._add(paths, frames)
                entries += new_entries
                for entry in new_entries:
                    watch(entry)
            case FileInspected(index, file, record):
                self.refresh(entries[index], file, record)
                watch(entries[index])
            case PathUnreadable():
                entry, is_new = self._session.add_unreadable(event)
                (self.added if is_new else self.changed).emit([entry])
                watch(entry)
            case RunFinished():
                _end(job, event, entries)
                if failed := [entry for entry in entries if entry.problems]:
                    failed_paths = [entry.path for entry in failed]
                    job.offer_retry(lambda: self._inspect_again(failed_paths), len(failed))
                    self.failed.emit(failed)
            case _:
                pass

    def _add(self, paths: Sequence[str], frames: Sequence[Frame | None]) -> list[SessionFile]:
        """Add waiting files to the session and return them, one per path."""
        known = {path: entry.frame for path in paths if (entry := self._session.get(path))}
        added = [self._session.add(path, frame) for path, frame in zip(paths, frames, strict=True)]
        moved = [entry for entry, is_new in added if not is_new and entry.frame != known.get(entry.path, entry.frame)]
        if moved:
            self.frame_changed.emit(moved)
        self.changed.emit([entry for entry, is_new in added if not is_new])
        self.added.emit([entry for entry, is_new in added if is_new])
        return [entry for entry, _ in added]

    def _on_end(self, job: Job, _result: object) -> None:
        self._found.pop(job, None)
        self._query_plan()

    def _query_plan(self) -> None:
        """Query the library for all files inspected so far, one query at a time and at intervals."""
        now = time.monotonic()
        is_early = bool(self._jobs.running(KIND)) and now - self._last_plan < PLAN_INTERVAL_S
        if not self._unplanned or is_early or self._tasks.running(PLAN_KIND):
            return
        self._last_plan = now
        records = [entry.record for entry in self._unplanned if entry.record]
        self._unplanned = {}

        def work(stop: StopCheck) -> Plan:
            return self._backend.plan(records)

        self._tasks.run(PLAN_KIND, work, self._on_plan, self._on_plan_failure)

    def _on_plan(self, plan: Plan) -> None:
        self.changed.emit(self._session.apply_plan(plan.items))
        self._query_plan()
        self.plan_applied.emit()

    def _on_plan_failure(self, sentence: str) -> None:
        self._unplanned.clear()
        self.plan_failed.emit(sentence)


def _ignore(_entry: SessionFile) -> None:
    """Do nothing: files that the user did not open."""


def _end(job: Job, finished: RunFinished, entries: Sequence[SessionFile]) -> None:
    """Set state, result and failures of an inspection; the job itself fails if no file could be read."""
    for entry in entries:
        for problem in entry.problems:
            job.add_failure(entry.path, problem.message, remedy(problem.code))
    is_failed = 0 < finished.failed >= finished.done
    job.state = JobState.STOPPED if finished.stopped else JobState.FAILED if is_failed else JobState.DONE
    job.result = strings.inspected(finished.done, finished.failed, job.elapsed, finished.stopped)
    job.report = job.failure_report
