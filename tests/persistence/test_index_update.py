"""Index update after a publish, with concurrent publishers and index errors."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from exr_inspector_app.contracts import Condition, FilePublished, Record, RunFinished
from exr_inspector_app.ingest import pipeline, publish_run
from exr_inspector_app.persistence.index import files
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import snapshot, sync, update
from tests.persistence.numbered import VECTORS, folder, nearest, numbered, search, segments
from tests.records import grown


def publish(store: LocalStore, pattern: Record, numbers: range) -> None:
    """Publish with the pipeline."""
    records = [numbered(pattern, number) for number in numbers]
    *_, last = pipeline.publish(records, store, publisher="me")
    assert isinstance(last, RunFinished)
    assert last.counts["failed"] == 0


def forbidden(*_: object) -> None:
    raise AssertionError("This is not done")


@pytest.fixture
def forbid_append(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after whose call appending to the index is an error."""

    def forbid() -> None:
        monkeypatch.setattr(sync, "append_segment", forbidden)

    return forbid


@pytest.mark.parametrize("few", [0, 20_000], ids=["coded", "exact"])
def test_query_after_a_publish_reads_no_rows(
    store: LocalStore, pattern: Record, monkeypatch: pytest.MonkeyPatch, forbid_append: Callable[[], None], few: int
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", few)
    with monkeypatch.context() as patch:
        patch.setattr(sync, "missing_rows", forbidden)  # it scans every row of the library
        publish(store, pattern, range(100))
        publish(store, pattern, range(100, 101))
    forbid_append()
    assert search(store, pattern) == nearest(range(101))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed by Linux only")
def test_publish_closes_index_files_before_they_are_replaced(
    store: LocalStore, pattern: Record, tmp_path: Path
) -> None:
    def count_open() -> int:
        opened = [os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]
        return sum(path.startswith(str(folder(tmp_path))) for path in opened)

    publish(store, pattern, range(10))
    assert search(store, pattern) == nearest(range(10))
    assert count_open()
    assert str(folder(tmp_path)) not in Path("/proc/self/maps").read_text()  # a mapped file that is cut is fatal
    publish(store, pattern, range(10, 20))
    assert not count_open()  # Windows deletes no file that is open
    assert search(store, pattern) == nearest(range(20))


def test_many_small_publishes_leave_few_segments(
    store: LocalStore, pattern: Record, tmp_path: Path, forbid_append: Callable[[], None]
) -> None:
    for number in range(20):
        publish(store, pattern, range(number, number + 1))
    assert segments(tmp_path) == [16, 4]
    forbid_append()
    assert search(store, pattern) == nearest(range(20))


def test_long_publish_updates_the_index_in_between(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "FILES_PER_TRANSACTION", 10)
    monkeypatch.setattr(publish_run, "INDEX_UPDATE_FILES", 30)
    records = [numbered(pattern, number) for number in range(100)]
    known: list[int] = []
    for event in pipeline.publish(records, store, publisher="me"):
        if isinstance(event, FilePublished):
            state = files.read_manifest(folder(tmp_path), duckdb.__version__)
            known.append(state.file_count if state else 0)
    assert known == [0] * 30 + [30] * 30 + [60] * 30 + [90] * 10
    assert sum(segments(tmp_path)) == 100


def test_index_follows_new_headers_deletions_and_refreshes(
    store: LocalStore, pattern: Record, forbid_append: Callable[[], None]
) -> None:
    publish(store, pattern, range(60))
    again = numbered(pattern, 7, VECTORS[399])
    identity = replace(again.identity, header_hash="f" * 64, file_id=f"{777:032x}")
    newer = replace(again, identity=identity, inspected_at="2099-01-01T00:00:00+00:00")
    finished = grown(numbered(pattern, 9), 12345)
    list(pipeline.publish([newer, finished], store, publisher="me"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync, "append_segment", forbidden)
        assert search(store, pattern, 399)[0] == 777
        assert 7 not in search(store, pattern, limit=100)
        assert search(store, pattern, where=(Condition("size_bytes", "=", 12345),)) == [9]
    store.delete([f"{number:032x}" for number in range(20)])
    publish(store, pattern, range(100, 140))
    left = [*range(20, 60), *range(100, 140)]
    assert [number for number in search(store, pattern, limit=100) if number != 777] == sorted(
        left, key=lambda number: -float(VECTORS[number] @ VECTORS[7])
    )


@pytest.mark.parametrize("most", [50, 200], ids=["left to a question", "added"])
def test_deleted_index_is_rebuilt_by_a_publish_unless_the_library_is_large(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(update, "MAX_UPDATE_FILES", most)
    for start in range(0, 100, 20):
        publish(store, pattern, range(start, start + 20))
    shutil.rmtree(folder(tmp_path))
    publish(store, pattern, range(100, 110))
    state = files.read_manifest(folder(tmp_path), duckdb.__version__)
    assert (state.file_count if state else 0) == (110 if most == 200 else 0)
    assert search(store, pattern) == nearest(range(110))


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_unwritable_index_fails_no_publish(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, pattern, range(30))
    for method in ("_write_at", "append_rows", "commit"):
        with monkeypatch.context() as patch:
            patch.setattr(files.IndexFiles, method, full)
            publish(store, pattern, range(store.count(), store.count() + 20))
    assert sum(segments(tmp_path)) == 30
    assert search(store, pattern) == nearest(range(90))
    shutil.rmtree(folder(tmp_path))
    folder(tmp_path).write_text("mine")
    publish(store, pattern, range(90, 100))
    assert folder(tmp_path).read_text() == "mine"
    assert search(store, pattern) == nearest(range(100))


def test_damaged_index_segments_are_read_again(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(30))
    for path in folder(tmp_path).glob("rows.*.dat"):
        path.write_bytes(b"\0" * path.stat().st_size)
    publish(store, pattern, range(30, 60))
    assert search(store, pattern) == nearest(range(60))


_PUBLISHER = """
import sys
from pathlib import Path
from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.test_index_update import publish
from tests.records import small
folder, first = Path(sys.argv[1]), int(sys.argv[2])
store, pattern = LocalStore(folder / "library.duckdb"), small(folder, f"{first}.exr")
for number in range(first, first + 40, 4):
    publish(store, pattern, range(number, number + 4))
    print(number, flush=True)
"""


def publishers(tmp_path: Path, *firsts: int) -> Iterator[subprocess.Popen[bytes]]:
    for first in firsts:
        command = [sys.executable, "-W", "error", "-c", _PUBLISHER, str(tmp_path), str(first)]
        yield subprocess.Popen(command, stdout=subprocess.PIPE)


def test_two_processes_publish_at_once(
    store: LocalStore, pattern: Record, tmp_path: Path, forbid_append: Callable[[], None]
) -> None:
    store.ensure_tables()
    for other in list(publishers(tmp_path, 0, 100)):
        assert other.communicate()[0]
        assert other.returncode == 0
    forbid_append()
    assert search(store, pattern) == nearest([*range(40), *range(100, 140)])
    assert len(segments(tmp_path)) < 8


@pytest.mark.parametrize("batches", [1, 3, 4])
def test_killed_publisher_leaves_a_searchable_library(
    store: LocalStore, pattern: Record, tmp_path: Path, batches: int
) -> None:
    store.ensure_tables()
    (other,) = publishers(tmp_path, 0)
    assert other.stdout is not None
    for _ in range(batches):
        other.stdout.readline()
    other.send_signal(signal.SIGKILL)
    other.communicate()
    there = sorted(int(file.file["file_id"], 16) for file in store.find())
    assert len(there) >= 4 * batches
    assert search(store, pattern) == nearest(there)
    publish(store, pattern, range(200, 230))
    snapshot.clear()
    assert search(store, pattern) == nearest([*there, *range(200, 230)])
