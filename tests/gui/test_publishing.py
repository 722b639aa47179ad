"""Publishing from the window: plan, result, undo, and the question on quitting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.library.library_rows import NOTE
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.history_sheet import HistorySheet
from exr_inspector_app.gui.session.sort_filter import StatusFilter
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.exr_files import write_exr
from tests.gui.buttons import press

# The offscreen platform warns about every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_publish_shows_plan_and_result_and_can_be_undone(
    window: MainWindow, core: Backend, shot: Path, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_exr(tmp_path / "short.exr", present=2)
    window.open_paths([str(shot), str(tmp_path / "short.exr")])
    settle()
    press(qtbot, window.toolbar.publish)
    assert window.toolbar.publish.property("kind") == "normal"
    settle()
    assert window.sheet.isVisible()
    assert window.sheet.publish.text() == "Publish 3 files"
    assert window.sheet.writable.isVisible()
    middle = str(shot / "beauty.1002.exr")
    window.sheet.view.grab()  # its lines request their thumbnails
    qtbot.waitUntil(lambda: window.controller.session_thumbnails.get(middle) is not None)
    window.sheet.model.activate(window.sheet.model.index(3))
    assert window.sheet.publish.text() == "Publish 4 files"
    assert LocalStore(core.config.library).count() == 0
    window.sheet.note.setText(" for dailies ")
    press(qtbot, window.sheet.publish)
    assert not window.sheet.isVisible()
    assert window.toolbar.publish.property("kind") == "filled"
    settle()
    assert {row.file["note"] for row in LocalStore(core.config.library).find()} == {"for dailies"}
    assert LocalStore(core.config.library).count() == 4
    assert window.status.text.startswith("Added 4 files")
    window.actions_["undo"].trigger()
    settle()
    assert LocalStore(core.config.library).count() == 0
    assert window.status.text == "Undone: 4 files removed from the library"


def test_escape_closes_the_sheet_without_writing(
    window: MainWindow, core: Backend, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    window.actions_["publish"].trigger()
    qtbot.keyClick(window.sheet, Qt.Key.Key_Escape)
    settle()
    assert not window.sheet.isVisible()
    assert window.sheet.model.rowCount() == 0  # a plan that comes late is not shown
    assert LocalStore(core.config.library).count() == 0


def test_second_publish_of_the_same_files_updates_them(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.controller.publishing.publish(window.controller.session.records(), window.controller.targets.current.name)
    settle()
    window.actions_["publish"].trigger()
    settle()
    assert window.sheet.publish.text() == "Update 3 files"


@pytest.mark.parametrize(("answer", "is_open"), [("Keep publishing", True), ("Stop and quit", False)])
def test_quitting_during_a_publish_asks_first(
    window: MainWindow, shot: Path, settle: Settle, answer: str, is_open: bool
) -> None:
    window.open_paths([str(shot)])
    settle()
    window.controller.publishing.publish(window.controller.session.records(), window.controller.targets.current.name)
    questions: list[str] = []

    def reply() -> None:
        box = window.findChild(QMessageBox)
        questions.append(box.text())
        next(button for button in box.buttons() if button.text() == answer).click()

    QTimer.singleShot(0, reply)
    window.close()
    assert questions == ["Publishing is not finished."]
    assert window.isVisible() is is_open
    settle()


def test_selected_rows_are_published_alone(
    window: MainWindow, core: Backend, shot: Path, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    other = write_exr(tmp_path / "other" / "still.exr")
    window.open_paths([str(shot), str(other)])
    settle()
    window.session.select(window.controller.session.get(str(other)))
    window.actions_["publish_selected"].trigger()
    settle()
    assert window.sheet.publish.text() == "Publish 1 file"
    window.session_filter.restore("beauty channels:>1", StatusFilter.ALL)
    qtbot.waitUntil(lambda: window.session_model.listed == 1)
    window.actions_["publish_listed"].trigger()
    settle()
    assert window.sheet.publish.text() == "Publish 3 files"
    window.session_filter.close_filter()
    window.session.select(window.controller.session.get(str(other)))
    window.actions_["publish_selected"].trigger()
    settle()
    view, model = window.sheet.view, window.sheet.model
    view.setCurrentIndex(model.index(1))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert not window.sheet.publish.isEnabled()
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(model.index(0)).topLeft() + QPoint(32, 14)
    )
    press(qtbot, window.sheet.publish)
    settle()
    assert LocalStore(core.config.library).count() == 1


def test_history_names_shows_and_undoes_publishes_of_earlier_runs(
    window: MainWindow, controller: Controller, core: Backend, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    frames = sorted(map(str, shot.iterdir()))
    list(core.ingest(frames[:1], note="for dailies"))
    list(Backend(replace(core.config, publisher="mira")).ingest(frames[1:2]))
    controller.targets.query()  # as at start
    settle()
    assert re.fullmatch(r"&Undo: publish of 1 file, \d\d:\d\d", window.actions_["undo"].text())
    window.actions_["publish"].trigger()
    settle()
    press(qtbot, window.sheet.history)
    settle()
    assert not window.sheet.isVisible()
    sheet = window.findChild(HistorySheet)
    rows = [sheet.model.publish(sheet.model.index(row, 0)) for row in range(sheet.model.rowCount())]
    assert [(row.published_by, row.note) for row in rows if row] == [
        ("mira", None),
        (core.config.publisher, "for dailies"),
    ]
    assert not sheet.undo.isEnabled()
    assert sheet.hint.text().startswith("Published by mira. To undo it: exr-inspector library undo ")
    qtbot.keyClick(sheet.view, Qt.Key.Key_Down)
    assert (sheet.undo.text(), sheet.undo.isEnabled()) == ("Undo 1 file", True)
    press(qtbot, sheet.show_files)
    settle()
    assert (sheet.isVisible(), window.library.isVisible()) == (False, True)
    assert window.library.model.total_rows == 1
    assert not window.library.view.isColumnHidden(NOTE)
    window.actions_["publish_history"].trigger()
    settle()
    qtbot.keyClick(sheet.view, Qt.Key.Key_Down)
    press(qtbot, sheet.undo)
    settle()
    assert window.status.text == "Undone: 1 file removed from the library"
    assert sheet.model.rowCount() == 1
    assert window.actions_["undo"].text() == "&Undo last publish"
    assert LocalStore(core.config.library).count() == 1
