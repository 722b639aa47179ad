"""The window itself: keys, panes, help, colours, the report of a bug, and its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app import __version__
from exr_inspector_app.config import resource
from exr_inspector_app.gui.help.bug_report_dialog import BugReportDialog
from exr_inspector_app.gui.help.help_dialog import HelpDialog
from exr_inspector_app.gui.help.help_index import help_pages
from exr_inspector_app.gui.main_window.strings import PANES
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.window_state import Scheme, WindowState
from exr_inspector_app.gui.tasks.task_runner import Failure
from tests.gui.buttons import press

# The offscreen platform warns about every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_empty_window_shows_the_start_page(window: MainWindow) -> None:
    assert window.empty.isVisible()
    assert window.dock.is_folded
    assert not window.toolbar.publish.isEnabled()
    assert window.toolbar.publish.toolTip() == "Open some files first"


def test_every_shortcut_is_unique_and_documented(window: MainWindow) -> None:
    keys = [action.shortcut().toString() for action in window.actions_.all()]
    keys = [key for key in keys if key]
    assert len(keys) == len(set(keys))
    documented = (resource("help") / "shortcuts.md").read_text(encoding="utf-8")
    missing = [key for key in keys if f" {key} " not in documented.replace(",", " ") and not key[-1].isdigit()]
    assert not missing


def test_panes_are_focused_by_shortcut(window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot) -> None:
    window.open_paths([str(shot)])
    settle()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.actions_.panes[0].trigger()
    assert window.session.view.hasFocus()
    window.actions_["next_pane"].trigger()
    assert window.preview.canvas.hasFocus()
    window.actions_["previous_pane"].trigger()
    assert window.session.view.hasFocus()
    for name, view in (
        ("Structure", window.inspector.structure.tree),
        ("Attributes", window.inspector.attributes.table),
        ("Checks", window.inspector.checks.list),
        ("Activity", window.activity.view),
    ):
        window.actions_.panes[PANES.index(name)].trigger()
        assert view.hasFocus(), name


def test_help_pages_are_shown(window: MainWindow) -> None:
    names = [name for name, _ in help_pages()]
    assert names == sorted(page.stem for page in resource("help").glob("*.md"))
    window.actions_["window_help"].trigger()
    page = window.findChild(HelpDialog)
    assert page.isVisible()
    assert "Find similar" in page.text.toPlainText()
    page.close()


def test_help_menu_shows_the_page_on_similarity(window: MainWindow) -> None:
    window.actions_["similar_help"].trigger()
    page = next(one for one in window.findChildren(HelpDialog) if one.isVisible())
    assert "Limits" in page.text.toPlainText()
    page.close()


def test_bug_report_shows_a_traceback_to_copy(window: MainWindow, qtbot: QtBot) -> None:
    trace = "Traceback: line 1"
    window.show_bug(Failure("Inspect stopped with an error in the program.", trace))
    window.show_bug(Failure("Inspect stopped with an error in the program.", trace))
    assert len(window.findChildren(BugReportDialog)) == 1
    report = window.findChild(BugReportDialog)
    assert not report.isModal()
    press(qtbot, report.findChildren(QPushButton)[1])
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"exr-inspector {__version__}\nPython ")
    assert copied.endswith(f"\n\n{trace}")
    report.close()


def test_color_scheme_is_chosen_and_saved(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.scheme_chosen) as chosen:
        window.actions_.schemes[Scheme.LIGHT].trigger()
    assert chosen.args == [Scheme.LIGHT]
    assert WindowState().scheme is Scheme.LIGHT


def test_window_without_a_publish_closes_at_once(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.close()
    assert not window.isVisible()


def test_similar_files_are_listed_for_the_selected_file(
    window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    window.controller.publishing.publish(window.controller.session.records(), window.controller.targets.current.name)
    settle()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert window.similar.count == 1
    assert window.dock.tabs.tabText(0) == "Similar 1"
