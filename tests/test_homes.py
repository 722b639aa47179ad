"""Homes of service users: no folder, no such folder, not writable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exr_inspector_app import config
from tests.exr_files import write_exr

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="homes of POSIX")
_FOLDERS = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "EXR_INSPECTOR_LIBRARY")


def run(home: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with a home and without other folders."""
    environ = {name: value for name, value in os.environ.items() if name not in _FOLDERS}
    command = [sys.executable, "-m", "exr_inspector_app", *arguments]
    return subprocess.run(command, env={**environ, "HOME": home}, capture_output=True, text=True, check=False)


@pytest.fixture(params=["/dev/null", "/proc/1", "plain"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param != "plain":
        return str(request.param)
    (tmp_path / "plain").touch()
    return str(tmp_path / "plain")


def test_inspect_answers(home: str, tmp_path: Path) -> None:
    result = run(home, "inspect", "--jsonl", "--stats", str(write_exr(tmp_path / "a.exr")))
    assert (result.returncode, len(result.stdout.splitlines()), result.stderr) == (0, 1, "")


def test_user_without_a_name_and_home_has_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers run as ids that no user has."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    for name in ("HOME", "LOGNAME", "USER", "LNAME", "USERNAME", "EXR_INSPECTOR_PUBLISHER", *_FOLDERS):
        monkeypatch.delenv(name, raising=False)
    loaded = config.load()
    assert (loaded.publisher, loaded.vast) == ("", None)
    folders = (config.settings_file(), config.thumbnails_folder(), loaded.library)
    assert all(folder.is_relative_to(os.devnull) for folder in folders)


def test_library_is_empty_and_publishing_reports_one_sentence(home: str, tmp_path: Path) -> None:
    assert (run(home, "library", "list").returncode, run(home, "library", "check").returncode) == (0, 0)
    result = run(home, "publish", str(write_exr(tmp_path / "a.exr")))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "Cannot create the library" in result.stderr


def test_window_opens(home: str, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    result = run(home, str(write_exr(tmp_path / "a.exr")), "--screenshot", str(out))
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert out.stat().st_size > 10_000
