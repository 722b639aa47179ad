"""What a library lacks is made from what it has: embeddings of this version, and pictures for the look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Event, PreviewStored, Progress, measure_progress
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, Task, TaskRunner, stop_one_or_all
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class MaintenanceJobs(QObject):
    """Each is one job with progress, which stops after what is on its way; what was made stays."""

    changed = Signal()  # more can be compared than before, or could not be made so
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Job, Failure | None

    def __init__(self, core: Backend, tasks: TaskRunner, activity: ActivityModel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._activity = activity
        self._running: dict[Job, Task] = {}

    def compute_anew(self) -> None:
        """Embeddings of an older version are computed from what is stored, without the files."""
        core = replace(self._core)  # goes on where it began, whatever is chosen meanwhile

        def work(stop: Stop) -> Iterator[Event]:
            total, started = core.outdated_counts()[0], time.monotonic()
            for done in core.reembed(stop):
                yield measure_progress("reembed", done, max(total, done), started)

        self._start("Compute anew", "Embeddings of an older version", "Computed {} anew", work)

    def make_pictures(self) -> None:
        """A picture of each sequence that has none is read from its file and stored."""
        core = replace(self._core)

        def work(stop: Stop) -> Iterator[Event]:
            yield from core.make_previews(stop=stop)

        self._start("Make pictures", "One of each sequence", "Looked at {}", work)

    def stop(self, job: Job | None) -> None:
        """The job, or each that runs, ends after what is on its way."""
        stop_one_or_all(self._running, job)

    def _start(self, title: str, detail: str, told: str, work: Callable[[Stop], Iterator[Event]]) -> None:
        """The job runs, unless one of its kind does already."""
        if any(job.title == title for job in self._running):
            return
        job = self._activity.add(Job(title, detail))
        started, failed = time.monotonic(), list[str]()

        def take(event: Event) -> None:
            if isinstance(event, Progress):
                self._activity.advance(job, event)
                self.progressed.emit(event)
            elif isinstance(event, PreviewStored) and event.error:
                failed.append(f"{escape_control(event.path)}: {event.error}")

        def over(_: None) -> None:
            is_stopped = self._running.pop(job).stopped()
            words = f"{told.format(pluralize(job.done, 'file'))} in {format_duration(time.monotonic() - started)}"
            words += f", {len(failed):,} failed" if failed else ""
            job.end(words, stopped=is_stopped, failed=len(failed), report=failed)
            self.ended.emit(job, None)
            self.changed.emit()

        def broke(failure: Failure) -> None:
            del self._running[job]
            self.ended.emit(job, failure)
            self.changed.emit()

        self._running[job] = self._tasks.stream(title, work, take, over, broke)
