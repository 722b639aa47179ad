"""Which place is published to: chosen in the menu, the status bar or the sheet, connected in the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.target_label import TargetLabel
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton
NOBODY = "http://127.0.0.1:9"  # no server listens there


def label(window: MainWindow, where: str) -> TargetLabel:
    """Return the button of the target in the status bar."""
    return window.status.targets[where]


def fill(window: MainWindow, **values: str) -> None:
    """Fill fields of the settings sheet."""
    for key, value in values.items():
        window.targets.sheet.fields[key].setText(value)


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the keyring by one that stores no keys."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def test_target_that_is_not_set_up_opens_the_settings(qtbot: QtBot, window: MainWindow) -> None:
    assert label(window, "vast").description == "VAST, not set up"
    qtbot.mouseClick(label(window, "vast"), LEFT)
    assert window.targets.sheet.isVisible()
    assert window.controller.targets.current.where == "local"
    qtbot.keyClick(window.targets.sheet, Qt.Key.Key_Escape)
    assert not window.targets.sheet.isVisible()


def test_saved_settings_set_up_the_database_without_storing_the_key(
    qtbot: QtBot, window: MainWindow, settle: Settle, no_keyring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXR_INSPECTOR_PATIENCE", raising=False)
    window.actions_["settings"].trigger()
    assert window.targets.sheet.fields["secret_key"].echoMode() is QLineEdit.EchoMode.Password
    fill(window, endpoint=NOBODY, bucket="renders", viewer="rv {path}", patience_seconds="600", picture_cache_mb="300")
    qtbot.mouseClick(window.targets.sheet.save, LEFT)
    settle()
    assert not window.targets.sheet.isVisible()
    text = config.settings_file().read_text()
    assert NOBODY in text
    assert (config.load().viewer, config.load().patience_seconds) == ("rv {path}", 600.0)
    assert window.controller.preview.cache.max_bytes == 300 * 2**20
    assert "check settings" in label(window, "vast").description
    assert "VAST_DB_ACCESS_KEY" in label(window, "vast").toolTip()


def test_invalid_settings_stay_in_the_sheet_with_an_error(qtbot: QtBot, window: MainWindow, settle: Settle) -> None:
    window.actions_["settings"].trigger()
    fill(window, patience_seconds="soon")
    qtbot.mouseClick(window.targets.sheet.save, LEFT)
    assert "Patience must be a number of seconds" in window.targets.sheet.error.text()
    assert not config.settings_file().exists()
    fill(window, patience_seconds="", picture_cache_mb="half")
    qtbot.mouseClick(window.targets.sheet.save, LEFT)
    assert "Image cache must be a whole number of MB" in window.targets.sheet.error.text()
    fill(window, picture_cache_mb="", endpoint="ftp://x y")
    qtbot.mouseClick(window.targets.sheet.save, LEFT)
    settle()
    assert window.targets.sheet.isVisible()
    assert "Invalid endpoint" in window.targets.sheet.error.text()


def test_connection_test_shows_its_steps(qtbot: QtBot, window: MainWindow, settle: Settle, no_keyring: None) -> None:
    window.actions_["settings"].trigger()
    fill(window, endpoint=NOBODY, bucket="renders", access_key="KEY", secret_key="hunter2")
    qtbot.mouseClick(window.targets.sheet.test, LEFT)
    settle()
    steps = window.targets.sheet.steps.steps
    assert steps[0][:2] == ("Settings", True)
    assert steps[-1][:2] == ("Port", False)
    assert "hunter2" not in str(steps)
    assert window.targets.sheet.test.isEnabled()
    assert not config.settings_file().exists()


def test_values_of_the_environment_are_read_only(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAST_DB_ENDPOINT", NOBODY)
    monkeypatch.setenv("VAST_DB_SECRET_KEY", "hunter2")
    window.actions_["settings"].trigger()
    endpoint, secret = (window.targets.sheet.fields[key] for key in ("endpoint", "secret_key"))
    assert (endpoint.text(), endpoint.isEnabled()) == (NOBODY, False)
    assert (secret.text(), secret.isEnabled()) == ("", False)


@pytest.mark.parametrize("way", ["menu", "status bar", "sheet"])
def test_unavailable_target_keeps_the_files(
    qtbot: QtBot, window: MainWindow, settle: Settle, no_keyring: None, tmp_path: Path, way: str
) -> None:
    window.open_paths([str(write_exr(tmp_path / "a.exr"))])
    config.settings_file().parent.mkdir(parents=True, exist_ok=True)
    config.settings_file().write_text(f'[vast]\nendpoint = "{NOBODY}"\nbucket = "renders"\n')
    window.controller.targets.configure(config.load())
    settle()
    if way == "menu":
        window.actions_.targets["vast"].trigger()
    elif way == "status bar":
        qtbot.mouseClick(label(window, "vast"), LEFT)
    else:
        window.actions_["publish"].trigger()
        settle()
        window.sheet.target.setCurrentIndex(1)
        window.sheet.target.activated.emit(1)
    settle()
    assert window.controller.targets.current.where == "vast"
    assert window.toolbar.publish.text() == "Publish to VAST Database"
    assert window.controller.targets.current.failure
    window.actions_.targets["local"].trigger()
    settle()
    assert window.controller.targets.current.failure == ""
    [entry] = window.controller.session
    assert entry.status == "new"
