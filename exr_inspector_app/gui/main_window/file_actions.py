"""File actions outside the window: show in the file manager, open in a viewer, copy to the clipboard."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr import local_path
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.text.escape import escape_control

KIND = "Locate files"


class FileActions(QObject):
    """Actions that return at once: files are located in the background, and programs are started detached.

    Files of other machines are opened at their place on this one, by the path map.
    """

    message = Signal(str)  # for the status bar

    def __init__(
        self, viewer: str, tasks: TaskRunner, roots: Sequence[Root] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._viewer, self._tasks, self._roots = viewer, tasks, tuple(roots)

    @property
    def has_viewer(self) -> bool:
        """True if a viewer is set in the settings."""
        return bool(self._viewer.strip())

    @property
    def viewer_name(self) -> str:
        """The name of the viewer, for the menu."""
        command = viewer_command(self._viewer, "")
        return escape_control(os.path.basename(command[0])) if command else strings.VIEWER

    def view(self, paths: Sequence[str]) -> None:
        """Start the viewer with each file."""
        self._locate(paths, self._start_viewer)

    def _start_viewer(self, paths: Sequence[str]) -> None:
        for path in paths:
            command = viewer_command(self._viewer, path)
            if not command or not QProcess.startDetached(command[0], command[1:])[0]:
                self.message.emit(strings.viewer_failed(self.viewer_name))
                return
        self.message.emit(strings.opened_in(self.viewer_name))

    def reveal(self, path: str) -> None:
        """Show the file, or its folder, in the file manager."""
        self._locate([path], lambda paths: self._show_in_folder(paths[0]))

    def _show_in_folder(self, path: str) -> None:
        if sys.platform == "win32":
            QProcess.startDetached("explorer", ["/select,", path.replace("/", "\\")])
        elif sys.platform == "darwin":
            QProcess.startDetached("open", ["-R", path])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(os.path.dirname(path)))

    def _locate(self, paths: Sequence[str], run: Callable[[list[str]], None]) -> None:
        """Call `run` with the places of files on this machine."""
        listed = list(paths)

        def find(_stop: StopCheck) -> list[str]:
            return [local_path(path, self._roots) for path in listed]

        self._tasks.run(KIND, find, run, self.message.emit)

    def copy(self, text: str, subject: str) -> None:
        """Copy the text to the clipboard, with bytes that are not UTF-8 replaced, and emit a message on `subject`."""
        QGuiApplication.clipboard().setText(text.encode("utf-8", "replace").decode())
        self.message.emit(strings.copied(subject))


def viewer_command(command: str, path: str) -> list[str]:
    """Return the command split like a shell would, with {path} replaced by the path, or the path appended.

    No shell is involved, so nothing in the path is run as a command.
    """
    try:
        arguments = [argument.strip('"') for argument in shlex.split(command, posix=os.name != "nt")]
    except ValueError:
        return []
    if not any("{path}" in argument for argument in arguments):
        arguments += ["{path}"] if arguments else []
    return [argument.replace("{path}", path) for argument in arguments]
