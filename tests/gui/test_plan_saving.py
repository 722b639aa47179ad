"""The plan of a publish is saved as a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.tasks.job import JobState
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def planned(window: MainWindow, tmp_path: Path, settle: Callable[[], None]) -> MainWindow:
    """Open the sheet over two frames, an unfinished file, and an invalid one."""
    for name in ("a.1001.exr", "a.1002.exr"):
        write_exr(tmp_path / "shot" / name)
    write_exr(tmp_path / "shot" / "half.exr", height=10, present=4)
    (tmp_path / "shot" / "bad.exr").write_bytes(b"no")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    window.actions_["publish"].trigger()
    settle()
    return window


def save(window: MainWindow, out: Path, qtbot: QtBot, settle: Callable[[], None]) -> None:
    qtbot.mouseClick(window.sheet.save, Qt.MouseButton.LeftButton)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(out))
    dialog.close()
    dialog.deleteLater()
    settle()


def test_saved_plan_has_one_row_per_file(
    planned: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    save(planned, tmp_path / "plan.csv", qtbot, settle)
    with (tmp_path / "plan.csv").open(encoding="utf-8", newline="") as file:
        rows = {Path(row["file_path"]).name: (row["status"], row["published"]) for row in csv.DictReader(file)}
    assert rows == {
        "a.1001.exr": ("New", "yes"),
        "a.1002.exr": ("New", "yes"),
        "half.exr": ("Incomplete", "no"),
        "bad.exr": ("Failed", "no"),
    }
    assert planned.status.text == "Saved the plan of 4 files as plan.csv"
    assert planned.sheet.isVisible()
    assert not planned.controller.targets.current.files  # nothing was published


def test_plan_is_saved_as_json(planned: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]) -> None:
    save(planned, tmp_path / "plan.json", qtbot, settle)
    rows = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert len(rows) == 4
    assert rows[0]["reason"] == "Not in the library yet"


def test_unwritable_path_is_reported(
    planned: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    save(planned, tmp_path / "nowhere" / "plan.csv", qtbot, settle)
    job = next(iter(planned.controller.activity.jobs()))
    assert (job.title, job.state) == ("Save plan", JobState.FAILED)
    assert "Cannot write" in planned.status.text
