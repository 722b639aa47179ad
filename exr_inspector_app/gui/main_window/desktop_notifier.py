"""Desktop notifications of the system tray, where the desktop has one; otherwise the window asks for attention."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget


class DesktopNotifier(QObject):
    """Tray icon that exists only while something is watched, so that the tray is not filled for nothing."""

    activated = Signal()  # the user clicked on the icon or on a notification

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def show_icon(self, tooltip: str) -> None:
        """Show the tray icon with this tooltip where the desktop has a tray; an empty tooltip removes it."""
        if not tooltip:
            if self._tray is not None:
                self._tray.hide()
            return
        if self._tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.activated.connect(self._on_activated)
            self._tray.messageClicked.connect(self._on_activated)
        if self._tray is not None:
            self._tray.setToolTip(tooltip)
            self._tray.show()

    def notify(self, title: str, detail: str, *, is_problem: bool) -> None:
        """Notify the user, unless the window is in use and shows the message itself."""
        if self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        icons = QSystemTrayIcon.MessageIcon
        if self._tray is not None and QSystemTrayIcon.supportsMessages():
            self._tray.showMessage(title, detail, icons.Warning if is_problem else icons.Information)

    @Slot()
    def _on_activated(self) -> None:
        self.activated.emit()
