"""Pixel values and colors in the preview: display, exposure, readout, single channels, and NaN."""

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
from exr_inspector_app.gui.preview import picture_loader
from exr_inspector_app.gui.preview.color.display_transform import DisplayTransform
from tests.exr.pictures import scene, write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle, wheel_event, write_flat

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_canvas_shows_code_values_of_the_display(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_flat(tmp_path / "grey.exr", 0.18))
    assert color(window, 30, 30) == (118, 118, 118)
    window.preview.bar.display.option_selected.emit(DisplayTransform.LINEAR)
    assert color(window, 30, 30) == (46, 46, 46)


def test_exposure_can_be_typed_and_reset(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    open_and_settle(window, settle, write_flat(tmp_path / "grey.exr", 0.18))
    exposure = window.preview.exposure_panel.exposure
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


def test_readout_shows_values_of_the_file(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = scene(40, 60, 4)
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels))
    canvas, readout = window.preview.canvas, window.preview.readout
    QApplication.sendEvent(canvas, wheel_event(canvas.view.to_canvas(21.5, 13.5), 0))
    canvas.move_probe(21, 13)
    assert [letter for letter, _ in readout.values] == list("RGBA")
    assert [value for _, value in readout.values] == pixels[13, 21].tolist()
    words = readout.text.split()
    assert words[:5:2] == ["x", "y", "R"]
    assert [np.float16(word) for word in words[5:12:2]] == pixels[13, 21].tolist()


def test_values_read_back_as_stored_by_type_of_channel(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    shape = (32, 32)
    channels = {
        "id": np.full(shape, 100_019, np.uint32),
        "far.Z": np.full(shape, 123_456.79, np.float32),
        "R": np.full(shape, -0.0013, np.float16),
    }
    channels["id"][10, 10] = 4_294_967_295
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", channels))
    preview = window.preview
    for name, text in (("R", "-0.0013"), ("far", "123456.79"), ("id", "100019")):
        layers = window.controller.preview.shown.layers
        preview.bar.layer_selected.emit(next(layer for layer in layers if name in (layer.name, *layer.channels)))
        settle()
        preview.canvas.move_probe(5, 5)
        assert preview.readout.facts[0][1] == text
    preview.canvas.move_probe(10, 10)
    qtbot.waitUntil(lambda: preview.readout.facts[0][1] == "4294967295")


def test_reduced_image_shows_exact_values_when_pointer_rests(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_loader, "MAX_PICTURE_BYTES", 8000)
    pixels = scene(80, 120, 4)
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels))
    canvas, readout = window.preview.canvas, window.preview.readout
    canvas.move_probe(21, 13)
    assert readout.text.endswith("means of 4 × 4 pixels")
    assert readout.values[0][1] == pytest.approx(pixels[12:16, 20:24, 0].mean(), abs=1e-5)
    qtbot.waitUntil(lambda: "means" not in readout.text)
    assert [value for _, value in readout.values] == pixels[13, 21].tolist()
    canvas.move_probe(22, 13)
    assert readout.text.endswith("means of 4 × 4 pixels")
    qtbot.waitUntil(lambda: "means" not in readout.text)
    assert [value for _, value in readout.values] == pixels[13, 22].tolist()
    window.preview.bar.layer_selected.emit(replace(window.controller.preview.shown.layer, channels=("G",)))
    settle()
    qtbot.waitUntil(lambda: [value for _, value in readout.values] == [pixels[13, 22, 1]])


def test_letter_key_toggles_single_channel(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    pixels = np.zeros((32, 32, 3), np.float32)
    pixels[..., 1] = 1.0
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels))
    assert color(window, 10, 10) == (0, 255, 0)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_G)
    assert color(window, 10, 10) == (255, 255, 255)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_G)
    assert color(window, 10, 10) == (0, 255, 0)


def test_nan_is_counted_and_marked(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    pixels = np.full((32, 32, 3), 0.5, np.float32)
    pixels[10, 10, 0] = np.nan
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels))
    assert window.preview.readout.remarks == "NaN 1"
    assert color(window, 10, 10) == (255, 0, 255)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_N)
    assert color(window, 10, 10) != (255, 0, 255)


def test_special_values_light_up_only_where_there_are_some(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    pixels = np.full((32, 32, 3), 0.5, np.float32)
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels))
    readout = window.preview.readout

    def counts_amber_pixels() -> int:
        image = readout.grab(readout.rect().adjusted(readout.width() // 2, 0, 0, 0)).toImage()
        columns, rows = range(image.width()), range(image.height())
        colors = (image.pixelColor(x, y) for x in columns for y in rows)
        return sum(shown.red() > shown.blue() + 60 for shown in colors)

    assert (readout.remarks, counts_amber_pixels()) == ("", 0)
    pixels[3, 4:6, 1] = -0.25
    pixels[7, 7] = np.inf
    open_and_settle(window, settle, write_picture(tmp_path / "b.exr", pixels))
    window.controller.files.select(window.controller.session.get(str(tmp_path / "b.exr")))
    settle()
    assert readout.remarks == "Inf 3, negative 2"
    assert counts_amber_pixels()
