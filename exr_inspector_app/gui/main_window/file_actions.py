"""What can be done with a path outside the window: show it in its folder, in a viewer, on the clipboard."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from exr_inspector_app.text.escape import escape_control

NO_VIEWER = 'Name a viewer in the settings file, such as  viewer = "rv {path}"'


class FileActions(QObject):
    """Each ends at once: programs are started, never waited for."""

    said = Signal(str)  # a sentence for the status bar

    def __init__(self, viewer: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer

    @property
    def has_viewer(self) -> bool:
        """True where the settings name a viewer."""
        return bool(self._viewer.strip())

    @property
    def viewer_name(self) -> str:
        """The program's name, for the menu."""
        words = viewer_words(self._viewer, "")
        return escape_control(os.path.basename(words[0])) if words else "viewer"

    def view(self, paths: Sequence[str]) -> None:
        """The viewer of the settings is started with each path."""
        for path in paths:
            words = viewer_words(self._viewer, path)
            if not words or not QProcess.startDetached(words[0], words[1:])[0]:
                self.said.emit(f"{self.viewer_name} could not be started; look at `viewer` in the settings file.")
                return
        self.said.emit(f"Opened in {self.viewer_name}")

    def reveal(self, path: str) -> None:
        """The file manager shows the file, or its folder."""
        if sys.platform == "win32":
            QProcess.startDetached("explorer", ["/select,", path.replace("/", "\\")])
        elif sys.platform == "darwin":
            QProcess.startDetached("open", ["-R", path])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(os.path.dirname(path)))

    def copy(self, text: str, what: str) -> None:
        """The text is on the clipboard; bytes that are not UTF-8 are replaced."""
        QGuiApplication.clipboard().setText(text.encode("utf-8", "replace").decode())
        self.said.emit(f"{what} on the clipboard")


def viewer_words(command: str, path: str) -> list[str]:
    """The command in words, as a shell splits them but without one; {path} stands for the path, or it comes last.

    No shell sees the path, so nothing in its name is a command.
    """
    try:
        words = [word.strip('"') for word in shlex.split(command, posix=os.name != "nt")]
    except ValueError:
        return []
    if not any("{path}" in word for word in words):
        words += ["{path}"] if words else []
    return [word.replace("{path}", path) for word in words]
