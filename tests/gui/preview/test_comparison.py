"""Comparison of the shown image with a reference: wipe, flip, side by side, difference, figures, links, and zoom."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.comparison.names import name_images
from exr_inspector_app.gui.preview.comparison.second_image import Mode
from exr_inspector_app.gui.preview.layers import list_layers
from exr_inspector_app.services.file_versions import previous_version, version_of, with_frame
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import Settle, color, open_and_settle, wait_for_canvas

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
NAMES = ("R", "G", "B", "A", "key.R", "key.G", "key.B")
GREY, LIGHT, BLACK = (118,) * 3, (255,) * 3, (0,) * 3


@pytest.fixture
def versions(tmp_path: Path) -> list[Path]:
    """Two frames of two versions: in v002 a square of the beauty is white; v002 has another data window."""
    paths = []
    for version in ("v001", "v002"):
        folder = tmp_path / "beauty" / version
        folder.mkdir(parents=True)
        pixels = np.full((64, 96, 7), 0.18, np.float32)
        pixels[..., 3] = 1
        if version == "v002":
            pixels[20:40, 60:80, :3] = 1.0
        for frame in (1001, 1002):
            pixels[0, 0, 0] = frame / 1000
            more = {"dataWindow": (np.array([0, 0], np.int32), np.array([95, 63], np.int32))}
            if version == "v001":
                more = {"displayWindow": (np.array([-8, -8], np.int32), np.array([103, 71], np.int32))}
            paths.append(write_picture(folder / f"beauty_{version}.{frame}.exr", pixels, NAMES, **more))
    return paths


def test_versions_are_compared_on_the_canvas(
    window: MainWindow, versions: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    open_and_settle(window, settle, versions[2])
    canvas, preview, presenter = window.preview.canvas, window.preview, window.comparison.presenter
    second = canvas.second
    canvas.set_percent(400)
    canvas.setFocus()
    window.actions_["compare_version"].trigger()
    settle()
    assert (presenter.bar.reference.text, presenter.bar.shown.name) == ("v001", "v002")
    assert [subject.path for subject in window.controller.compare.comparison.subjects] == [
        *(str(versions[0]), str(versions[2]))
    ]
    assert (preview.readout.isVisible(), preview.exposure_panel.isVisible(), presenter.row.isVisible()) == (0, 0, 1)
    assert presenter.row.text.endswith("Max 0.8199 60, 20, Changed 6.5 %, First 60, 20")
    qtbot.mouseClick(presenter.row.items["First"], Qt.MouseButton.LeftButton)
    assert canvas.probe == (60, 20)
    assert presenter.readout.text == "x 60 y 20 A R 0.18 G 0.18 B 0.18 A 1 B R 1 G 1 B 1 A 1"
    second.set_wipe(0)
    assert color(window, 70, 30) == LIGHT
    line = presenter.line
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(16, 100))
    QTest.mouseMove(line, QPoint(canvas.width() - 4, 100))
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton)
    assert second.wipe > 0.95
    assert color(window, 70, 30) == GREY  # the reference at the left of the line
    qtbot.keyClick(line, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert second.wipe < 0.95
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    second.set_mode(Mode.FLIP)
    assert color(window, 70, 30) == LIGHT
    qtbot.keyPress(canvas, Qt.Key.Key_X)
    assert color(window, 70, 30) == GREY
    qtbot.keyRelease(canvas, Qt.Key.Key_X)
    assert color(window, 70, 30) == LIGHT
    qtbot.keyClick(canvas, Qt.Key.Key_D)
    presenter.bar.gain.option_selected.emit(1.0)
    assert color(window, 50, 30) == BLACK
    assert color(window, 70, 30) == (234, 234, 234)  # 0.82 in sRGB
    second.set_mode(Mode.SIDE)
    wait_for_canvas(window)
    left = canvas.view.to_canvas(70.5, 30.5).toPoint()
    image = canvas.grab().toImage()
    half = QPoint(canvas.width() // 2, 0)
    assert [image.pixelColor(at).getRgb()[:3] for at in (left, left + half)] == [GREY, LIGHT]
    assert canvas.to_file((left + half).toPointF()) == (70, 30)
    panes = second.panes(QRectF(canvas.rect()), canvas.view, canvas.renderer)
    assert [pane.layers_clip is None for pane in panes] == [True, False]  # pixel values are those of B
    second.set_mode(Mode.WIPE)
    preview.layer_selected.emit(next(layer for layer in window.controller.preview.shown.layers if layer.name == "key"))
    settle()
    assert presenter.row.text == "The pixels are equal."
    presenter.swap()  # opens v001, whose display window differs: the zoom stays
    settle()
    assert window.controller.preview.shown.file.path == str(versions[0])
    assert (round(canvas.percent), presenter.bar.reference.text) == (400, "v002")
    presenter.close()
    assert (preview.readout.isVisible(), preview.exposure_panel.isVisible(), line.isVisible()) == (1, 1, 0)
    assert not second.is_active


def test_references_and_names_follow_the_files(versions: list[Path], tmp_path: Path) -> None:
    first, other, second, _ = (str(path) for path in versions)
    assert previous_version(second) == first
    assert previous_version(first) is None
    assert (version_of(second), version_of(str(tmp_path / "a.exr"))) == ("v002", "")
    assert with_frame(first, 1001, 1002) == other
    assert with_frame(first, None, 1002) == first
    a, b, c = (inspect_file(path) for path in (first, other, second))
    layers = {file.path: list_layers(file) for file in (a, b, c)}
    beauty = [(file, layers[file.path][0]) for file in (a, b, c)]
    assert name_images(beauty[0], beauty[2]) == ("v001", "v002")
    assert name_images(beauty[0], beauty[1]) == ("frame 1001", "frame 1002")
    assert name_images(beauty[0], (a, layers[first][1])) == ("RGBA", "key")
