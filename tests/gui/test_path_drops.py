"""Drops and pastes of other programs: raw links, sequence notations, prose, and rows that fold from the beginning."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import NODE, SHOWN
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend
from tests.exr_files import write_exr
from tests.gui import dropping

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
Settle = Callable[[], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a sequence, and with names that look like other things."""
    names = ["a.exr", "b c.exr", "hash#1.exr", *(f"cmp.{frame}.exr" for frame in range(1001, 1006))]
    for name in names:
        write_exr(tmp_path / "files" / name)
    return tmp_path / "files"


def raw(**formats: str) -> QMimeData:
    """Return data of a drag, written by another program byte by byte."""
    data = QMimeData()
    for name, text in formats.items():
        mime_type = {"links": "text/uri-list", "text": "text/plain"}[name]
        data.setData(mime_type, os.fsencode(text))
    return data


def drop(window: MainWindow, data: QMimeData) -> None:
    """Drag data over the window and drop it."""
    assert dropping.enter(window, data)
    dropping.drop(window, data)


def names(window: MainWindow) -> list[str]:
    return [os.path.basename(entry.path) for entry in window.controller.session]


def message(window: MainWindow) -> str:
    return window.status.text


def rows(window: MainWindow) -> list[str]:
    model = window.session_model
    group = model.index(0, 0)
    return [model.index(row, 0, group).data() for row in range(model.rowCount(group))]


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ({"links": "file://{R}/hash#1.exr\r\n"}, ["hash#1.exr"]),
        ({"links": "file://{R}/b%20c.exr\r\nfile://{R}/a.exr\r\n"}, ["b c.exr", "a.exr"]),
        ({"links": "# of a list\r\nfile://localhost{R}/a.exr"}, ["a.exr"]),
        ({"links": "file://{R}/cmp.%2304d.exr"}, ["cmp.#04d.exr"]),
        (
            {"links": "file://{R}/cmp.####.exr", "text": "{R}/a.exr"},
            [f"cmp.{frame}.exr" for frame in range(1001, 1006)],
        ),
        ({"links": "sftp://farm/a.exr", "text": "{R}/a.exr"}, ["a.exr"]),
        ({"text": "{R}/cmp.%04d.exr 1002-1003"}, ["cmp.1002.exr", "cmp.1003.exr"]),
        ({"text": "'{R}/b c.exr' {R}/a.exr\n"}, ["b c.exr", "a.exr"]),
        ({"text": "Read {\n file {R}/cmp.%04d.exr\n first 1004\n last 1005\n}"}, ["cmp.1004.exr", "cmp.1005.exr"]),
    ],
)
def test_drop_of_another_program_is_read(
    window: MainWindow, root: Path, settle: Settle, formats: dict[str, str], expected: list[str]
) -> None:
    drop(window, raw(**{name: text.replace("{R}", str(root)) for name, text in formats.items()}))
    settle()
    assert names(window) == expected


@pytest.mark.parametrize(
    ("formats", "sentence"),
    [
        ({"text": "\n".join(f"Line {number} of a mail." for number in range(300))}, "This text names no file."),
        ({"links": "sftp://farm/a.exr\r\nsftp://farm/b.exr"}, "Links of sftp:// cannot be opened."),
    ],
)
def test_refused_drop_shows_a_sentence_and_no_row(
    window: MainWindow, settle: Settle, formats: dict[str, str], sentence: str
) -> None:
    drop(window, raw(**formats))
    settle()
    assert message(window).startswith(sentence)
    assert (names(window), window.empty.isVisible()) == ([], True)
    assert window.settings.recent == []


def test_overlay_counts_links_and_not_lines_of_text(window: MainWindow, root: Path) -> None:
    dropping.enter(window, raw(links=f"# files\r\nfile://{root}/a.exr\r\nfile://{root}/cmp.####.exr"))
    assert window.drop_overlay.text == "Drop to add 2 items"
    dropping.enter(window, raw(text="a mail\nof several\nlines"))
    assert window.drop_overlay.text == "Drop to add the paths in this text"


