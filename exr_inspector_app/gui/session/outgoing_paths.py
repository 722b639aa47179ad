"""Gate for paths to other programs: checks in a task, or within a time limit for a drag, which cannot wait for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.ingest.reader_pool import READ_TIMEOUT_S, run_with_timeout
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.external_paths import CheckedPaths, check_paths, is_on_unknown_host

KIND = "Check paths"
MAX_DRAG_WAIT_S = 0.5  # Qt needs the data of a drag at once


class OutgoingPaths(QObject):
    """Source of paths for a viewer, the file manager, drags and the clipboard: existing EXR files only.

    Refused paths are reported by `message`; see `check_paths` for the rules.
    """

    message = Signal(str)  # for the status bar

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks

    def check(self, paths: Sequence[str], on_success: Callable[[list[str]], None]) -> None:
        """Check the paths in a task, and pass those that other programs may get to `on_success`, if there are any."""

        def finish(checked: CheckedPaths) -> None:
            if checked.paths:
                on_success(checked.paths)
            if checked.refused:
                self.message.emit(strings.paths_refused(checked.refused, len(paths)))

        if paths:
            work = partial(self._check, list(paths), READ_TIMEOUT_S)
            self._tasks.run(KIND, work, finish, self.message.emit)

    def copy(self, paths: Sequence[str]) -> None:
        """Copy the paths to the clipboard once they are checked."""
        self.check(paths, self._copy_checked)

    def create_mime_data(self, paths: Sequence[str]) -> QMimeData:
        """Return the data of a drag: the paths that could be checked in time, as URLs and as plain text."""
        checked = self._check(list(paths), MAX_DRAG_WAIT_S, never_stop) if paths else CheckedPaths([], [])
        if checked.refused:
            self.message.emit(strings.paths_refused(checked.refused, len(paths)))
        data = QMimeData()
        if checked.paths:
            urls = "".join(f"{Path(path).as_uri()}\r\n" for path in checked.paths)
            data.setData("text/uri-list", urls.encode("ascii"))
            data.setText(_to_text(checked.paths))
        return data

    def without_unknown_hosts(self, paths: Sequence[str]) -> list[str]:
        """Return the paths that this program itself may open, and report the rest."""
        allowed = [path for path in paths if self.may_open(path)]
        if len(allowed) < len(paths):
            self.message.emit(strings.HOSTS_REFUSED)
        return allowed

    def may_open(self, path: str) -> bool:
        """Return False for a path on a host outside the roots of the settings."""
        return not is_on_unknown_host(path, self._backend.config.roots)

    def _check(self, paths: list[str], seconds: float, stop: StopCheck) -> CheckedPaths:
        """Check the paths in a reader thread, since their storage may not answer."""
        roots = self._backend.config.roots
        checked = run_with_timeout(lambda _: check_paths(paths, roots, stop), paths[0], stop, seconds)
        return CheckedPaths([], [strings.STORAGE_STALLED]) if checked is None else checked

    def _copy_checked(self, paths: list[str]) -> None:
        QGuiApplication.clipboard().setText(_to_text(paths))
        self.message.emit(strings.copied_paths(len(paths)))


def _to_text(paths: Sequence[str]) -> str:
    """Return the paths one per line, with bytes that are not UTF-8 replaced."""
    return "\n".join(paths).encode("utf-8", "replace").decode()
