"""Reader pool and folder walker on stalled storage.

A file lease simulates a stalled network share: opening the file blocks until the holder of the lease releases it.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from exr_inspector_app.contracts import Event, FileInspected, FilesFound, PathUnreadable, RunFinished
from exr_inspector_app.exr.paths.expansion import discover
from exr_inspector_app.ingest import folder_walker, pipeline, reader_pool
from exr_inspector_app.ingest.folder_walker import FolderWalker
from tests.exr_files import write_exr

pytestmark = pytest.mark.skipif(not hasattr(fcntl, "F_SETLEASE"), reason="file leases exist on Linux only")

HOLD = """
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
for path in sys.argv[1:]:
    fcntl.fcntl(os.open(path, os.O_RDWR), fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()
"""
Stall = Callable[[Sequence[Path]], Callable[[], None]]


@pytest.fixture
def stall() -> Iterator[Stall]:
    """Return a function that makes files stall and returns a function that releases them."""
    with ExitStack() as holders:

        def hold(paths: Sequence[Path]) -> Callable[[], None]:
            command = [sys.executable, "-c", HOLD, *map(str, paths)]
            holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            holders.callback(holder.wait)
            holders.callback(holder.kill)
            assert holder.stdout is not None
            holders.callback(holder.stdout.close)
            assert holder.stdin is not None
            holders.callback(holder.stdin.close)
            assert holder.stdout.readline() == b"held\n"
            return holder.kill

        yield hold


@pytest.fixture
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timeouts of a tenth of their values."""
    for module in (reader_pool, folder_walker):
        monkeypatch.setattr(module, "STALL_TIMEOUT_S", 0.1)
        monkeypatch.setattr(module, "READ_TIMEOUT_S", 3.0)


def folder(path: Path, count: int) -> list[Path]:
    return [write_exr(path / f"a.{number:04}.exr") for number in range(count)]


def test_stalled_folder_does_not_delay_other_files(tmp_path: Path, stall: Stall, short_timeouts: None) -> None:
    slow, quick = folder(tmp_path / "a_slow", 100), folder(tmp_path / "b_quick", 40)
    stall(slow)
    done: list[str] = []
    for event in pipeline.inspect([str(tmp_path)], stop=lambda: len(done) == len(quick)):
        if isinstance(event, FileInspected):
            assert not event.file.errors  # no file was abandoned
            done.append(event.file.path)
    assert sorted(done) == [str(path) for path in quick]


def test_stalled_files_are_abandoned_and_reported(tmp_path: Path, stall: Stall, short_timeouts: None) -> None:
    slow, quick = folder(tmp_path / "a", 12), folder(tmp_path / "b", 3)
    stall(slow)
    events = list(pipeline.inspect([str(tmp_path)]))
    codes = {e.file.path: [error.code for error in e.file.errors] for e in events if isinstance(e, FileInspected)}
    assert codes == {**{str(path): ["stalled"] for path in slow}, **{str(path): [] for path in quick}}
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].done, events[-1].failed, events[-1].stopped) == (15, 12, False)


def test_late_storage_is_read_once_it_answers(tmp_path: Path, stall: Stall, short_timeouts: None) -> None:
    slow = folder(tmp_path, 12)
    release = stall(slow)
    events: list[Event] = []
    for event in pipeline.inspect([str(tmp_path)]):
        events.append(event)
        if isinstance(event, FilesFound):
            time.sleep(0.5)
            release()
    assert [e.file.errors for e in events if isinstance(e, FileInspected)] == [()] * 12


def test_single_late_file_does_not_delay_its_folder(tmp_path: Path, stall: Stall, short_timeouts: None) -> None:
    paths = folder(tmp_path, 100)
    stall(paths[:1])
    done: list[FileInspected] = []
    for event in pipeline.inspect([str(tmp_path)], stop=lambda: len(done) == 99):
        if isinstance(event, FileInspected):
            done.append(event)
    assert len(done) == 99


def test_heavy_headers_do_not_condemn_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_pool, "STALL_TIMEOUT_S", 0.3)
    monkeypatch.setattr(reader_pool, "READ_TIMEOUT_S", 1.0)
    names = [f"c{number:05}.R" for number in range(49_000)]
    for number in range(3):
        write_exr(tmp_path / f"a{number}.exr", width=1, height=1, present=0, channels=names)
    for path in folder(tmp_path, 40):
        path.rename(path.with_name(f"good.{path.name}"))
    events = list(pipeline.inspect([str(tmp_path)]))
    codes = [e.file.errors for e in events if isinstance(e, FileInspected)]
    assert codes == [()] * 43


def test_files_set_aside_are_read_once_storage_answers_again(
    tmp_path: Path, stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_pool, "STALL_TIMEOUT_S", 3.0)
    monkeypatch.setattr(reader_pool, "READ_TIMEOUT_S", 3.0)
    slow = folder(tmp_path, 40)
    release = stall(slow)
    timer = threading.Timer(4.0, release)  # while one of the files set aside is tried again
    timer.start()
    events = list(pipeline.inspect([str(tmp_path)]))
    timer.join()
    assert [e.file.errors for e in events if isinstance(e, FileInspected)] == [()] * 40


def slow_discover(paths: Sequence[str]) -> Iterator[str | PathUnreadable]:
    """Discover the files of a folder; block while a file named `stalled` exists in it."""
    while os.path.exists(os.path.join(paths[0], "stalled")):
        time.sleep(0.02)
    yield from discover(paths)


def test_stalled_folder_does_not_delay_the_next_folder(tmp_path: Path, short_timeouts: None) -> None:
    first, second = folder(tmp_path / "one", 1), folder(tmp_path / "two", 2)
    (tmp_path / "one" / "stalled").touch()
    walker = FolderWalker([str(tmp_path / "one"), str(tmp_path / "two")], slow_discover)
    items: list[str | PathUnreadable] = []
    while len(items) < 3:
        items += walker.take_items()
        if len(items) == 2:
            (tmp_path / "one" / "stalled").unlink(missing_ok=True)
    assert items == [str(path) for path in (*second, *first)]
    while walker.has_more:
        assert walker.take_items() == []


def test_stalled_folder_is_abandoned_and_reported(tmp_path: Path, short_timeouts: None) -> None:
    (tmp_path / "stalled").touch()
    walker, items = FolderWalker([str(tmp_path)], slow_discover), []
    while walker.has_more:
        items += walker.take_items()
    (tmp_path / "stalled").unlink()
    assert [(item.path, item.code) for item in items if isinstance(item, PathUnreadable)] == [
        (str(tmp_path), "stalled")
    ]
