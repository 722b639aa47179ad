"""Headers beside each other: files of the session, files on disk, and files that only a store still knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.gui.compare.compare_model import DiffLine, build_lines
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.services.backend import Backend

MOST = 24  # files at one time


@dataclass(frozen=True, slots=True)
class Comparison:
    """Files beside each other; `lines` are on their way while None."""

    subjects: tuple[FileRef, ...]
    lines: tuple[DiffLine, ...] | None = ()
    stored: tuple[bool, ...] = ()  # for each file: told by the store, since the file is out of reach
    failure: str = ""


class CompareJob(QObject):
    """Keeps which files are compared and reads their headers in the background."""

    changed = Signal(object)  # Comparison

    def __init__(self, core: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self.comparison = Comparison(())

    def compare(self, subjects: Sequence[FileRef]) -> None:
        """These files and no others."""
        self._show(tuple(dict.fromkeys(subjects))[:MOST])

    def add(self, subjects: Sequence[FileRef]) -> None:
        """These files beside those that are there."""
        known = {one.path for one in self.comparison.subjects}
        self.compare([*self.comparison.subjects, *(one for one in subjects if one.path not in known)])

    def remove(self, subject: FileRef) -> None:
        """The file is compared no more."""
        self.compare([one for one in self.comparison.subjects if one != subject])

    def again(self) -> None:
        """The same files are read anew."""
        self._show(self.comparison.subjects)

    def _show(self, subjects: tuple[FileRef, ...]) -> None:
        self._tasks.drop("Compare")
        if len(subjects) < 2:
            self._tell(Comparison(subjects))
            return
        asked = Comparison(subjects, None)
        self._tell(asked)

        def work(stop: Stop) -> tuple[tuple[DiffLine, ...], tuple[bool, ...]]:
            found = [self._core.header_or_stored(one.path, one.file_id) for one in subjects]
            return build_lines([file for file, _ in found]), tuple(is_stored for _, is_stored in found)

        def compared(answer: tuple[tuple[DiffLine, ...], tuple[bool, ...]]) -> None:
            self._tell(replace(asked, lines=answer[0], stored=answer[1]))

        def failed(failure: Failure) -> None:
            self._tell(replace(asked, lines=(), failure=failure.sentence))

        self._tasks.run("Compare", work, compared, failed, supersede=True)

    def _tell(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.changed.emit(comparison)
