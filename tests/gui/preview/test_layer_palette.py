"""Layer palette, keys of layers and views, groups of layers, and layers that stay for files of the same set-up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.aov_groups import AovGroup, aov_group
from exr_inspector_app.gui.preview.layer_choices import LayerChoices
from exr_inspector_app.gui.preview.layers import list_layers
from exr_inspector_app.gui.preview.palette.layer_grid import build_grid
from exr_inspector_app.gui.preview.palette.layer_thumbnails import MAX_BATCH_CHANNELS, make_batches
from tests.exr.pictures import write_picture
from tests.exr_files import write_exr
from tests.gui.preview.canvas_tools import color, open_and_settle, wheel_event

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


@pytest.mark.parametrize(
    ("group", "kind", "names"),
    [
        (AovGroup.BEAUTY, "color", ["", "beauty", "rgba", "denoised", "ViewLayer.Combined", "beauty_left", "Ci"]),
        (AovGroup.LIGHTS, "color", ["lamp_left", "RGBA_key", "spec_kicker", "light_03", "keyLight", "lightSelect1"]),
        (AovGroup.COMPONENTS, "color", ["diffuse_direct", "ViewLayer.DiffDir", "sss", "VRayTotalLighting", "foo"]),
        (AovGroup.UTILITY, "color", ["albedo", "ao", "ViewLayer.Denoising Albedo", "raw_light", "shadow"]),
        (AovGroup.UTILITY, "depth", ["", "beauty"]),
        (AovGroup.UTILITY, "mask", ["", "alpha"]),
        (AovGroup.IDS, "mask", ["matte_table"]),
        (AovGroup.IDS, "cryptomatte", ["crypto_object00"]),
        (AovGroup.IDS, "color", ["puzzleMatte2"]),
    ],
)
def test_layers_are_grouped_as_artists_do(group: AovGroup, kind: str, names: list[str]) -> None:
    assert {name: aov_group(kind, name) for name in names} == dict.fromkeys(names, group)


def test_grid_filters_and_moves_over_matches(tmp_path: Path) -> None:
    lights = [f"lamp{n}.{c}" for n in range(7) for c in "RGB"]
    parts = [
        {"channels": ["R", "G", "B", *lights], "attributes": {}},
        {"channels": ["spec.R", "spec.G", "spec.B", "Z"]},
    ]
    file = inspect_file(str(write_exr(tmp_path / "a.exr", parts=parts)))
    layers = list_layers(file)
    grid = build_grid(layers, "", 4, 10_000)
    assert [(title.group.value, title.matches, title.layers) for title in grid.titles] == [
        ("Beauty", 1, 1), ("Lights", 7, 7), ("Components", 1, 1), ("Utility", 1, 1)
    ]  # fmt: skip
    assert grid.titles[2].y == grid.titles[3].y  # groups that fit share a row
    assert [tile.layer.tile_title for tile in grid.tiles][-2:] == ["spec", "Z"]
    assert grid.move(1, 0, 1) == 5  # lamp0 to lamp4, below it
    assert grid.move(len(grid.tiles) - 1, 1, 0) == 0
    assert grid.next_group(3, 1) == 8
    assert grid.next_group(0, -1) == 9
    dimmed = build_grid(layers, "LAMP3", 4, 10_000)
    assert len(dimmed.tiles) == len(layers)
    assert [dimmed.tiles[index].layer.name for index in dimmed.matches] == ["lamp3"]
    closed_up = build_grid(layers, "lamp3", 4, 150)
    assert [tile.layer.name for tile in closed_up.tiles] == ["lamp3"]
    assert (closed_up.titles[0].matches, closed_up.titles[0].layers) == (1, 7)
    assert build_grid(layers, "no such", 4, 150).move(-1, 0, 0) == -1


def test_thumbnails_are_decoded_in_few_passes(tmp_path: Path) -> None:
    names = [f"aov{n:02}.{c}" for n in range(20) for c in "RGB"]
    file = inspect_file(str(write_exr(tmp_path / "a.exr", channels=[*names, "crypto00.R", "crypto00.G"])))
    layers = list_layers(file)
    batches = make_batches(file, layers)
    assert sorted(layer.name for batch in batches for layer in batch) == sorted(layer.name for layer in layers)
    assert all(sum(len(layer.channels) for layer in batch) <= MAX_BATCH_CHANNELS for batch in batches)
    assert len(batches) <= 5
    assert batches[0][0] == layers[0]


def test_selected_layer_stays_for_files_of_the_same_set_up_and_for_the_sequence(tmp_path: Path) -> None:
    def layers_of(name: str, *channels: str) -> tuple:
        file = inspect_file(str(write_exr(tmp_path / name, channels=["R", "G", "B", *channels])))
        return file, tuple(list_layers(file))

    first, layers = layers_of("a.1001.exr", "Z", "spec.R", "spec.G", "spec.B")
    choices = LayerChoices()
    choices.add(first, layers, next(layer for layer in layers if layer.note == "Z"))
    assert choices.find(*layers_of("other.exr", "Z", "spec.R", "spec.G", "spec.B")).note == "Z"
    assert choices.find(*layers_of("plain.exr", "Z")) is None
    assert choices.find(*layers_of("a.1002.exr", "Z")).note == "Z"


def test_palette_filters_and_shows_a_layer(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    names = [f"{layer}{c}" for layer in ("", "key.", "spec.", "right.", "right.key.", "right.spec.") for c in "RGB"]
    pixels = np.zeros((32, 48, len(names)), np.float32)
    pixels[...] = np.repeat([0.2, 0.5, 1.0, 0.1, 0.3, 0.6], 3)
    path = write_picture(tmp_path / "a.exr", pixels, tuple(names), multiView=["left", "right"])
    open_and_settle(window, settle, path)
    with qtbot.waitActive(window):
        window.activateWindow()
    preview, palette = window.preview, window.picture.layers.palette
    window.session.view.setFocus()
    qtbot.keyClick(window.session.view, Qt.Key.Key_L)
    assert palette.isVisible()
    assert palette.field.hasFocus()
    assert palette.count.text() == "6 layers"
    qtbot.waitUntil(lambda: not window.controller.layer_thumbnails.is_waiting, timeout=30_000)
    assert all(palette.view.find_thumbnail(layer) is not None for layer in preview.state.layers)
    qtbot.keyClicks(palette.field, "spec")
    assert palette.count.text() == "2 of 6 layers"
    assert palette.view.grab().toImage().width() > 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Right)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    settle()
    assert not palette.isVisible()
    assert window.session.view.hasFocus()
    assert (preview.state.layer.name, preview.state.layer.view) == ("spec", "right")
    assert color(window, 5, 5) == (203, 203, 203)
    qtbot.keyClick(window.session.view, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert (preview.state.layer.name, preview.state.layer.view) == ("spec", "left")
    qtbot.keyClick(window.session.view, Qt.Key.Key_BraceRight, Qt.KeyboardModifier.ShiftModifier)
    settle()
    assert (preview.state.layer.name, preview.state.layer.view) == ("", "left")
    qtbot.keyClick(window.session.view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.AltModifier)
    assert preview.bar.enabled_channels == "R"
    QApplication.sendEvent(preview.bar.layer, wheel_event(QPointF(QPoint(10, 10)), -1))
    assert preview.bar.layer.text == "RGB"
    window.picture.layers.open_palette()
    qtbot.keyClicks(palette.field, "key")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.comparison.presenter.is_active
    assert preview.state.layer.name == ""
    settle()
    window.comparison.presenter.close()
    window.picture.layers.open_palette()
    for expected in (True, False):
        qtbot.keyClicks(palette.field, "x" if expected else "")
        qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
        assert palette.isVisible() is expected


def test_picture_keys_work_from_lists_but_not_in_text_fields(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    pixels = np.zeros((32, 32, 4), np.float32)
    pixels[...] = [0.25, 0.5, 0.125, 0.5]
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels, "RGBA"))
    with qtbot.waitActive(window):
        window.activateWindow()
    preview, rows = window.preview, window.session.view
    panel = preview.exposure_panel
    assert window.dock.is_folded  # it has nothing to show yet
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Y)
    assert preview.bar.enabled_channels == "Y"
    assert len(set(color(window, 9, 9))) == 1
    qtbot.keyClick(rows, Qt.Key.Key_Y)
    over = []
    for _ in range(3):
        qtbot.keyClick(rows, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
        over.append(color(window, 9, 9)[2] - 99)  # 0.125 in sRGB
    assert over == [58, 23, 0]  # half of the greys of the background, and black
    qtbot.keyClick(rows, Qt.Key.Key_E)
    settle()
    assert panel.exposure.value == pytest.approx(
        np.log2(0.18 / (pixels[0, 0, :3] @ (0.2126, 0.7152, 0.0722))), abs=0.06
    )
    qtbot.keyClick(rows, Qt.Key.Key_ParenRight, Qt.KeyboardModifier.ShiftModifier)
    assert panel.gamma.value == pytest.approx(1.1)
    window.actions_["reset_exposure"].trigger()
    panel.offset.set_value(0.5)
    assert color(window, 9, 9) == (225, 255, 207)  # 0.75, 1.0, 0.625 in sRGB
    qtbot.keyClicks(window.toolbar.search, "rgf")
    assert (window.toolbar.search.text(), preview.bar.enabled_channels) == ("rgf", "RGB")
    qtbot.keyClick(rows, Qt.Key.Key_F11)
    assert preview.canvas.hasFocus()
    qtbot.waitUntil(lambda: preview.canvas.size() == window.size())
    qtbot.keyClick(preview.canvas, Qt.Key.Key_R)  # keys of the hidden menu bar work
    assert preview.bar.enabled_channels == "R"
    qtbot.keyClick(preview.canvas, Qt.Key.Key_Escape)
    assert window.menuBar().isVisible()
    assert preview.readout.isVisible()
    assert window.status.isVisible()
