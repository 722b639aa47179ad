"""Everything is reached by the keyboard, and it is seen where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from exr_inspector_app.gui.activity.job_model import Job, JobState
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, COMPARE
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def filled(window: MainWindow, tmp_path: Path, settle: Callable[[], None]) -> MainWindow:
    window.open_paths([str(write_exr(tmp_path / "a.exr"))])
    settle()
    return window


def test_the_buttons_of_the_session_come_before_its_rows(filled: MainWindow) -> None:
    session = filled.session
    filled.actions_["filter"].trigger()
    session.bar.filter.setFocus()
    for after in (session.bar.sort, session.bar.more, session.filter.field, session.filter.only, session.view):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert after.hasFocus(), after.accessibleName()


@pytest.mark.parametrize("place", range(5))
def test_a_pane_behind_the_maximised_dock_is_seen_when_its_key_is_pressed(filled: MainWindow, place: int) -> None:
    filled.dock.maximise(True)
    filled.actions_.panes[place].trigger()
    assert not filled.dock.is_maximised
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.isVisible()


@pytest.mark.parametrize("place", [0, 2, 5, 8])
def test_a_pane_behind_the_whole_picture_is_seen_when_its_key_is_pressed(filled: MainWindow, place: int) -> None:
    filled.actions_["full"].trigger()
    assert not filled.session.isVisible()
    filled.actions_.panes[place].trigger()
    assert filled.session.isVisible()
    assert filled.dock.isVisible()


def test_the_filter_opens_where_it_can_be_seen(filled: MainWindow) -> None:
    filled.dock.maximise(True)
    filled.actions_["filter"].trigger()
    assert filled.session.filter.field.hasFocus()
    assert filled.session.filter.field.isVisible()


def test_the_tab_that_the_keyboard_is_on_has_a_ring(filled: MainWindow) -> None:
    tabs = filled.dock._tabs
    before = tabs.grab().toImage()
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    assert tabs.hasFocus()
    assert tabs.grab().toImage() != before


def test_a_folded_dock_has_no_current_tab(filled: MainWindow) -> None:
    tabs = filled.dock._tabs
    before = tabs.grab().toImage()
    filled.dock.fold(True)
    assert tabs.grab().toImage() != before


def test_a_job_that_failed_is_counted_on_its_tab(filled: MainWindow) -> None:
    tabs = filled.dock._tabs
    assert tabs.tabText(ACTIVITY) == "Activity"
    filled._controller.activity.add(Job("Preview", "a.exr", JobState.FAILED, result="No."))
    assert tabs.tabText(ACTIVITY) == "Activity 1"
    assert tabs._figures[ACTIVITY] == ("1", "err")


def test_the_keyboard_goes_along_to_another_page_of_the_dock(
    filled: MainWindow, tmp_path: Path, settle: Callable[[], None]
) -> None:
    others = [write_exr(tmp_path / name, channels=["Z"]) for name in ("b.exr", "c.exr")]
    filled.shelf.add_to_compare([FileRef(str(path)) for path in (tmp_path / "a.exr", *others)])
    settle()
    filled.shelf.panes[COMPARE].setFocus()
    filled.dock.show_page(ACTIVITY)
    assert filled.shelf.panes[ACTIVITY].hasFocus()
    filled.session.view.setFocus()
    filled.dock.show_page(COMPARE)
    assert filled.session.view.hasFocus()


def test_the_keyboard_is_in_the_list_that_has_the_whole_window(filled: MainWindow) -> None:
    filled.dock.show_page(ACTIVITY)
    filled.session.view.setFocus()
    filled.actions_["maximise"].trigger()
    assert filled.shelf.panes[ACTIVITY].hasFocus()
