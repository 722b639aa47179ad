"""Comparison of the header with that of the previous version, in the Compare pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.file_versions import previous_version

KIND = "Previous version"


class VersionComparison(QObject):
    """Finds the previous version of the selected file on disk, in a task, and compares the headers."""

    def __init__(
        self,
        files: SessionController,
        tasks: TaskRunner,
        compare_headers: Callable[[Sequence[FileRef]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._files, self._tasks = files, tasks
        self._compare_headers = compare_headers

    @Slot()
    def compare(self) -> None:
        """Compare the selected file with its previous version, if there is one."""
        if self._files.selection is None:
            return
        path = self._files.selection.path

        def find(stop: StopCheck) -> str | None:
            return previous_version(path)

        def show(previous: str | None) -> None:
            if previous is not None:
                self._compare_headers([FileRef(previous), FileRef(path)])

        self._tasks.drop(KIND)
        self._tasks.run(KIND, find, show, lambda _sentence: None)
