"""Open actions: file dialogs, the clipboard, recent paths, and the last session."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.path_data import path_texts
from exr_inspector_app.gui.main_window.start_page import StartPage
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.ingest.disk_check import MISSING_CODES
from exr_inspector_app.text.escape import escape_control


class OpenActions(QObject):
    """Actions that add paths to the session and to the recent paths."""

    def __init__(
        self,
        window: QWidget,
        files: SessionController,
        settings: WindowState,
        actions: Actions,
        show_message: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._files = files
        self._settings = settings
        self._actions = actions
        self._show_message = show_message
        self._start: StartPage | None = None
        self._last_session = settings.session
        self._untried: set[str] = set()  # of the paths that were opened last, those that were no recent ones
        files.opener.refused.connect(show_message)
        files.inspection.failed.connect(self._remove_missing)
        actions["reopen"].setEnabled(bool(self._last_session))
        actions.recent.aboutToShow.connect(self._fill_recent)
        actions.connect(
            open_files=self.open_file_dialog,
            open_folder=self.open_folder_dialog,
            sample=self.open_sample,
            paste=self._paste,
            reopen=lambda: self.open_paths(self._last_session),
            forget_recent=self._clear_recent,
        )

    def connect_start_page(self, start: StartPage) -> None:
        """Connect the buttons and links of the start page."""
        self._start = start
        start.open_files_requested.connect(self.open_file_dialog)
        start.open_folder_requested.connect(self.open_folder_dialog)
        start.open_sample_requested.connect(self._actions["sample"].trigger)
        start.foot.open_requested.connect(self._open_recent)
        start.foot.shortcuts_requested.connect(self._actions["shortcuts"].trigger)
        start.foot.commands_requested.connect(self._actions["commands"].trigger)
        start.show_recent(self._settings.recent)

    def keep_session(self, paths: Sequence[str]) -> None:
        """Let these paths be reopened, when another session replaces them."""
        self._last_session = list(paths)
        self._actions["reopen"].setEnabled(bool(paths))

    @Slot(list)
    def open_paths(self, paths: Sequence[str]) -> None:
        """Add the paths to the session and to the recent paths, once they are resolved."""
        self._files.opener.open_paths(paths, self._add_recent)

    def open_data(self, data: QMimeData) -> bool:
        """Add the paths that a drop or the clipboard names; return False if it holds no text."""
        texts = path_texts(data)
        self._files.opener.open_texts(texts, self._add_recent)
        return bool(texts)

    def open_file_dialog(self) -> None:
        """Open a non-modal dialog for files."""
        self._open_dialog(
            QFileDialog(self._window, strings.OPEN_FILES_TITLE, self._last_folder, strings.NAME_FILTER),
            QFileDialog.FileMode.ExistingFiles,
        )

    def open_folder_dialog(self) -> None:
        """Open a non-modal dialog for a folder."""
        dialog = QFileDialog(self._window, strings.OPEN_FOLDER_TITLE, self._last_folder)
        self._open_dialog(dialog, QFileDialog.FileMode.Directory)

    @property
    def _last_folder(self) -> str:
        """Folder of the selected file, where dialogs begin; empty for one that could not be read."""
        selection = self._files.selection
        return os.path.dirname(selection.path) if selection and selection.record and not selection.is_gone else ""

    def open_sample(self) -> None:
        """Open the bundled sample renders; they are not added to the recent paths."""
        self._files.open_paths([str(resource("sample"))])

    def _open_dialog(self, dialog: QFileDialog, mode: QFileDialog.FileMode) -> None:
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.open_paths)
        dialog.open()

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if data is None or not self.open_data(data):
            self._show_message(strings.NO_PATH_ON_CLIPBOARD)

    def _add_recent(self, paths: list[str]) -> None:
        self._untried = set(paths) - set(self._settings.recent)
        self._settings.add_recent(paths)
        self._show_recent()

    @Slot(object)
    def _remove_missing(self, failed: list[SessionFile]) -> None:
        """Remove new paths that do not exist; an earlier one may be on a disk that is not mounted now."""
        missing = {entry.path for entry in failed if entry.problems and entry.problems[0].code in MISSING_CODES}
        if missing & self._untried:
            self._settings.remove_recent(missing & self._untried)
            self._show_recent()

    @Slot(str)
    def _open_recent(self, path: str) -> None:
        self.open_paths([path])

    def _clear_recent(self) -> None:
        self._settings.clear_recent()
        self._show_recent()

    def _show_recent(self) -> None:
        if self._start:
            self._start.show_recent(self._settings.recent)

    @Slot()
    def _fill_recent(self) -> None:
        menu = self._actions.recent
        menu.clear()
        for path in self._settings.recent:
            action = menu.addAction(escape_control(path).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, path=path: self.open_paths([path]))
        if menu.isEmpty():
            menu.addAction(strings.NO_RECENT_MENU).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(self._actions["forget_recent"])
