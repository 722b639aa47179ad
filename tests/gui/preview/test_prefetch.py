"""Pictures that are decoded ahead: neighboring frames and other layers, the cache bar, and the played range."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def test_neighbors_and_layers_are_shown_from_memory(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None], qtbot: QtBot
) -> None:
    for frame in range(1, 6):
        channels = {name: np.full((32, 32), frame / 10, np.float16) for name in ("R", "G", "B")}
        write_picture(tmp_path / f"a.{frame:04}.exr", channels | {"spec.Y": np.full((32, 32), 1.0, np.float16)})
    open_and_settle(window, settle, tmp_path)
    job, strip, canvas = window.controller.preview, window.preview.strip, window.preview.canvas
    qtbot.waitUntil(lambda: "3 of 5 in memory" in strip.track.accessibleDescription())
    for request in (lambda: strip.step(1), lambda: job.select_layer(job.shown.layers[1])):
        qtbot.waitUntil(lambda: not job.prefetcher.is_busy)
        request()
        assert not job.shown.is_loading
        assert job.shown.pyramid is not None
    assert color(window, 10, 10) == (255, 255, 255)
    qtbot.keyClick(canvas, Qt.Key.Key_I)
    strip.step(1)
    strip.step(1)
    qtbot.keyClick(canvas, Qt.Key.Key_O)
    assert (strip.in_point.isChecked(), strip.out_point.isChecked()) == (True, True)
    assert "playing 2 to 4" in strip.track.toolTip()
    seen: list[str] = []
    strip.frame_requested.connect(lambda entry: seen.append(entry.path[-8:-4]))
    strip.rate.setCurrentIndex(strip.rate.count() - 1)
    strip.play.click()
    qtbot.waitUntil(lambda: len(seen) > 8)
    strip.play.click()
    assert set(seen) <= {"0002", "0003", "0004"}
    assert len(set(seen)) > 1
    qtbot.waitUntil(lambda: not job.shown.is_loading)
    job.reload()
    assert job.shown.is_loading
    settle()
