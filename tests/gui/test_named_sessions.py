"""Named sessions: saved, opened, renamed and deleted from the Session menu, one private file each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from exr_inspector_app.config.paths import state_folder
from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.main_window.named_sessions_presenter import NamedSessionsPresenter
from exr_inspector_app.gui.main_window.session_saver import SessionSaver
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.grouping import Grouping
from exr_inspector_app.gui.settings import named_sessions
from exr_inspector_app.gui.settings.named_sessions import (
    clean_name,
    delete_session,
    list_sessions,
    load_named,
    rename_session,
    save_named,
)
from exr_inspector_app.gui.settings.saved_session import SavedSession
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ONE, TWO = SavedSession(roots=("/a",), page=2), SavedSession(roots=("/b",))


def names() -> list[str]:
    return [session.name for session in list_sessions()]


def test_sessions_are_private_files_of_any_name() -> None:
    save_named("orca & co.", ONE, 1048)
    save_named("../../x", TWO, 2)
    folder = state_folder() / "sessions"
    assert len(list(folder.iterdir())) == 2
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
        assert folder.stat().st_mode & 0o777 == 0o700
    assert load_named("orca & co.") == ONE
    assert {(session.name, session.files) for session in list_sessions()} == {("orca & co.", 1048), ("../../x", 2)}
    rename_session("../../x", "kelp")
    assert load_named("kelp") == TWO
    with pytest.raises(KnownError, match=r"Cannot open the session “\.\./\.\./x”"):
        load_named("../../x")
    old, new = (folder / path.name for path in (named_sessions._path("kelp"), named_sessions._path("orca & co.")))
    os.utime(old, ns=(1, 1))
    os.utime(new, ns=(2, 2))
    assert names() == ["orca & co.", "kelp"]
    load_named("kelp")
    assert names() == ["kelp", "orca & co."]
    delete_session("kelp")
    assert names() == ["orca & co."]
    assert clean_name("  a\n b\t" + "c" * 200) == "a b " + "c" * 76


def test_hostile_files_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    save_named("good", ONE, 3)
    folder = state_folder() / "sessions"
    (folder / "a.json").write_text(json.dumps({"name": "good", "files": 1}))
    (folder / "b.json").write_text("[" * 100_000)
    named_sessions._path("long" * 100).write_text(json.dumps({"name": "long" * 100}))
    named_sessions._path("odd").write_text(json.dumps({"name": "odd", "files": -5, "session": {"roots": 3}}))
    (folder / "c.json").mkdir()
    assert {(session.name, session.files) for session in list_sessions()} == {("good", 3), ("odd", 0)}
    assert load_named("odd") == SavedSession()
    monkeypatch.setattr(named_sessions, "MAX_SESSIONS", 6)
    with pytest.raises(KnownError, match="6 saved sessions already"):
        save_named("more", ONE, 1)
    save_named("good", TWO, 4)
    assert load_named("good") == TWO


def test_sessions_are_chosen_in_the_menu(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    for name in ("one", "two"):
        write_exr(tmp_path / name / "a.exr")
    saver = SessionSaver(
        window, window.controller.files, window.controller.preview, window.controller.tasks, SavedSession()
    )
    NamedSessionsPresenter(window, window.controller.files, window.controller.tasks, saver)
    actions, files = window.actions_, window.controller.files
    open_menu = actions.session_menus["OPEN_SESSION"]
    assert not actions["save_session"].isEnabled()
    window.open_paths([str(tmp_path / "one")])
    qtbot.waitUntil(lambda: len(files.session) == 1 and window.controller.is_settled)
    actions.groupings[Grouping.NONE].trigger()
    actions["save_session"].trigger()
    (dialog,) = window.findChildren(QInputDialog)
    dialog.setTextValue("first & best")
    dialog.accept()
    qtbot.waitUntil(lambda: [action.text() for action in open_menu.actions()] == ["first && best\t1 file"])
    assert window.status.text == "Session “first & best” saved."
    actions.groupings[Grouping.OPENED].trigger()
    files.clear()
    window.open_paths([str(tmp_path / "two")])
    qtbot.waitUntil(lambda: len(files.session) == 1 and window.controller.is_settled)
    open_menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: [entry.path for entry in files.session] == [str(tmp_path / "one" / "a.exr")])
    qtbot.waitUntil(lambda: window.controller.is_settled)
    assert window.grouping.name == "NONE"
    settle()
    actions["reopen"].trigger()
    qtbot.waitUntil(lambda: len(files.session) == 2 and window.controller.is_settled)
    settle()
    actions.session_menus["DELETE_SESSION"].actions()[0].trigger()
    (box,) = window.findChildren(QMessageBox)
    assert names() == ["first & best"]
    button = next(each for each in box.buttons() if each.text() == "Delete")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not open_menu.menuAction().isEnabled())
    assert names() == []
    settle()
