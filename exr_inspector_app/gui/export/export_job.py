"""Export job: writes published files, matches, and plans to tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from exr_inspector_app.contracts import Filter, Hit, StopCheck
from exr_inspector_app.gui.export import strings
from exr_inspector_app.gui.publish.plan_lines import PLAN_COLUMNS, PlanLine, plan_rows
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control

KIND = "Export"


class ExportJob(QObject):
    """Job that writes one table; each export is a row in Activity."""

    def __init__(self, backend: Backend, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._jobs = jobs

    def export_files(self, out: Path, where: Filter) -> None:
        """Write all published files that match; a cancelled export leaves no file."""

        def work(stop: StopCheck, emit: object) -> int:
            return self._backend.export(out, where, stop)

        def succeed(job: Job, count: int) -> None:
            if job.is_cancel_requested:
                job.end(strings.not_written(out.name))
            else:
                job.end(strings.files_exported(count, out.name, job.elapsed))

        job = Job(strings.EXPORT, escape_control(str(out)), kind=KIND).op(work).success(succeed)
        job.offer_repeat().run_in_background(self._jobs)

    def export_hits(self, out: Path, hits: Sequence[Hit]) -> None:
        """Write these matches."""

        def write() -> int:
            from exr_inspector_app.persistence.export import export_hits

            return export_hits(out, hits)

        self._write(strings.EXPORT, out, write, strings.matches_exported)

    def export_plan(self, out: Path, lines: Sequence[PlanLine]) -> None:
        """Write the plan of a publish, one row per file; nothing is published."""

        def write() -> int:
            from exr_inspector_app.persistence.export import export_rows  # importing Arrow takes 40 ms

            return export_rows(out, PLAN_COLUMNS, [row for line in lines for row in plan_rows(line)])

        self._write(strings.SAVE_PLAN, out, write, strings.plan_saved)

    def _write(self, title: str, out: Path, write: Callable[[], int], result: Callable[[int, str], str]) -> None:
        """Start a job that is over too soon to be cancelled."""
        job = Job(title, escape_control(str(out)), kind=KIND, is_cancellable=False)
        job.op(lambda _stop, _emit: write()).success(lambda job, count: job.end(result(count, out.name)))
        job.run_in_background(self._jobs)
