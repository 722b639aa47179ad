"""Window state: values survive a restart, and invalid ones read as the default."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QByteArray, QSettings

from exr_inspector_app import config
from exr_inspector_app.gui.settings.window_state import MAX_RECENT_PATHS, Scheme, WindowState


def in_another_process(expression: str) -> str:
    """Return the printed value of an expression over `settings` in a new process."""
    code = (
        "from exr_inspector_app.gui.settings.window_state import WindowState;"
        f" settings = WindowState(); print({expression})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_defaults() -> None:
    settings = WindowState()
    assert (settings.scheme, settings.recent, settings.session) == (Scheme.DARK, [], [])
    assert settings.state("window").isEmpty()


@pytest.mark.parametrize("paths", [["/a/one.exr"], ["/a, b;=/ü \\ %41.exr", "/b"], []])
def test_recent_paths_survive_a_restart(paths: list[str]) -> None:
    settings = WindowState()
    settings.add_recent(paths)
    settings.session = paths
    settings.flush()
    assert in_another_process("(settings.recent, settings.session)") == repr((paths, paths))


def test_scheme_and_state_survive_a_restart() -> None:
    settings = WindowState()
    settings.scheme = Scheme.LIGHT
    settings.save_state("window", QByteArray(b"\0\1\xff"))
    settings.flush()
    assert in_another_process("(settings.scheme.value, settings.state('window').data())") == repr(
        ("light", b"\0\1\xff")
    )


def test_recent_paths_are_newest_first_and_limited() -> None:
    settings = WindowState()
    settings.add_recent([f"/shot/{n}" for n in range(20)])
    settings.add_recent(["/shot/3"])
    assert settings.recent[:3] == ["/shot/3", "/shot/0", "/shot/1"]
    assert len(settings.recent) == MAX_RECENT_PATHS
    settings.clear_recent()
    assert settings.recent == []


def test_invalid_values_read_as_defaults() -> None:
    file = QSettings(str(config.settings_file().with_name("window.ini")), QSettings.Format.IniFormat)
    for key, value in {"scheme": "pink", "recent": 3, "session": {"a": 1}, "state/window": "text"}.items():
        file.setValue(key, value)
    file.sync()
    settings = WindowState()
    assert (settings.scheme, settings.recent, settings.session) == (Scheme.DARK, [], [])
    assert settings.state("window").isEmpty()
