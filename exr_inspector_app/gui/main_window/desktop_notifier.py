"""Desktop notifications: by the system tray, by the notification program of the desktop, or by the window alone."""

from __future__ import annotations

import html
import shutil
import sys
from enum import Enum, auto

from PySide6.QtCore import QObject, QProcess, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from exr_inspector_app.config import APP

PROGRAM = "notify-send"  # of desktops without a tray, such as GNOME


class Channel(Enum):
    """Way in which a notice reaches the user."""

    WINDOW = auto()  # which is in use, and shows the message in its status bar
    TRAY = auto()
    PROGRAM = auto()
    ALERT = auto()  # the entry in the task bar demands attention; there is no other way


def choose_channel(*, is_active: bool, has_tray: bool, has_program: bool) -> Channel:
    """Return the channel of a notice: a window in use needs none, and a tray comes before the program."""
    if is_active:
        return Channel.WINDOW
    if has_tray:
        return Channel.TRAY
    return Channel.PROGRAM if has_program else Channel.ALERT


class DesktopNotifier(QObject):
    """Tray icon that exists only while something is watched, so that the tray is not filled for nothing."""

    activated = Signal()  # the user clicked on the icon or on a notification of the tray

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self._tooltip = ""

    def show_icon(self, tooltip: str) -> None:
        """Show the tray icon with this tooltip where the desktop has a tray; an empty tooltip removes it."""
        self._tooltip = tooltip
        if tooltip:
            self._make_tray()
        if self._tray is not None:
            self._tray.setToolTip(tooltip)
            self._tray.setVisible(bool(tooltip))

    def _make_tray(self) -> None:
        """Create the icon, if it is missing and the desktop has a tray; some start theirs after the program."""
        if self._tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.activated.connect(self._on_activated)
            self._tray.messageClicked.connect(self._on_activated)

    def notify(self, title: str, detail: str, *, is_problem: bool) -> Channel:
        """Notify the user, and return the channel of the notice."""
        if self._tray is None and self._tooltip:
            self.show_icon(self._tooltip)
        has_tray = self._tray is not None and self._tray.isVisible() and QSystemTrayIcon.supportsMessages()
        program = shutil.which(PROGRAM) if sys.platform.startswith("linux") else None
        channel = choose_channel(
            is_active=self._window.isActiveWindow(), has_tray=has_tray, has_program=program is not None
        )
        if channel is not Channel.WINDOW:
            QApplication.alert(self._window)
        if channel is Channel.TRAY and self._tray is not None:
            icons = QSystemTrayIcon.MessageIcon
            self._tray.showMessage(title, detail, icons.Warning if is_problem else icons.Information)
        elif channel is Channel.PROGRAM and program is not None:
            urgency = "critical" if is_problem else "normal"
            # The text is markup there; after "--" nothing is an option.
            options = [f"--app-name={APP}", f"--icon={APP}", f"--urgency={urgency}", "--"]
            QProcess.startDetached(program, [*options, title, html.escape(detail, quote=False)])
        return channel

    @Slot()
    def _on_activated(self) -> None:
        self.activated.emit()
