"""The ways into the session: dialogs, the clipboard, recent paths, the last session."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.drop_overlay import paths_of
from exr_inspector_app.gui.main_window.start_page import StartPage
from exr_inspector_app.gui.session.session import absolute_paths
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.text.escape import escape_control

FILTER = "OpenEXR files (*.exr *.sxr *.mxr);;All files (*)"


class OpenActions(QObject):
    """Whatever way paths come, they are remembered and join the session."""

    def __init__(
        self,
        window: QWidget,
        controller: Controller,
        settings: WindowState,
        actions: Actions,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._settings = settings
        self._actions = actions
        self._say = say
        self._start: StartPage | None = None
        self._last_session = settings.session
        actions["reopen"].setEnabled(bool(self._last_session))
        actions.recent.aboutToShow.connect(self._fill_recent)
        actions.connect(
            open_files=self.ask_files,
            open_folder=self.ask_folder,
            sample=self.open_sample,
            paste=self._paste,
            reopen=lambda: self.open(self._last_session),
            forget_recent=self._forget_recent,
        )

    def serve(self, start: StartPage) -> None:
        """What a person asks for on the start page is opened."""
        self._start = start
        start.files_wanted.connect(self.ask_files)
        start.folder_wanted.connect(self.ask_folder)
        start.sample_wanted.connect(self.open_sample)
        start.foot.opened.connect(self._open_recent)
        start.foot.shortcuts_wanted.connect(self._actions["shortcuts"].trigger)
        start.foot.commands_wanted.connect(self._actions["commands"].trigger)
        start.show_recent(self._settings.recent)

    def open(self, paths: Sequence[str]) -> None:
        """The paths join the session and are remembered."""
        if paths:
            self._settings.add_recent(absolute_paths(paths))
            self._show_recent()
            self._controller.open_paths(paths)

    def ask_files(self) -> None:
        """A dialog for files, beside which everything goes on."""
        self._ask(QFileDialog(self._window, "Open files", "", FILTER), QFileDialog.FileMode.ExistingFiles)

    def ask_folder(self) -> None:
        """A dialog for a folder, beside which everything goes on."""
        self._ask(QFileDialog(self._window, "Open folder"), QFileDialog.FileMode.Directory)

    def open_sample(self) -> None:
        """The renders that are shipped to try the program with; they are not remembered as a person's own."""
        self._controller.open_paths([str(resource("sample"))])

    def _ask(self, dialog: QFileDialog, mode: QFileDialog.FileMode) -> None:
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.open)
        dialog.open()

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        paths = paths_of(data) if data else []
        if paths:
            self.open(paths)
        else:
            self._say("There is no path on the clipboard.")

    @Slot(str)
    def _open_recent(self, path: str) -> None:
        self.open([path])

    def _forget_recent(self) -> None:
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
            action.triggered.connect(lambda _checked=False, path=path: self.open([path]))
        if menu.isEmpty():
            menu.addAction("No recent files").setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(self._actions["forget_recent"])
