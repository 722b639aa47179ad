"""Canvas: zoom, overscan, hatching, full-window preview, and messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.view_transform import fit_box
from exr_inspector_app.model import Box2i
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr_files import write_exr
from tests.gui.preview.canvas_tools import color, open_and_settle, wait_for_canvas, wheel_event, write_flat

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_wheel_zooms_around_pointer_and_f_fits(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", scene(90, 160)))
    canvas = window.preview.canvas
    with qtbot.waitActive(window):  # keys of actions work in an active window only
        window.activateWindow()
    qtbot.waitUntil(lambda: canvas.pyramid is not None and canvas.is_settled)
    position = canvas.view.to_canvas(40.5, 30.5)
    before = canvas.view.scale
    QApplication.sendEvent(canvas, wheel_event(position, 3))
    assert canvas.view.scale == pytest.approx(before * 1.25**3)
    assert canvas.view.to_file(position) == (40, 30)
    assert window.preview.bar.zoom.text == f"{canvas.percent:.0f} %"
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.percent == 100
    qtbot.keyClick(canvas, Qt.Key.Key_F)
    fitted = fit_box(Box2i(0, 0, 159, 89), 1.0, canvas.width(), canvas.height())  # the canvas may have grown meanwhile
    assert (canvas.is_fitted, canvas.view.scale) == (True, fitted.scale)
    wait_for_canvas(window)
    center = canvas.view.to_canvas(80.5, 45.5).toPoint()
    room = QRect(center - QPoint(12, 12), center + QPoint(12, 12))
    canvas.move_probe(80, 45)
    with_cross = canvas.grab(room).toImage()
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert (canvas.grab(room).toImage() == with_cross, canvas.probe) == (False, (80, 45))
    canvas.center_on(80, 45)  # a jump from elsewhere shows where it went
    assert canvas.grab(room).toImage() == with_cross


def test_small_fitted_image_is_smooth_and_sharp_after_zooming(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    pixels = np.zeros((128, 256, 3), np.float32)
    pixels[:, 128:] = 1.0
    open_and_settle(window, settle, write_picture(tmp_path / "edge.exr", pixels, "RGB"))
    canvas = window.preview.canvas
    assert canvas.percent > 210

    def count_greys() -> int:
        row = canvas.view.to_canvas(128, 64).toPoint()
        image = canvas.grab().toImage()
        values = {image.pixelColor(row.x() + step, row.y()).red() for step in range(-4, 5)}
        return len(values - {0, 255})

    assert count_greys()
    canvas.set_percent(400)
    assert not count_greys()


def test_overscan_is_shaded_by_sixty_percent(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    pixels = np.full((64, 64, 3), 0.18, np.float32)
    display_window = (np.array([8, 8], np.int32), np.array([55, 55], np.int32))
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels, displayWindow=display_window))
    assert color(window, 40, 40) == (118, 118, 118)
    assert color(window, 3, 40) == (47, 47, 47)
    qtbot.keyClick(window.preview.canvas, Qt.Key.Key_W)
    assert color(window, 3, 40) == (118, 118, 118)


def test_missing_tiles_are_counted_and_hatched(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, cut(write_tiled(tmp_path / "a.exr", scene(64, 64)), 0.6))
    readout = window.preview.readout
    assert "tiles not shown" in readout.remarks
    window.preview.canvas.move_probe(60, 60)
    assert readout.is_missing
    canvas = window.preview.canvas
    corner = canvas.view.rect(window.controller.preview.shown.pyramid.picture.missing[-1]).toRect()
    image = canvas.grab(corner.adjusted(3, 3, -3, -3)).toImage()
    colors = {image.pixelColor(x, 20).name() for x in range(0, image.width())}
    assert "#171717" in colors
    assert len(colors) > 2


def test_old_image_stays_until_new_one_is_decoded(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    second = write_flat(tmp_path / "a.2.exr", 1.0)
    open_and_settle(window, settle, write_flat(tmp_path / "a.1.exr", 0.18), second)
    job = window.controller.preview
    job.prefetcher.stop()  # which may have decoded the second frame ahead
    job.cache.remove_file(str(second))
    window.preview.strip.step(1)
    assert job.shown.is_loading
    assert color(window, 10, 10) == (118, 118, 118)
    settle()
    assert color(window, 10, 10) == (255, 255, 255)


def test_canvas_explains_missing_image(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    assert "No file selected" in window.preview.canvas.text
    open_and_settle(window, settle, write_flat(tmp_path / "a.exr", 1.0))
    window.preview.canvas.move_probe(3, 4)
    assert window.preview.readout.text == "x 3 y 4 R 1 G 1 B 1"
    path = write_exr(tmp_path / "cut.exr")
    path.write_bytes(path.read_bytes()[:200])
    open_and_settle(window, settle, path)
    assert "is cut off" in window.preview.canvas.text
    assert window.preview.readout.text == ""  # no pixel of the file before
    window.preview.canvas.step_probe(1, 0)
    assert window.preview.canvas.probe == (3, 4)


def test_full_window_preview_hides_other_panes(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    open_and_settle(window, settle, write_flat(tmp_path / "a.exr", 0.1))
    before = window.layout_.columns.sizes()
    window.actions_["full"].trigger()
    assert not window.session.isVisible()
    qtbot.waitUntil(lambda: window.preview.width() == window.width())
    window.actions_["full"].trigger()
    qtbot.waitUntil(lambda: window.layout_.columns.sizes() == before)


def test_panes_keep_minimum_width_at_1280(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_flat(tmp_path / "a.exr", 0.1))
    window.resize(1280, 800)
    for page in (0, 1, 2):
        window.inspector.tabs.setCurrentIndex(page)
        session, preview, inspector = window.layout_.columns.sizes()
        assert session + preview + inspector == 1278
        assert (session >= 280, preview >= 480, inspector >= 320) == (True, True, True)
