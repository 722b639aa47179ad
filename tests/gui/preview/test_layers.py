"""Layers, views, and frames of the preview."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window import selection_presenter
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.layers import list_layers, list_views
from exr_inspector_app.gui.preview.playback import frames
from tests.exr.pictures import write_picture
from tests.exr_files import string, strings, write_exr
from tests.gui.preview.canvas_tools import color, open_and_settle, write_flat

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_selected_layer_is_kept_for_other_files(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    names = ("R", "G", "B", "spec.R", "spec.G", "spec.B")
    for number in (1, 2):
        pixels = np.full((32, 32, 6), 0.25, np.float32)  # a black beauty would give way
        pixels[..., 3:] = 0.5 * number
        write_picture(tmp_path / f"beauty.100{number}.exr", pixels, names)
    other = write_flat(tmp_path / "plain.exr", 1.0)
    open_and_settle(window, settle, tmp_path)
    preview = window.preview
    assert preview.bar.layer.text == "RGB"
    spec = next(layer for layer in window.controller.preview.shown.layers if layer.name == "spec")
    preview.bar.layer_selected.emit(spec)
    settle()
    assert color(window, 10, 10) == (188, 188, 188)
    preview.strip.step(1)
    settle()
    assert preview.bar.layer.text == "spec"
    assert color(window, 10, 10) == (255, 255, 255)
    window.controller.files.select(window.controller.session.get(str(other)))
    settle()
    assert preview.bar.layer.text == "RGB"


def test_activated_structure_row_is_shown(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = np.zeros((32, 32, 4), np.float32)
    pixels[..., 3] = 1.0
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels, ("R", "G", "B", "depth.Z")))
    model = window.structure_model
    part = model.index(0, 0)
    row = next(row for row in range(model.rowCount(part)) if model.index(row, 0, part).data() == "depth")
    window.inspector.structure.tree.activated.emit(model.index(row, 0, part))
    settle()
    assert window.preview.bar.layer.text == "depth"
    assert color(window, 10, 10) == (255, 255, 255)


def test_view_of_multi_view_file_can_be_selected(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    names = ["R", "G", "B", "right.R", "right.G", "right.B", "spec.left.R", "spec.left.G", "spec.left.B"]
    path = write_exr(tmp_path / "a.exr", channels=names, attributes={"multiView": strings("left", "right")})
    open_and_settle(window, settle, path)
    bar = window.preview.bar
    assert bar.view.isVisible()
    assert bar.view.text == "left"
    assert {layer.name for layer in list_layers(inspect_file(str(path))) if layer.view == "left"} == {"", "spec"}
    bar.view.option_selected.emit("right")
    settle()
    assert window.controller.preview.shown.layer.channels == ("right.R", "right.G", "right.B")


def test_layers_are_grouped_by_part_and_unrelated_channels_are_single(tmp_path: Path) -> None:
    first = {"channels": ["R", "G", "B", "A", "N.X", "N.Y", "N.Z", "crypto.id", "Z"]}
    second = {"channels": ["Ci.r", "Ci.g", "Ci.b"], "attributes": {"view": string("left")}}
    layers = list_layers(inspect_file(str(write_exr(tmp_path / "a.exr", parts=[first, second]))))
    assert [(layer.part, layer.name, layer.note) for layer in layers] == [
        (0, "", "RGBA"),
        (0, "", "Z"),
        (0, "N", "XYZ"),
        (0, "crypto", "id"),
        (1, "Ci", "RGB"),
    ]
    assert layers[2].channels == ("N.X", "N.Y", "N.Z")
    assert list_views(layers) == []


def test_long_sequence_is_collected_in_slices(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection_presenter, "MANY_FRAMES", 2)
    monkeypatch.setattr(frames, "STEP_FILES", 1)  # a step per file
    for frame in (1001, 1002, 1004):
        write_flat(tmp_path / f"beauty.{frame}.exr", 0.1)
    open_and_settle(window, settle, tmp_path)
    strip, files = window.preview.strip, window.controller.files
    qtbot.waitUntil(lambda: strip.track.toolTip() == "1 missing", timeout=30_000)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_End)
    assert strip.number.text() == "1004"
    (tmp_path / "beauty.1002.exr").write_bytes(b"no")
    files.reload(list(files.session))
    settle()
    qtbot.waitUntil(lambda: strip.track.toolTip() == "1 damaged, 1 missing", timeout=30_000)
    (tmp_path / "beauty.1003.exr").write_bytes(b"no")
    window.open_paths([str(tmp_path / "beauty.1003.exr")])
    settle()
    qtbot.waitUntil(lambda: strip.track.toolTip() == "2 damaged", timeout=30_000)
    settle()


def test_frames_can_be_stepped_typed_and_played(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    for frame in (1001, 1002, 1004):
        write_flat(tmp_path / f"beauty.{frame}.exr", 0.1)
    (tmp_path / "beauty.1004.exr").write_bytes(b"no")
    open_and_settle(window, settle, tmp_path)
    window.controller.files.select(window.controller.session.get(str(tmp_path / "beauty.1001.exr")))
    settle()
    strip, canvas = window.preview.strip, window.preview.canvas
    assert strip.isVisible()
    assert strip.track.toolTip() == "1 damaged, 1 missing"
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert strip.number.text() == "1002"
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert strip.number.text() == "1004"
    settle()
    assert "No image" in canvas.text
    strip.number.setText("900")
    qtbot.keyClick(strip.number, Qt.Key.Key_Return)
    assert strip.number.text() == "1001"
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: strip.number.text() == "1004")
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert not strip.play.isChecked()


def test_single_file_has_no_frame_strip(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_flat(tmp_path / "one.exr", 0.1))
    assert not window.preview.strip.isVisible()


def test_pin_marks_the_reference_file(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_flat(tmp_path / "a.exr", 0.1), write_flat(tmp_path / "b.exr", 0.2))
    pin = window.inspector.header.pin
    assert not pin.isChecked()
    pin.click()
    settle()
    assert pin.isChecked()
    assert pin.toolTip().startswith("Pinned")
    other = next(file for file in window.controller.session if file is not window.controller.files.selection)
    window.session.select(other)
    assert not pin.isChecked()
