"""Roots in the settings sheet: those of the chosen target are shown with an example, edited, and saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app import cli, config
from exr_inspector_app.config import Root
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.roots_editor import RootsEditor
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


def open_editor(window: MainWindow, settle: Settle) -> RootsEditor:
    """Open the settings and return the editor, once the roots of the target have been read."""
    window.actions_["settings"].trigger()
    settle()
    return window.targets.sheet.roots


def library() -> LocalStore:
    return LocalStore(config.load().library)


@pytest.mark.slow
def test_edited_roots_move_published_files_once_confirmed(
    qtbot: QtBot, window: MainWindow, settle: Settle, tmp_path: Path
) -> None:
    folder = tmp_path / "prod"
    assert cli.main(["publish", str(write_exr(folder / "A.exr"))]) == 0
    editor, sheet = open_editor(window, settle), window.targets.sheet
    assert editor.isEnabled()
    assert "None yet" in editor.note.text()
    qtbot.mouseClick(editor.add, LEFT)
    (row,) = editor.rows
    row.name.setText("prod")
    qtbot.keyClicks(editor.example, f"{folder}/A.exr")
    assert "needs `prefixes`" in editor.key.text()
    row.prefixes.setText(f"{folder}; s3://prod;")
    assert editor.key.text() == "prod:/A.exr"
    qtbot.mouseClick(sheet.save, LEFT)
    settle()
    assert sheet.isVisible()
    assert f"{folder}/A.exr -> prod:/A.exr" in sheet.error.text()
    assert library().roots() is None
    editor.rekey.click()
    qtbot.mouseClick(sheet.save, LEFT)
    settle()
    assert not sheet.isVisible()
    assert library().roots() == (Root("prod", (str(folder), "s3://prod")),)
    assert [row.file["file_path_normalized"] for row in library().find()] == ["prod:/A.exr"]


def test_invalid_row_is_not_saved(qtbot: QtBot, window: MainWindow, settle: Settle) -> None:
    library().set_roots((Root("prod", ("/mnt/prod",), fold_case=True),))
    editor, sheet = open_editor(window, settle), window.targets.sheet
    (row,) = editor.rows
    assert (row.name.text(), row.prefixes.text(), row.fold_case.isChecked()) == ("prod", "/mnt/prod", True)
    row.name.setText("my prod")
    qtbot.mouseClick(sheet.save, LEFT)
    assert "needs a `name` of letters" in sheet.error.text()
    row.name.setText("prod")
    row.prefixes.setText("prod/show")
    qtbot.mouseClick(sheet.save, LEFT)
    settle()
    assert "is not absolute" in sheet.error.text()
    qtbot.mouseClick(row.remove, LEFT)
    qtbot.mouseClick(sheet.save, LEFT)
    settle()
    assert library().roots() == ()


def test_roots_of_the_settings_that_disagree_are_named(window: MainWindow, settle: Settle) -> None:
    library().set_roots((Root("prod", ("/mnt/prod",)),))
    config.settings_file().parent.mkdir(parents=True, exist_ok=True)
    config.settings_file().write_text('[[roots]]\nname = "film"\nprefixes = ["/mnt/prod"]\n')
    window.controller.targets.configure(config.load())
    settle()
    assert "The roots of Local library count" in window.status.text
    assert "/mnt/prod is prod:/ there, but film:/ here" in open_editor(window, settle).note.text()
