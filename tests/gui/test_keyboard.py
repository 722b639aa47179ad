"""Keyboard access: tab order, pane keys, and visible focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, COMPARE
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def filled(window: MainWindow, tmp_path: Path, settle: Callable[[], None]) -> MainWindow:
    window.open_paths([str(write_exr(tmp_path / "a.exr"))])
    settle()
    return window


def test_session_buttons_precede_its_rows_in_the_tab_order(filled: MainWindow) -> None:
    session = filled.session
    filled.actions_["filter"].trigger()
    session.bar.filter.setFocus()
    for after in (session.bar.sort, session.bar.more, session.filter.field, session.filter.only, session.view):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert after.hasFocus(), after.accessibleName()


@pytest.mark.parametrize("number", range(5))
def test_pane_key_restores_a_maximized_bottom_panel(filled: MainWindow, number: int) -> None:
    filled.dock.set_maximized(is_maximized=True)
    filled.actions_.panes[number].trigger()
    assert not filled.dock.is_maximized
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.isVisible()


@pytest.mark.parametrize("number", [0, 2, 5, 8])
def test_pane_key_leaves_the_full_window_preview(filled: MainWindow, number: int) -> None:
    filled.actions_["full"].trigger()
    assert not filled.session.isVisible()
    filled.actions_.panes[number].trigger()
    assert filled.session.isVisible()
    assert filled.dock.isVisible()


def test_filter_key_shows_the_session(filled: MainWindow) -> None:
    filled.dock.set_maximized(is_maximized=True)
    filled.actions_["filter"].trigger()
    assert filled.session.filter.field.hasFocus()
    assert filled.session.filter.field.isVisible()


def test_focused_tab_has_a_focus_ring(filled: MainWindow) -> None:
    tabs = filled.dock._tabs
    before = tabs.grab().toImage()
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    assert tabs.hasFocus()
    assert tabs.grab().toImage() != before


def test_hidden_bottom_panel_has_no_current_tab(filled: MainWindow) -> None:
    tabs = filled.dock._tabs
    before = tabs.grab().toImage()
    filled.dock.set_folded(is_folded=True)
    assert tabs.grab().toImage() != before


def test_failed_jobs_are_counted_on_the_activity_tab(filled: MainWindow) -> None:
    tabs = filled.dock._tabs
    assert tabs.tabText(ACTIVITY) == "Activity"
    filled._controller.activity.add(Job("Preview", "a.exr", JobState.FAILED, result="No."))
    assert tabs.tabText(ACTIVITY) == "Activity 1"
    assert tabs._counts[ACTIVITY] == ("1", "err")


def test_focus_moves_with_the_page_of_the_bottom_panel(
    filled: MainWindow, tmp_path: Path, settle: Callable[[], None]
) -> None:
    paths = [write_exr(tmp_path / name, channels=["Z"]) for name in ("b.exr", "c.exr")]
    filled.pages.compare_presenter.add([FileRef(str(path)) for path in (tmp_path / "a.exr", *paths)])
    settle()
    filled.pages.panes[COMPARE].setFocus()
    filled.dock.show_page(ACTIVITY)
    assert filled.pages.panes[ACTIVITY].hasFocus()
    filled.session.view.setFocus()
    filled.dock.show_page(COMPARE)
    assert filled.session.view.hasFocus()


def test_maximized_pane_gets_the_focus(filled: MainWindow) -> None:
    filled.dock.show_page(ACTIVITY)
    filled.session.view.setFocus()
    filled.actions_["maximise"].trigger()
    assert filled.pages.panes[ACTIVITY].hasFocus()