def test_drop_is_answered_as_a_copy(window: MainWindow, root: Path) -> None:
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    data, where = dropping.files(root / "a.exr"), window.rect().center()
    event = dropping.enter_event(where, actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    event.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_pasted_prose_shows_a_sentence(window: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("please look at this")
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert message(window).startswith("This text names no file.")
    assert names(window) == []


def test_recent_sequence_keeps_its_range(window: MainWindow, root: Path, settle: Settle) -> None:
    drop(window, raw(text=f"{root}/cmp.####.exr 1002-1003"))
    settle()
    assert window.settings.recent == [f"{root}/cmp.####.exr 1002-1003"]
    window.actions_["clear"].trigger()
    window.open_paths(window.settings.recent)
    settle()
    assert names(window) == ["cmp.1002.exr", "cmp.1003.exr"]


def test_path_of_another_machine_is_opened_at_its_place_here(tasks: TaskRunner, root: Path, settle: Settle) -> None:
    config.settings_file().parent.mkdir(parents=True, exist_ok=True)
    config.settings_file().write_text(f"[[roots]]\nname = 'prod'\nprefixes = ['P:/', '{root}']\nfold_case = true\n")
    controller = Controller(Backend(config.load()), tasks)
    window = MainWindow(controller, WindowState())
    window.open_paths(["P:\\cmp.1001.exr"])
    settle()
    assert [entry.path for entry in controller.session] == [f"{root}/cmp.1001.exr"]
    controller.close()
    window.deleteLater()


def test_missing_path_is_a_row(window: MainWindow, settle: Settle, tmp_path: Path) -> None:
    window.open_paths([str(tmp_path / "gone.exr"), "no such file"])
    settle()
    assert names(window) == ["gone.exr", "no such file"]
    assert all(entry.is_failed for entry in window.controller.session)


def test_waiting_rows_fold_by_the_names_in_their_folder(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    for name in ("img0001.exr", "img0002.exr", "texture7.exr", "texture8.exr"):
        write_exr(tmp_path / "shot" / name)
    seen: list[list[str]] = []
    window.controller.files.added.connect(lambda _entries: seen.append(rows(window)))
    window.open_paths([str(tmp_path / "shot")])
    settle()
    assert sorted(seen[0]) == ["img####.exr", "texture7.exr", "texture8.exr"]
    assert sorted(rows(window)) == sorted(seen[0])


def test_lone_file_joins_the_frames_that_follow(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "shot" / "img0001.exr")
    write_exr(tmp_path / "shot" / "other.exr")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    assert sorted(rows(window)) == ["img0001.exr", "other.exr"]
    window.session.select(next(iter(window.controller.session)))
    for number in (2, 3):
        write_exr(tmp_path / "shot" / f"img{number:04}.exr")
    os.utime(tmp_path / "shot", (1_000_000_000, 1_000_000_000))
    window.controller.files.folder_watcher.tick()
    settle()
    assert sorted(rows(window)) == ["img####.exr", "other.exr"]
    assert [entry.path for entry in window.session.entries()][:1] == [str(tmp_path / "shot" / "img0001.exr")]


def test_file_moves_to_the_row_of_its_frame(qtbot: QtBot) -> None:
    model = SessionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    lone = SessionFile("/shot/img0002.exr", found_frame=None)
    frames = [SessionFile(f"/shot/img{number:04}.exr", found_frame=number) for number in (1, 3)]
    model.add([lone, *frames], ["/shot"])
    lone.found_frame = 2
    model.change([lone])
    group = model.index(0, 0)
    assert (model.rowCount(), model.rowCount(group), model.count) == (1, 1, 1)
    row = model.index(0, 0, group)
    assert row.data(SHOWN).second.startswith("0001–0003, 3 frames")
    listed = [model.index(position, 0, row).data(NODE).entries[0].path for position in range(model.rowCount(row))]
    assert listed == [f"/shot/img{number:04}.exr" for number in (1, 2, 3)]
    assert model.index_of(lone) == row
    model.remove([lone, *frames])
    assert model.rowCount() == 0
