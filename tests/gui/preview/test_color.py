"""Colors of the canvas: file spaces, data layers, and agreement with the command `picture`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from exr_inspector_app.__main__ import main
from exr_inspector_app.color.primaries import NAMED_PRIMARIES
from exr_inspector_app.color.processor import DisplayChoice
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.color.color_menus import ConfigurationChoice
from exr_inspector_app.gui.preview.rendering import region_renderer
from exr_inspector_app.gui.settings.window_state import WindowState
from tests.exr.pictures import scene, write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle, wait_for_canvas

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
Image = npt.NDArray[np.int64]


def canvas_image(window: MainWindow, width: int, height: int) -> Image:
    """Return the canvas colors of the pixels of a file at 100 %, without overlays."""
    canvas = window.preview.canvas
    canvas.shows_windows, canvas.probe = False, None
    canvas.set_percent(100)
    origin = canvas.view.origin
    canvas.view = canvas.view.translated(-origin + origin.toPoint())
    wait_for_canvas(window)
    start = canvas.view.to_canvas(0, 0).toPoint()
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    return pixels[start.y() : start.y() + height, start.x() : start.x() + width].astype(np.int64)


def test_canvas_and_command_show_the_same_colors(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = scene(60, 90) * np.float32([0.5, 0.3, 0.2])
    path = write_picture(tmp_path / "a.exr", pixels, "RGB", chromaticities=NAMED_PRIMARIES["ACEScg"])
    open_and_settle(window, settle, path)
    window.preview.exposure_panel.exposure.set_value(1.0)
    shown = canvas_image(window, 90, 60)
    assert main(["picture", str(path), "--out", str(tmp_path / "a.png"), "--exposure", "1"]) == 0
    written = oiio.ImageBuf(str(tmp_path / "a.png")).get_pixels(oiio.UINT8).astype(np.int64)
    assert np.abs(shown - written).max() <= 1


def test_picture_in_two_spaces_looks_alike(window: MainWindow, tmp_path: Path, settle: Settle, corpus: Path) -> None:
    images = []
    for name in ("Rec709.exr", "XYZ.exr"):
        (path,) = corpus.glob(f"**/Chromaticities/{name}")
        open_and_settle(window, settle, path)
        window.controller.files.select(window.controller.session.get(str(path)))
        settle()
        images.append(canvas_image(window, 300, 150))
    assert np.abs(images[0] - images[1]).max() <= 2


def test_data_layers_are_not_converted(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    normals = np.full((64, 64, 3), [0.18, 0.5, 1.0], np.float32)
    names = ("N.X", "N.Y", "N.Z")
    path = write_picture(tmp_path / "n.exr", normals, names, chromaticities=NAMED_PRIMARIES["ACEScg"])
    open_and_settle(window, settle, path)
    assert color(window, 30, 30) == (46, 128, 255)


def test_views_of_a_configuration_equal_those_of_the_command(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    render = region_renderer.render_region

    def record(*arguments: Any, **options: Any) -> Any:
        threads.add(threading.current_thread())
        return render(*arguments, **options)

    monkeypatch.setattr(region_renderer, "render_region", record)
    path = write_picture(tmp_path / "a.exr", scene(60, 90), "RGB", colorInteropID="lin_ap1_scene")
    open_and_settle(window, settle, path)
    bar = window.preview.bar
    assert bar.space.text == "lin_ap1_scene (colorInteropID)"
    bar.display.option_selected.emit(ConfigurationChoice("cg"))
    settle()
    assert bar.display.text == "ACES 2.0 - SDR 100 nits (Rec.709)"
    shown = canvas_image(window, 90, 60)
    assert main(["picture", str(path), "--out", str(tmp_path / "a.png"), "--config", "cg"]) == 0
    assert np.abs(shown - oiio.ImageBuf(str(tmp_path / "a.png")).get_pixels(oiio.UINT8).astype(int)).max() <= 1
    renderer, exposure = window.preview.canvas.renderer, window.preview.exposure_panel
    exposure.changed.emit(0.5, 1.0, True)
    qtbot.waitUntil(lambda: renderer.shown.request.settings.exposure == 0.5)
    assert not renderer.shown.is_exact  # the baked cube of the view, while a slider is dragged
    exposure.changed.emit(0.5, 1.0, False)
    wait_for_canvas(window)
    assert renderer.shown.is_exact
    bar.display.option_selected.emit(DisplayChoice("Display P3 - Display", "Un-tone-mapped"))
    wait_for_canvas(window)
    assert bar.display.text == "Un-tone-mapped"
    assert threading.main_thread() not in threads
    assert WindowState().color_configuration == "cg"
    assert WindowState().color_view == ("Display P3 - Display", "Un-tone-mapped")


def test_space_of_a_folder_can_be_chosen_and_is_kept(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    paths = [write_picture(tmp_path / f"{name}.exr", np.full((64, 64, 3), 0.18, np.float32), "RGB") for name in "ab"]
    open_and_settle(window, settle, *paths)
    bar = window.preview.bar
    assert bar.space.text == "Linear Rec.709 (assumed)"
    bar.space.option_selected.emit("sRGB")
    assert color(window, 30, 30) == (46, 46, 46)
    window.controller.files.select(window.controller.session.get(str(paths[1])))
    settle()
    assert (bar.space.text, color(window, 30, 30)) == ("sRGB (chosen)", (46, 46, 46))
    assert WindowState().file_spaces == {str(tmp_path): "sRGB"}
    bar.space.option_selected.emit("")
    assert color(window, 30, 30) == (118, 118, 118)
    assert WindowState().file_spaces == {}


def test_configuration_that_cannot_be_used_is_one_message(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", np.full((64, 64, 3), 0.18), "RGB"))
    (tmp_path / "bad.ocio").write_text("ocio_profile_version: 2.99\n")
    window.colors._load(str(tmp_path / "bad.ocio"), ("", ""), is_kept=True)
    settle()
    assert "it needs a newer version" in window.status.text
    assert color(window, 30, 30) == (118, 118, 118)
    assert WindowState().color_configuration == ""
