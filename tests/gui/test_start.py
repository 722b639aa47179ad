"""The start page and the list of all commands."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.command_palette import CommandsModel, action_text
from exr_inspector_app.gui.main_window.sample_tour import STEPS
from exr_inspector_app.gui.main_window.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def _texts(window: MainWindow) -> list[str]:
    return [window.command_palette.model.index(row).data() for row in range(window.command_palette.model.rowCount())]


def test_sample_opens_without_becoming_recent(qtbot: QtBot, window: MainWindow, settle: Settle) -> None:
    [sample] = [widget for widget in window.empty.findChildren(QPushButton) if widget.text() == "Try the sample"]
    qtbot.mouseClick(sample, Qt.MouseButton.LeftButton)
    settle()
    names = {Path(entry.path).name for entry in window.controller.session}
    assert {"beauty.1001.exr", "crypto.1003.exr", "sparks.1001.exr"} <= names
    assert window.settings.recent == []
    [unfinished] = [widget for widget in window.controller.session if widget.path.endswith("sparks.1001.exr")]
    assert unfinished.file is not None
    assert unfinished.file.is_complete is False
    tour = window.tour
    assert (tour.isVisible(), tour.title.text()) == (True, "Find problems")
    qtbot.mouseClick(tour.run, Qt.MouseButton.LeftButton)
    assert window.controller.files.selection is not None
    assert window.controller.files.selection.path.endswith("crypto.1003.exr")
    for step in STEPS[1:]:
        qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
        assert tour.title.text() == step.title
        assert window.actions_[step.action].isEnabled()
        assert any(one.path.endswith(step.sample) for one in window.controller.session)
    qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert not tour.isVisible()


def test_start_page_opens_recent_paths(qtbot: QtBot, window: MainWindow, settle: Settle, tmp_path: Path) -> None:
    assert any("No recent files" in label.text() for label in window.empty.foot.findChildren(QLabel))
    window.open_paths([str(tmp_path)])
    settle()
    window.actions_["clear"].trigger()
    [link] = [widget for widget in window.empty.foot.children() if getattr(widget, "toolTip", str)() == str(tmp_path)]
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    settle()
    assert window.controller.session.roots == [str(tmp_path)]


def test_palette_finds_commands_and_runs_them_with_enter(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_["commands"].trigger()
    assert "Open folder…" in _texts(window)
    assert "Publish…" not in _texts(window)  # nothing to publish yet
    qtbot.keyClicks(window.command_palette.field, "bottom hide")
    assert _texts(window) == ["Show or hide the bottom panel"]
    assert window.dock.is_folded
    qtbot.keyClick(window.command_palette.field, Qt.Key.Key_Return)
    assert not window.command_palette.isVisible()
    assert not window.dock.is_folded


def test_palette_shows_a_message_without_a_match(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_["commands"].trigger()
    qtbot.keyClicks(window.command_palette.field, "zzz")
    assert window.command_palette.no_match.isVisible()
    qtbot.keyClick(window.command_palette.field, Qt.Key.Key_Return)  # runs nothing
    assert window.command_palette.isVisible()


def test_up_and_down_wrap_around_in_the_palette(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_["commands"].trigger()
    QAbstractItemModelTester(window.command_palette.model)
    qtbot.keyClick(window.command_palette.field, Qt.Key.Key_Up)
    assert window.command_palette.list.currentIndex().row() == window.command_palette.model.rowCount() - 1
    qtbot.keyClick(window.command_palette.field, Qt.Key.Key_Down)
    assert window.command_palette.list.currentIndex().row() == 0


def test_commands_that_begin_with_the_text_come_first(window: MainWindow) -> None:
    model = CommandsModel(window)
    model.set_actions(window.actions_.all())
    model.set_filter("open")
    first = model.index(0).data()
    assert first.startswith("Open")
    assert action_text(window.actions_["quit"]) == "Quit"


def test_window_is_painted_before_slow_imports() -> None:
    command = [sys.executable, "-m", "tests.gui.stopwatch", str(time.time()), "start"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=100)
    assert json.loads(done.stdout)["heavy"] == ["numpy"]
