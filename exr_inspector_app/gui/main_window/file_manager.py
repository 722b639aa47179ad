"""Launcher of the system's file manager with a file selected; the file itself is never opened.

On Linux it calls `ShowItems` of org.freedesktop.FileManager1
(https://www.freedesktop.org/wiki/Specifications/file-manager-interface/), and opens the folder where no file manager
has that interface.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.text.escape import escape_control

_NAME, _PATH = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"


class FileManager(QObject):
    """File manager of the desktop. Callers pass absolute paths of existing files."""

    failed = Signal(str)  # a sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self._watcher: QObject | None = None  # of the call that is pending

    def show_file(self, path: str) -> None:
        """Show a file in its folder."""
        self._path = path
        if sys.platform == "win32":
            is_started = QProcess.startDetached("explorer", ["/select,", path.replace("/", "\\")])[0]
        elif sys.platform == "darwin":
            is_started = QProcess.startDetached("open", ["-R", path])[0]
        else:
            is_started = self._call_bus() or self._open_folder()
        if not is_started:
            self._report()

    def _call_bus(self) -> bool:
        """Ask the file manager over D-Bus without waiting for it; return False without a session bus."""
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher  # 15 ms, for this action only

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return False
        call = QDBusMessage.createMethodCall(_NAME, _PATH, _NAME, "ShowItems")
        call.setArguments([[Path(self._path).as_uri()], ""])
        watcher = QDBusPendingCallWatcher(bus.asyncCall(call), self)
        watcher.finished.connect(self._finish_call)
        self._watcher = watcher
        return True

    @Slot(object)
    def _finish_call(self, watcher: QObject) -> None:
        """Open the folder instead if no file manager has answered."""
        is_failed = bool(watcher.isError())  # type: ignore[attr-defined]
        watcher.deleteLater()
        self._watcher = None
        if is_failed and not self._open_folder():
            self._report()

    def _open_folder(self) -> bool:
        """Open the folder. It is one, since the check has found a file in it, so nothing but a file manager starts."""
        return QDesktopServices.openUrl(QUrl.fromLocalFile(os.path.dirname(self._path)))

    def _report(self) -> None:
        self.failed.emit(strings.NO_FILE_MANAGER.format(escape_control(os.path.dirname(self._path))))
