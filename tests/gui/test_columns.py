"""Columns of the session list: places, texts, and the choice of the user."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.cell_painting import spare_width, with_other_facts
from exr_inspector_app.gui.session.columns import WIDTHS, Column, cell_text, place_columns, width_for
from exr_inspector_app.gui.session.grouping import Grouping
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.settings.window_state import WindowState
from tests.exr_files import write_exr

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("plugin does not support")]


def test_columns_fit_beside_name_and_status() -> None:
    every = list(Column)
    places = place_columns(width_for(every), every)
    assert list(places) == every[::-1]
    edges = sorted((left, left + WIDTHS[column]) for column, left in places.items())
    assert all(before[1] < after[0] for before, after in pairwise(edges))
    assert list(place_columns(416, every)) == list(place_columns(400, every)) == [Column.FRAMES]  # and a scroll bar
    assert place_columns(248, every) == {}


def test_facts_with_a_column_are_not_repeated_below_the_name() -> None:
    facts = "1001–1005, 5 frames, deep, 2.0 MB"
    assert with_other_facts(facts, ["2.0 MB"], "64 × 32") == "1001–1005, 5 frames, deep"
    assert with_other_facts(facts, ["1001–1005"], "64 × 32") == "64 × 32, deep, 2.0 MB"
    assert with_other_facts("1001–1005, 5 frames, 2.0 MB", ["1001–1005", "2.0 MB"], "") == "5 frames"
    assert with_other_facts("1 file, 2.0 MB", ["", "2.0 MB"], "64 × 32") == "1 file"


def test_columns_are_chosen_sorted_and_restored(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None], qtbot: QtBot
) -> None:
    for frame in (1001, 1002):
        write_exr(tmp_path / "orca" / "s1" / f"a.{frame}.exr", height=10)
    write_exr(tmp_path / "orca" / "s2" / "b.exr", height=20)
    window.open_paths([str(tmp_path)])
    settle()
    pane, columns, model = window.session, window.actions_.columns, window.session_model
    assert pane.titles.isHidden()
    columns[Column.SIZE].trigger()
    columns[Column.COMPRESSION].trigger()
    assert pane.titles.accessibleName() == "Columns: Name, Compression, Size, Status"
    assert pane.titles.isVisible()
    row = model.row_of(next(iter(window.controller.session)))
    assert row is not None
    texts = [cell_text(row, column) for column in Column]
    assert 0 < spare_width(row.children[0], {Column.FRAMES: 200}) < WIDTHS[Column.FRAMES]
    assert spare_width(row.children[0], {Column.COMPRESSION: 200}) == spare_width(row, {}) == 0
    assert [texts[0].partition(" × ")[2], texts[1], texts[-1]] == ["10", "NONE", "1001–1002"]
    places = place_columns(pane.view.viewport().width(), [Column.SIZE, Column.COMPRESSION])
    assert len(places) == 2  # the pane became wide enough for both
    at = QPoint(round(places[Column.SIZE]) + 4, 8)
    for is_reversed, last in ((False, "b.exr"), (True, "a.####.exr")):
        QTest.mouseClick(pane.titles, Qt.MouseButton.LeftButton, pos=at)
        settle()
        requested = window.session_filter.sorter.requested
        assert (requested.order, requested.is_reversed) == (Order.SIZE, is_reversed)
        qtbot.waitUntil(lambda last=last: str(model.index(1, 0, model.index(0, 0)).data()).endswith(last))
    window.actions_.groupings[Grouping.FOLDER].trigger()
    settle()
    assert pane.view.delegate.columns == (Column.FRAMES,)  # a tree has its own columns
    columns[Column.FRAMES].trigger()
    assert (pane.view.delegate.columns, pane.titles.isVisible()) == ((), True)
    pane.titles.customContextMenuRequested.emit(QPoint(20, 8))
    menu = window.actions_.column_menu
    assert menu.isVisible()
    assert [action.isChecked() for action in menu.actions()] == [False] * len(Column)
    menu.hide()
    assert WindowState().session_columns == window.columns.names == "COMPRESSION SIZE|"
