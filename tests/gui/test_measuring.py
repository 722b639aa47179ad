"""Pixel statistics in the window."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.inspector.findings_model import build_finding_rows
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.inspector.structure_nodes import StructureNode, build_tree
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.tasks.job import JobState
from tests.exr.pictures import scene, write_picture
from tests.test_reader_pool import Stall, stall

__all__ = ["stall"]

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
NEEDS_LEASES = pytest.mark.skipif(not hasattr(fcntl, "F_SETLEASE"), reason="file leases exist on Linux only")
Settle = Callable[[], None]


def codes(window: MainWindow) -> list[str]:
    entry = window.controller.files.selection
    assert entry
    return [row.location for row in build_finding_rows(entry.file, entry.problems)]


def channel(window: MainWindow, name: str) -> StructureNode:
    """Return the row of a channel of the selected file."""
    file = window.controller.files.selection and window.controller.files.selection.file
    assert file
    layers = [layer for part in build_tree(file).children for layer in part.children]
    return next(node for layer in layers for node in layer.children if node.full_name == name)


def test_statistics_are_added_to_findings_and_structure(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = scene(40, 30)
    pixels[7, 9, 0], pixels[..., 1], pixels[3, 4, 2] = np.nan, 0.25, np.inf
    window.open_paths([str(write_picture(tmp_path / "a.exr", pixels))])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()
    assert not any(location.startswith(("nan", "constant", "half-overflow")) for location in codes(window))
    QTest.mouseClick(window.inspector.checks.measure, Qt.MouseButton.LeftButton)
    settle()
    assert {"nan, part 0", "constant, part 0", "half-overflow, part 0"} <= set(codes(window))
    assert channel(window, "G").note == "0.25 to 0.25"
    assert channel(window, "R").warning == "1 NaN"
    assert "1 Inf from 4, 3" in channel(window, "B").tooltip
    (job,) = [job for job in window.controller.activity.jobs() if job.title == "Pixel statistics"]
    assert (job.state, job.result.startswith("Measured 1 file in")) == (JobState.DONE, True)
    window.controller.files.reload(list(window.controller.session))
    settle()
    assert not any(location.startswith("nan") for location in codes(window))


def test_damaged_pixels_are_reported_with_their_offset(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    good = write_picture(tmp_path / "a.exr", scene(40, 30))
    bad = write_picture(tmp_path / "b.exr", scene(48, 30))
    data = bytearray(bad.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
    bad.write_bytes(data)
    window.open_paths([str(good), str(bad)])
    settle()
    entries = list(window.controller.session)
    window.controller.files.statistics.measure(entries)
    settle()
    assert [bool(entry.stats) for entry in entries] == [True, True]
    assert [[one.code for one in entry.lost] for entry in entries] == [[], ["pixels-damaged"]]
    window.controller.files.select(entries[1])
    settle()
    assert "pixels-damaged, part 0, byte" in codes(window)[0]
    (job,) = [job for job in window.controller.activity.jobs() if job.title == "Pixel statistics"]
    assert (job.state, job.done) == (JobState.FAILED, 2)
    assert "are damaged (first at 0, " in job.report


@pytest.fixture
def stalling(window: MainWindow, tmp_path: Path, settle: Settle, stall: Stall) -> Controller:
    """Return the controller of a session of nine pictures; reading the last one stalls."""
    paths = [write_picture(tmp_path / f"a{number}.x.exr", scene(64, 48)) for number in range(9)]
    window.open_paths([str(tmp_path)])
    settle()
    stall(paths[-1:])
    return window.controller


def wait_for_job(controller: Controller, qtbot: QtBot) -> None:
    """Wait for the end of the job alone: thumbnails wait for the stalled picture too."""
    qtbot.waitUntil(lambda: not controller.tasks.running("Pixel statistics"))


@NEEDS_LEASES
def test_measuring_can_be_cancelled(stalling: Controller, qtbot: QtBot) -> None:
    controller = stalling
    controller.files.statistics.changed.connect(lambda _: controller.jobs.cancel())
    controller.files.statistics.measure(list(controller.session))
    wait_for_job(controller, qtbot)
    (job,) = [job for job in controller.activity.jobs() if job.title == "Pixel statistics"]
    assert job.state is JobState.STOPPED
    assert sum(bool(entry.stats) for entry in controller.session) < 9


@NEEDS_LEASES
def test_clearing_the_session_cancels_measuring(stalling: Controller, qtbot: QtBot) -> None:
    controller = stalling
    changes: list[object] = []

    def clear(entries: object) -> None:
        changes.append(entries)
        controller.files.clear()

    controller.files.statistics.changed.connect(clear)
    controller.files.statistics.measure(list(controller.session))
    wait_for_job(controller, qtbot)
    (job,) = [job for job in controller.activity.jobs() if job.title == "Pixel statistics"]
    assert job.state is JobState.STOPPED
    assert len(changes) < 9
