"""The facets of the library: chosen by click and key, taken back by chips and buttons."""

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


def test_facets_choose_and_chips_take_back(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    press_row(pane, "orca")
    settle()
    assert pane.count.text() == "125 files, 125 sequences"
    model = pane.facets.model
    shown = {
        item.words: item
        for row in range(model.rowCount())
        if isinstance(item := model.item(model.index(row)), FacetValue)
    }
    assert (shown["orca"].is_chosen, shown["kelp"].is_chosen, shown["kelp"].count) == (True, False, 129)
    press_row(pane, "kelp")
    settle()
    (chip,) = pane.chips.chips
    assert chip.text() == "Show: orca, kelp"
    press_row(pane, "specular")
    press_row(pane, "diffuse")
    settle()
    assert [one.text() for one in pane.chips.chips] == ["Show: orca, kelp", "Layer: specular", "Layer: diffuse"]
    assert pane.count.text().startswith("83 files")
    qtbot.mouseClick(pane.chips.chips[1], LEFT)
    settle()
    assert pane.count.text().startswith("166 files")
    qtbot.mouseClick(pane._clear, LEFT)
    settle()
    assert pane.count.text() == "254 files, 250 sequences"


def test_facets_are_reached_by_the_keyboard(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
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


def test_a_facet_with_many_values_shows_few_until_asked(pane: LibraryPane) -> None:
    model = pane.facets.model
    pane.facets.search.setText("nobody has this")
    assert model.rowCount() == 0
    pane.facets.search.setText("orc")
    assert [str(model.index(row).data()) for row in range(model.rowCount())] == ["Show", "orca, 125 files"]
    pane.facets.search.clear()
    assert not any(isinstance(model.item(model.index(row)), FacetRest) for row in range(model.rowCount()))


def test_nothing_matches_names_the_filter_and_clears_it(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    pane.search.setText("no such thing")
    qtbot.waitUntil(lambda: "Nothing matches" in pane.notice.text)
    assert "contains “no such thing”" in pane.notice.text
    assert pane.notice.isVisible()
    qtbot.mouseClick(pane.notice.findChild(QPushButton), LEFT)
    settle()
    assert pane.search.text() == ""
    assert pane.view.isVisible()
