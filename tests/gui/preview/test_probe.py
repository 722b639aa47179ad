"""Probe in the window: pinned probes, values of all channels of the file, deep samples, and statistics of a region."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.probe_values import DeepPixel, PartValues
from exr_inspector_app.gui.inspector.pixel_values import PixelValues, format_values, round_line
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.probe.pixel_readout import fit_columns
from exr_inspector_app.gui.preview.probe.probe_names import ObjectNames
from tests.exr.pictures import scene, write_picture
from tests.exr.test_cryptomatte import MANIFEST, channels, metadata
from tests.exr.test_pixels_deep import write_unsorted
from tests.gui.files import channel, file, part
from tests.gui.preview.canvas_tools import open_and_settle

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def position_of(window: MainWindow, x: int, y: int) -> QPoint:
    """Return the canvas position of the center of a pixel of the file."""
    return window.preview.canvas.view.to_canvas(x + 0.5, y + 0.5).toPoint()


def value_of(model: StructureModel, name: str) -> str:
    """Return the text of the Value column of a channel."""
    for part_row in range(model.rowCount()):
        parent = model.index(part_row, 0)
        for layer_row in range(model.rowCount(parent)):
            layer = model.index(layer_row, 0, parent)
            for row in range(model.rowCount(layer)):
                if model.node(model.index(row, 0, layer)).full_name == name:
                    return str(model.index(row, 4, layer).data())
    raise AssertionError(f"no channel {name}")


def test_probe_shows_all_channels_pins_and_region_statistics(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    for number in (1, 2):
        pixels = np.float16(scene(40, 60, 3, seed=number))
        channels = {name: pixels[..., index].copy() for index, name in enumerate("RGB")}
        channels["id.object"] = np.full((40, 60), 100_000_000 + number, np.uint32)
        write_picture(tmp_path / f"{number}.exr", channels)
    red = [np.float16(scene(40, 60, 3, seed=number))[..., 0] for number in (1, 2)]
    open_and_settle(window, settle, tmp_path / "1.exr", tmp_path / "2.exr")
    preview, canvas, model = window.preview, window.preview.canvas, window.structure_model

    QTest.mouseMove(canvas, position_of(window, 21, 13))
    qtbot.waitUntil(lambda: value_of(model, "R") == str(red[0][13, 21]))
    assert model.headerData(4, Qt.Orientation.Horizontal) == "Value at 21, 13"
    assert value_of(model, "id.object") == "100000001"
    window.actions_["copy_values"].trigger()
    assert f"0\tR\thalf\t{red[0][13, 21]!s}\n" in QGuiApplication.clipboard().text()

    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, control, position_of(window, 5, 6))
    window.actions_["pin_probe"].trigger()
    pins = preview.probes.pins
    assert pins.positions == [(5, 6), (21, 13)]
    assert pins.rows[0].differences[0] == f"{float(red[0][6, 5]) - float(red[0][13, 21]):+.6g}"

    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, shift, position_of(window, 10, 12))
    QTest.mouseMove(canvas, position_of(window, 30, 22))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, shift, position_of(window, 30, 22))
    rows = preview.probes.region.model
    qtbot.waitUntil(lambda: bool(rows.rows))
    assert rows.rows[0][:3] == ("R", str(red[0][12:23, 10:31].min()), str(red[0][12:23, 10:31].max()))

    window.controller.files.select(window.controller.session.get(str(tmp_path / "2.exr")))
    settle()
    qtbot.waitUntil(lambda: value_of(model, "id.object") == "100000002")
    qtbot.waitUntil(lambda: bool(rows.rows) and rows.rows[0][1] == str(red[1][12:23, 10:31].min()))
    window.actions_["copy_probes"].trigger()
    assert QGuiApplication.clipboard().text().splitlines()[1].split("\t")[:4] == ["1", "5", "6", str(red[1][6, 5])]
    pins.rows[0].button.click()
    assert pins.positions == [(21, 13)]
    window.actions_["measure_visible"].trigger()
    qtbot.waitUntil(lambda: bool(rows.rows) and rows.rows[0][1] == str(red[1].min()))
    preview.probes.region.close_button.click()
    assert not preview.probes.region.isVisible()


def test_samples_of_a_deep_pixel_are_listed_from_near_to_far(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_unsorted(tmp_path / "deep.exr", "RGBAZ")
    open_and_settle(window, settle, tmp_path / "deep.exr")
    window.inspector.tabs.setCurrentIndex(1)
    window.preview.canvas.move_probe(5, 6)
    samples = window.preview.probes.samples
    qtbot.waitUntil(samples.isVisible)
    assert samples.title.text() == "3 samples at 5, 6"
    assert samples.model.columns[:2] == ("#", "Z")
    assert [row[:2] for row in samples.model.rows] == [("2", "16"), ("3", "20"), ("1", "35")]
    window.preview.canvas.move_probe(4, 4)
    qtbot.waitUntil(lambda: samples.title.text() == "0 samples at 4, 4")


def test_value_column_has_lines_of_layers_names_and_remarks() -> None:
    shown = file(part(channel("diffuse.R"), channel("diffuse.G"), channel("id", "uint")), part(channel("Z"), index=1))
    values = (
        PartValues(0, ("diffuse.R", "diffuse.G", "id"), (0.5, 0.0, 7.0), None, ""),
        PartValues(1, (), (), None, "outside the data window"),
    )
    model = StructureModel()
    model.show_file(shown)
    model.show_values(format_values(shown, values, (-3, 4), {(0, "id"): "tree"}))
    first, second = model.index(0, 0), model.index(1, 0)
    assert model.headerData(4, Qt.Orientation.Horizontal) == "Value at −3, 4"
    lines = {model.index(row, 0, first).data(): model.index(row, 4, first).data() for row in range(2)}
    assert lines["diffuse"] == "0.5 0"
    assert value_of(model, "id") == "7 tree"
    assert (model.index(1, 4).data(), value_of(model, "Z")) == ("outside the data window", "–")
    assert model.index(0, 4, second).data() == ""
    deep = (PartValues(1, ("Z",), (0.1,), DeepPixel(("Z",), (), 12), ""),)
    model.show_values(format_values(shown, deep, (0, 0), {}))
    assert model.index(1, 4).data() == "12 samples"
    model.show_file(shown)
    assert value_of(model, "Z") == ""


def test_long_lines_are_rounded_and_columns_are_aligned() -> None:
    assert round_line("0.5 0 1", 19) == "0.5 0 1"
    assert round_line("0.0205 0.00621 0.000645", 19) == "≈.0205 .0062 .0006"
    assert round_line("pine_needles, pine_bark", 19) == "pine_needles, pine_bark"
    rows = [[("R", "0.02", 11), ("G", "1", 11), ("B", text, 11)] for text in ("0", "0.000645", "-0.000101")]
    widths = [[width for _, _, width in fit_columns(row, 34)] for row in rows]
    assert widths == [[7, 7, 7], [4, 1, 8], [4, 1, 9]]
    assert [width for *_, width in fit_columns(rows[1], 40)] == [9, 9, 9]
    names = {(0, "crypto00.R"): "box", (0, "crypto00.B"): "tree"}
    texts = {(0, f"crypto00.{letter}"): "0.5" for letter in "RGBA"}
    line = PixelValues("Value", texts, names=names).line(0, [f"crypto00.{letter}" for letter in "RGBA"])
    assert line == "box, tree"


def test_ids_of_a_cryptomatte_have_their_names() -> None:
    mattes = file(part(*channels(), attributes=tuple(metadata(manifest=MANIFEST))))
    box, unknown = (float(np.array(number, np.uint32).view(np.float32)) for number in (0x9D416418, 5))
    names = ("crypto_object00.R", "crypto_object00.G", "crypto_object00.B", "crypto_object01.R")
    values = PartValues(0, names, (box, 0.75, unknown, 0.0), None, "")
    assert ObjectNames().read(mattes, (values,)) == {(0, "crypto_object00.R"): "box"}


def test_copied_values_list_every_channel(tmp_path: Path) -> None:
    opened = inspect_file(str(write_picture(tmp_path / "a.exr", scene(8, 8, 3))))
    values = format_values(opened, (PartValues(0, ("R", "B"), (0.25, 1.0), None, ""),), (1, 2), {})
    lines = values.to_tsv(opened).splitlines()
    assert lines[0] == "part\tchannel\ttype\tvalue"
    assert sorted(line.split("\t")[1] + line.split("\t")[3] for line in lines[1:]) == ["B1", "G", "R0.25"]
