"""Presenter of the publish targets and of the settings sheet, in which a VAST Database is connected."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app import config
from exr_inspector_app.config import Secret, writer
from exr_inspector_app.contracts import Step, StopCheck
from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.roots_presenter import RootsPresenter
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.publish import strings as publish_strings
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.target_state import Target, TargetCause
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.settings.settings_sheet import SettingsSheet
from exr_inspector_app.gui.settings.strings import LABELS
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Where
from exr_inspector_app.services.diagnosis import diagnose

_VAST_KEYS = ("endpoint", "bucket", "schema", "region", "ca_file")  # of the settings file
_OTHER_KEYS = ("viewer", "path_template", "patience_seconds", "picture_cache_mb")
SAVE_KIND, TEST_KIND = "Settings", "Test"


class TargetPresenter(QObject):
    """Shows both targets with their health, changes the chosen one, and saves and tests settings."""

    closed = Signal()  # the sheet
    check_requested = Signal()  # of the chosen target

    def __init__(
        self,
        layout: Layout,
        targets: Targets,
        publishing: PublishJob,
        tasks: TaskRunner,
        settings: WindowState,
        actions: Actions,
        toolbar: Toolbar,
        status: StatusBar,
    ) -> None:
        super().__init__(layout)
        self._layout = layout
        self._targets, self._publishing, self._tasks = targets, publishing, tasks
        self._settings = settings
        self._actions = actions
        self._toolbar = toolbar
        self._status = status
        self._shown_note = ""
        self.sheet = SettingsSheet(layout)
        self._roots = RootsPresenter(self.sheet.roots, targets, tasks, self)
        self.sheet.save_requested.connect(self._save)
        self.sheet.test_requested.connect(self._test)
        self.sheet.cancelled.connect(self._close)
        status.target_requested.connect(self.choose)
        toolbar.settings.clicked.connect(actions["settings"].trigger)
        targets.changed.connect(self._show)
        targets.chosen.connect(self._show)
        layout.banner.clicked.connect(self._on_banner)
        for where, action in actions.targets.items():
            action.triggered.connect(lambda _checked=False, where=where: self.choose(where))
        actions.connect(settings=self.open_target_settings)
        if settings.target == "vast":
            targets.choose("vast")
        for target in targets.all:
            self._show(target)

    @Slot(str)
    def choose(self, where: Where) -> None:
        """Choose a target; open the settings sheet instead if it is not set up."""
        targets = self._targets
        if not next(target for target in targets.all if target.where == where).is_set_up:
            self._show(targets.current)  # restores the mark in the menu
            self.open_target_settings()
            return
        if self._publishing.is_running:
            self._show(targets.current)
            self._status.show_message(strings.PUBLISH_IS_RUNNING)
            return
        targets.choose(where)
        self._settings.target = where

    def open_target_settings(self) -> None:
        """Open the sheet with the values of the settings file and of the environment."""
        try:
            table = config.read_settings(config.settings_file())
        except KnownError as error:
            self._status.show_message(error.sentence)
            return
        vast_table = table.get("vast")
        vast = vast_table if isinstance(vast_table, Mapping) else {}
        values = {key: str(vast.get(key, "")) for key in (*_VAST_KEYS, "access_key")}
        values |= {key: str(table.get(key, "")) for key in _OTHER_KEYS}
        keys = (*_VAST_KEYS, "access_key", "secret_key")
        fixed = {key: name for key in (*keys, "patience_seconds") if os.environ.get(name := _variable(key))}
        shown = {key: "" if key == "secret_key" else os.environ[name] for key, name in fixed.items()}
        library, target = str(self._targets.config.library), self._targets.current.name
        self.sheet.open_sheet({**values, **shown}, fixed, library, target)
        self._roots.load()
        self.fit_window()

    def fit_window(self) -> None:
        """Place the sheet at the right, between toolbar and status bar."""
        self.sheet.fit_window(self._toolbar.height(), self._status.height())

    @Slot(object)
    def _show(self, target: Target) -> None:
        current = self._targets.current
        if target.where == current.where and target.note != self._shown_note:
            self._shown_note = target.note
            if target.note:
                self._status.show_message(target.note)
        self._status.show_target(target, is_chosen=target.where == current.where)
        if target.where == current.where:
            self._show_fault(target)
            self._toolbar.name_target(target.name)
            for other in self._targets.all:
                if other.where != current.where:
                    self._status.show_target(other, is_chosen=False)
        for where, action in self._actions.targets.items():
            action.setChecked(where == current.where)

    def _show_fault(self, target: Target) -> None:
        """Show the one banner about the chosen target, with the button that helps."""
        title = publish_strings.target_fault(target.name, target.health.value)
        action = strings.SETTINGS if target.health is TargetCause.SETTINGS else publish_strings.TRY_AGAIN
        self._layout.show_fault(title, target.fault, action)

    @Slot()
    def _on_banner(self) -> None:
        if self._targets.current.health is TargetCause.SETTINGS:
            self.open_target_settings()
        elif not self._publishing.retry_last():
            self.check_requested.emit()

    @Slot()
    def _close(self) -> None:
        self._tasks.drop(TEST_KIND)
        self._roots.drop()
        self.sheet.hide()
        self.closed.emit()

    @Slot(object)
    def _save(self, values: dict[str, str]) -> None:
        """Save values to the settings file and keys to the keyring, in a worker: a keyring may show a dialog."""
        try:
            if values["patience_seconds"]:
                config.parse_patience(values["patience_seconds"], LABELS["patience_seconds"])
            config.parse_picture_cache(values["picture_cache_mb"], LABELS["picture_cache_mb"])
            save_roots = self._roots.saving()
        except KnownError as error:
            self.sheet.show_error(error.sentence)
            return

        def work(stop: StopCheck) -> config.Config | str:
            if refusal := save_roots(stop):
                return refusal
            writer.save_settings({key: values[key] for key in _OTHER_KEYS}, {key: values[key] for key in _VAST_KEYS})
            saved = config.load()
            if saved.vast and values["access_key"] and values["secret_key"]:
                writer.save_keys(saved.vast.endpoint, values["access_key"], Secret(values["secret_key"]))
            return saved

        self._tasks.run(SAVE_KIND, work, self._on_saved, self.sheet.show_error, supersede=True)

    def _on_saved(self, saved: config.Config | str) -> None:
        """Close the sheet, or show why nothing was saved."""
        if isinstance(saved, str):
            self.sheet.show_error(saved)
            self.sheet.roots.offer_rekey()
            return
        self._close()
        self._targets.configure(saved)
        self._status.show_message(strings.SETTINGS_SAVED)

    @Slot(object)
    def _test(self, values: dict[str, str]) -> None:
        """Test the connection with the entered values step by step, without saving them."""

        def steps(stop: StopCheck) -> Iterator[Step]:
            for step in diagnose(_entered_config(values)):
                yield step
                if stop():
                    return

        self._tasks.run_iter(TEST_KIND, steps, self._on_step, self._on_tested, self._on_test_failure, supersede=True)

    def _on_step(self, step: Step) -> None:
        self.sheet.steps.add(step.name, step.ok, step.sentence)

    def _on_tested(self, _: None) -> None:
        self.sheet.set_testing(is_testing=False)

    def _on_test_failure(self, sentence: str) -> None:
        self.sheet.steps.add(strings.SETTINGS, False, sentence)
        self.sheet.set_testing(is_testing=False)


def _entered_config(values: Mapping[str, str]) -> config.Config:
    """Return the configuration that results from the entered values."""
    event = {f"vastdb_{key}": values[key] for key in (*_VAST_KEYS, "access_key", "secret_key") if key != "ca_file"}
    entered, saved = config.load(event=event), config.load()
    if entered.vast and saved.vast and entered.vast.endpoint == saved.vast.endpoint:  # keys that are not shown
        access, secret = entered.vast.access_key or saved.vast.access_key, entered.vast.secret_key
        entered = replace(
            entered, vast=replace(entered.vast, access_key=access, secret_key=secret or saved.vast.secret_key)
        )
    if entered.vast and values["ca_file"]:
        return replace(entered, vast=replace(entered.vast, ca_file=Path(values["ca_file"]).expanduser()))
    return entered


def _variable(key: str) -> str:
    if key == "patience_seconds":
        return "EXR_INSPECTOR_PATIENCE"
    return f"VAST_DB_{key.upper()}"
