"""Storage that does not answer keeps the window from nothing but its own files."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.inspector import file_details
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session import file_watcher, folder_watcher, poller
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.task_runner import MAX_WORKERS
from exr_inspector_app.ingest import reader_pool
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
Settle = Callable[[], None]
Stall = Callable[[Any, str], None]
PollUntil = Callable[[poller.Poller, Callable[[], bool]], None]


@pytest.fixture
def stall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stall]:
    """Functions of a path that do not come back, for paths below a folder `slow`, until the test ends."""
    go_on, before = threading.Event(), set(threading.enumerate())

    def stalled(module: Any, name: str) -> None:
        real = getattr(module, name)

        def held(path: str, *more: Any) -> Any:
            if "/slow/" in f"{path}/":
                go_on.wait(60)
            return real(path, *more)

        monkeypatch.setattr(module, name, held)

    monkeypatch.setattr(reader_pool, "STALL_TIMEOUT_S", 0.1)
    monkeypatch.setattr(poller, "MAX_POLL_S", 0.5)
    yield stalled
    go_on.set()
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("reader"):
            thread.join(5)


def named(window: MainWindow, name: str) -> SessionFile:
    return next(entry for entry in window.controller.session if entry.path.endswith(name))


def test_unfinished_files_in_other_folders_are_watched(
    stall: Stall, window: MainWindow, tmp_path: Path, settle: Settle, poll_until: PollUntil
) -> None:
    for number in range(3):
        write_exr(tmp_path / "slow" / f"a{number}.x.exr", present=2)
    good = write_exr(tmp_path / "good" / "b.exr", present=2)
    window.open_paths([str(tmp_path)])
    settle()
    stall(file_watcher, "stat_file")

    def chunks_present() -> int | None:
        record = named(window, "b.exr").record
        return record.payload["parts"][0]["chunks_present"] if record else None

    watcher = window.controller.files.file_watcher
    write_exr(good, present=5)
    poll_until(watcher, lambda: chunks_present() == 5)
    settle()
    write_exr(good)
    poll_until(watcher, lambda: (chunks_present() or 0) > 5)
    record = named(window, "b.exr").record
    assert record is not None
    assert record.payload["file"]["is_complete"]


def test_new_files_in_other_folders_are_added(
    stall: Stall, window: MainWindow, tmp_path: Path, settle: Settle, poll_until: PollUntil
) -> None:
    write_exr(tmp_path / "slow" / "a.exr")
    write_exr(tmp_path / "good" / "b.exr")
    window.open_paths([str(tmp_path / "slow"), str(tmp_path / "good")])
    settle()
    stall(folder_watcher, "list_folder")
    watcher = window.controller.files.folder_watcher
    watcher.tick()
    settle()
    write_exr(tmp_path / "good" / "c.exr")
    poll_until(watcher, lambda: len(window.controller.session) == 3)


def test_stalled_chunk_maps_leave_workers_for_the_next_file(
    stall: Stall, window: MainWindow, qtbot: QtBot, tmp_path: Path, settle: Settle
) -> None:
    for number in range(MAX_WORKERS + 1):
        write_exr(tmp_path / "slow" / f"a{number}.x.exr")
    write_exr(tmp_path / "good" / "b.exr", height=13)
    window.open_paths([str(tmp_path)])
    settle()
    stall(file_details, "chunk_map")
    window.inspector.show_page(InspectorPage.CHECKS)
    for entry in list(window.controller.session):
        window.controller.files.select(entry)
    window.controller.files.select(named(window, "b.exr"))
    qtbot.waitUntil(lambda: window.inspector.checks.chunks_summary.text() == "13 of 13 present")
    settle()


def test_only_one_thumbnail_of_a_stalled_folder_is_waited_for(
    stall: Stall, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    slow = [str(write_exr(tmp_path / "slow" / f"a{number}.x.exr")) for number in range(3)]
    good = str(write_exr(tmp_path / "good" / "b.exr"))
    checked: list[str] = []
    real = os.path.exists

    def exists(path: str) -> bool:
        checked.append(str(path))
        return real(path)

    monkeypatch.setattr(os.path, "exists", exists)
    stall(os.path, "exists")
    thumbnails = window.controller.session_thumbnails
    assert [thumbnails.get(path) for path in (*slow, good)] == [None] * 4
    qtbot.waitUntil(lambda: not thumbnails.is_waiting)
    assert isinstance(thumbnails.get(good), QImage)
    assert [(thumbnails.get(path), thumbnails.failure(path)) for path in slow] == [(None, "")] * 3  # not their fault
    assert not thumbnails.is_waiting  # no file is requested again
    assert checked == [good]
