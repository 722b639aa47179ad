"""What is listed is written to tables: files of the library, hits and plans, each by a job of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Filter, Hit
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job, JobState
from exr_inspector_app.gui.publish.plan_lines import PLAN_COLUMNS, PlanLine, plan_rows
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, Task, TaskRunner, stop_one_or_all
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class ExportJob(QObject):
    """The job tells how it went."""

    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Backend, tasks: TaskRunner, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._running: dict[Job, Task] = {}  # those that can be stopped

    def files(self, out: Path, where: Filter) -> None:
        """All published files that match are written."""
        started = time.monotonic()

        def work(stop: Stop) -> int:
            return self._core.export(out, where, stop)

        def told(count: int) -> str:
            took = format_duration(time.monotonic() - started)
            return f"Exported {pluralize(count, 'file')} to {escape_control(out.name)} in {took}"

        job, task = self._start(out, work, told)
        self._running[job] = task

    def hits(self, out: Path, hits: Sequence[Hit]) -> None:
        """These hits are written, which takes no time."""

        def work(stop: Stop) -> int:
            from exr_inspector_app.persistence.export import export_hits

            return export_hits(out, hits)

        self._start(out, work, lambda count: f"Exported {pluralize(count, 'hit')} to {escape_control(out.name)}")

    def plan(self, out: Path, lines: Sequence[PlanLine]) -> None:
        """The plan of a publish is written, a row a file; nothing is published."""

        def work(stop: Stop) -> int:
            from exr_inspector_app.persistence.export import export_rows  # Arrow takes 40 ms

            return export_rows(out, PLAN_COLUMNS, [row for line in lines for row in plan_rows(line)])

        self._start(
            out,
            work,
            lambda count: f"Saved the plan of {pluralize(count, 'file')} as {escape_control(out.name)}",
            "Save plan",
        )

    def stop(self, job: Job | None) -> None:
        """An export ends without its file."""
        stop_one_or_all(self._running, job)

    def _start(
        self, out: Path, work: Callable[[Stop], int], told: Callable[[int], str], title: str = "Export list"
    ) -> tuple[Job, Task]:
        job = self._activity.add(Job(title, escape_control(str(out))))

        def done(count: int) -> None:
            task = self._running.pop(job, None)
            is_stopped = task is not None and task.stopped()
            job.state = JobState.STOPPED if is_stopped else JobState.DONE
            job.result = f"Stopped; {escape_control(out.name)} was not written" if is_stopped else told(count)
            self.ended.emit(job, None)

        def failed(failure: Failure) -> None:
            self._running.pop(job, None)
            self.ended.emit(job, failure)

        return job, self._tasks.run("Export", work, done, failed)
