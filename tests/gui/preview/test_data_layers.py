"""Data layers in the preview: their default looks, the automatic range and typed bounds, and the scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr.pixels.color_maps import ColorMap
from exr_inspector_app.exr.pixels.data_colors import to_data_colors
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.color.display_transform import DisplayTransform
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
_ROWS, _COLUMNS = np.mgrid[0:48, 0:64].astype(np.float32)
_AT = [(2, 2), (30, 20), (60, 44), (10, 40), (40, 3)]


def data_file(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    """Write depth in millimeters with a background, positions, normals, motion, and a mask; return the channels."""
    depth = 3000 + 2300 * _COLUMNS
    depth[:8, :8] = 1e10
    depth[40:, :8] = np.inf
    angle = _COLUMNS / 10
    channels = {
        "depth.Z": depth,
        "P.X": 400 * _COLUMNS - 9000,
        "P.Y": 300 * _ROWS,
        "P.Z": _ROWS * 0 - 70_000,
        "N.X": np.sin(angle),
        "N.Y": np.cos(angle),
        "N.Z": _ROWS * 0,
        "motion.u": _COLUMNS - 32,
        "motion.v": 24 - _ROWS,
        "matte.mask": _COLUMNS / 64,
    }
    channels = {name: values.astype(np.float32) for name, values in channels.items()}
    write_picture(path, channels)
    return channels


def show_layer(window: MainWindow, settle: Settle, name: str) -> None:
    """Show the layer of a name."""
    layers = window.controller.preview.shown.layers
    window.preview.bar.layer_selected.emit(next(layer for layer in layers if layer.name == name))
    settle()


def test_data_layers_look_as_in_the_command_picture(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    channels = data_file(tmp_path / "a.exr")
    open_and_settle(window, settle, tmp_path / "a.exr")
    kinds = {"depth": "depth", "P": "vector", "N": "normal", "motion": "vector", "matte": "mask"}
    for name, kind in kinds.items():
        show_layer(window, settle, name)
        stored = [values for channel, values in channels.items() if channel.startswith(name + ".")]
        expected = to_data_colors(np.stack(stored, axis=2), kind)
        assert len(np.unique(expected.reshape(-1, 3), axis=0)) > 40
        window.preview.canvas.set_percent(400)
        assert [color(window, x, y) for x, y in _AT[:3]] == [tuple(expected[y, x].tolist()) for x, y in _AT[:3]]


def test_range_can_be_typed_and_reset(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    channels = data_file(tmp_path / "a.exr")
    open_and_settle(window, settle, tmp_path / "a.exr")
    preview, depth = window.preview, channels["depth.Z"][..., None]
    show_layer(window, settle, "depth")
    panel = preview.exposure_panel
    assert panel.range.isVisibleTo(panel)
    assert not panel.exposure.slider.isVisibleTo(panel)
    automatic = preview.canvas.scale.caption
    assert automatic == f"Shown {panel.range.low.text()} to {panel.range.high.text()}, near is light, none is black"
    near = color(window, 30, 20)
    panel.range.low.selectAll()
    qtbot.keyClicks(panel.range.low, "50000")
    qtbot.keyClick(panel.range.low, Qt.Key.Key_Return)
    high = float(panel.range.high.text())
    assert preview.canvas.scale.caption.startswith(f"Shown 50000 to {high:g}")
    assert color(window, 30, 20) == tuple(to_data_colors(depth, "depth", (50_000, high))[20, 30].tolist()) != near
    assert not panel.range.auto.isChecked()
    panel.range.high.selectAll()
    qtbot.keyClicks(panel.range.high, "7")
    qtbot.keyClick(panel.range.high, Qt.Key.Key_Return)
    assert panel.range.high.text() == f"{high:g}"
    qtbot.mouseClick(panel.range.auto, Qt.MouseButton.LeftButton)
    assert (preview.canvas.scale.caption, color(window, 30, 20)) == (automatic, near)
    handles = panel.handles
    start, end = QPoint(1, 20), QPoint(handles.width() // 2, 20)
    QTest.mousePress(handles, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(handles, end)
    QTest.mouseRelease(handles, Qt.MouseButton.LeftButton, pos=end)
    middle = (preview.canvas.pyramid.look.low + preview.canvas.pyramid.look.high) / 2
    assert float(panel.range.low.text()) == pytest.approx(middle, rel=0.02)
    assert (panel.range.auto.isChecked(), color(window, 30, 20) != near) == (False, True)
    QTest.mouseDClick(handles, Qt.MouseButton.LeftButton, pos=end)
    assert (preview.canvas.scale.caption, color(window, 30, 20)) == (automatic, near)
    panel.range.map.option_selected.emit(ColorMap.MAKO)
    mako = to_data_colors(depth, "depth", color_map=ColorMap.MAKO)[20, 30]
    assert color(window, 30, 20) == tuple(mako.tolist()) != near
    assert panel.range.map.text == "Mako"
    edge = QPoint(preview.canvas.width() - 20, preview.canvas.height() // 2)
    qtbot.mouseDClick(preview.canvas, Qt.MouseButton.LeftButton, pos=edge)
    assert (panel.range.map.text, color(window, 30, 20)) == ("Grey", near)


def test_typed_range_is_kept_in_its_sequence_only(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    paths = [tmp_path / name for name in ("a.1001.exr", "a.1002.exr", "other.exr")]
    for path in paths:
        data_file(path)
    open_and_settle(window, settle, *paths)
    panel = window.preview.exposure_panel.range
    ranges = []
    for path in paths:
        window.controller.files.select(window.controller.session.get(str(path)))
        settle()
        if path == paths[0]:
            show_layer(window, settle, "depth")
            panel.low.setText("50000")
            panel.low.setModified(True)
            panel.low.editingFinished.emit()
        ranges.append(panel.low.text())
    assert ranges == ["50000", "50000", "3000"]


def test_histogram_of_data_spans_their_range(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    data_file(tmp_path / "a.exr")
    open_and_settle(window, settle, tmp_path / "a.exr")
    for name, rows in (("depth", 1), ("P", 3), ("N", 3)):
        show_layer(window, settle, name)
        histogram = window.controller.preview.shown.pyramid.histogram
        assert len(histogram) == rows
        assert (histogram.sum(axis=1) > 0.9).all()
        assert window.preview.exposure_panel.histogram.toolTip().endswith("the automatic range")


def test_colors_have_no_scale(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", np.full((32, 32, 3), 0.18, np.float32), "RGB"))
    panel = window.preview.exposure_panel
    assert window.preview.canvas.scale is None
    window.preview.bar.display.option_selected.emit(DisplayTransform.FALSE)
    assert window.preview.canvas.scale.caption == "False color: luminance in stops around 1.0"
    assert (panel.range.isVisibleTo(panel), panel.exposure.slider.isVisibleTo(panel)) == (False, True)
