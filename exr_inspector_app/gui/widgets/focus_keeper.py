"""Keeper of the keyboard focus of a button that is disabled while its operation runs."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication


class FocusKeeper(QObject):
    """Gives the focus back to a button once it is enabled again; Qt would have moved it to any other widget."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._button: QAbstractButton | None = None

    def keep(self) -> bool:
        """Take the focus from a disabled button until it is enabled; return False if another widget has the focus."""
        focus = QApplication.focusWidget()
        if not isinstance(focus, QAbstractButton) or focus.isEnabled() or not focus.isVisible():
            return False
        self._watch(focus)
        focus.clearFocus()
        return True

    def _watch(self, button: QAbstractButton | None) -> None:
        if self._button is not None:
            with suppress(RuntimeError):  # it has been deleted since
                self._button.removeEventFilter(self)
        self._button = button
        if button is not None:
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Focus the button when it is enabled, unless the user has moved the focus."""
        button = self._button
        if event.type() == QEvent.Type.EnabledChange and button is not None and button.isEnabled():
            self._watch(None)
            if QApplication.focusWidget() is None:
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return False
