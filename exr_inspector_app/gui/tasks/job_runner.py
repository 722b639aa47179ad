"""Registry of the running jobs: runs the operation of each as a task, and emits progress and results."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Progress
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner


class JobRunner(QObject):
    """Registry of the running jobs; starts each as a task and emits what happens to all of them."""

    added = Signal(object)  # Job: it has been started, or was added as ended
    changed = Signal(object)  # Job: progress, state or result
    progressed = Signal(object)  # Progress of any job
    finished = Signal(object)  # Job: it has ended and its result should be shown

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._running: dict[Job, None] = {}

    def start(self, job: Job, *, supersede: bool = False) -> None:
        """Run the operation of a job in a worker."""
        if job._work is None:
            raise RuntimeError("The job has no operation")
        job._runner = self
        self._running[job] = None
        job.add_log(f"{job.title}: {job.detail}".removesuffix(": "))
        self.added.emit(job)
        job._task = self._tasks.run_with_progress(
            job.kind or job.title,
            job._work,
            partial(self._on_event, job),
            partial(self._on_success, job),
            partial(self._on_failure, job),
            supersede=supersede,
        )

    def add_ended(self, job: Job) -> None:
        """List a job that was never run, such as a failure that should be kept in Activity."""
        job._runner = self
        self.added.emit(job)

    def running(self, kind: str | None = None) -> list[Job]:
        """Return the running jobs, of one kind (by default its title) or of all."""
        return [job for job in self._running if kind in (None, job.kind or job.title)]

    def cancel(self, job: Job | None = None) -> None:
        """Cancel one job, or all that run."""
        for running in list(self._running):
            if job in (None, running):
                running.cancel()

    def discard(self, job: Job, result: str, is_announced: bool) -> None:
        """End a job; see `Job.discard`."""
        if job._task is not None:
            job._task.discard()
        self._running.pop(job, None)
        job.state, job.result = JobState.STOPPED, result
        self._emit_end(job, is_announced)

    def _on_event(self, job: Job, event: Any) -> None:
        if isinstance(event, Progress):
            job.advance(event)
            self.changed.emit(job)
            self.progressed.emit(event)
        else:
            job._on_event(job, event)

    def _on_success(self, job: Job, value: Any) -> None:
        self._running.pop(job, None)
        try:
            job._on_success(job, value)
        finally:
            if job.is_running:  # the handler gave no result, or failed
                job.end(job.result)
            self._emit_end(job, not job.is_quiet)

    def _on_failure(self, job: Job, sentence: str) -> None:
        self._running.pop(job, None)
        failure = job._task.failure if job._task else None
        job.state, job.result = JobState.FAILED, sentence
        job.report = (failure and failure.report) or sentence
        try:
            job._on_failure(job, sentence)
        finally:
            self._emit_end(job, True)

    def _emit_end(self, job: Job, is_announced: bool) -> None:
        job.figures = ""
        job.add_log(job.result)
        self.changed.emit(job)
        if is_announced:
            self.finished.emit(job)
        job.release()
