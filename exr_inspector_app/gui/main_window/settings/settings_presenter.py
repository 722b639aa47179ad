"""Presenter of the settings page: opens it, saves its values, tests the connection, and keeps keys until the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app import config
from exr_inspector_app.config import Secret, writer
from exr_inspector_app.contracts import Step, StopCheck
from exr_inspector_app.errors import ConfigError, KnownError
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.settings import settings_values
from exr_inspector_app.gui.main_window.settings.roots_presenter import RootsPresenter
from exr_inspector_app.gui.main_window.settings.settings_files import SettingsFiles
from exr_inspector_app.gui.main_window.settings.settings_values import OTHER_KEYS, VAST_KEYS
from exr_inspector_app.gui.preview.color.color_presenter import ColorPresenter
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.session.session import Session
from exr_inspector_app.gui.settings.databases import targets_to_save
from exr_inspector_app.gui.settings.settings_sheet import SettingsSheet
from exr_inspector_app.gui.settings.strings import INIT_COMMAND
from exr_inspector_app.gui.settings.window_state import Scheme, WindowState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.diagnosis import create_tables, diagnose

SAVE_KIND, TEST_KIND, TABLES_KIND = "Settings", "Test", "Create tables"


class _Outcome(NamedTuple):
    """Result of a save: the active configuration, or a sentence about the values that were not saved."""

    loaded: config.Config | None = None
    rekey_sentence: str = ""  # roots that would change keys
    keyring_sentence: str = ""  # keys that no keyring takes


class SettingsPresenter(QObject):
    """Connects the settings page with the files of the settings, the keyring, the targets and the window."""

    opened = Signal()
    closed = Signal()
    message = Signal(str)

    def __init__(
        self,
        layout: Layout,
        services: tuple[Targets, PublishJob, Session, TaskRunner],
        colors: ColorPresenter,
        state: WindowState,
        actions: Actions,
        bars: tuple[QWidget, QWidget],
    ) -> None:
        super().__init__(layout)
        self._colors, self._state, self._actions = colors, state, actions
        self._targets, publishing, self._session, self._tasks = services
        self._bars = bars  # above and below the page
        self._session_keys: dict[str, tuple[str, Secret]] = {}  # by endpoint, in memory only
        self.sheet = SettingsSheet(layout)
        self._roots = RootsPresenter(self.sheet.roots, self._targets, self._tasks, self)
        self.files = SettingsFiles(self.sheet, self._targets, publishing, self._tasks, self._apply, self)
        self.sheet.save_requested.connect(self._save)
        self.sheet.test_requested.connect(self._test)
        self.sheet.session_keys_requested.connect(self._use_until_quit)
        self.sheet.create_tables.clicked.connect(self._create_tables)
        self.sheet.cancelled.connect(self._close)
        actions.connect(settings=self.open)

    @Slot()
    def open(self) -> None:
        """Open the page with the values of the settings file and of the environment."""
        try:
            table = config.read_settings(config.settings_file())
        except KnownError as error:
            self.message.emit(error.sentence)
            return
        self.sheet.open_sheet(settings_values.contents(table, self._targets, self._session, self._state))
        self._roots.load()
        self.fit_window()
        self.opened.emit()

    def fit_window(self) -> None:
        """Place the page between the bars of the window."""
        above, below = self._bars
        self.sheet.fit_window(above.height(), below.height())

    @Slot()
    def _close(self) -> None:
        self._tasks.drop(TEST_KIND)
        self._roots.drop()
        self.sheet.hide()
        self.closed.emit()

    # Saving

    @Slot(object)
    def _save(self, values: dict[str, str]) -> None:
        """Save values to the settings file and keys to the keyring, in a worker: a keyring may show a dialog."""
        try:
            save_roots = self._roots.saving()
        except KnownError as error:
            self.sheet.show_error(error.sentence)
            return
        own = {key for key, field in self.sheet.fields.items() if field.isEnabled()}  # not of the environment
        targets = targets_to_save(self.sheet.sections.databases.databases)

        def work(stop: StopCheck) -> _Outcome:
            if refusal := save_roots(stop):
                return _Outcome(rekey_sentence=refusal)
            texts, vast = ({key: values[key] for key in keys if key in own} for keys in (OTHER_KEYS, VAST_KEYS))
            writer.save_settings(texts, vast, targets=targets)
            saved = config.load()
            if saved.vast and values["access_key"] and values["secret_key"]:
                try:
                    writer.save_keys(saved.vast.endpoint, values["access_key"], Secret(values["secret_key"]))
                except ConfigError as error:
                    return _Outcome(saved, keyring_sentence=error.sentence)
            return _Outcome(saved)

        self._tasks.run(SAVE_KIND, work, self._on_saved, self.sheet.show_error, supersede=True)

    def _on_saved(self, outcome: _Outcome) -> None:
        """Close the page, or show which values were not saved."""
        if outcome.loaded is None:
            self.sheet.show_error(outcome.rekey_sentence)
            self.sheet.roots.offer_rekey()
            return
        is_rescaled = self._apply_window()
        self._apply(outcome.loaded)
        if outcome.keyring_sentence:
            self.sheet.show_error(outcome.keyring_sentence, offers_session_keys=True)
            return
        self._close()
        self.message.emit(strings.SETTINGS_SAVED_RESTART if is_rescaled else strings.SETTINGS_SAVED)

    def _apply(self, loaded: config.Config) -> None:
        """Put a configuration into force, with the keys that are used until the end."""
        vast = loaded.vast
        keys = self._session_keys.get(vast.endpoint) if vast else None
        if vast and keys:
            loaded = replace(loaded, vast=replace(vast, access_key=keys[0], secret_key=keys[1]))
        self._targets.configure(loaded)

    def _apply_window(self) -> bool:
        """Apply the settings of the window: theme, scale and color configuration; return True if the scale changed."""
        sections, state = self.sheet.sections, self._state
        scheme = Scheme(sections.appearance.scheme.current)
        if scheme is not state.scheme:
            self._actions.schemes[scheme].trigger()
        scale = int(sections.appearance.scale.current)
        is_rescaled, state.scale = scale != state.scale, scale
        if sections.color.source != state.color_configuration:
            self._colors.choose(sections.color.source)
        return is_rescaled

    @Slot(object)
    def _use_until_quit(self, values: dict[str, str]) -> None:
        """Use keys that no keyring takes until the window is closed; they are not written anywhere."""
        loaded = self._targets.config
        if loaded.vast:
            self._session_keys[loaded.vast.endpoint] = (values["access_key"], Secret(values["secret_key"]))
        self._close()
        self._apply(loaded)
        self.message.emit(strings.KEYS_UNTIL_QUIT)

    # Testing

    @Slot(object)
    def _test(self, values: dict[str, str]) -> None:
        """Test the connection with the entered values step by step, without saving them."""
        keys = self._session_keys

        def steps(stop: StopCheck) -> Iterator[Step]:
            for step in diagnose(_entered_config(values, keys)):
                yield step
                if stop():
                    return

        self._tasks.run_iter(TEST_KIND, steps, self._on_step, self._on_tested, self._on_test_failure, supersede=True)

    def _on_step(self, step: Step) -> None:
        self.sheet.steps.add(step.name, step.ok, step.sentence)
        if not step.ok and INIT_COMMAND in step.sentence:
            self.sheet.create_tables.show()

    def _on_tested(self, _: None) -> None:
        self.sheet.set_testing(is_testing=False)

    def _on_test_failure(self, sentence: str) -> None:
        self.sheet.steps.add(strings.SETTINGS, False, sentence)
        self.sheet.set_testing(is_testing=False)

    @Slot()
    def _create_tables(self) -> None:
        """Create the tables in the database that the form describes, then test the connection again."""
        values, keys = self.sheet.values, self._session_keys
        self.sheet.create_tables.setEnabled(False)

        def work(stop: StopCheck) -> None:
            create_tables(_entered_config(values, keys))

        self._tasks.run(TABLES_KIND, work, self._on_tables_created, self._on_tables_failed, supersede=True)

    def _on_tables_created(self, _: None) -> None:
        self.sheet.create_tables.setEnabled(True)
        if self.sheet.isVisible():
            self.sheet.test.click()

    def _on_tables_failed(self, sentence: str) -> None:
        self.sheet.create_tables.setEnabled(True)
        self.sheet.steps.add(TABLES_KIND, False, sentence)


def _entered_config(values: Mapping[str, str], session_keys: Mapping[str, tuple[str, Secret]]) -> config.Config:
    """Return the configuration that results from the entered values."""
    event = {f"vastdb_{key}": values[key] for key in (*VAST_KEYS, "access_key", "secret_key") if key != "ca_file"}
    entered, saved = config.load(event=event), config.load()
    vast = entered.vast
    if vast is None:
        return entered
    if saved.vast and vast.endpoint == saved.vast.endpoint:  # keys that are not shown
        access, secret = vast.access_key or saved.vast.access_key, vast.secret_key or saved.vast.secret_key
        vast = replace(vast, access_key=access, secret_key=secret)
    if vast.endpoint in session_keys and not vast.secret_key:
        access, secret = session_keys[vast.endpoint]
        vast = replace(vast, access_key=access, secret_key=secret)
    if values["ca_file"]:
        vast = replace(vast, ca_file=Path(values["ca_file"]).expanduser())
    return replace(entered, vast=vast)
