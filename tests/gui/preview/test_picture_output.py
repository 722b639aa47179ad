"""What leaves the canvas: copies, exports of layers, regions and contact sheets, drags, and the viewer's command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from exr_inspector_app.errors import OutputError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.main_window.file_actions import viewer_command
from exr_inspector_app.gui.main_window.picture.picture_output import DragLayer
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.model import Box2i
from exr_inspector_app.services.contact_sheet import render_sheet
from exr_inspector_app.services.layer_export import export_exr
from exr_inspector_app.services.picture_render import RenderSettings
from exr_inspector_app.services.picture_selection import select_layers
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_exported_exr_has_the_exact_values_of_a_region(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    planes = {
        "R": random.normal(size=(40, 30)).astype(np.float16),
        "far.Z": random.normal(1e5, 1e4, (40, 30)).astype(np.float32),
        "a name of more than thirty-one characters.id": random.integers(0, 2**32, (40, 30), np.uint32, endpoint=False),
        "other": np.zeros((40, 30), np.float16),
    }
    planes["R"][7, 5] = np.nan
    planes["far.Z"][8, 6] = np.inf
    windows = {"dataWindow": ((-4, 3), (25, 42)), "displayWindow": ((0, 0), (63, 47))}
    primaries = (0.7, 0.3, 0.2, 0.7, 0.1, 0.05, 0.31, 0.33)
    known = {
        "owner": "orca",
        "pixelAspectRatio": 2.0,
        "screenWindowWidth": 1.5,
        "an attribute with a name of more than thirty-one": 7,
    }
    mattes = {f"cryptomatte/{key}/name": name for key, name in (("aaaaaaa", "id"), ("bbbbbbb", "cryptoMaterial"))}
    untrue = {"chunkCount": 3, "oiio:SHA-1": "0", "acesImageContainerFlag": 1, "envmap": OpenEXR.ENVMAP_LATLONG}
    header = {**known, **mattes, **untrue}
    source = write_picture(tmp_path / "a.exr", planes, chromaticities=primaries, **windows, **header)
    out, names = tmp_path / "b.exr", [name for name in planes if name != "other"]
    with closing(Decoder()) as decoder:
        box = export_exr(out, inspect_file(str(source)), 0, names, Box2i(-1, 8, 20, 40), decoder, lambda: False)
        before = source.read_bytes()
        with pytest.raises(OutputError, match="is the file that is exported"):
            export_exr(source, inspect_file(str(source)), 0, names, None, decoder, lambda: False)
        with pytest.raises(OutputError, match="Cannot write"):
            export_exr(tmp_path / "no" / "b.exr", inspect_file(str(source)), 0, names, None, decoder, lambda: False)
    assert source.read_bytes() == before
    assert box == Box2i(-1, 8, 20, 40)
    written = OpenEXR.File(str(out), separate_channels=True).parts[0]
    assert sorted(written.channels) == sorted(names)
    for name in names:
        pixels = written.channels[name].pixels
        assert pixels.dtype == planes[name].dtype
        assert pixels.tobytes() == np.ascontiguousarray(planes[name][5:38, 3:25]).tobytes(), name
    assert [tuple(corner) for corner in written.header["displayWindow"]] == [(0, 0), (63, 47)]
    assert written.header["chromaticities"] == pytest.approx(primaries)
    assert {name: written.header[name] for name in known} == known
    assert written.header.keys().isdisjoint({*untrue, *mattes} - {"chunkCount"})


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("rv {file}", ["rv", "/a b.exr"]),
        ("rv", ["rv", "/a b.exr"]),
        ("tev --frame {frame} '{path}:{layer}'", ["tev", "--frame", "1001", "/a b.exr:spec"]),
        ("view -l {layer} {file} {other}", ["view", "-l", "spec", "/a b.exr", "{other}"]),
    ],
)
def test_viewer_opens_file_frame_and_layer(command: str, expected: list[str]) -> None:
    assert viewer_command(command, "/a b.exr", "1001", "spec") == expected


def test_placeholders_without_a_value_are_left_out() -> None:
    command = "view -l {layer} --frame={frame} {file}"
    assert viewer_command(command, "/a.exr") == ["view", "/a.exr"]
    assert viewer_command(command, "/a.exr", "7", "--script=/x") == ["view", "--frame=7", "/a.exr"]
    assert viewer_command("view {file} {layer}", "/a.exr", "", "{path} $(id)") == ["view", "/a.exr", "{path} $(id)"]


def test_contact_sheet_labels_its_cells(tmp_path: Path) -> None:
    pixels = np.zeros((90, 160, 6), np.float32)
    file = inspect_file(str(write_picture(tmp_path / "a.exr", pixels, ("R", "G", "B", "spec.R", "spec.G", "spec.B"))))
    with closing(Decoder()) as decoder:
        sheet, columns, _ = render_sheet(file, select_layers(file, None, None, None), RenderSettings(None), decoder)
        tiny, _, _ = render_sheet(file, select_layers(file, None, None, None), RenderSettings((80, 60)), decoder)
    assert columns >= 1
    assert (sheet > 150).any()  # black layers: only labels are bright
    assert not (tiny > 150).any()


def test_image_is_copied_and_exported_from_the_canvas(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    pixels = np.zeros((32, 48, 4), np.float32)
    pixels[...] = [0.25, 0.5, 0.125, 0.5]
    path = write_picture(tmp_path / "a.1001.exr", pixels, "RGBA")
    open_and_settle(window, settle, path)
    canvas, actions, output = window.preview.canvas, window.actions_, window.picture.output
    shown = color(window, 5, 5)
    actions["copy_value"].trigger()
    assert "Move the pointer" in window.status.text
    QTest.mouseMove(canvas, canvas.view.to_canvas(5.5, 5.5).toPoint())
    clipboard = QGuiApplication.clipboard()
    actions["copy_value"].trigger()
    assert clipboard.text() == "0.25\t0.5\t0.125\t0.5"
    actions["copy_color"].trigger()
    assert clipboard.text() == "#{:02X}{:02X}{:02X}".format(*shown)
    actions["copy_image"].trigger()
    settle()
    assert clipboard.image().size().toTuple() == (48, 32)
    assert clipboard.image().pixelColor(5, 5).getRgb()[:3] == shown
    actions["export_region_png"].trigger()
    assert "Select a region first" in window.status.text
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, _at(window, 4, 6))
    QTest.mouseMove(canvas, _at(window, 11, 9))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, _at(window, 11, 9))
    for name, suffix in (("export_region_png", "png"), ("export_exr", "exr"), ("export_sheet", "png")):
        actions[name].trigger()
        dialog = window.findChild(QFileDialog)
        assert Path(dialog.selectedFiles()[0]).name.startswith("a.1001.")
        dialog.fileSelected.emit(str(tmp_path / f"{name}.{suffix}"))
        dialog.close()
        dialog.deleteLater()
        qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)
        settle()
    region = QImage(str(tmp_path / "export_region_png.png"))
    assert region.size().toTuple() == (8, 4)
    assert region.pixelColor(0, 0).getRgb()[:3] == shown
    written = OpenEXR.File(str(tmp_path / "export_exr.exr"), separate_channels=True).parts[0].channels
    assert written["G"].pixels.shape == (32, 48)
    assert QImage(str(tmp_path / "export_sheet.png")).width() > 100
    menu_names = [action.text() for action in window.picture.output.make_menu().actions()]
    assert "Copy values at the pixel" in menu_names
    assert output.picture is not None


def _at(window: MainWindow, x: int, y: int) -> QPoint:
    return window.preview.canvas.view.to_canvas(x + 0.5, y + 0.5).toPoint()


def test_drag_starts_with_alt_and_the_right_button_is_kept_for_the_menu(window: MainWindow) -> None:
    started: list[bool] = []
    canvas = window.preview.canvas
    layer = DragLayer(lambda: started.append(True), window)

    def send(button: Qt.MouseButton, modifiers: Qt.KeyboardModifier, *places: tuple[float, float]) -> bool:
        events = [
            QMouseEvent(QEvent.Type.MouseMove, QPointF(*place), QPointF(*place), button, button, modifiers)
            for place in places
        ]
        is_kept = layer.press(events[0], canvas)
        for event in events[1:]:
            layer.move(event, canvas)
        return is_kept

    alt, none = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
    assert not send(Qt.MouseButton.LeftButton, none, (5, 5), (90, 90))
    assert send(Qt.MouseButton.RightButton, none, (5, 5), (90, 90))
    assert send(Qt.MouseButton.LeftButton, alt, (5, 5), (6, 6))
    assert not started
    assert send(Qt.MouseButton.LeftButton, alt, (5, 5), (60, 60), (90, 90))
    assert started == [True]
