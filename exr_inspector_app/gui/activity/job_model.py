"""What the window did and is doing, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import Progress
from exr_inspector_app.gui.style.formatting import format_duration

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Job", "Progress", "Result", "Started", "")
JOB_ROLE = Qt.ItemDataRole.UserRole + 1
MAX_JOBS = 200  # finished jobs; older ones fall off the end


class JobState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Job:
    """One thing that a person asked for: how far it is, or how it ended."""

    title: str
    detail: str = ""
    state: JobState = JobState.RUNNING
    done: int = 0
    total: int = 0
    unit: str = ""  # of done and total, where they are no files
    figures: str = ""  # rate and time left, or files in all
    result: str = ""
    report: str = ""  # what Copy gives: an error in full
    publish_id: str | None = None  # what Undo takes back
    started: datetime = field(default_factory=datetime.now)

    @property
    def counted(self) -> str:
        """`687 of 1,048`, `12,000 of 100,000 rows`, or nothing while the length is unknown."""
        return f"{self.done:,} of {self.total:,} {self.unit}".rstrip() if self.total else ""

    @property
    def action(self) -> str:
        """The word on the row's button."""
        if self.state is JobState.RUNNING:
            return "Stop"
        if self.publish_id:
            return "Undo"
        return "Copy" if self.report else ""

    def end(self, words: str, *, stopped: bool, failed: int, report: Iterable[str]) -> None:
        """The job is over and so much of it failed; `report` says what, a line each."""
        self.state = JobState.STOPPED if stopped else JobState.FAILED if failed else JobState.DONE
        self.result = f"Stopped. {words}" if stopped else words
        self.report = "\n".join(report)

    def spoken(self) -> str:
        """The job in words."""
        facts = (self.title, self.detail, self.state.value, self.counted, self.figures, self.result)
        return ", ".join(fact for fact in facts if fact)


def progress_unit(progress: Progress) -> str:
    """What is counted."""
    return "rows" if progress.what == "compare" else "files"


def format_rate(progress: Progress) -> str:
    """`118 files/s, 3 s left`, as far as it is known."""
    facts = [f"{progress.per_second:,.0f} {progress_unit(progress)}/s"] if progress.per_second >= 1 else []
    if progress.seconds_left is not None and progress.done < progress.total:
        facts.append(f"{format_duration(progress.seconds_left)} left")
    return ", ".join(facts)


class ActivityModel(QAbstractTableModel):
    """The jobs as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    def add(self, job: Job) -> Job:
        """The job heads the list."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._jobs.insert(0, job)
        self.endInsertRows()
        if len(self._jobs) > MAX_JOBS and self._jobs[-1].state is not JobState.RUNNING:
            last = len(self._jobs) - 1
            self.beginRemoveRows(QModelIndex(), last, last)
            self._jobs.pop()
            self.endRemoveRows()
        return job

    def forget(self, title: str, detail: str) -> None:
        """Jobs of these words that are over are listed no more: a newer one stands for them."""
        for row in reversed(range(len(self._jobs))):
            job = self._jobs[row]
            if (job.title, job.detail) == (title, detail) and job.state is not JobState.RUNNING:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._jobs[row]
                self.endRemoveRows()

    def advance(self, job: Job, progress: Progress) -> None:
        """The job is so far now."""
        job.done, job.total, job.figures = progress.done, progress.total, format_rate(progress)
        self.changed(job)

    def changed(self, job: Job) -> None:
        """The job's words are shown as they are now."""
        if job in self._jobs:
            row = self._jobs.index(job)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def clear_finished(self) -> None:
        """Only running jobs are left."""
        self.beginResetModel()
        self._jobs = [job for job in self._jobs if job.state is JobState.RUNNING]
        self.endResetModel()

    def jobs(self) -> tuple[Job, ...]:
        """All jobs, newest first."""
        return tuple(self._jobs)

    def job(self, index: Index) -> Job | None:
        """The job of a row."""
        inside = index.isValid() and 0 <= index.row() < len(self._jobs)
        return self._jobs[index.row()] if inside else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The jobs."""
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Job, progress, result, time, action."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Prepared text; the job itself under JOB_ROLE."""
        job = self.job(index)
        if job is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            started = job.started.strftime("%H:%M:%S")
            return (job.title, job.counted, job.result or job.figures, started, job.action)[index.column()]
        if role == JOB_ROLE:
            return job
        return job.spoken() if role == Qt.ItemDataRole.AccessibleTextRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The column titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section] if 0 <= section < len(COLUMNS) else None
        return None
