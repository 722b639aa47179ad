"""Ways into the session and out of it: files dropped, pasted, opened again, cleared."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.session import absolute_paths
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.job import JobState
from exr_inspector_app.gui.widgets.tab_dock import BAR_HEIGHT
from tests.gui import dropping

# The offscreen platform warns about every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def drop(window: MainWindow, data: QMimeData) -> None:
    """Drag data over the window and drop it."""
    assert dropping.enter(window, data)
    assert window.drop_overlay.isVisible()
    dropping.drop(window, data)
    assert not window.drop_overlay.isVisible()


def test_dropped_files_show_structure_and_attributes(window: MainWindow, shot: Path, settle: Settle) -> None:
    drop(window, dropping.files(shot))
    settle()
    assert not window.empty.isVisible()
    assert window.layout_.rows.sizes()[1] == BAR_HEIGHT  # nothing is published that could be similar
    assert window.session_model.rowCount() == 1
    assert window.structure_model.rowCount() == 1
    assert window.attributes_model.total > 20
    assert window.inspector.header.name.text() == "beauty.1001.exr"
    assert "40 channels" in window.inspector.header.chips.accessibleName()


def test_dropped_text_is_parsed_as_paths(window: MainWindow, shot: Path, settle: Settle) -> None:
    drop(window, dropping.dragged(text=f'"{shot}/beauty.1001.exr"\n{shot}/beauty.1002.exr\n'))
    settle()
    assert len(window.controller.session) == 2


@pytest.mark.skipif(os.name == "nt", reason="paths are bytes only where the system's are")
def test_dropped_path_keeps_bytes_that_are_not_utf8(window: MainWindow, settle: Settle) -> None:
    raw = b"/shot/caf\xe9 #1.exr"
    drop(window, dropping.dragged(f"file://{quote(raw)}"))
    settle()
    assert [os.fsencode(entry.path) for entry in window.controller.session] == [raw]


def test_web_link_is_not_opened(window: MainWindow) -> None:
    assert not dropping.enter(window, dropping.dragged("https://example.org/a.exr"))
    assert not window.drop_overlay.isVisible()


def test_pasted_paths_are_opened(window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(str(shot))
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert len(window.controller.session) == 3


def test_last_session_can_be_reopened(window: MainWindow, controller: Controller, shot: Path, settle: Settle) -> None:
    assert not window.actions_["reopen"].isEnabled()
    window.open_paths([str(shot)])
    settle()
    window.close()
    again = MainWindow(Controller(controller.backend, controller.tasks), WindowState())
    assert again.actions_["reopen"].isEnabled()
    assert again.settings.recent == [str(shot)]
    again.actions_["reopen"].trigger()
    settle()
    assert len(again.controller.session) == 3
    again.controller.close()
    again.deleteLater()


def test_missing_path_is_a_failed_job_and_no_recent_path(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.open_paths([str(shot / "gone.exr")])
    settle()
    assert window.settings.recent == [str(shot)]
    assert window.controller.activity.jobs()[0].state is JobState.FAILED
    window.open_paths([str(shot / "beauty.1002.exr"), str(shot)])
    settle()
    assert set(window.settings.recent) == {str(shot), str(shot / "beauty.1002.exr")}


def test_clearing_the_session_shows_the_start_page(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.actions_["clear"].trigger()
    assert window.empty.isVisible()
    assert window.session_model.rowCount() == 0
    assert window.structure_model.rowCount() == 0


def test_relative_paths_are_opened_and_saved_as_absolute(
    window: MainWindow, shot: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shot.parent)
    window.open_paths([shot.name])
    settle()
    assert window.controller.session.roots == [str(shot)]
    assert window.settings.recent[:1] == [str(shot)]
    assert {os.path.dirname(entry.path) for entry in window.controller.session} == {str(shot)}
    assert window.session_model.rowCount() == 1  # one folder, the one that was opened


@pytest.mark.parametrize("path", ["s3://renders/a.exr", "P:\\show\\a.exr", "P:/show/a.exr", "\\\\nas\\a.exr", "/a.exr"])
def test_absolute_paths_are_unchanged(path: str) -> None:
    assert absolute_paths([path]) == [path]
