"""Files that are replaced, deleted or damaged between their inspection and the publish from the window."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.plan_lines import PlanGroup
from exr_inspector_app.gui.session.remedies import remedy
from exr_inspector_app.ingest import disk_check
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.exr_files import write_exr
from tests.gui.buttons import press

# The offscreen platform says so of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
Settle = Callable[[], None]
GONE = "The file is no longer on disk."
REREAD = "Changed on disk since it was inspected; read again"


@pytest.fixture
def folder(window: MainWindow, tmp_path: Path, settle: Settle) -> Path:
    """Return an opened and inspected folder with the files a to e."""
    for name in "abcde":
        write_exr(tmp_path / "in" / f"{name}.exr")
    window.open_paths([str(tmp_path / "in")])
    settle()
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that plans and publishes read again."""
    names: list[str] = []

    def count(path: str) -> ExrFile:
        names.append(Path(path).name)
        return inspect_file(path)

    monkeypatch.setattr(disk_check, "inspect_file", count)
    return names


def change_files(folder: Path) -> None:
    """Replace b, delete c, and damage d; a and e stay as they are."""
    os.replace(write_exr(folder.parent / "new", channels=("Z",), height=40), folder / "b.exr")
    (folder / "c.exr").unlink()
    (folder / "d.exr").write_bytes(b"no picture")


def library(core: Backend, *names: str) -> dict[str, list[Any]]:
    """Columns of the published files, by name."""
    files = [stored.file for stored in LocalStore(core.config.library).find(history=True)]
    return {Path(file["file_path"]).name: [file[name] for name in names] for file in files}


def plan(window: MainWindow) -> dict[str, tuple[str, str]]:
    """Group and reason of the lines of the sheet, by name."""
    return {Path(line.tip).name: (line.group.value, line.reason) for line in window.sheet.model.all_lines()}


def state(window: MainWindow, path: Path) -> tuple[str, bool, PlanStatus | None]:
    entry = window.controller.session.get(str(path))
    assert entry is not None
    return entry.defect, entry.record is not None, entry.status


def test_plan_and_library_have_what_is_on_disk(
    window: MainWindow, core: Backend, folder: Path, settle: Settle, qtbot: QtBot, read_again: list[str]
) -> None:
    change_files(folder)
    press(qtbot, window.toolbar.publish)
    settle()
    assert plan(window) == {
        "a.exr": ("New", "Not in the library yet"),
        "b.exr": ("New", f"Not in the library yet. {REREAD}"),
        "c.exr": ("Failed", f"{GONE} {remedy('gone')}"),
        "d.exr": ("Failed", "Not an OpenEXR file. Save it as OpenEXR, or remove it from the session."),
        "e.exr": ("New", "Not in the library yet"),
    }
    assert window.sheet.publish.text() == "Publish 3 files"
    assert sorted(read_again) == ["b.exr", "c.exr", "d.exr"]
    assert (state(window, folder / "c.exr"), state(window, folder / "d.exr")) == (
        ("Gone", True, PlanStatus.NEW),
        ("Not EXR", False, None),
    )
    press(qtbot, window.sheet.publish)
    settle()
    assert len(read_again) == 3  # files that have not changed since the plan are not read again
    assert library(core, "height", "channel_list") == {
        "a.exr": [8, "|B|G|R|"], "b.exr": [40, "|Z|"], "e.exr": [8, "|B|G|R|"],
    }  # fmt: skip
    assert window.status.text.startswith("Added 3 files")


def test_changes_between_plan_and_publish_are_found(
    window: MainWindow, core: Backend, folder: Path, settle: Settle, qtbot: QtBot, read_again: list[str]
) -> None:
    press(qtbot, window.toolbar.publish)
    settle()
    assert window.sheet.publish.text() == "Publish 5 files"
    assert read_again == []
    change_files(folder)
    press(qtbot, window.sheet.publish)
    settle()
    now = inspect_file(str(folder / "b.exr"))
    assert library(core, "size_bytes", "header_hash")["b.exr"] == [now.size_bytes, now.header_hash]
    assert set(library(core)) == {"a.exr", "b.exr", "e.exr"}
    job = next(job for job in window.controller.activity.jobs() if job.title.startswith("Publish"))
    assert {Path(failure.path).name: failure.message for failure in job.failures} == {
        "c.exr": GONE,
        "d.exr": "Not an OpenEXR file.",
    }
    assert window.status.text.startswith("Added 3 files")
    assert "2 failed" in window.status.text
    assert state(window, folder / "b.exr") == ("", True, PlanStatus.PRESENT)
    assert state(window, folder / "c.exr")[0] == "Gone"
    entry = window.controller.session.get(str(folder / "b.exr"))
    assert entry is not None
    assert entry.record is not None
    assert [channel["name"] for channel in entry.record.payload["channels"]] == ["Z"]


