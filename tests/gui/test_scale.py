"""Scale of the window: chosen in Settings, read at the next start, and not inherited by other programs."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from exr_inspector_app.config import settings_file
from exr_inspector_app.gui.app import SCALE_VARIABLE, scaled
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.window_state import SCALES, WindowState


@pytest.mark.parametrize(("percent", "factor"), [(100, None), (125, "1.25"), (175, "1.75"), (200, "2")])
def test_scale_holds_while_the_application_is_made(
    percent: int, factor: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SCALE_VARIABLE, raising=False)
    with scaled(percent):
        assert os.environ.get(SCALE_VARIABLE) == factor
    assert SCALE_VARIABLE not in os.environ
    monkeypatch.setenv(SCALE_VARIABLE, "3")
    with scaled(percent):
        assert os.environ[SCALE_VARIABLE] == "3"
    assert os.environ[SCALE_VARIABLE] == "3"


@pytest.mark.parametrize("text", ["", "0", "-5", "99999", "1e9", "175 "])
def test_unknown_scale_reads_as_the_default(text: str) -> None:
    store = QSettings(str(settings_file().with_name("window.ini")), QSettings.Format.IniFormat)
    store.setValue("scale", text)
    store.sync()
    assert WindowState().scale == SCALES[0]


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_scale_is_chosen_in_the_settings(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["settings"].trigger()
    sheet = window.targets.settings.sheet
    qtbot.waitUntil(sheet.isVisible)
    sheet.sections.appearance.scale.set_current("175")
    sheet.save.click()
    qtbot.waitUntil(lambda: window.status.text == "Settings saved. Restart to apply the scale.")
    assert WindowState().scale == 175
    qtbot.waitUntil(lambda: not window.controller.tasks.running())
