"""File actions outside the window: show in the file manager, open in a viewer, copy to the clipboard."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.text.escape import escape_control


class FileActions(QObject):
    """Actions that return at once: programs are started detached."""

    message = Signal(str)  # for the status bar

    def __init__(self, viewer: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer

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
        """Start the viewer with each path."""
        for path in paths:
            command = viewer_command(self._viewer, path)
            if not command or not QProcess.startDetached(command[0], command[1:])[0]:
                self.message.emit(strings.viewer_failed(self.viewer_name))
                return
        self.message.emit(strings.opened_in(self.viewer_name))

    def reveal(self, path: str) -> None:
        """Show the file, or its folder, in the file manager."""
        if sys.platform == "win32":
            QProcess.startDetached("explorer", ["/select,", path.replace("/", "\\")])
        elif sys.platform == "darwin":
            QProcess.startDetached("open", ["-R", path])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(os.path.dirname(path)))

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
