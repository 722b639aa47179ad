"""File actions outside the window: show in the file manager, open in a viewer, copy to the clipboard."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtGui import QGuiApplication

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.file_manager import FileManager
from exr_inspector_app.gui.session.outgoing_paths import OutgoingPaths
from exr_inspector_app.text.escape import escape_control

_PLACEHOLDER = re.compile(r"\{(path|file|frame|layer)\}")
_BATCH_FILES = (".bat", ".cmd")
_BATCH_CHARS = frozenset("&|<>^%!\"'`;(),=")  # cmd.exe reads the arguments of a batch file as commands


class FileActions(QObject):
    """Actions that return at once: paths are checked in a task, and programs are started detached."""

    message = Signal(str)  # for the status bar

    def __init__(self, viewer: str, paths: OutgoingPaths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.paths = paths
        self._file_manager = FileManager(self)
        self._file_manager.failed.connect(self.message)
        paths.message.connect(self.message)

    def set_viewer(self, viewer: str) -> None:
        """Use another command from now on."""
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
        """Start the viewer with each path that is an existing EXR file."""
        self.paths.check(paths, self._start_viewer)

    def view_frame(self, path: str, frame: str, layer: str) -> None:
        """Start the viewer with an existing EXR file at a frame and layer, for a command with these placeholders."""
        self.paths.check([path], lambda checked: self._start_viewer(checked, frame, layer))

    def reveal(self, path: str) -> None:
        """Show an existing EXR file in the file manager."""
        self.paths.check([path], lambda checked: self._file_manager.show_file(checked[0]))

    def copy(self, text: str, subject: str) -> None:
        """Copy the text to the clipboard, with bytes that are not UTF-8 replaced, and emit a message on `subject`."""
        QGuiApplication.clipboard().setText(text.encode("utf-8", "replace").decode())
        self.message.emit(strings.copied(subject))

    def _start_viewer(self, paths: list[str], frame: str = "", layer: str = "") -> None:
        for path in paths:
            command = viewer_command(self._viewer, path, frame, layer)
            if command and command[0].lower().endswith(_BATCH_FILES) and _BATCH_CHARS & set(path + layer):
                self.message.emit(strings.script_refused(self.viewer_name))
                return
            if not command or not QProcess.startDetached(command[0], command[1:])[0]:
                self.message.emit(strings.viewer_failed(self.viewer_name))
                return
        self.message.emit(strings.opened_in(self.viewer_name))


def viewer_command(command: str, path: str, frame: str = "", layer: str = "") -> list[str]:
    """Return the command split like a shell would, with its placeholders replaced.

    {file}, or {path}, is the path, which is appended without either; {frame} and {layer} are those that are shown. An
    argument whose placeholder has no value is left out with the option before it. No shell is involved, so nothing in
    the path is run as a command, and a layer whose name would be an option is left out.
    """
    try:
        arguments = [argument.strip('"') for argument in shlex.split(command, posix=os.name != "nt")]
    except ValueError:
        return []
    if not any("{path}" in argument or "{file}" in argument for argument in arguments):
        arguments += ["{path}"] if arguments else []
    values = {"path": path, "file": path, "frame": frame, "layer": "" if layer.startswith(("-", "+")) else layer}
    filled: list[str] = []
    for argument in arguments:
        names = _PLACEHOLDER.findall(argument)
        if all(values[name] for name in names if name not in ("path", "file")):
            filled.append(_PLACEHOLDER.sub(lambda match: values[match[1]], argument))
        elif len(filled) > 1 and filled[-1].startswith("-"):
            filled.pop()
    return filled
