"""Pixels as numbers and colours: display, exposure, readout, single channels, NaN."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview import preview_job
from exr_inspector_app.gui.preview.display_transform import DisplayTransform
from tests.exr.pictures import scene, write_picture
from tests.gui.preview.looking import color, flat, see, wheel

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_the_picture_is_shown_in_the_display_s_code_values(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, flat(tmp_path / "grey.exr", 0.18))
    assert color(window, 30, 30) == (118, 118, 118)
    window.preview.bar.display_chosen.emit(DisplayTransform.LINEAR)
    assert color(window, 30, 30) == (46, 46, 46)


def test_exposure_is_typed_dragged_and_reset(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    see(window, settle, flat(tmp_path / "grey.exr", 0.18))
    exposure = window.preview.grade.exposure
    exposure.field.setText("2")
    exposure.field.editingFinished.emit()
    assert color(window, 30, 30) == (221, 221, 221)
    qtbot.mouseDClick(exposure.slider, Qt.MouseButton.LeftButton)
    assert color(window, 30, 30) == (118, 118, 118)
    qtbot.keyClicks(window.preview.canvas, "]]")
    assert exposure.value == 1.0
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_Backspace)
    assert exposure.field.text() == "0.0"
    exposure.field.setText("much")
    exposure.field.editingFinished.emit()
    assert exposure.field.text() == "0.0"


def test_the_readout_tells_the_file_s_own_numbers(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = scene(40, 60, 4)
    see(window, settle, write_picture(tmp_path / "a.exr", pixels))
    canvas, readout = window.preview.canvas, window.preview.readout
    QApplication.sendEvent(canvas, wheel(canvas.view.to_canvas(21.5, 13.5), 0))
    canvas._point(21, 13)
    assert [letter for letter, _ in readout.values] == list("RGBA")
    assert [value for _, value in readout.values] == pixels[13, 21].tolist()
    assert readout.words.startswith(f"x 21 y 13 R {pixels[13, 21, 0]:.5f}")


def test_a_picture_made_smaller_tells_a_pixel_s_own_numbers_once_the_pointer_rests(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_job, "MOST_PIXELS", 1000)
    pixels = scene(80, 120, 4)
    see(window, settle, write_picture(tmp_path / "a.exr", pixels))
    canvas, readout = window.preview.canvas, window.preview.readout
    canvas._point(21, 13)
    assert readout.words.endswith("means of 4 × 4 pixels")
    assert readout.values[0][1] == pytest.approx(pixels[12:16, 20:24, 0].mean(), abs=1e-5)
    qtbot.waitUntil(lambda: "means" not in readout.words)
    assert [value for _, value in readout.values] == pixels[13, 21].tolist()
    canvas._point(22, 13)
    assert readout.words.endswith("means of 4 × 4 pixels")
    qtbot.waitUntil(lambda: "means" not in readout.words)
    assert [value for _, value in readout.values] == pixels[13, 22].tolist()
    window.preview.bar.layer_chosen.emit(replace(window._controller.previewing.shown.layer, channels=("G",)))
    settle()
    qtbot.waitUntil(lambda: [value for _, value in readout.values] == [pixels[13, 22, 1]])


def test_one_channel_alone_is_asked_for_by_its_letter(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    pixels = np.zeros((32, 32, 3), np.float32)
    pixels[..., 1] = 1.0
    see(window, settle, write_picture(tmp_path / "a.exr", pixels))
    assert color(window, 10, 10) == (0, 255, 0)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_G)
    assert color(window, 10, 10) == (255, 255, 255)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_G)
    assert color(window, 10, 10) == (0, 255, 0)


def test_nan_is_counted_and_marked(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    pixels = np.full((32, 32, 3), 0.5, np.float32)
    pixels[10, 10, 0] = np.nan
    see(window, settle, write_picture(tmp_path / "a.exr", pixels))
    assert window.preview.readout.remark == "NaN 1, Inf 0"
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_N)
    assert color(window, 10, 10) == (255, 0, 255)
