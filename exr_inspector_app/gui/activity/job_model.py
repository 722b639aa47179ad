"""Table model of background jobs, newest first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.activity import strings
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.job_runner import JobRunner

Index = QModelIndex | QPersistentModelIndex

JOB, PROGRESS, RESULT, STARTED, ACTION = range(len(strings.COLUMNS))
JOB_ROLE = Qt.ItemDataRole.UserRole + 1
MAX_JOBS = 200  # listed; the oldest finished one makes room for a new one


class ActivityModel(QAbstractTableModel):
    """Model with one row per job."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    def watch(self, jobs: JobRunner) -> None:
        """List the jobs of a runner and follow their changes."""
        jobs.added.connect(self.add)
        jobs.changed.connect(self.refresh)

    def add(self, job: Job) -> Job:
        """Insert a job at the top; one that replaces earlier jobs removes those that are finished."""
        if job.replaces_earlier:
            self._remove_finished(job.title, job.detail)
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._jobs.insert(0, job)
        self.endInsertRows()
        if len(self._jobs) > MAX_JOBS and self._jobs[-1].state is not JobState.RUNNING:
            last = len(self._jobs) - 1
            self.beginRemoveRows(QModelIndex(), last, last)
            self._jobs.pop()
            self.endRemoveRows()
        return job

    def _remove_finished(self, title: str, detail: str) -> None:
        for row in reversed(range(len(self._jobs))):
            job = self._jobs[row]
            if (job.title, job.detail) == (title, detail) and job.state is not JobState.RUNNING:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._jobs[row]
                self.endRemoveRows()

    def refresh(self, job: Job) -> None:
        """Emit that the row of `job` has changed, if it is listed."""
        if job in self._jobs:
            row = self._jobs.index(job)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(strings.COLUMNS) - 1))

    def clear_finished(self) -> None:
        """Remove all jobs that have ended."""
        self.beginResetModel()
        self._jobs = [job for job in self._jobs if job.state is JobState.RUNNING]
        self.endResetModel()

    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs, newest first."""
        return tuple(self._jobs)

    def job(self, index: Index) -> Job | None:
        """Return the job of a row."""
        is_inside = index.isValid() and 0 <= index.row() < len(self._jobs)
        return self._jobs[index.row()] if is_inside else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(strings.COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, or the job itself for JOB_ROLE."""
        job = self.job(index)
        if job is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            started = job.started.strftime("%H:%M:%S")
            return (job.title, job.counted, job.result or job.figures, started, ", ".join(job.actions))[index.column()]
        if role == JOB_ROLE:
            return job
        return job.spoken() if role == Qt.ItemDataRole.AccessibleTextRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return strings.COLUMNS[section] if 0 <= section < len(strings.COLUMNS) else None
        return None