def test_file_that_is_back_is_in_the_next_plan(
    window: MainWindow, core: Backend, folder: Path, settle: Settle, qtbot: QtBot
) -> None:
    os.rename(folder / "c.exr", folder.parent / "away")
    press(qtbot, window.toolbar.publish)
    settle()
    assert plan(window)["c.exr"] == ("Failed", f"{GONE} {remedy('gone')}")
    press(qtbot, window.sheet.cancel)
    os.rename(folder.parent / "away", folder / "c.exr")
    press(qtbot, window.toolbar.publish)
    settle()
    assert plan(window)["c.exr"] == ("New", "Not in the library yet")
    assert state(window, folder / "c.exr") == ("", True, PlanStatus.NEW)
    press(qtbot, window.sheet.publish)
    settle()
    assert len(library(core)) == 5


def test_vanished_folder_is_not_published(
    window: MainWindow, core: Backend, folder: Path, settle: Settle, qtbot: QtBot
) -> None:
    os.rename(folder, folder.with_name("away"))
    press(qtbot, window.toolbar.publish)
    settle()
    assert (window.sheet.publish.text(), window.sheet.publish.isEnabled()) == ("Nothing to publish", False)
    assert window.sheet.model.files(PlanGroup.FAILED) == 5
    assert library(core) == {}


def test_changed_frames_have_a_separate_line(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    for frame in range(1001, 1005):
        write_exr(tmp_path / "in" / f"a.{frame}.exr")
    window.open_paths([str(tmp_path / "in")])
    settle()
    write_exr(tmp_path / "in" / "a.1002.exr", height=40)
    press(qtbot, window.toolbar.publish)
    settle()
    lines = [(Path(line.tip).name, line.count, line.reason) for line in window.sheet.model.all_lines()]
    assert lines == [
        ("a.####.exr", 3, "Not in the library yet"),
        ("a.1002.exr", 1, f"Not in the library yet. {REREAD}"),
    ]


def test_changed_file_leaves_the_banner_of_changed_files_once_it_is_planned(
    window: MainWindow, folder: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_exr(folder / "b.exr", height=40)
    window.controller.files.file_watcher.tick()
    settle()
    assert window.session.change.isVisible()
    press(qtbot, window.toolbar.publish)
    settle()
    qtbot.waitUntil(lambda: not window.session.change.isVisible())


def test_file_that_was_damaged_is_published_once_it_is_whole(
    window: MainWindow, core: Backend, tmp_path: Path, settle: Settle, qtbot: QtBot, read_again: list[str]
) -> None:
    whole = write_exr(tmp_path / "whole").read_bytes()
    names = {"cut.exr": whole[:200], "empty.exr": b"", "still.exr": b"no picture"}
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    window.open_paths([str(tmp_path / name) for name in (*names, "late.exr", "never.exr")])
    settle()
    for name in ("cut.exr", "empty.exr", "late.exr"):
        (tmp_path / name).write_bytes(whole)
    press(qtbot, window.toolbar.publish)
    settle()
    assert plan(window) == {
        **{name: ("New", f"Not in the library yet. {REREAD}") for name in ("cut.exr", "empty.exr", "late.exr")},
        "still.exr": ("Failed", "Not an OpenEXR file. Save it as OpenEXR, or remove it from the session."),
        "never.exr": ("Failed", "There is no such file. Check the path, and whether its disk is mounted."),
    }
    assert "still.exr" not in read_again
    assert state(window, tmp_path / "cut.exr") == ("", True, PlanStatus.NEW)
    press(qtbot, window.sheet.publish)
    settle()
    assert set(library(core)) == {"cut.exr", "empty.exr", "late.exr"}
