"""Keyboard access: tab order, pane keys, and visible focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from exr_inspector_app.gui.help.help_dialog import HelpDialog
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


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_comes_back_to_the_rows_with_each_page_of_the_bottom_panel(
    filled: MainWindow, settle: Callable[[], None], key: Qt.Key
) -> None:
    for page in range(filled.dock.tabs.count()):
        filled.dock.show_page(page)
        settle()  # the library is queried when its page is shown
        filled.session.view.setFocus()
        seen: list[QWidget | None] = []
        while len(seen) < 100 and not (seen and filled.session.view.hasFocus()):
            QTest.keyClick(QApplication.focusWidget(), key)
            seen.append(QApplication.focusWidget())
        assert filled.session.view.hasFocus(), (page, seen[-1])
        assert filled.dock.tabs in seen


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
    tabs = filled.dock.tabs
    before = tabs.grab().toImage()
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    assert tabs.hasFocus()
    assert tabs.grab().toImage() != before


def test_hidden_bottom_panel_has_no_current_tab(filled: MainWindow) -> None:
    tabs = filled.dock.tabs
    filled.dock.set_folded(is_folded=False)
    before = tabs.grab().toImage()
    filled.dock.set_folded(is_folded=True)
    assert tabs.grab().toImage() != before


def test_failed_jobs_are_counted_on_the_activity_tab(filled: MainWindow) -> None:
    tabs = filled.dock.tabs
    assert tabs.tabText(ACTIVITY) == "Activity"
    filled.controller.activity.add(Job("Preview", "a.exr", JobState.FAILED, result="No."))
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


def test_enter_presses_the_focused_button(window: MainWindow, shot: Path, settle: Callable[[], None]) -> None:
    sample = next(button for button in window.empty.findChildren(QPushButton) if button.text() == "Try the sample")
    sample.setFocus()
    QTest.keyClick(sample, Qt.Key.Key_Return)
    settle()
    assert len(window.controller.session)
    window.toolbar.help.setFocus()
    QTest.keyClick(window.toolbar.help, Qt.Key.Key_Enter)
    (dialog,) = window.findChildren(HelpDialog)
    dialog.close()


def test_open_sheet_keeps_the_focus_and_shows_it(filled: MainWindow, settle: Callable[[], None]) -> None:
    filled.actions_["publish"].trigger()
    settle()
    sheet = filled.sheet
    assert sheet.publish.hasFocus()
    assert sheet.publish._ring is not None
    seen = set()
    for _ in range(10):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert sheet.isAncestorOf(focus)
        seen.add(focus)
    assert {sheet.publish, sheet.cancel, sheet.save, sheet.view} <= seen
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert sheet.isAncestorOf(QApplication.focusWidget())
    sheet.publish.setFocus()
    QTest.keyClick(sheet.publish, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert filled.session.view.hasFocus()
    settle()
    assert filled.controller.targets.current.files == 1


def test_focus_stays_where_its_button_is_disabled_or_hidden(filled: MainWindow) -> None:
    filled.actions_["settings"].trigger()
    sheet = filled.targets.sheet
    sheet.test.setFocus()
    sheet.set_testing(is_testing=True)
    assert QApplication.focusWidget() is None
    sheet.set_testing(is_testing=False)
    assert sheet.test.hasFocus()
    sheet.test.setVisible(False)
    assert sheet.isAncestorOf(QApplication.focusWidget())
    filled.session.show_changed(list(filled.controller.session))
    banner = filled.session.change
    banner.button.setFocus()
    banner.hide()
    assert filled.session.view.hasFocus()


def test_shift_f10_opens_the_menu_of_the_selected_row(filled: MainWindow) -> None:
    menus = []
    filled.session.menu_requested.disconnect()
    filled.session.menu_requested.connect(lambda entries, position: menus.append((entries, position)))
    filled.session.view.setFocus()
    QTest.keyClick(filled.session.view, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    ((entries, position),) = menus
    assert entries == list(filled.controller.session)
    view = filled.session.view
    assert view.visualRect(view.currentIndex()).contains(view.viewport().mapFromGlobal(position))
