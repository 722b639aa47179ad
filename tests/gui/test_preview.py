"""The preview as a person uses it: real files, decoded in the real child process, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window import MainWindow
from exr_inspector_app.gui.viewing import previewing
from exr_inspector_app.gui.viewing.develop import Display
from exr_inspector_app.gui.viewing.layers import layers_of, views_of
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr_files import string, strings, write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def see(window: MainWindow, settle: Settle, *paths: Path) -> None:
    """The paths are opened, and the picture of the first is there."""
    window.open_paths([str(path) for path in paths])
    settle()


def color(window: MainWindow, x: int, y: int) -> tuple[int, ...]:
    """What stands on the canvas at the middle of a pixel of the file."""
    at = window.preview.canvas.view.to_canvas(x + 0.5, y + 0.5).toPoint()
    return window.preview.canvas.grab().toImage().pixelColor(at).getRgb()[:3]


def flat(path: Path, value: float, name: str = "RGB", size: int = 64) -> Path:
    """A picture of one value."""
    return write_picture(path, np.full((size, size, len(name)), value, np.float32), name)


def test_the_picture_is_shown_in_the_display_s_code_values(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, flat(tmp_path / "grey.exr", 0.18))
    assert color(window, 30, 30) == (118, 118, 118)
    window.preview.bar.display_chosen.emit(Display.LINEAR)
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
    QApplication.sendEvent(canvas, _wheel(canvas.view.to_canvas(21.5, 13.5), 0))
    canvas._point(21, 13)
    assert [letter for letter, _ in readout.values] == list("RGBA")
    assert [value for _, value in readout.values] == pixels[13, 21].tolist()
    assert readout.words.startswith(f"x 21 y 13 R {pixels[13, 21, 0]:.5f}")


def test_a_picture_made_smaller_tells_a_pixel_s_own_numbers_once_the_pointer_rests(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_PIXELS", 1000)
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


def _wheel(at: QPointF, turns: int) -> QWheelEvent:
    none = Qt.KeyboardModifier.NoModifier
    phase, buttons = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    return QWheelEvent(at, at, QPoint(), QPoint(0, 120 * turns), buttons, none, phase, False)


def test_the_wheel_zooms_around_the_pointer_and_f_fits(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    see(window, settle, write_picture(tmp_path / "a.exr", scene(90, 160)))
    canvas = window.preview.canvas
    at = canvas.view.to_canvas(40.5, 30.5)
    before = canvas.view.scale
    QApplication.sendEvent(canvas, _wheel(at, 3))
    assert canvas.view.scale == pytest.approx(before * 1.25**3)
    assert canvas.view.to_file(at) == (40, 30)
    assert window.preview.bar.zoom.words == f"{canvas.percent:.0f} %"
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.percent == 100
    qtbot.keyClick(canvas, Qt.Key.Key_F)
    assert (canvas.is_fitted, canvas.view.scale) == (True, before)


def test_overscan_is_dimmed_by_sixty_per_cent(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    pixels = np.full((64, 64, 3), 0.18, np.float32)
    window_ = (np.array([8, 8], np.int32), np.array([55, 55], np.int32))
    see(window, settle, write_picture(tmp_path / "a.exr", pixels, displayWindow=window_))
    assert color(window, 40, 40) == (118, 118, 118)
    assert color(window, 3, 40) == (47, 47, 47)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_W)
    assert color(window, 3, 40) == (118, 118, 118)


def test_missing_tiles_are_counted_and_hatched(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, cut(write_tiled(tmp_path / "a.exr", scene(64, 64)), 0.6))
    readout = window.preview.readout
    assert "tiles not shown" in readout.remark
    window.preview.canvas._point(60, 60)
    assert readout.is_missing
    canvas = window.preview.canvas
    corner = canvas.view.rect(window._controller.previewing.shown.prepared.picture.missing[-1]).toRect()
    seen = canvas.grab(corner.adjusted(3, 3, -3, -3)).toImage()
    colors = {seen.pixelColor(x, 20).name() for x in range(0, seen.width())}
    assert "#171717" in colors
    assert len(colors) > 2


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


def test_nan_is_counted_and_marked(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    pixels = np.full((32, 32, 3), 0.5, np.float32)
    pixels[10, 10, 0] = np.nan
    see(window, settle, write_picture(tmp_path / "a.exr", pixels))
    assert window.preview.readout.remark == "NaN 1, Inf 0"
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_N)
    assert color(window, 10, 10) == (255, 0, 255)


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


def test_why_there_is_no_picture_is_said_in_words(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    assert "No file selected" in window.preview.canvas.words
    path = write_exr(tmp_path / "cut.exr")
    path.write_bytes(path.read_bytes()[:200])
    see(window, settle, path)
    assert "has no end" in window.preview.canvas.words


def test_the_old_picture_stays_until_the_new_one_is_there(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, flat(tmp_path / "a.1.exr", 0.18), flat(tmp_path / "a.2.exr", 1.0))
    window.preview.strip.step(1)
    assert window._controller.previewing.shown.is_loading
    assert color(window, 10, 10) == (118, 118, 118)
    settle()
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


def test_the_picture_takes_the_whole_window(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    see(window, settle, flat(tmp_path / "a.exr", 0.1))
    before = window.layout_.columns.sizes()
    window.actions_["full"].trigger()
    assert not window.session.isVisible()
    qtbot.waitUntil(lambda: window.preview.width() == window.width())
    window.actions_["full"].trigger()
    qtbot.waitUntil(lambda: window.layout_.columns.sizes() == before)


def test_at_1280_every_pane_has_its_least_width(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    see(window, settle, flat(tmp_path / "a.exr", 0.1))
    window.resize(1280, 800)
    for page in (0, 1, 2):
        window.inspector.tabs.setCurrentIndex(page)
        session, preview, inspector = window.layout_.columns.sizes()
        assert session + preview + inspector == 1278
        assert (session >= 280, preview >= 480, inspector >= 320) == (True, True, True)


def test_a_small_picture_that_fits_is_smooth_and_sharp_once_a_person_zooms(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    pixels = np.zeros((128, 256, 3), np.float32)
    pixels[:, 128:] = 1.0
    see(window, settle, write_picture(tmp_path / "edge.exr", pixels, "RGB"))
    canvas = window.preview.canvas
    assert canvas.percent > 210

    def greys() -> int:
        row = canvas.view.to_canvas(128, 64).toPoint()
        image = canvas.grab().toImage()
        values = {image.pixelColor(row.x() + step, row.y()).red() for step in range(-4, 5)}
        return len(values - {0, 255})

    assert greys()
    canvas.set_percent(400)
    assert not greys()


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
