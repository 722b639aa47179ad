"""Presenter of the help: actions that open one help dialog at a page."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.help.help_dialog import HelpDialog
from exr_inspector_app.gui.main_window.actions import Actions

_PAGES = {"window_help": "window", "similar_help": "similar", "vast_help": "vast", "shortcuts": "shortcuts"}


class HelpPresenter(QObject):
    """Owner of the help dialog, which shows one page at a time."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        for name, page in _PAGES.items():
            actions[name].triggered.connect(lambda _checked=False, page=page: self.show_page(page))

    def show_page(self, page: str) -> None:
        """Show a page in the open dialog, or in a new one."""
        dialogs = self._window.findChildren(HelpDialog)
        dialog = next((dialog for dialog in dialogs if dialog.isVisible()), None)
        if dialog is None:
            HelpDialog(page, self._window).show()
            return
        dialog.show_page(page)
        dialog.raise_()
        dialog.activateWindow()
