"""Files that appear in an open folder join the session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr_files import write_exr

Settle = Callable[[], None]
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def names(window: MainWindow) -> list[str]:
    return sorted(Path(entry.path).name for entry in window.controller.session)


def look(window: MainWindow, settle: Settle, turns: int = 1) -> None:
    for _ in range(turns):
        window.controller.files.folder_watcher.tick()
        settle()


def test_new_frames_of_a_render_are_added(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "shot" / "a.1001.exr")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    look(window, settle)
    assert window.controller.activity.rowCount() == 1  # there is nothing new
    write_exr(tmp_path / "shot" / "a.1002.exr")
    write_exr(tmp_path / "shot" / "a.1003.exr")
    look(window, settle)
    assert names(window) == ["a.1001.exr", "a.1002.exr", "a.1003.exr"]
    assert [job.title for job in window.controller.activity.jobs()].count("New files") == 1
    assert all(entry.record for entry in window.controller.session)


def test_frames_added_one_by_one_are_interned(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "shot" / "a.1001.exr")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    late = write_exr(tmp_path / "shot" / "a.1002.exr", present=2)
    look(window, settle)
    write_exr(late)
    window.controller.files.file_watcher.tick()
    settle()
    first, second = (entry.record for entry in window.controller.session)
    assert first is not None
    assert second is not None
    assert second.payload["file"]["is_complete"]
    assert second.metadata_embedding is first.metadata_embedding
    assert second.payload["channels"] is first.payload["channels"]


def test_new_subfolder_is_watched(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "shot" / "v001" / "a.1001.exr")
    (tmp_path / "shot" / "v002").mkdir()
    window.open_paths([str(tmp_path / "shot")])
    settle()
    look(window, settle, 2)
    write_exr(tmp_path / "shot" / "v002" / "b.1001.exr")
    write_exr(tmp_path / "shot" / "v003" / "beauty" / "c.1001.exr")
    look(window, settle, 3)
    assert names(window) == ["a.1001.exr", "b.1001.exr", "c.1001.exr"]


def test_removed_files_are_not_added_again(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "shot" / "a.1001.exr")
    write_exr(tmp_path / "shot" / "b.1001.exr")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    controller = window.controller
    controller.files.remove([entry for entry in controller.session if "b.1001" in entry.path])
    write_exr(tmp_path / "shot" / "c.1001.exr")
    look(window, settle)
    assert names(window) == ["a.1001.exr", "c.1001.exr"]


def test_siblings_of_a_single_file_are_not_added(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "a.1001.exr")
    window.open_paths([str(path)])
    settle()
    write_exr(tmp_path / "a.1002.exr")
    look(window, settle, 2)
    assert names(window) == ["a.1001.exr"]


def test_cleared_session_stays_empty(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "shot" / "a.1001.exr")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    look(window, settle)
    window.controller.files.clear()
    write_exr(tmp_path / "shot" / "a.1002.exr")
    look(window, settle, 2)
    assert names(window) == []
    window.open_paths([str(tmp_path / "shot")])
    settle()
    assert names(window) == ["a.1001.exr", "a.1002.exr"]


def test_deleted_folder_is_no_error(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "shot" / "a.1001.exr")
    window.open_paths([str(tmp_path / "shot")])
    settle()
    look(window, settle)
    path.unlink()
    path.parent.rmdir()
    look(window, settle, 2)
    assert names(window) == ["a.1001.exr"]


def test_folder_of_a_cleared_session_is_not_watched(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "a" / "a.1001.exr")
    write_exr(tmp_path / "b" / "b.1001.exr")
    window.open_paths([str(tmp_path / "a")])
    settle()
    look(window, settle)
    window.controller.files.clear()
    window.open_paths([str(tmp_path / "b")])
    settle()
    write_exr(tmp_path / "a" / "a.1002.exr")
    look(window, settle, 2)
    assert names(window) == ["b.1001.exr"]


def test_linked_files_are_added_once(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    shot = tmp_path / "shot"
    write_exr(shot / "v002" / "a.1001.exr")
    (shot / "latest").symlink_to("v002")
    (shot / "v002" / "up").symlink_to("..")
    window.open_paths([str(shot)])
    settle()
    look(window, settle, 4)
    write_exr(shot / "v002" / "a.1002.exr")
    look(window, settle, 2)
    paths = [entry.path for entry in window.controller.session if entry.record]
    assert sorted(paths) == [str(shot / "v002" / "a.1001.exr"), str(shot / "v002" / "a.1002.exr")]


def test_invalid_path_is_no_error(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    bugs: list[object] = []
    window.controller.tasks.bug.connect(bugs.append)
    window.open_paths([str(tmp_path / "a\0b")])
    settle()
    look(window, settle)
    window.controller.files.file_watcher.tick()
    settle()
    assert bugs == []
