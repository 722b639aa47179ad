"""Maintenance jobs of a library: recompute outdated embeddings, and create missing thumbnails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Event, PreviewStored, StopCheck, measure_progress
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import emit_each
from exr_inspector_app.services.backend import Backend


class MaintenanceJobs(QObject):
    """Jobs that stop after the current batch when they are cancelled; completed work is kept."""

    changed = Signal()  # a job has ended: more may be comparable than before

    def __init__(self, backend: Backend, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._jobs = jobs

    def recompute_embeddings(self) -> None:
        """Start a job that recomputes embeddings of older versions from stored payloads, without the files."""
        backend = replace(self._backend)  # keeps its target if another is chosen later

        def work(stop: StopCheck) -> Iterator[Event]:
            total, started = backend.outdated_counts()[0], time.monotonic()
            for done in backend.reembed(stop):
                yield measure_progress("reembed", done, max(total, done), started)

        self._start(strings.RECOMPUTE, strings.RECOMPUTE_DETAIL, work, strings.recomputed)

    def create_thumbnails(self) -> None:
        """Start a job that stores a thumbnail for each sequence that has none."""
        backend = replace(self._backend)

        def work(stop: StopCheck) -> Iterator[Event]:
            yield from backend.make_previews(stop=stop)

        self._start(strings.CREATE_THUMBNAILS, strings.CREATE_THUMBNAILS_DETAIL, work, strings.thumbnails_created)

    def _start(
        self,
        title: str,
        detail: str,
        work: Callable[[StopCheck], Iterator[Event]],
        result: Callable[[int, int, float], str],
    ) -> None:
        """Start the job unless one with this title runs already."""
        if self._jobs.running(title):
            return

        def succeed(job: Job, _: None) -> None:
            job.end(result(job.done, len(job.failures), job.elapsed))
            self.changed.emit()

        job = Job(title, detail).op(emit_each(work)).each(_on_event).success(succeed)
        job.failure(lambda _job, _sentence: self.changed.emit())
        job.offer_repeat(lambda: self._start(title, detail, work, result)).run_in_background(self._jobs)


def _on_event(job: Job, event: Event) -> None:
    if isinstance(event, PreviewStored) and event.error:
        job.add_failure(event.path, event.error)
