"""Files of the session that are deleted, moved away with their folder, and come back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session import poller
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_nodes import SHOWN
from tests.exr_files import write_exr

Settle = Callable[[], None]
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
SENTENCE = "The file is no longer on disk."


def open_files(window: MainWindow, settle: Settle, *paths: Path) -> None:
    window.open_paths(list(map(str, paths)))
    settle()
    poll_folders(window, settle)


def poll_folders(window: MainWindow, settle: Settle) -> None:
    window.controller.files.folder_watcher.tick()
    settle()


def poll_files(window: MainWindow, settle: Settle) -> None:
    window.controller.files.file_watcher.tick()
    settle()


def entry_of(window: MainWindow, path: Path) -> SessionFile:
    entry = window.controller.session.get(str(path))
    assert entry is not None
    return entry


def gone(window: MainWindow) -> list[str]:
    return sorted(Path(entry.path).name for entry in window.controller.session if entry.is_gone)


@pytest.mark.parametrize("poll", [poll_folders, poll_files])
@pytest.mark.parametrize("is_opened_alone", [False, True])
def test_deleted_file_is_marked_and_recovers(
    window: MainWindow,
    tmp_path: Path,
    settle: Settle,
    poll: Callable[[MainWindow, Settle], None],
    is_opened_alone: bool,
) -> None:
    path = write_exr(tmp_path / "shot" / "a.exr")
    open_files(window, settle, path if is_opened_alone else path.parent)
    entry = entry_of(window, path)
    window.controller.files.select(entry)
    channels = window.structure_model.channel_count()
    os.rename(path, tmp_path / "away.exr")
    poll(window, settle)
    assert (entry.is_gone, entry.defect, [problem.message for problem in entry.problems]) == (True, "Gone", [SENTENCE])
    assert not window.session.change.isVisible()
    assert window.structure_model.channel_count() == channels  # its record stays
    os.rename(tmp_path / "away.exr", path)
    poll(window, settle)
    assert (entry.is_gone, entry.problems, entry.is_failed) == (False, (), False)
    assert entry.record is not None


@pytest.mark.parametrize("poll", [poll_folders, poll_files])
def test_file_that_comes_back_with_other_contents_is_read_again(
    window: MainWindow, tmp_path: Path, settle: Settle, poll: Callable[[MainWindow, Settle], None]
) -> None:
    path = write_exr(tmp_path / "shot" / "a.exr")
    open_files(window, settle, path.parent)
    path.unlink()
    poll(window, settle)
    assert gone(window) == ["a.exr"]
    write_exr(path, channels=("Z",), height=40)
    poll(window, settle)
    entry = entry_of(window, path)
    assert (entry.is_gone, entry.is_failed) == (False, False)
    assert entry.record is not None
    assert [channel["name"] for channel in entry.record.payload["channels"]] == ["Z"]


def test_vanished_folder_marks_all_its_files_at_once(
    window: MainWindow, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "MAX_ITEMS", 20)  # of one poll; more files than that are gone
    shot = tmp_path / "shot"
    for number in range(1001, 1061):
        write_exr(shot / "beauty" / f"a.{number}.exr")
    kept = write_exr(shot / "b.exr")
    open_files(window, settle, shot)
    poll_folders(window, settle)
    os.rename(shot / "beauty", tmp_path / "away")
    poll_folders(window, settle)
    assert len(gone(window)) == 60
    assert not entry_of(window, kept).is_gone
    os.rename(tmp_path / "away", shot / "beauty")
    poll_folders(window, settle)
    assert gone(window) == []
    assert all(entry.record for entry in window.controller.session)


def test_opened_folder_that_vanishes_recovers(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "shot" / "v1" / "a.1001.exr")
    open_files(window, settle, tmp_path / "shot")
    poll_folders(window, settle)
    os.rename(tmp_path / "shot", tmp_path / "away")
    poll_folders(window, settle)
    assert gone(window) == ["a.1001.exr"]
    os.rename(tmp_path / "away", tmp_path / "shot")
    write_exr(path.with_name("a.1002.exr"))
    poll_folders(window, settle)
    poll_folders(window, settle)
    assert gone(window) == []
    assert len(window.controller.session) == 2


def test_row_of_a_deleted_file_says_so(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "a.exr")
    open_files(window, settle, path)
    path.unlink()
    poll_files(window, settle)
    model = window.session_model
    row = model.index(0, 0, model.index(0, 0))
    assert row.data(SHOWN).word == "Gone"
    assert SENTENCE in row.data(Qt.ItemDataRole.ToolTipRole)


def test_atomic_replacement_is_not_taken_for_a_deletion(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "shot" / "a.exr")
    open_files(window, settle, path.parent)
    os.replace(write_exr(tmp_path / "new.exr", height=40), path)
    poll_folders(window, settle)
    assert gone(window) == []
    poll_files(window, settle)
    assert window.session.change.isVisible()
    assert window.session.change.text == "1 file changed on disk a.exr"


def test_changed_file_that_is_deleted_leaves_the_list_of_changed_files(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    path = write_exr(tmp_path / "shot" / "a.exr")
    open_files(window, settle, path.parent)
    write_exr(path, height=40)
    poll_files(window, settle)
    assert len(window.controller.files.file_watcher.outdated) == 1
    path.unlink()
    poll_files(window, settle)
    assert (gone(window), window.controller.files.file_watcher.outdated) == (["a.exr"], [])


def test_file_that_was_never_there_is_not_gone(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = tmp_path / "nowhere.exr"
    write_exr(tmp_path / "b.exr")
    open_files(window, settle, path)
    write_exr(tmp_path / "c.exr")
    poll_folders(window, settle)
    poll_files(window, settle)
    assert gone(window) == []
    assert entry_of(window, path).defect == "Not found"


def test_unfinished_file_that_is_deleted_is_gone(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "a.exr", height=40, present=12)
    open_files(window, settle, path)
    path.unlink()
    poll_files(window, settle)
    assert (gone(window), entry_of(window, path).record is not None) == (["a.exr"], True)
    write_exr(path, height=40)
    poll_files(window, settle)
    entry = entry_of(window, path)
    assert (entry.is_gone, entry.record is not None and entry.record.payload["file"]["is_complete"]) == (False, True)


def test_file_without_permission_is_not_gone(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = write_exr(tmp_path / "shot" / "a.exr")
    open_files(window, settle, path.parent)
    path.parent.chmod(0)
    try:
        poll_folders(window, settle)
        poll_files(window, settle)
    finally:
        path.parent.chmod(0o755)
    assert gone(window) == []
