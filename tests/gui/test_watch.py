"""Watched renders: new frames join the session, problems and the end are noticed; texts for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr.sequences.grouping import group_sequences
from exr_inspector_app.gui.main_window.path_data import may_name_paths
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.copy_formats import CopyFormat, copy_text
from exr_inspector_app.gui.session.render_state import QUIET_INTERVALS, UNKNOWN_QUIET_S, Notice
from tests.exr.pictures import write_picture
from tests.exr_files import write_exr

Settle = Callable[[], None]
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def write_frame(folder: Path, frame: int, *, has_nan: bool = False) -> Path:
    pixels = np.full((4, 4, 3), 0.5, np.float32)
    pixels[1, 2] = np.nan if has_nan else 0.5
    folder.mkdir(exist_ok=True)
    return write_picture(folder / f"beauty_v018.{frame}.exr", pixels, "RGB")


def test_watched_sequence_takes_new_frames_and_notices_nan_and_its_end(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    controller, watch, notices, now = window.controller, window.watching.watch, list[Notice](), [0.0]
    watch._clock = lambda: now[0]
    watch.noticed.connect(notices.append)
    for watcher in (controller.files.file_watcher, controller.files.folder_watcher):
        watcher.close()  # its timer; `tick` polls
    window.open_paths([str(write_frame(tmp_path / "shot", 1001))])
    write_exr(tmp_path / "shot" / "other.1001.exr")
    settle()
    assert not window.actions_["watch"].isChecked()
    window.actions_["watch"].trigger()
    assert window.actions_["watch"].isChecked()
    assert window.status.text == "Watching beauty v018. New frames are added and checked."
    controller.files.statistics.measure(list(controller.session))
    settle()
    now[0] = UNKNOWN_QUIET_S * 10
    watch.look()
    assert notices == []  # nothing has been rendered since

    write_frame(tmp_path / "shot", 1002, has_nan=True)
    write_frame(tmp_path / "shot", 1004)
    controller.files.folder_watcher.tick()
    qtbot.waitUntil(lambda: all(entry.stats for entry in controller.session))  # as the others are
    settle()
    names = sorted(Path(entry.path).name for entry in controller.session)
    assert names == ["beauty_v018.1001.exr", "beauty_v018.1002.exr", "beauty_v018.1004.exr"]
    qtbot.waitUntil(lambda: bool(notices))
    assert [notice.title for notice in notices] == ["beauty v018: frame 1002 has NaN"]
    assert Path(notices[0].entry.path).name == "beauty_v018.1002.exr"
    assert window.status.text == "beauty v018: frame 1002 has NaN"
    now[0] += UNKNOWN_QUIET_S - 1
    watch.look()
    assert len(notices) == 1
    now[0] += 1
    watch.look()
    assert (notices[1].title, notices[1].detail) == ("beauty v018: no change for 10 minutes", "Missing: 1003")

    write_frame(tmp_path / "shot", 1003)
    controller.files.folder_watcher.tick()
    qtbot.waitUntil(lambda: len([entry for entry in controller.session if entry.stats]) == 4)
    settle()
    now[0] += UNKNOWN_QUIET_S * QUIET_INTERVALS - 1  # its frames take so long
    watch.look()
    assert len(notices) == 2
    now[0] += 1
    watch.look()
    watch.look()
    assert [notice.title for notice in notices[2:]] == ["beauty v018: render complete"]
    assert (notices[2].detail, notices[2].is_problem) == ("1001–1004, 4 frames", False)
    assert [job.result for job in controller.activity.jobs() if job.title == "Watch"] == [
        "beauty v018: render complete. 1001–1004, 4 frames",
        "beauty v018: no change for 10 minutes. Missing: 1003",
        "beauty v018: frame 1002 has NaN",
    ]
    window.actions_["watch"].trigger()
    write_frame(tmp_path / "shot", 1005)
    controller.files.folder_watcher.tick()
    settle()
    assert watch.count == 0
    assert len(controller.session) == 4


def test_rows_are_copied_and_dragged_for_other_programs(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    for frame in (1001, 1002):
        write_exr(tmp_path / "my shot" / f"a.{frame}.exr")
    window.open_paths([str(tmp_path / "my shot")])
    settle()
    window.session.view.setFocus()
    flags = QItemSelectionModel.SelectionFlag
    row = window.session_model.index(0, 0, window.session_model.index(0, 0))
    window.session.view.selectionModel().select(row, flags.ClearAndSelect | flags.Rows)
    pattern, clipboard = tmp_path / "my shot" / "a.####.exr", QGuiApplication.clipboard()
    window.actions_["copy_nuke"].trigger()
    assert f' file "{pattern}"\n first 1001\n last 1002\n' in clipboard.text()
    assert window.status.text == "Read node copied to the clipboard."
    window.actions_["copy_rv"].trigger()
    assert clipboard.text() == f"rv '{tmp_path}/my shot/a.1001-1002#.exr'"
    window.actions_["copy_range"].trigger()
    assert clipboard.text() == f"{pattern} 1001-1002"
    window.actions_["copy_missing"].trigger()
    assert window.status.text == "No frame is missing in the selected rows."
    write_exr(tmp_path / "my shot" / "a.1006.exr")
    window.open_paths([str(tmp_path / "my shot")])
    settle()
    window.session.view.selectAll()
    window.actions_["copy_missing"].trigger()
    assert clipboard.text() == "1003-1005"
    dragged = window.session.view.create_drag_data()
    assert [Path(url.toLocalFile()).name for url in dragged.urls()] == ["a.1001.exr", "a.1002.exr", "a.1006.exr"]
    assert not may_name_paths(dragged)


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/a/[exec rm].exr", {CopyFormat.NUKE}),
        ('/a/"; rm.exr', {CopyFormat.NUKE}),
        ("/a/$HOME'`x`.exr", {CopyFormat.NUKE}),
        ("/a/b#1.exr", {CopyFormat.NUKE, CopyFormat.RV}),
        ("/a/%V.exr", {CopyFormat.NUKE, CopyFormat.RV}),
        ("/a/b\nrm.exr", set(CopyFormat)),
        ("/a/b\x1b[201~.exr", set(CopyFormat)),
        ("/a/b\udcff.exr", set(CopyFormat)),
        ("/a/it's.exr", set()),
    ],
)
def test_paths_that_a_program_would_interpret_are_not_copied(path: str, kinds: set[CopyFormat]) -> None:
    (sequence,) = group_sequences([path])
    copied = {kind: copy_text([sequence], kind, is_windows=False) for kind in CopyFormat}
    assert {kind for kind, one in copied.items() if not one.text} == kinds
    assert all(len(one.refused) == (kind in kinds) for kind, one in copied.items())


def test_copied_sequences_keep_their_padding() -> None:
    sequences = group_sequences(["/a/b.01.exr", "/a/b.03.exr", "/a/c.exr"])
    assert copy_text(sequences, CopyFormat.RANGE).text == "/a/b.##.exr 1,3\n/a/c.exr"
    assert copy_text(sequences, CopyFormat.RV, is_windows=False).text == "rv /a/b.01-03@@.exr /a/c.exr"
    assert copy_text(sequences, CopyFormat.NUKE).text.count("Read {\n") == 2
    (windows,) = group_sequences(["C:/my %x%/b.exr"])
    assert copy_text([windows], CopyFormat.RV, is_windows=True).text == ""
