"""Presenter of color management: loads configurations in a task, and keeps the choices of the user."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.color.configuration import COLORIMETRIC, LoadedConfiguration, load_configuration
from exr_inspector_app.color.processor import DisplayChoice
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.color_menus import CHOOSE_FILE
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

CONFIGURATION_KIND = "Color configuration"


class ColorPresenter(QWidget):
    """Connects the color menus of the preview to configurations and to the settings of the window."""

    def __init__(
        self, preview: PreviewPane, tasks: TaskRunner, settings: WindowState, show_message: Callable[[str], None]
    ) -> None:
        super().__init__(preview)
        self.hide()  # parent of the file dialog only
        self._preview, self._tasks, self._settings, self._show_message = preview, tasks, settings, show_message
        preview.spaces_by_folder.update(settings.file_spaces)
        preview.configuration_requested.connect(self.choose)
        preview.view_chosen.connect(self._keep_view)
        preview.space_chosen.connect(settings.set_file_space)
        preview.canvas.renderer.failed.connect(self._fall_back)
        if settings.color_configuration or os.environ.get("OCIO"):
            self._load(settings.color_configuration, settings.color_view)

    @Slot(str)
    def choose(self, source: str) -> None:
        """Use a configuration, as `load_configuration` takes it, or let the user choose a file (CHOOSE_FILE)."""
        if source != CHOOSE_FILE:
            self._load(source, ("", ""), is_kept=True)
            return
        self._preview.show_color_choices()  # the menu shows its option until a file is chosen
        dialog = QFileDialog(self.window(), strings.CONFIGURATION_TITLE, "", strings.CONFIGURATION_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._load(path, ("", ""), is_kept=True))
        dialog.open()

    def _load(self, source: str, view: tuple[str, str], *, is_kept: bool = False) -> None:
        """Load a configuration in a task, and keep it for later runs if it can be used."""

        def work(stop: StopCheck) -> LoadedConfiguration:
            return load_configuration(source, stop=stop)

        def succeed(loaded: LoadedConfiguration) -> None:
            configuration, sentence = loaded
            choice = DisplayChoice(*view)
            try:
                configuration.complete(*view)
            except ConfigError:  # the configuration has changed since
                choice = DisplayChoice()
            self._preview.show_configuration(configuration, choice)
            if sentence:
                self._show_message(sentence)
            elif is_kept:
                self._settings.color_configuration = source
                self._settings.color_view = view

        self._tasks.run(CONFIGURATION_KIND, work, succeed, self._show_message, supersede=True)

    @Slot(object)
    def _keep_view(self, choice: DisplayChoice) -> None:
        self._settings.color_view = (choice.display, choice.view)

    @Slot(str)
    def _fall_back(self, sentence: str) -> None:
        """Show the default view after a view that cannot be shown, and no configuration after that one."""
        self._show_message(sentence)
        color = self._preview.color
        is_default = color.choice == DisplayChoice()
        self._preview.show_configuration(COLORIMETRIC if is_default else color.configuration, DisplayChoice())
        self._settings.color_view = ("", "")
