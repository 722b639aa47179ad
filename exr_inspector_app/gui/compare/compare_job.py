"""Compare job: reads the headers of several files in the background and diffs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.compare.compare_model import DiffLine, build_lines
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend

MAX_FILES = 24
KIND = "Compare"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Files that are compared, and the lines of their diff: None while the headers are read."""

    subjects: tuple[FileRef, ...]
    lines: tuple[DiffLine, ...] | None = ()
    stored: tuple[bool, ...] = ()  # for each file: its published header is shown, since the file cannot be read
    failure: str = ""


class CompareJob(QObject):
    """Owner of the current comparison; the headers may come from the session, from disk, or from a store."""

    changed = Signal(object)  # Comparison

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self.comparison = Comparison(())

    def compare(self, subjects: Sequence[FileRef]) -> None:
        """Compare these files, at most MAX_FILES, instead of the current ones."""
        self._start(tuple(dict.fromkeys(subjects))[:MAX_FILES])

    def add(self, subjects: Sequence[FileRef]) -> None:
        """Add files to the comparison."""
        known = {subject.path for subject in self.comparison.subjects}
        self.compare([*self.comparison.subjects, *(subject for subject in subjects if subject.path not in known)])

    def remove(self, removed: FileRef) -> None:
        """Remove a file from the comparison."""
        self.compare([subject for subject in self.comparison.subjects if subject != removed])

    def reload(self) -> None:
        """Read the headers of the same files again."""
        self._start(self.comparison.subjects)

    def _start(self, subjects: tuple[FileRef, ...]) -> None:
        self._tasks.drop(KIND)
        if len(subjects) < 2:
            self._show(Comparison(subjects))
            return
        pending = Comparison(subjects, None)
        self._show(pending)

        def work(stop: StopCheck) -> tuple[tuple[DiffLine, ...], tuple[bool, ...]]:
            headers = [self._backend.header_or_stored(subject.path, subject.file_id) for subject in subjects]
            return build_lines([file for file, _ in headers]), tuple(is_stored for _, is_stored in headers)

        def succeed(result: tuple[tuple[DiffLine, ...], tuple[bool, ...]]) -> None:
            self._show(replace(pending, lines=result[0], stored=result[1]))

        def fail(sentence: str) -> None:
            self._show(replace(pending, lines=(), failure=sentence))

        self._tasks.run(KIND, work, succeed, fail, supersede=True)

    def _show(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.changed.emit(comparison)
