"""Presenter of a settings file that cannot be read: the window runs with the defaults, and offers ways out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from exr_inspector_app import config
from exr_inspector_app.config.atomic_file import set_aside
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.text.escape import escape_control

KIND = "Reset settings"


class SettingsFaultPresenter(QObject):
    """Owner of the banner: it opens the file, or moves it aside and applies the defaults."""

    def __init__(
        self, banner: MessageBanner, targets: Targets, tasks: TaskRunner, show_message: Callable[[str], None]
    ) -> None:
        super().__init__(banner)
        self._banner, self._targets, self._tasks, self._show_message = banner, targets, tasks, show_message
        banner.clicked.connect(self._reset)
        banner.second_clicked.connect(self._open_file)

    def show(self, sentence: str) -> None:
        """Show the sentence; only the settings file of the user can be reset."""
        is_own = str(config.settings_file()) in sentence
        actions = (strings.RESET_SETTINGS, strings.OPEN_FILE) if is_own else ("", "")
        self._banner.show_message("warning", strings.SETTINGS_FAULT, escape_control(sentence), *actions)
        self._banner.show()

    @Slot()
    def _open_file(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(config.settings_file())))

    @Slot()
    def _reset(self) -> None:
        def work(stop: StopCheck) -> tuple[Path, config.Config]:
            try:
                kept = set_aside(config.settings_file())
                config.settings_file().unlink(missing_ok=True)
            except OSError as error:
                raise ConfigError(strings.RESET_FAILED.format(config.settings_file(), error.strerror)) from error
            return kept, config.load()

        self._tasks.run(KIND, work, self._on_reset, self._show_message)

    def _on_reset(self, result: tuple[Path, config.Config]) -> None:
        kept, loaded = result
        self._banner.hide()
        self._targets.configure(loaded)
        self._show_message(strings.SETTINGS_RESET.format(escape_control(kept.name)))
