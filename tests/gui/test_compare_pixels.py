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
    assert next(job.state for job in window._controller.activity.jobs()) is JobState.STOPPED
    settle()
    pane.run.click()
    settle()
    assert rows(pane) == ["Z", "key", "RGB", "mask.A", "No change  1 layer: albedo"]
    assert pane.count.text() == "4 of 5 layers differ"
    key = pane.model.index(1, 0)
    cells = [key.siblingAtColumn(column).data() for column in range(7)]
    assert cells[2:3] + cells[5:] == ["4.2 %", "40, 12", "brighter 1.0 stops"]
    pane.view.clicked.emit(key.siblingAtColumn(5))
    settle()
    shown = window._controller.preview.shown
    assert (shown.file.path, shown.layer.name, canvas.second.mode) == (str(pair[1]), "key", Mode.DIFFERENCE)
    assert canvas.probe == (40, 12)
    assert presenter.row.text.endswith("First 40, 12")
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    qtbot.keyClick(canvas, Qt.Key.Key_Comma)
    settle()
    assert window._controller.preview.shown.layer.note == "Z"
    assert canvas.second.gain == 0.001
    qtbot.keyClick(canvas, Qt.Key.Key_Period)
    settle()
    assert (window._controller.preview.shown.layer.name, canvas.second.gain) == ("key", 8)
    pane.view.clicked.emit(pane.model.index(4, 0))
    assert pane.view.isExpanded(pane.model.index(4, 0))
    pane._header.sectionClicked.emit(0)
    assert rows(pane)[:3] == ["key", "RGB", "Z"]
    pane.copy.click()
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("albedo\t")
    pane.view.activated.emit(pane.model.index(3, 0))
    settle()
    assert (window._controller.preview.shown.layer.name, presenter.is_active) == ("mask", False)
    request = window.pages.menus.image_comparison_requested
    request.emit(FileRef("//stranger/share/a.exr"))  # of a shared database: opening it could send credentials
    assert not presenter.is_active
    request.emit(FileRef(str(pair[0])))
    settle()
    assert presenter.row.text == "A has no layer mask."


def test_gain_fits_typical_differences() -> None:
    assert [fitting_gain(typical) for typical in (0, 0.1, 1000, 1e9)] == [1024, 8, 0.001, 0.0001]
