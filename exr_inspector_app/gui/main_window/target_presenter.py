"""Which place is published to, and the settings sheet on which a VAST Database is connected."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app import config
from exr_inspector_app.config import Secret, writer
from exr_inspector_app.contracts import Step
from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.publish.targets import Target
from exr_inspector_app.gui.settings.settings_sheet import SettingsSheet
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop
from exr_inspector_app.services.backend import Where, diagnose

_VAST = ("endpoint", "bucket", "schema", "region", "ca_file")  # what a settings file may hold of it
_OTHERS = ("viewer", "path_template")


class TargetPresenter(QObject):
    """Shows every target and its health, changes the chosen one, and keeps what the settings sheet says."""

    closed = Signal()  # the sheet
    bug = Signal(object)  # Failure with a report

    def __init__(
        self,
        whole: QWidget,
        controller: Controller,
        settings: WindowState,
        actions: Actions,
        toolbar: Toolbar,
        status: StatusBar,
    ) -> None:
        super().__init__(whole)
        self._controller = controller
        self._tasks = controller.tasks
        self._settings = settings
        self._actions = actions
        self._toolbar = toolbar
        self._status = status
        self.sheet = SettingsSheet(whole)
        self.sheet.save_requested.connect(self._save)
        self.sheet.test_requested.connect(self._test)
        self.sheet.cancelled.connect(self._close)
        status.target_wanted.connect(self.choose)
        toolbar.settings.clicked.connect(actions["settings"].trigger)
        controller.target_changed.connect(self._show)
        for where, action in actions.targets.items():
            action.triggered.connect(lambda _checked=False, where=where: self.choose(where))
        actions.connect(settings=self.open)
        if settings.target == "vast":
            controller.targets.choose("vast")
        for target in controller.targets.all:
            self._show(target)

    @Slot(str)
    def choose(self, where: Where) -> None:
        """Everything goes to this place from now on; one that is not set up is set up first."""
        targets = self._controller.targets
        if not next(target for target in targets.all if target.where == where).is_set_up:
            self._show(targets.current)  # the menu's mark goes back
            self.open()
            return
        if self._controller.publishing.is_running:
            self._show(targets.current)
            self._status.say("A publish is running; choose another target when it is over.")
            return
        targets.choose(where)
        self._settings.target = where

    def open(self) -> None:
        """The sheet with what the settings file says."""
        try:
            table = config.read_settings(config.settings_file())
        except KnownError as error:
            self._status.say(error.sentence)
            return
        found = table.get("vast")
        vast = found if isinstance(found, Mapping) else {}
        words = {key: str(vast.get(key, "")) for key in (*_VAST, "access_key")}
        words |= {key: str(table.get(key, "")) for key in _OTHERS}
        fixed = {key: name for key in (*_VAST, "access_key", "secret_key") if os.environ.get(name := _variable(key))}
        shown = {key: "" if key == "secret_key" else os.environ[name] for key, name in fixed.items()}
        self.sheet.open_sheet({**words, **shown}, fixed, str(self._controller.targets.config.library))
        self.place()

    def place(self) -> None:
        """The sheet is at the right, between toolbar and status bar."""
        self.sheet.place(self._toolbar.height(), self._status.height())

    @Slot(object)
    def _show(self, target: Target) -> None:
        current = self._controller.target
        self._status.show_target(target, target.where == current.where)
        if target.where == current.where:
            self._toolbar.name_target(target.name)
            for other in self._controller.targets.all:
                if other.where != current.where:
                    self._status.show_target(other, False)
        for where, action in self._actions.targets.items():
            action.setChecked(where == current.where)

    @Slot()
    def _close(self) -> None:
        self._tasks.drop("Test")
        self.sheet.hide()
        self.closed.emit()

    @Slot(object)
    def _save(self, words: dict[str, str]) -> None:
        """Words go to the settings file, keys to the keyring, in the background: a keyring may ask the person."""

        def work(stop: Stop) -> config.Config:
            writer.save_settings({key: words[key] for key in _OTHERS}, {key: words[key] for key in _VAST})
            made = config.load()
            if made.vast and words["access_key"] and words["secret_key"]:
                writer.save_keys(made.vast.endpoint, words["access_key"], Secret(words["secret_key"]))
            return made

        self._tasks.run("Settings", work, self._saved, self._not_saved, supersede=True)

    def _saved(self, made: config.Config) -> None:
        self._close()
        self._controller.targets.configure(made)
        self._status.say("Settings saved.")

    def _not_saved(self, failure: Failure) -> None:
        self.sheet.show_error(failure.sentence)
        if failure.report:
            self.bug.emit(failure)

    @Slot(object)
    def _test(self, words: dict[str, str]) -> None:
        """The steps of the connection with the words as they stand; nothing is kept."""

        def steps(stop: Stop) -> Iterator[Step]:
            for step in diagnose(_entered(words)):
                yield step
                if stop():
                    return

        self._tasks.stream("Test", steps, self._step, self._tested, self._not_tested, supersede=True)

    def _step(self, step: Step) -> None:
        self.sheet.steps.add(step.name, step.ok, step.sentence)

    def _tested(self, _: None) -> None:
        self.sheet.set_testing(False)

    def _not_tested(self, failure: Failure) -> None:
        self.sheet.steps.add("Settings", False, failure.sentence)
        self.sheet.set_testing(False)
        if failure.report:
            self.bug.emit(failure)


def _entered(words: Mapping[str, str]) -> config.Config:
    """The configuration as it would be with these words."""
    told = {f"vastdb_{key}": words[key] for key in (*_VAST, "access_key", "secret_key") if key != "ca_file"}
    made = config.load(event=told)
    if made.vast and words["ca_file"]:
        return replace(made, vast=replace(made.vast, ca_file=Path(words["ca_file"]).expanduser()))
    return made


def _variable(key: str) -> str:
    return f"VAST_DB_{key.upper()}"
