"""Filters of the library: added word by word, held for similar files too, saved by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Condition
from exr_inspector_app.gui.filters.add_filter import FILTER_FIELDS
from exr_inspector_app.gui.filters.filter_set import FilterSet, condition_label
from exr_inspector_app.gui.filters.saved_filters import SavedFilters
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


def test_a_filter_is_added_by_what_how_and_value(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    popup, filters = pane.popup, pane._filters

    def choose(words: str, value: str) -> None:
        popup.what.setCurrentIndex(next(at for at, one in enumerate(FILTER_FIELDS) if one[2] == words))
        popup.value.setText(value)
        qtbot.mouseClick(popup.add, LEFT)

    choose("Channels, at least", "many")
    assert "whole number" in popup._wrong.text()
    assert filters.conditions == ()
    choose("Channels, at least", "8")
    choose("Path contains", "orca/*/lighting")
    choose("Resolution is", "1920 × 1080")
    choose("Published since", "2026-01-01")
    choose("Deep", "")
    settle()
    assert [condition_label(one) for one in filters.conditions] == [
        "Channels: 8 or more", "Path: with “orca/”", "Path: with “/lighting”", "Resolution: 1920 × 1080",
        "Published: since 1 Jan 2026", "Deep",
    ]  # fmt: skip


def test_toggling_keeps_the_place_of_a_condition() -> None:
    filters = FilterSet()
    filters.toggle("show", "orca")
    filters.add(Condition("width", ">=", 2048))
    filters.toggle("show", "kelp")
    assert [condition_label(one) for one in filters.conditions] == ["Show: orca, kelp", "Width: 2,048 or more"]
    filters.toggle("show", "orca")
    filters.toggle("show", "kelp")
    assert [condition_label(one) for one in filters.conditions] == ["Width: 2,048 or more"]


def test_filters_hold_for_similar_files_too(
    pane: LibraryPane, window: MainWindow, controller: Controller, settle: Settle, qtbot: QtBot
) -> None:
    row = pane.model.row_at(pane.model.index(3, 0))
    assert row is not None
    pane.view.find_similar_requested.emit([row])
    settle()
    window.shelf.filters.add(Condition("compression", "=", "zip"))
    settle()
    assert window.similar.count == 1
    window.shelf.filters.add(Condition("width", ">", 99999))
    settle()
    assert "No similar files match Compression: ZIP, Width: above 99,999" in window.similar.notice.text
    qtbot.mouseClick(window.similar.notice.findChild(QPushButton), LEFT)
    settle()
    assert window.similar.count > 1


def test_filters_are_saved_by_name_for_both_lists(window: MainWindow, tmp_path: Path) -> None:
    shelf = window.shelf
    shelf.library_filters.set_conditions((Condition("show", "in", ("orca",)), Condition("is_deep", "=", False)))
    shelf._menus[1].save("Ours, flat")
    saved = SavedFilters()  # as another run reads it
    assert saved.names() == ["Ours, flat"]
    shelf._menus[0]._fill()
    shelf._menus[0].menu.actions()[0].trigger()
    assert shelf.filters.conditions == shelf.library_filters.conditions
    shelf._menus[0]._delete("Ours, flat")
    assert saved.names() == []


def test_a_saved_filter_that_makes_no_sense_filters_nothing(tmp_path: Path) -> None:
    path = tmp_path / "filters.json"
    path.write_text('{"a": [["nothing", "=", 1]], "b": [3], "c": [["width", ">=", 4]], "d": 7}')
    saved = SavedFilters(path)
    assert saved.names() == ["a", "b", "c"]
    assert (saved.get("a"), saved.get("b")) == ((), ())
    assert saved.get("c") == (Condition("width", ">=", 4),)
    path.write_text("not json")
    assert saved.names() == []
