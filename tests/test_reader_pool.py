"""Storage that does not answer: files whose opening the system holds back, as a share that stalls does.

A lease does it without a server: whoever opens the file waits until its holder lets go.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from exr_inspector_app.contracts import Event, FileInspected, FilesFound, PathUnreadable, RunFinished
from exr_inspector_app.exr.sequences.discovery import discover
from exr_inspector_app.ingest import folder_walker, pipeline, reader_pool
from exr_inspector_app.ingest.folder_walker import FolderWalker
from tests.exr_files import write_exr

pytestmark = pytest.mark.skipif(not hasattr(fcntl, "F_SETLEASE"), reason="leases are of Linux")

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
    """Makes files stall; what it gives back lets them go."""
    with ExitStack() as holders:

        def held(paths: Sequence[Path]) -> Callable[[], None]:
            words = [sys.executable, "-c", HOLD, *map(str, paths)]
            holder = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            holders.callback(holder.wait)
            holders.callback(holder.kill)
            assert holder.stdout is not None
            holders.callback(holder.stdout.close)
            assert holder.stdin is not None
            holders.callback(holder.stdin.close)
            assert holder.stdout.readline() == b"held\n"
            return holder.kill

        yield held


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience and time-out a tenth of what they are."""
    for module in (reader_pool, folder_walker):
        monkeypatch.setattr(module, "STALL_TIMEOUT_S", 0.1)
        monkeypatch.setattr(module, "TIMEOUT", 3.0)


def folder(path: Path, count: int) -> list[Path]:
    return [write_exr(path / f"a.{number:04}.exr") for number in range(count)]


def test_a_stalled_folder_does_not_hold_up_other_files(tmp_path: Path, stall: Stall, hasty: None) -> None:
    slow, quick = folder(tmp_path / "a_slow", 100), folder(tmp_path / "b_quick", 40)
    stall(slow)
    done: list[str] = []
    for event in pipeline.inspect([str(tmp_path)], stop=lambda: len(done) == len(quick)):
        if isinstance(event, FileInspected):
            assert not event.file.errors  # nothing was waited for until it was given up
            done.append(event.file.path)
    assert sorted(done) == [str(path) for path in quick]


def test_files_that_stall_are_given_up_with_a_sentence(tmp_path: Path, stall: Stall, hasty: None) -> None:
    slow, quick = folder(tmp_path / "a", 12), folder(tmp_path / "b", 3)
    stall(slow)
    events = list(pipeline.inspect([str(tmp_path)]))
    codes = {e.file.path: [one.code for one in e.file.errors] for e in events if isinstance(e, FileInspected)}
    assert codes == {**{str(path): ["stalled"] for path in slow}, **{str(path): [] for path in quick}}
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].done, events[-1].failed, events[-1].stopped) == (15, 12, False)


def test_storage_that_answers_late_is_read_after_all(tmp_path: Path, stall: Stall, hasty: None) -> None:
    slow = folder(tmp_path, 12)
    let_go = stall(slow)
    events: list[Event] = []
    for event in pipeline.inspect([str(tmp_path)]):
        events.append(event)
        if isinstance(event, FilesFound):
            time.sleep(0.5)
            let_go()
    assert [e.file.errors for e in events if isinstance(e, FileInspected)] == [()] * 12


def test_one_file_that_an_archive_has_to_fetch_does_not_hold_up_its_folder(
    tmp_path: Path, stall: Stall, hasty: None
) -> None:
    paths = folder(tmp_path, 100)
    stall(paths[:1])
    done: list[FileInspected] = []
    for event in pipeline.inspect([str(tmp_path)], stop=lambda: len(done) == 99):
        if isinstance(event, FileInspected):
            done.append(event)
    assert len(done) == 99


def slow_discover(paths: Sequence[str]) -> Iterator[str | PathUnreadable]:
    """Finds what is there, but nothing under a folder of the name `stalled` for as long as it is there."""
    while os.path.exists(os.path.join(paths[0], "stalled")):
        time.sleep(0.02)
    yield from discover(paths)


def test_a_folder_that_cannot_be_listed_does_not_hold_up_the_next(tmp_path: Path, hasty: None) -> None:
    first, second = folder(tmp_path / "one", 1), folder(tmp_path / "two", 2)
    (tmp_path / "one" / "stalled").touch()
    found = FolderWalker([str(tmp_path / "one"), str(tmp_path / "two")], slow_discover)
    items: list[str | PathUnreadable] = []
    while len(items) < 3:
        items += found.found()
        if len(items) == 2:
            (tmp_path / "one" / "stalled").unlink(missing_ok=True)
    assert items == [str(path) for path in (*second, *first)]
    while found.goes_on:
        assert found.found() == []


def test_a_folder_that_is_silent_for_too_long_is_told_of(tmp_path: Path, hasty: None) -> None:
    (tmp_path / "stalled").touch()
    found, items = FolderWalker([str(tmp_path)], slow_discover), []
    while found.goes_on:
        items += found.found()
    (tmp_path / "stalled").unlink()
    assert [(item.path, item.code) for item in items if isinstance(item, PathUnreadable)] == [
        (str(tmp_path), "stalled")
    ]
