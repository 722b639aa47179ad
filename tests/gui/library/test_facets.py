"""Facets of the Library pane: selected by click and key, cleared by chips and buttons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.library.facet_model import FacetRest, FacetTitle, FacetValue
from exr_inspector_app.gui.library.library_pane import LibraryPane
from tests.gui.library.facet_rows import press_row

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


def test_facets_select_values_and_chips_remove_them(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    press_row(pane, "orca")
    settle()
    assert pane.count.text() == "125 files, 125 sequences"
    model = pane.facets.model
    values = {
        item.label: item
        for row in range(model.rowCount())
        if isinstance(item := model.item(model.index(row)), FacetValue)
    }
    assert (values["orca"].is_selected, values["kelp"].is_selected, values["kelp"].count) == (True, False, 129)
    press_row(pane, "kelp")
    settle()
    (chip,) = pane.chips.chips
    assert chip.text() == "Show: orca, kelp"
    press_row(pane, "specular")
    press_row(pane, "diffuse")
    settle()
    assert [chip.text() for chip in pane.chips.chips] == ["Show: orca, kelp", "Layer: specular", "Layer: diffuse"]
    assert pane.count.text().startswith("83 files")
    qtbot.mouseClick(pane.chips.chips[1], LEFT)
    settle()
    assert pane.count.text().startswith("166 files")
    qtbot.mouseClick(pane.clear_button, LEFT)
    settle()
    assert pane.count.text() == "254 files, 250 sequences"


def test_keyboard_activates_facets(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    view, model = pane.facets.view, pane.facets.model
    view.setFocus()
    view.setCurrentIndex(model.index(0))
    assert isinstance(model.item(model.index(0)), FacetTitle)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    settle()
    assert pane.count.text().startswith("129 files")  # kelp, which more files have
    assert isinstance(item := model.item(view.currentIndex()), FacetValue)
    assert item.value == "kelp"
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert not any(isinstance(model.item(model.index(row)), FacetValue) for row in range(2))


def test_facet_search_filters_values(pane: LibraryPane) -> None:
    model = pane.facets.model
    pane.facets.search.setText("nobody has this")
    assert model.rowCount() == 0
    pane.facets.search.setText("orc")
    assert [str(model.index(row).data()) for row in range(model.rowCount())] == ["Show", "orca, 125 files"]
    pane.facets.search.clear()
    assert not any(isinstance(model.item(model.index(row)), FacetRest) for row in range(model.rowCount()))


def test_empty_result_names_the_filter_and_offers_to_clear_it(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    pane.search.setText("no such thing")
    qtbot.waitUntil(lambda: "No matching files" in pane.notice.text)
    assert "contains “no such thing”" in pane.notice.text
    assert pane.notice.isVisible()
    qtbot.mouseClick(pane.notice.findChild(QPushButton), LEFT)
    settle()
    assert pane.search.text() == ""
    assert pane.view.isVisible()
