"""Command `publish --resume`: continues a publish under the same id, without reading published files again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.config import Vast
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.ingest import pipeline, publish_run
from exr_inspector_app.persistence.vast import VastStore
from tests.exr_files import write_exr
from tests.vast.crowd import ACCESS, BUCKET, SECRET
from tests.vast.exact import raw
from tests.vast_server import VastServer


@pytest.fixture
def renders(vast: Vast, store: VastStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of four renders that are published in two transactions."""
    values = {"ENDPOINT": vast.endpoint, "BUCKET": BUCKET, "SCHEMA": vast.schema}
    for name, value in {**values, "ACCESS_KEY": ACCESS, "SECRET_KEY": SECRET}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    monkeypatch.setattr(pipeline, "FILES_PER_TRANSACTION", 2)
    folder = tmp_path / "renders"
    for name in "abcd":
        write_exr(folder / f"{name}.exr", width=32 + ord(name))
    return folder


def replace_secretly(path: Path) -> None:
    """Replace a file with another header, of the same size and date."""
    size, times = path.stat().st_size, (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    data = path.read_bytes()
    index = data.index(b"pixelAspectRatio")
    value = data.index(b"\x04\x00\x00\x00", index) + 4
    path.write_bytes(data[:value] + b"\x00\x00\x00\x40" + data[value + 4 :])
    os.utime(path, ns=times)
    assert path.stat().st_size == size


def test_resume_publishes_what_is_missing_under_the_same_id(
    renders: Path, vast: Vast, server: VastServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.fault("insert", "status:403:AccessDenied", times=1, skip=4)
    assert main(["publish", "--target", "vast", "--note", "for dailies", str(renders)]) == 1
    assert "Run `exr-inspector publish --resume` to continue." in capsys.readouterr().err
    published = {Path(row["file_path"]): row["publish_id"] for row in raw(server, vast.schema, "files")}
    assert len(published) == 2
    replace_secretly(next(iter(published)))
    server.clear()

    assert main(["publish", "--target", "vast", "--resume", "--jsonl"]) == 0
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(row["path"]).name for row in results] == ["a.exr", "b.exr", "c.exr", "d.exr"]
    assert {Path(row["path"]) for row in results if not row["inserted"]} == set(published)
    assert all(row["status"] == "success" and row["file_id"] for row in results)
    rows = raw(server, vast.schema, "files")
    assert len(rows) == 4
    assert {row["publish_id"] for row in rows} == set(published.values())
    assert {row["note"] for row in rows} == {"for dailies"}
    assert list(config.paths.state_folder().glob("publish-*")) == []


def test_resume_without_an_unfinished_publish_needs_a_path(renders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--resume"]) == 2
    assert "There is no unfinished publish to" in capsys.readouterr().err
    assert main(["publish", "--resume", str(renders)]) == 0
    assert "4 added" in capsys.readouterr().err


def test_changed_file_is_published_again_by_resume(renders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", str(renders)]) == 0
    write_exr(renders / "b.exr", width=500)
    assert main(["publish", "--resume", str(renders)]) == 0
    assert "1 added, 3 already there, 0 failed" in capsys.readouterr().err


def test_patience_of_a_command_outlasts_a_fault(
    renders: Path, server: VastServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publish_run, "RETRY_WAITS_S", (0.02,))
    server.fault("insert", "error500", times=6)
    assert main(["publish", "--target", "vast", "--patience", "60", str(renders)]) == 0
    err = capsys.readouterr().err
    assert "2 files wait; retrying for up to" in err
    assert "4 added, 0 already there, 0 failed" in err


@pytest.mark.parametrize("value", ["-1", "nan", "soon"])
def test_invalid_patience_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["publish", f"--patience={value}", str(tmp_path)])
    monkeypatch.setenv("EXR_INSPECTOR_PATIENCE", value)
    with pytest.raises(ConfigError, match="EXR_INSPECTOR_PATIENCE must be a number of seconds"):
        config.load()
    monkeypatch.delenv("EXR_INSPECTOR_PATIENCE")
    settings = tmp_path / "settings.toml"
    settings.write_text("patience_seconds = 2.5")
    assert config.load(settings=settings).patience_seconds == 2.5
    settings.write_text("patience_seconds = true")
    with pytest.raises(ConfigError, match=r"settings\.toml: `patience_seconds` must be a number of seconds"):
        config.load(settings=settings)
