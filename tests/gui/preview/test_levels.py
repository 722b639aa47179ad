"""Mipmap and ripmap levels in the preview: selection, shortcuts, readout, and reset for another part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from tests.exr.pictures import Levels, cut, scene, write_picture, write_ripmap, write_tiled
from tests.exr_files import Tiles, write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def select_option(dropdown: Dropdown, row: int, settle: Settle) -> None:
    """Select an option of a dropdown as a user does."""
    dropdown.setCurrentIndex(row)
    dropdown.activated.emit(row)
    settle()


def shown_image(window: MainWindow) -> Picture:
    """Return the decoded image that is shown."""
    pyramid = window.controller.preview.shown.pyramid
    assert pyramid is not None
    return pyramid.picture


def option_labels(dropdown: Dropdown) -> list[str]:
    return [dropdown.itemText(row) for row in range(dropdown.count())]


def ripmap_levels(width: int, height: int) -> Levels:
    """Return the levels of a ripmap, each with a different value."""
    sizes = [(x, y) for y in range(height.bit_length()) for x in range(width.bit_length())]
    return {(x, y): np.full((height >> y, width >> x, 3), (1 + x + 8 * y) / 64, np.float32) for x, y in sizes}


def test_mipmap_has_one_level_dropdown(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = scene(64, 128)
    window.open_paths([str(write_tiled(tmp_path / "mip.exr", pixels, levels=True))])
    settle()
    row, readout = window.preview.levels, window.preview.readout
    assert (row.isVisible(), row.both.isVisible(), row.across.isVisible()) == (True, True, False)
    assert option_labels(row.both)[:3] == ["0 · 128 × 64", "1 · 64 × 32", "2 · 32 × 16"]
    view = window.preview.canvas.view
    select_option(row.both, 2, settle)
    assert (row.both.text, row.note.text()) == ("2 · 32 × 16", "1 pixel for 4 × 4")
    assert window.preview.canvas.view == view
    for x, y in ((0, 0), (127, 63), (70, 35)):
        window.preview.canvas.move_probe(x, y)
        assert [value for _, value in readout.values] == pixels[y // 4 * 4, x // 4 * 4].tolist()
        assert readout.text.startswith(f"x {x} y {y} R ")
    assert "means" not in readout.text


def test_ripmap_has_dropdowns_across_and_down(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    window.open_paths([str(write_ripmap(tmp_path / "rip.exr", ripmap_levels(32, 16)))])
    settle()
    row, readout = window.preview.levels, window.preview.readout
    assert (row.both.isVisible(), row.across.isVisible(), row.down.isVisible()) == (False, True, True)
    assert (row.across.accessibleName(), row.down.accessibleName()) == ("Level across", "Level down")
    assert option_labels(row.across) == ["0 · 32", "1 · 16", "2 · 8", "3 · 4", "4 · 2", "5 · 1"]
    assert option_labels(row.down) == ["0 · 16", "1 · 8", "2 · 4", "3 · 2", "4 · 1"]
    select_option(row.across, 3, settle)
    select_option(row.down, 1, settle)
    window.preview.canvas.move_probe(31, 0)
    assert [value for _, value in readout.values] == [12 / 64] * 3
    assert row.note.text() == "1 pixel for 8 × 2"
    image = window.preview.canvas.grab().toImage()
    edges = [window.preview.canvas.view.to_canvas(x, 8).toPoint() for x in (2, 30)]
    reds = {image.pixelColor(edge).red() for edge in edges}
    assert len(reds) == 1
    assert min(reds) > 60


def test_page_keys_step_through_levels(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    window.open_paths([str(write_ripmap(tmp_path / "rip.exr", ripmap_levels(8, 2)))])
    settle()
    levels = []
    for key in [Qt.Key.Key_PageUp, *[Qt.Key.Key_PageDown] * 4, Qt.Key.Key_PageUp]:
        qtbot.keyClick(window.preview.canvas, key)
        settle()
        levels.append(window.controller.preview.shown.level)
    assert levels == [(0, 0), (1, 1), (2, 1), (3, 1), (3, 1), (2, 0)]


def test_another_file_starts_at_full_level(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    first, second = (write_tiled(tmp_path / name, scene(64, 64), levels=True) for name in ("a.exr", "b.exr"))
    plain = write_picture(tmp_path / "c.exr", scene(64, 64))
    window.open_paths([str(first), str(second), str(plain)])
    settle()
    entries = {entry.path: entry for entry in window.controller.session}
    row, controller = window.preview.levels, window.controller
    for entry, is_visible in ((second, True), (plain, False), (first, True)):
        row.level_selected.emit((3, 3))
        settle()
        controller.files.select(entries[str(entry)])
        settle()
        assert controller.preview.shown.level == (0, 0)
        assert row.isVisible() == is_visible
    assert row.both.text == "0 · 64 × 64"


def test_levels_follow_the_selected_part(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    frame = {"display_window": (0, 0, 31, 7)}
    mip = {"kind": "tiledimage", "tiles": Tiles(4, 4, "mipmap_levels"), "width": 16, "height": 8, **frame}
    window.open_paths([str(write_exr(tmp_path / "parts.exr", parts=[mip, frame, {**mip, "width": 32}]))])
    settle()
    controller, row = window.controller, window.preview.levels
    layers = controller.preview.shown.layers
    row.level_selected.emit((1, 1))
    settle()
    assert row.both.text == "1 · 8 × 4"
    controller.preview.select_layer(layers[1])
    settle()
    assert not row.isVisible()
    controller.preview.select_layer(layers[2])
    settle()
    assert (row.isVisible(), row.both.text) == (True, "0 · 32 × 8")
    assert shown_image(window).pixels.shape == (8, 32, 3)


def test_missing_tile_of_a_level_is_hatched_at_its_position(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = cut(write_tiled(tmp_path / "mip.exr", scene(128, 128), levels=True), 0.9)
    window.open_paths([str(path)])
    settle()
    assert shown_image(window).missing == ()
    window.preview.levels.level_selected.emit((1, 1))
    settle()
    missing = shown_image(window).missing
    assert missing[-1][2:] == (127, 127)
    assert {side % 32 for box in missing for side in (box.width, box.height)} == {0}
    window.preview.canvas.move_probe(missing[-1].max_x, missing[-1].max_y)
    assert window.preview.readout.is_missing
    window.preview.canvas.move_probe(0, 0)
    assert not window.preview.readout.is_missing
