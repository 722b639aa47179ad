"""Statistics of the pixels of files, on request and in the background; what they tell of joins the findings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Progress, measure_progress
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, Task, TaskRunner, stop_one_or_all
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class StatisticsJob(QObject):
    """Each request is one job with progress, which stops within the file that it is at."""

    touched = Signal(object)  # list[Entry]
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Backend, tasks: TaskRunner, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._running: dict[Job, Task] = {}

    def measure(self, entries: Sequence[SessionFile]) -> None:
        """The pixels of these files are read; those that have none are left out."""
        chosen = [entry for entry in entries if entry.record or (entry.unpublishable and entry.unpublishable.parts)]
        if not chosen:
            return
        detail = escape_control(chosen[0].path) if len(chosen) == 1 else pluralize(len(chosen), "file")
        job, started = self._activity.add(Job("Pixel statistics", detail)), time.monotonic()
        failed, by_path = list[str](), {entry.path: entry for entry in chosen}

        def work(stop: Stop) -> Iterator[tuple[SessionFile, ExrFile] | Progress]:
            files = (file for entry in chosen if (file := entry.read_file))
            for done, file in enumerate(self._core.measure(files, stop), 1):
                yield by_path[file.path], file
                yield measure_progress("measure", done, len(chosen), started)

        def take(told: tuple[SessionFile, ExrFile] | Progress) -> None:
            if isinstance(told, Progress):
                self._activity.advance(job, told)
                self.progressed.emit(told)
                return
            entry, file = told
            if entry.measure(file):
                failed.extend(f"{escape_control(file.path)}: {escape_control(one.message)}" for one in entry.lost)
                self.touched.emit([entry])

        def over(_: None) -> None:
            stopped = self._running.pop(job).stopped()
            words = f"Measured {pluralize(job.done, 'file')} in {format_duration(time.monotonic() - started)}"
            job.end(words, stopped=stopped, failed=len(failed), report=failed)
            self.ended.emit(job, None)

        def broke(failure: Failure) -> None:
            del self._running[job]
            self.ended.emit(job, failure)

        self._running[job] = self._tasks.stream("Pixel statistics", work, take, over, broke)

    def stop(self, job: Job | None) -> None:
        """The job, or each that runs, ends."""
        stop_one_or_all(self._running, job)
