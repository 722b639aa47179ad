"""Pixel statistics job: measures the pixels of chosen files and adds the results to their findings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Progress, StopCheck, measure_progress
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.remedies import remedy
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import emit_each
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class StatisticsJob(QObject):
    """Job that reads all pixels of files; cancelling stops it within the current file."""

    changed = Signal(object)  # list[SessionFile]

    def __init__(self, backend: Backend, jobs: JobRunner, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._jobs = jobs
        self._session = session

    def measure(self, entries: Sequence[SessionFile]) -> None:
        """Start a job for the files that have pixels, if there are any."""
        files = [entry for entry in entries if entry.record or (entry.unpublishable and entry.unpublishable.parts)]
        if not files:
            return
        by_path = {entry.path: entry for entry in files}

        def work(stop: StopCheck) -> Iterator[tuple[SessionFile, ExrFile] | Progress]:
            started = time.monotonic()
            readable = (file for entry in files if (file := entry.read_file))
            for done, file in enumerate(self._backend.measure(readable, stop), 1):
                yield by_path[file.path], file
                yield measure_progress("measure", done, len(files), started)

        detail = escape_control(files[0].path) if len(files) == 1 else pluralize(len(files), "file")
        job = Job(strings.STATISTICS, detail).op(emit_each(work))
        job.each(self._on_measured).success(self._on_end).offer_repeat(partial(self._measure_again, list(by_path)))
        job.run_in_background(self._jobs)

    def _measure_again(self, paths: Sequence[str]) -> None:
        """Measure the files that are still in the session; a job that kept them would outlive it."""
        self.measure([entry for path in paths if (entry := self._session.get(path))])

    def cancel_all(self) -> None:
        """Cancel all running jobs."""
        for job in self._jobs.running(strings.STATISTICS):
            job.cancel()

    def _on_measured(self, job: Job, measured: tuple[SessionFile, ExrFile]) -> None:
        entry, file = measured
        if entry.set_statistics(file):
            for problem in entry.lost:
                job.add_failure(file.path, problem.message, remedy(problem.code))
            self.changed.emit([entry])

    def _on_end(self, job: Job, _result: None) -> None:
        job.end(strings.measured(job.done, job.elapsed))
