"""Command `doctor`: versions, checks with remedies, settings with origins, exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import cli
from exr_inspector_app.config import settings_file


@pytest.fixture(autouse=True)
def offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def run(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Run the command and return its exit code and its JSON."""
    code = cli.main(["doctor", "--json"])
    return code, json.loads(capsys.readouterr().out)


def check(document: dict[str, Any], name: str) -> dict[str, str]:
    return next(row for row in document["checks"] if row["name"] == name)


def write_settings(text: str) -> Path:
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_sound_installation_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys)
    assert (code, document["is_broken"]) == (0, False)
    assert {"exr-inspector", "Python", "OpenImageIO", "Qt (PySide6)", "DuckDB", "vastdb", "NumPy"} <= set(
        document["versions"]
    )
    assert "OpenEXR" in check(document, "decoder")["value"]
    assert check(document, "color")["value"].endswith("$OCIO is not set")
    assert "platform offscreen" in check(document, "window")["value"]
    assert all(row["remedy"].endswith(".") for row in document["checks"] if row["status"] != "ok")


def test_unusable_color_configuration_is_a_warning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCIO", str(tmp_path / "none.ocio"))
    code, document = run(capsys)
    color = check(document, "color")
    assert (code, color["status"]) == (0, "warning")
    assert "No such file or directory" in color["remedy"]


def test_settings_have_origins_and_masked_keys(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_settings('viewer = "rv {path}"\n[vast]\nendpoint = "https://vast.example.com"\n')
    monkeypatch.setenv("VAST_DB_SECRET_KEY", "hunter2")
    code = cli.main(["doctor"])
    text = capsys.readouterr().out
    assert code == 0
    assert "hunter2" not in text
    assert f"rv {{path}}  ({path})" in text
    assert "***  ($VAST_DB_SECRET_KEY)" in text
    assert "($EXR_INSPECTOR_LIBRARY)" in text


def test_decoder_that_cannot_start_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXR_INSPECTOR_PYTHON", "/bin/true")
    code, document = run(capsys)
    decoder = check(document, "decoder")
    assert (code, decoder["status"]) == (1, "broken")
    assert decoder["remedy"].startswith("The decoder cannot start: true exited with code 0")


def test_invalid_settings_are_broken_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    path = write_settings("viewer = [")
    code, document = run(capsys)
    assert code == 1
    assert str(path) in check(document, "settings")["remedy"]
    assert check(document, "decoder")["status"] == "ok"  # the other checks continue


def test_damaged_library_is_broken(capsys: pytest.CaptureFixture[str], own_home: Path) -> None:
    (own_home / "library.duckdb").write_bytes(b"not a database" * 1000)
    code, document = run(capsys)
    assert (code, check(document, "library")["status"]) == (1, "broken")


def test_qt_that_does_not_start_is_broken(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    code, document = run(capsys)
    assert (code, check(document, "window")["status"]) == (1, "broken")


@pytest.mark.skipif(sys.platform == "win32", reason="the null device is a folder nowhere else")
def test_home_that_is_no_folder_is_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "EXR_INSPECTOR_LIBRARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/dev/null")
    code, document = run(capsys)
    assert code == 1
    assert check(document, "library")["status"] == "broken"
    assert check(document, "thumbnail cache")["status"] == "warning"
