"""The window starts with a damaged settings file, and offers to reset it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exr_inspector_app import __main__ as program
from exr_inspector_app import config
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui import app
from exr_inspector_app.gui.main_window.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def damage_settings() -> Path:
    path = config.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('viewer = "rv {path}"\nthis is no setting\n')
    return path


def test_program_starts_with_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    path = damage_settings()
    seen: list[tuple[config.Config, str]] = []

    def run(paths: list[str], settings: config.Config, *_: object, settings_fault: str, **__: object) -> int:
        seen.append((settings, settings_fault))
        return 0

    monkeypatch.setattr(app, "run", run)
    assert program.main([]) == 0
    ((settings, fault),) = seen
    assert (settings.viewer, settings.vast, settings.library) == ("", None, config.load_defaults().library)
    assert str(path) in fault
    assert program.main(["--screenshot", "a.png"]) == 1  # a script must not continue with other settings


def test_banner_resets_the_settings_and_keeps_a_copy(window: MainWindow, settle: Callable[[], None]) -> None:
    path = damage_settings()
    with pytest.raises(ConfigError) as error:
        config.load()
    window.show_settings_fault(error.value.sentence)
    banner = window.layout_.settings_banner
    assert banner.isVisible()
    assert str(path) in banner.text
    banner.button.click()
    settle()
    assert not banner.isVisible()
    assert not path.exists()
    assert any("no setting" in kept.read_text() for kept in path.parent.glob("settings*"))
    assert window.status.text.startswith("Settings reset. The old file is kept as settings")
