"""Presenter of faults in settings files: one that cannot be read, and settings that are not known.

Without a readable file the window runs with the defaults, and the banner offers ways out.
"""

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
MAX_NOTICES = 3  # in the banner; `config` and `doctor` list all


class SettingsFaultPresenter(QObject):
    """Owner of the banner: it opens the file, moves a damaged one aside, or dismisses notices until they change."""

    def __init__(
        self, banner: MessageBanner, targets: Targets, tasks: TaskRunner, show_message: Callable[[str], None]
    ) -> None:
        super().__init__(banner)
        self._banner, self._targets, self._tasks, self._show_message = banner, targets, tasks, show_message
        self._has_fault = False
        self._dismissed: tuple[str, ...] = ()
        banner.clicked.connect(self._on_clicked)
        banner.second_clicked.connect(self._open_file)
        targets.chosen.connect(self._show_notices)

    def show(self, sentence: str) -> None:
        """Show the sentence, or without one the notices; only the settings file of the user can be reset."""
        self._has_fault = bool(sentence)
        if not sentence:
            self._show_notices()
            return
        is_own = str(config.settings_file()) in sentence
        actions = (strings.RESET_SETTINGS, strings.OPEN_FILE) if is_own else ("", "")
        self._banner.show_message("warning", strings.SETTINGS_FAULT, escape_control(sentence), *actions)
        self._banner.show()

    @Slot()
    def _show_notices(self) -> None:
        """Show the notices of the active configuration about its files, unless a fault is shown or it was dismissed."""
        if self._has_fault:
            return
        notices = self._targets.config.notices
        is_shown = bool(notices) and notices != self._dismissed
        if is_shown:
            text = "\n".join(escape_control(notice) for notice in notices[:MAX_NOTICES])
            open_file = strings.OPEN_FILE if str(config.settings_file()) in text else ""
            self._banner.show_message("warning", strings.SETTINGS_NOTICES, text, strings.DISMISS, open_file)
        self._banner.setVisible(is_shown)

    @Slot()
    def _on_clicked(self) -> None:
        if self._has_fault:
            self._reset()
            return
        self._dismissed = self._targets.config.notices
        self._banner.hide()

    @Slot()
    def _open_file(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(config.settings_file())))

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
        self._has_fault = False
        self._banner.hide()
        self._targets.configure(loaded)
        self._show_message(strings.SETTINGS_RESET.format(escape_control(kept.name)))
