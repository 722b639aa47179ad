"""Command `publish` on files that change while it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.contracts import Event, FileInspected
from exr_inspector_app.ingest import pipeline, planning
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import write_exr

GONE = "The file is no longer on disk."
REREAD = "changed on disk since it was inspected; read again"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return three files; b is replaced and c deleted once all are inspected."""
    folder = tmp_path / "in"
    for name in "abc":
        write_exr(folder / f"{name}.exr")
    inspect = pipeline.inspect

    def changing(*arguments: Any, **options: Any) -> Iterator[Event]:
        left = 3
        for event in inspect(*arguments, **options):
            left -= isinstance(event, FileInspected)
            if isinstance(event, FileInspected) and not left:
                os.replace(write_exr(tmp_path / "new", height=40, present=12), folder / "b.exr")
                (folder / "c.exr").unlink()
            yield event

    monkeypatch.setattr(pipeline, "inspect", changing)
    monkeypatch.setattr(planning, "PLAN_INTERVAL_S", 60.0)  # one plan, at the end
    return folder


def heights() -> dict[str, int]:
    files = [stored.file for stored in LocalStore(config.load().library).find()]
    return {Path(file["file_path"]).name: file["height"] for file in files}


def test_publish_writes_what_is_on_disk_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--jsonl", str(folder)]) == 1
    out, err = capsys.readouterr()
    rows = {Path(row["path"]).name: row for row in map(json.loads, out.splitlines())}
    assert {name: (row["status"], row["error"]) for name, row in rows.items()} == {
        "a.exr": ("success", None),
        "b.exr": ("success", None),
        "c.exr": ("error", GONE),
    }
    assert f"b.exr: {REREAD}." in err
    assert "b.exr: unfinished file; publish it again once it is complete." in err
    assert "2 added, 0 already there, 1 failed" in err
    assert heights() == {"a.exr": 8, "b.exr": 40}


def test_dry_run_tells_what_is_on_disk(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--dry-run", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"new: {folder / 'a.exr'}",
        f"new: {folder / 'b.exr'} (unfinished; {REREAD})",
    ]
    assert GONE in err
    assert "2 new, 0 already there, 0 changed, 0 refresh, 1 failed; nothing was written" in err
    assert heights() == {}


def test_dry_run_marks_files_that_were_read_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--dry-run", "--jsonl", str(folder)]) == 1
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"path": str(folder / "a.exr"), "plan": "new", "is_incomplete": False}
    assert second == {"path": str(folder / "b.exr"), "plan": "new", "is_incomplete": True, "is_reread": True}
    assert [error["code"] for error in third["errors"]] == ["gone"]
