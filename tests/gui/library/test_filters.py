"""Filters of the Library and Similar panes: added in a popup, toggled, saved by name."""

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
from exr_inspector_app.gui.widgets.menu import Menu

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


def labels(filters: FilterSet) -> list[str]:
    return [condition_label(condition) for condition in filters.conditions]


def test_popup_adds_a_condition_per_field(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    popup, filters = pane.popup, pane.filters

    def add(label: str, value: str) -> None:
        popup.field.setCurrentIndex([field.label for field in FILTER_FIELDS].index(label))
        popup.value.setText(value)
        qtbot.mouseClick(popup.add, LEFT)

    add("Channels: at least", "many")
    assert "whole number" in popup.error.text()
    assert filters.conditions == ()
    add("Channels: at least", "8")
    add("Path contains", "orca/*/lighting")
    add("Resolution is", "1920 × 1080")
    add("Published since", "2026-01-01")
    add("Deep", "")
    settle()
    assert labels(filters) == [
        "Channels: 8 or more", "Path: contains “orca/”", "Path: contains “/lighting”", "Resolution: 1920 × 1080",
        "Published: since 1 Jan 2026", "Deep",
    ]  # fmt: skip


def test_toggle_keeps_the_position_of_a_condition() -> None:
    filters = FilterSet()
    filters.toggle("show", "orca")
    filters.add(Condition("width", ">=", 2048))
    filters.toggle("show", "kelp")
    assert labels(filters) == ["Show: orca, kelp", "Width: 2,048 or more"]
    filters.toggle("show", "orca")
    filters.toggle("show", "kelp")
    assert labels(filters) == ["Width: 2,048 or more"]


def test_filters_apply_to_similar_files(
    pane: LibraryPane, window: MainWindow, controller: Controller, settle: Settle, qtbot: QtBot
) -> None:
    row = pane.model.row_at(pane.model.index(3, 0))
    assert row is not None
    pane.view.find_similar_requested.emit([row])
    settle()
    window.pages.filters.add(Condition("compression", "=", "zip"))
    settle()
    assert window.similar.count == 1
    window.pages.filters.add(Condition("width", ">", 99999))
    settle()
    assert "No similar files match Compression: ZIP, Width: above 99,999" in window.similar.notice.text
    qtbot.mouseClick(window.similar.notice.findChild(QPushButton), LEFT)
    settle()
    assert window.similar.count > 1


def test_saved_filters_are_shared_by_both_panes(window: MainWindow, tmp_path: Path) -> None:
    pages = window.pages
    pages.library_filters.set_conditions((Condition("show", "in", ("orca",)), Condition("is_deep", "=", False)))
    pages.filter_menus[1].save("Ours, flat")
    saved = SavedFilters()  # as the next run reads them
    assert saved.names() == ["Ours, flat"]
    menu = pages.filter_menus[0].menu
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert pages.filters.conditions == pages.library_filters.conditions
    (delete,) = menu.findChildren(Menu)
    delete.actions()[0].trigger()
    assert saved.names() == []


def test_invalid_saved_filter_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "filters.json"
    path.write_text('{"a": [["nothing", "=", 1]], "b": [3], "c": [["width", ">=", 4]], "d": 7}')
    saved = SavedFilters(path)
    assert saved.names() == ["a", "b", "c"]
    assert (saved.get("a"), saved.get("b")) == ((), ())
    assert saved.get("c") == (Condition("width", ">=", 4),)
    path.write_text("not json")
    assert saved.names() == []


def test_words_in_the_search_field_are_applied_at_once_and_become_chips_on_enter(
    pane: LibraryPane, settle: Settle, qtbot: QtBot
) -> None:
    filters, completer = pane.filters, pane.completer
    for typed, offered in (
        ("kelp comp", "kelp compression:zip"),
        ('"key light" re', '"key light" renderer:'),
        ("a ", ""),
    ):
        completer.setCompletionPrefix(typed)
        found = [
            completer.pathFromIndex(completer.completionModel().index(row, 0))
            for row in range(completer.completionCount())
        ]
        assert (offered in found) == bool(offered), typed
    pane.search.setText("kelp layer:DIFFUSE compression:zip renderer:")
    pane.search.setText("kelp layer:DIFFUSE compression:zip")
    labels = ["Layer: DIFFUSE", "Compression: ZIP"]
    expected = [*labels, "Text: contains “kelp”"]
    qtbot.waitUntil(lambda: [condition_label(condition) for condition in filters.conditions] == expected)
    settle()
    assert pane.chips.chips == []
    assert pane.search.text() == "kelp layer:DIFFUSE compression:zip"
    pane.search.returnPressed.emit()
    assert [chip.toolTip().split("\n")[0] for chip in pane.chips.chips] == labels
    assert pane.search.text() == filters.text == "kelp"
    pane.search.setText("kelp rendrer:arnold")
    pane.search.returnPressed.emit()
    assert "Did you mean renderer:" in pane.problem.text()
    assert pane.problem.isVisibleTo(pane)
    assert filters.text == "kelp"  # the earlier words still count
    filters.set_conditions((Condition("text", "contains", "orca"), Condition("object", "matches", "car")))
    settle()
    assert pane.search.text() == "orca"
    assert [chip.toolTip().split("\n")[0] for chip in pane.chips.chips] == ["Object: car"]
