"""Presenter of the Storage page: makes the report when it is visible, and runs its jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import Condition, Filter, StopCheck
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.widgets.save_dialog import open_save_dialog
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.storage.report import ReportSection, StorageReport

KIND = "Storage"


class StoragePresenter(QObject):
    """Owner of the report; a report of another filter supersedes it, and drops the duplicates."""

    def __init__(
        self,
        pane: LibraryPane,
        backend: Backend,
        tasks: TaskRunner,
        jobs: JobRunner,
        filters: FilterSet,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._pane, self._backend, self._tasks, self._jobs = pane, backend, tasks, jobs
        self._filters, self._window = filters, window
        self._report: StorageReport | None = None
        self._duplicates: ReportSection | None = None
        self._version = 0  # increased with every request, so that results of an earlier filter are dropped
        page = pane.storage
        pane.storage_button.toggled.connect(self._toggle)
        filters.changed.connect(self.reload)
        page.banner.clicked.connect(self.reload)
        page.duplicates.clicked.connect(self._find_duplicates)
        page.measure.clicked.connect(self._measure)
        page.save.clicked.connect(self._save)
        page.view.row_activated.connect(self._list_files)

    @Slot()
    def reload(self) -> None:
        """Make the report again if the page is open, since the filter or the library has changed."""
        self._version += 1
        self._duplicates = None
        if not self._pane.storage_button.isChecked():
            self._report = None
            return
        self._pane.storage.show_loading()
        backend, where = replace(self._backend), self._filters.conditions

        def work(stop: StopCheck) -> StorageReport:
            return _make_report(backend, where, stop)

        self._tasks.run(KIND, work, self._set_report, self._pane.storage.show_failure, supersede=True)

    @Slot(bool)
    def _toggle(self, is_open: bool) -> None:
        self._pane.show_storage(is_open=is_open)
        if is_open and self._report is None:
            self.reload()

    @Slot()
    def _find_duplicates(self) -> None:
        def work(backend: Backend, where: Filter, stop: StopCheck) -> ReportSection:
            from exr_inspector_app.services.storage.queries import duplicates_section  # Arrow takes 40 ms: on demand

            return duplicates_section(backend, where, stop)

        def show(section: ReportSection) -> str:
            self._duplicates = section
            if self._report:
                self._set_report(self._report)
            return strings.duplicates_found(len(section.rows), section.saved_bytes)

        self._start(strings.FIND_DUPLICATES, strings.FIND_DUPLICATES_DETAIL, work, show)

    @Slot()
    def _measure(self) -> None:
        def work(backend: Backend, where: Filter, stop: StopCheck) -> StorageReport:
            return _make_report(backend, where, stop, with_statistics=True)

        def show(report: StorageReport) -> str:
            self._set_report(report)
            return strings.MEASURED

        self._start(strings.MEASURE_FLOAT, strings.MEASURE_FLOAT_DETAIL, work, show)

    def _start(
        self,
        title: str,
        detail: str,
        work: Callable[[Backend, Filter, StopCheck], Any],
        show: Callable[[Any], str],
    ) -> None:
        """Start a job that reads files, unless one with this title runs already; show its result if it still fits."""
        if self._jobs.running(title):
            return
        backend, where, version = replace(self._backend), self._filters.conditions, self._version

        def succeed(job: Job, result: Any) -> None:
            job.end(show(result) if version == self._version else strings.FILTER_CHANGED)

        job = Job(title, detail).op(lambda stop, _emit: work(backend, where, stop)).success(succeed)
        job.run_in_background(self._jobs)

    def _set_report(self, report: StorageReport) -> None:
        self._report = report
        self._pane.storage.show_report(report, self._duplicates)

    @Slot()
    def _save(self) -> None:
        report = self._report
        if report is not None:
            open_save_dialog(
                self._window,
                "storage.html",
                strings.REPORT_NAME_FILTER,
                lambda out: self._write(out, report),
                strings.SAVE_REPORT,
            )

    def _write(self, out: Path, report: StorageReport) -> None:
        """Write the report in the format that the suffix names."""
        from exr_inspector_app.config.atomic_file import write_file
        from exr_inspector_app.services.storage import formats, html

        make = {".csv": formats.csv_report, ".json": formats.json_report}.get(out.suffix.lower(), html.html_report)
        job = Job(strings.SAVE_REPORT, str(out), is_cancellable=False)
        job.op(lambda _stop, _emit: write_file(out, make(report).encode("utf-8", "backslashreplace")))
        job.success(lambda job, _: job.end(strings.report_saved(out.name))).run_in_background(self._jobs)

    @Slot(object)
    def _list_files(self, condition: Condition) -> None:
        """List the files of a row: add its condition to the filter, and return to the list."""
        self._pane.storage_button.setChecked(False)
        self._filters.add(condition)


def _make_report(backend: Backend, where: Filter, stop: StopCheck, *, with_statistics: bool = False) -> StorageReport:
    from exr_inspector_app.services.storage.queries import storage_report  # Arrow takes 40 ms: on demand

    return storage_report(backend, where, with_statistics=with_statistics, stop=stop)
