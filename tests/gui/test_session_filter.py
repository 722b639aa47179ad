"""The filter and the order of the session pane are chosen in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.sort_filter import Order, StatusFilter
from exr_inspector_app.gui.settings.window_state import WindowState
from tests.exr_files import write_exr
from tests.gui.test_incremental_sorter import listed

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("propagateSizeHints")]


@pytest.fixture
def filled(window: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]) -> MainWindow:
    for name in ("beauty.exr", "crypto.exr", "depth.exr"):
        write_exr(tmp_path / name)
    window.open_paths([str(tmp_path)])
    qtbot.waitUntil(lambda: window.session_model.count == 3 and window.controller.is_settled)
    settle()
    return window


def names(window: MainWindow) -> list[str]:
    return [name for group in listed(window.session_model) for name in group]


def test_filter_opens_by_shortcut_and_closes_with_escape(filled: MainWindow, qtbot: QtBot) -> None:
    session, field = filled.session, filled.session.filter.field
    assert session.filter.isHidden()
    QTest.keyClick(filled, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert field.hasFocus()
    QTest.keyClicks(field, "crypto")
    qtbot.waitUntil(lambda: names(filled) == ["crypto.exr"])
    assert session.filter.count.text() == "1 of 3"
    assert session.bar.filter.isChecked()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert session.view.hasFocus()
    assert session.view.currentIndex().data() == "crypto.exr"
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(filled)) == 3)
    assert not session.filter.isHidden()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert session.filter.isHidden()
    assert not session.bar.filter.isChecked()
    assert session.view.hasFocus()


def test_selected_file_stays_shown_while_its_row_is_hidden(filled: MainWindow, qtbot: QtBot) -> None:
    beauty = filled.controller.files.selection
    assert beauty is not None
    filled.actions_["filter"].trigger()
    filled.session.filter.field.setText("depth")
    qtbot.waitUntil(lambda: names(filled) == ["depth.exr"])
    assert filled.controller.files.selection is beauty
    filled.session.filter.field.clear()
    qtbot.waitUntil(lambda: len(names(filled)) == 3)
    assert filled.session.view.currentIndex() == filled.session_model.index_of(beauty)
    assert filled.session.entries() == [beauty]
    group = filled.session_model.index(0, 0)
    assert filled.session.view.isExpanded(group)


def test_message_without_a_match_clears_the_filter(filled: MainWindow, qtbot: QtBot) -> None:
    filled.actions_["filter"].trigger()
    filled.session.filter.field.setText("tii")
    qtbot.waitUntil(filled.session.notice.isVisible)
    assert filled.session.notice.text == "Nothing matches “tii” 3 items are hidden"
    filled.session.notice.clicked.emit()
    qtbot.waitUntil(filled.session.view.isVisible)
    assert len(names(filled)) == 3
    assert filled.session.filter.field.hasFocus()


def test_closed_filter_hides_no_row(filled: MainWindow, qtbot: QtBot) -> None:
    filled.actions_["filter"].trigger()
    only = filled.session.filter.only
    only.setCurrentIndex(list(StatusFilter).index(StatusFilter.UNFINISHED))
    only.activated.emit(list(StatusFilter).index(StatusFilter.UNFINISHED))
    qtbot.waitUntil(filled.session.notice.isVisible)
    filled.actions_["filter"].trigger()
    qtbot.waitUntil(lambda: len(names(filled)) == 3)
    assert filled.session.filter.isHidden()
    assert only.text == "All"


def test_button_closes_the_filter_without_focus(filled: MainWindow, qtbot: QtBot) -> None:
    button = filled.session.bar.filter
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not filled.session.filter.isHidden()
    filled.session.view.setFocus()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert filled.session.filter.isHidden()
    assert not button.isChecked()


def test_order_is_chosen_in_the_menu(filled: MainWindow, qtbot: QtBot) -> None:
    actions = filled.actions_
    actions.reverse.trigger()
    qtbot.waitUntil(lambda: names(filled) == ["depth.exr", "crypto.exr", "beauty.exr"])
    actions.reverse.trigger()
    actions.orders[Order.NAME].trigger()
    qtbot.waitUntil(lambda: names(filled) == ["beauty.exr", "crypto.exr", "depth.exr"])
    assert filled.session.bar.sort.toolTip() == "Sorted by name"


def test_order_is_restored(window: MainWindow, controller: Controller, qtbot: QtBot) -> None:
    window.actions_.orders[Order.SIZE].trigger()
    window.actions_.reverse.trigger()
    window.close()
    other = MainWindow(controller, WindowState())
    qtbot.addWidget(other)
    assert (other.session_filter.sorter.requested.order, other.session_filter.sorter.requested.is_reversed) == (
        Order.SIZE,
        True,
    )
    assert other.actions_.orders[Order.SIZE].isChecked()
    other.session_filter.order = "nonsense"
    assert other.session_filter.order == "SIZE turned"


def test_all_folders_collapse_and_expand(filled: MainWindow) -> None:
    group: QModelIndex = filled.session_model.index(0, 0)
    filled.actions_["close_folders"].trigger()
    assert not filled.session.view.isExpanded(group)
    filled.actions_["open_folders"].trigger()
    assert filled.session.view.isExpanded(group)


@pytest.mark.parametrize(("text", "listed"), [("beauty", 1), ("nothing has this", 0)])
def test_clearing_the_session_closes_the_filter(filled: MainWindow, qtbot: QtBot, text: str, listed: int) -> None:
    filled.actions_["filter"].trigger()
    filled.session.filter.field.setText(text)
    qtbot.waitUntil(lambda: filled.session_model.listed == listed)
    filled.actions_["clear"].trigger()
    QApplication.processEvents()
    assert filled.session.filter.isHidden()
    assert not filled.session_model.count
    assert filled.session_model.filter.is_plain
