"""Which picture of a file is shown: its layers and views, and the frames of a sequence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.layers import layers_of, views_of
from tests.exr.pictures import write_picture
from tests.exr_files import string, strings, write_exr
from tests.gui.preview.looking import color, flat, see

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_the_layer_is_kept_for_files_that_have_it(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    names = ("R", "G", "B", "spec.R", "spec.G", "spec.B")
    for number, value in ((1, 0.0), (2, 0.0)):
        pixels = np.zeros((32, 32, 6), np.float32)
        pixels[..., 3:] = 0.5 * number
        write_picture(tmp_path / f"beauty.100{number}.exr", pixels + value, names)
    other = flat(tmp_path / "plain.exr", 1.0)
    see(window, settle, tmp_path)
    preview = window.preview
    assert preview.bar.layer.words == "RGB"
    spec = next(layer for layer in window._controller.previewing.shown.layers if layer.name == "spec")
    preview.bar.layer_chosen.emit(spec)
    settle()
    assert color(window, 10, 10) == (188, 188, 188)
    preview.strip.step(1)
    settle()
    assert preview.bar.layer.words == "spec"
    assert color(window, 10, 10) == (255, 255, 255)
    window._controller.select(window._controller.session.get(str(other)))
    settle()
    assert preview.bar.layer.words == "RGB"


def test_a_row_of_the_structure_is_shown_when_it_is_opened(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = np.zeros((32, 32, 4), np.float32)
    pixels[..., 3] = 1.0
    see(window, settle, write_picture(tmp_path / "a.exr", pixels, ("R", "G", "B", "depth.Z")))
    model = window.structure_model
    part = model.index(0, 0)
    row = next(row for row in range(model.rowCount(part)) if model.index(row, 0, part).data() == "depth")
    window.inspector.structure.tree.activated.emit(model.index(row, 0, part))
    settle()
    assert window.preview.bar.layer.words == "depth"
    assert color(window, 10, 10) == (255, 255, 255)


def test_views_are_chosen_where_a_file_has_several(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    names = ["R", "G", "B", "right.R", "right.G", "right.B", "spec.left.R", "spec.left.G", "spec.left.B"]
    path = write_exr(tmp_path / "a.exr", channels=names, attributes={"multiView": strings("left", "right")})
    see(window, settle, path)
    bar = window.preview.bar
    assert bar.view.isVisible()
    assert bar.view.words == "left"
    assert {layer.name for layer in layers_of(inspect_file(str(path))) if layer.view == "left"} == {"", "spec"}
    bar.view.chosen.emit("right")
    settle()
    assert window._controller.previewing.shown.layer.channels == ("right.R", "right.G", "right.B")


def test_layers_are_grouped_by_part_and_odd_ones_stand_alone(tmp_path: Path) -> None:
    first = {"channels": ["R", "G", "B", "A", "N.X", "N.Y", "N.Z", "crypto.id", "Z"]}
    second = {"channels": ["Ci.r", "Ci.g", "Ci.b"], "attributes": {"view": string("left")}}
    layers = layers_of(inspect_file(str(write_exr(tmp_path / "a.exr", parts=[first, second]))))
    assert [(layer.part, layer.name, layer.note) for layer in layers] == [
        (0, "", "RGBA"),
        (0, "", "Z"),
        (0, "N", "XYZ"),
        (0, "crypto", "id"),
        (1, "Ci", "RGB"),
    ]
    assert layers[2].channels == ("N.X", "N.Y", "N.Z")
    assert views_of(layers) == []


def test_frames_are_stepped_sought_and_played(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    for frame in (1001, 1002, 1004):
        flat(tmp_path / f"beauty.{frame}.exr", 0.1)
    (tmp_path / "beauty.1004.exr").write_bytes(b"no")
    see(window, settle, tmp_path)
    window._controller.select(window._controller.session.get(str(tmp_path / "beauty.1001.exr")))
    settle()
    strip, canvas = window.preview.strip, window.preview.canvas
    assert strip.isVisible()
    assert strip.track.toolTip() == "1 damaged, 1 missing"
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert strip.number.text() == "1002"
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert strip.number.text() == "1004"
    settle()
    assert "No picture" in canvas.words
    strip.number.setText("900")
    qtbot.keyClick(strip.number, Qt.Key.Key_Return)
    assert strip.number.text() == "1001"
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: strip.number.text() == "1004")
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert not strip.play.isChecked()


def test_a_single_file_has_no_strip(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, flat(tmp_path / "one.exr", 0.1))
    assert not window.preview.strip.isVisible()


def test_the_pin_says_whether_its_file_is_the_reference(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, flat(tmp_path / "a.exr", 0.1), flat(tmp_path / "b.exr", 0.2))
    pin = window.inspector.header.pin
    assert not pin.isChecked()
    pin.click()
    settle()
    assert pin.isChecked()
    assert pin.toolTip().startswith("Pinned")
    other = next(one for one in window._controller.session if one is not window._controller.selection)
    window.session.select(other)
    assert not pin.isChecked()
