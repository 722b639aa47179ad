"""Pixels page of the Compare pane: the table of all layers, and what its rows lead to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.compare.compare_tabs import PIXELS
from exr_inspector_app.gui.compare.pixel_diff_model import ROW_ROLE, EqualLayers
from exr_inspector_app.gui.compare.pixel_diff_pane import PixelDiffPane
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.comparison.comparison_bar import fitting_gain
from exr_inspector_app.gui.preview.comparison.second_image import Mode
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.tasks.job import JobState
from tests.exr.pictures import scene, write_picture
from tests.gui.preview.canvas_tools import Settle, open_and_settle

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
NAMES = ("R", "G", "B", "key.R", "key.G", "key.B", "albedo.R", "albedo.G", "albedo.B", "Z")


@pytest.fixture
def pair(tmp_path: Path) -> list[Path]:
    """Two files: beauty, key and depth differ, albedo is the same, and one layer is in the second file only."""
    first = scene(40, 60, 10)
    second = np.concatenate([first, first[..., :1]], axis=2)
    second[5:10, 20:30, :3] += 0.25
    second[12:22, 40:50, 3:6] *= 2
    second[30, 7, 9] += 500
    return [
        write_picture(tmp_path / "a.exr", first, NAMES),
        write_picture(tmp_path / "b.exr", second, (*NAMES, "mask.A")),
    ]


def rows(pane: PixelDiffPane) -> list[str]:
    """Return the names of the top rows."""
    names = []
    for row in range(pane.model.rowCount()):
        held = pane.model.index(row, 0).data(ROW_ROLE)
        names.append(held.text if isinstance(held, EqualLayers) else pane.model.index(row, 0).data())
    return names


def test_changed_layers_are_listed_and_lead_to_their_difference(
    window: MainWindow, pair: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    open_and_settle(window, settle, pair[1])
    compare = window.pages.compare_presenter
    pane, canvas, presenter = compare.pixels, window.preview.canvas, window.comparison.presenter
    assert "Nothing to compare yet" in pane.notice.text
    compare.add([FileRef(str(path)) for path in pair])
    settle()
    compare.tabs.switch.option_selected.emit(PIXELS)
    pane.stop.click()  # ends the job at once
    assert next(job.state for job in window.controller.activity.jobs()) is JobState.STOPPED
    settle()
    pane.run.click()
    settle()
    assert rows(pane) == ["Z", "key", "RGB", "mask.A", "No change  1 layer: albedo"]
    assert pane.count.text() == "4 of 5 layers differ"
    pane.step.setText("300")
    pane.step.editingFinished.emit()
    settle()
    assert pane.count.text() == "2 of 5 layers differ"  # depth, and the layer of one file
    assert presenter.row.step.text() == "300"
    presenter.row.step.setText("0.001")
    presenter.row.step.editingFinished.emit()
    settle()
    assert rows(pane) == ["Z", "key", "RGB", "mask.A", "No change  1 layer: albedo"]
    assert pane.run_frames.isHidden()  # no frames
    key = pane.model.index(1, 0)
    cells = [key.siblingAtColumn(column).data() for column in range(7)]
    assert cells[2:3] + cells[5:] == ["4.2 %", "40, 12", "brighter 1.0 stops"]
    pane.view.clicked.emit(key.siblingAtColumn(5))
    settle()
    shown = window.controller.preview.shown
    assert (shown.file.path, shown.layer.name, canvas.second.mode) == (str(pair[1]), "key", Mode.DIFFERENCE)
    assert canvas.probe == (40, 12)
    assert presenter.row.text.endswith("First 40, 12")
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    qtbot.keyClick(canvas, Qt.Key.Key_Comma)
    settle()
    assert window.controller.preview.shown.layer.note == "Z"
    assert canvas.second.gain == 0.001
    qtbot.keyClick(canvas, Qt.Key.Key_Period)
    settle()
    assert (window.controller.preview.shown.layer.name, canvas.second.gain) == ("key", 8)
    pane.view.clicked.emit(pane.model.index(4, 0))
    assert pane.view.isExpanded(pane.model.index(4, 0))
    pane._header.sectionClicked.emit(0)
    assert rows(pane)[:3] == ["key", "RGB", "Z"]
    pane.copy.click()
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("albedo\t")
    pane.view.activated.emit(pane.model.index(3, 0))
    settle()
    assert (window.controller.preview.shown.layer.name, presenter.is_active) == ("mask", False)
    request = window.pages.menus.image_comparison_requested
    request.emit(FileRef("//stranger/share/a.exr"))  # of a shared database: opening it could send credentials
    assert not presenter.is_active
    request.emit(FileRef(str(pair[0])))
    settle()
    assert presenter.row.text == "A has no layer mask."


def test_all_frames_of_two_sequences_are_compared(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    pixels = scene(40, 60, 10)
    for version, frames in (("v1", (1001, 1002, 1003)), ("v2", (1001, 1002, 1003, 1004))):
        (tmp_path / version).mkdir()
        for frame in frames:
            changed = pixels.copy()
            if version == "v2" and frame > 1001:
                changed[frame - 1000, 7, :3] += frame - 1000  # 2 in one frame, 3 in the next one
            write_picture(tmp_path / version / f"a.{frame}.exr", changed, NAMES)
    first, second = (str(tmp_path / version / "a.1001.exr") for version in ("v1", "v2"))
    open_and_settle(window, settle, Path(second))
    compare = window.pages.compare_presenter
    compare.add([FileRef(first), FileRef(second)])
    settle()
    pane, preview = compare.pixels, window.controller.preview
    compare.tabs.switch.option_selected.emit(PIXELS)
    settle()
    assert rows(pane) == ["No change  4 layers: RGB, Z, albedo, key"]
    pane.run_frames.click()
    settle()
    assert pane.count.text() == "1 of 4 layers differs, 3 frames, 1 frame of one sequence only"
    assert [pane.model.index(0, column).data() for column in (0, 2, 4, 5, 6)] == [
        *("RGB", "<0.1 %", "3.002", "1002: 7, 2", "2 of 3 frames")
    ]
    for column, frame in ((0, "1003"), (5, "1002")):  # the largest difference, and the first
        pane.view.clicked.emit(pane.model.index(0, column))
        settle()
        assert preview.shown.file.path == str(tmp_path / "v2" / f"a.{frame}.exr")
        assert window.controller.comparison.state.loaded.file.path == str(tmp_path / "v1" / f"a.{frame}.exr")
    assert window.preview.canvas.probe == (7, 2)
    for version in ("v1", "v2"):  # opened, and selected where it is listed
        window.comparison.presenter.swap()
        settle()
        path = str(tmp_path / version / "a.1002.exr")
        assert (preview.shown.file.path, path in {entry.path for entry in window.session.entries()}) == (path, True)


def test_gain_fits_typical_differences() -> None:
    assert [fitting_gain(typical) for typical in (0, 0.1, 1000, 1e9)] == [1024, 8, 0.001, 0.0001]
