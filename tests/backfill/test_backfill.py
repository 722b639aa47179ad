"""Backfill: rows as a publish writes them, once, however often a run is interrupted or a shard is loaded."""

from __future__ import annotations

import itertools
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.backfill import shard_worker
from exr_inspector_app.backfill.engine import Engine
from exr_inspector_app.backfill.run import backfill
from exr_inspector_app.backfill.sources import PathSource
from exr_inspector_app.backfill.work_folder import WorkFolder
from exr_inspector_app.config import Root
from exr_inspector_app.contracts import LEDGER_PREFIX, FileInspected, PathUnreadable, RunFinished, StopCheck, never_stop
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.ingest.memory_size import transaction_size
from exr_inspector_app.services.backend import Backend
from tests.backfill.conftest import FILES, read_rows
from tests.backfill.inline_engine import InlineEngine
from tests.exr_files import integer, write_exr
from tests.vast.exact import raw
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

SHARD_FILES = 7


def open_work(backend: Backend, tree: Path, work: Path) -> tuple[PathSource, WorkFolder]:
    source = PathSource(str(tree), [str(tree)])
    with backend.store() as store:
        stored = store.roots()
    return source, WorkFolder(work, source.description, backend.location, "tester", (), stored)


def run(
    backend: Backend, tree: Path, engine: Engine | None = None, stop: StopCheck = never_stop
) -> tuple[RunFinished, list[PathUnreadable]]:
    """Run a backfill with the work folder beside the tree; return its last event and the failures."""
    source, work = open_work(backend, tree, tree.parent / "work")
    events = list(backfill(backend, source, work, engine or InlineEngine(), SHARD_FILES, stop))
    assert isinstance(events[-1], RunFinished)
    return events[-1], [event for event in events if isinstance(event, PathUnreadable)]


def counts(finished: RunFinished) -> tuple[int, int, int]:
    return finished.counts["inserted"], finished.counts["present"], finished.counts["failed"]


def ledger(server: VastServer, backend: Backend) -> list[str]:
    assert backend.config.vast is not None
    rows = raw(server, backend.config.vast.schema, "schema_info")
    return [row["key"] for row in rows if row["key"].startswith(LEDGER_PREFIX)]


def test_large_headers_are_published_beside_their_shard(
    backend: Backend, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"layer{number}.{component}" for number in range(100) for component in "BGR"]
    for number in range(3):
        write_exr(tree / f"large{number}x.exr", channels=names, attributes={"number": integer(number)})
    with closing(backend.inspect([str(tree / "large0x.exr")], with_plan=False)) as events:
        (record,) = [event.record for event in events if isinstance(event, FileInspected)]
    assert record is not None
    monkeypatch.setattr(shard_worker, "BYTES_PER_TRANSACTION", transaction_size(record) * 3 // 2)
    source, work = open_work(backend, tree, tree.parent / "work")
    left: set[str] = set()
    totals = []
    for event in backfill(backend, source, work, InlineEngine(), 100):
        left.update(*(mark.again for mark in work.marks()))
        totals += [counts(event)] if isinstance(event, RunFinished) else []
    assert totals == [(FILES + 3, 0, 0)]
    assert len(left) == 2
    assert len(read_rows(backend)) == FILES + 3


def test_rows_equal_those_of_a_publish(backend: Backend, tree: Path, tmp_path: Path) -> None:
    (tree / "broken.exr").write_bytes(b"no picture")
    finished, failures = run(backend, tree)
    assert counts(finished) == (FILES, 0, 1)
    assert [failure.path for failure in failures] == [str(tree / "broken.exr")]
    vast = backend.config.vast and replace(backend.config.vast, schema=f"{backend.config.vast.schema}_published")
    settings = replace(backend.config, library=tmp_path / "published.duckdb", vast=vast)
    published = Backend(settings, backend.where)
    list(published.ingest([str(tree)]))
    assert read_rows(backend) == read_rows(published)
    assert counts(run(backend, tree)[0]) == (0, FILES, 1)
    assert len(read_rows(backend)) == FILES


@pytest.mark.parametrize("backend", ["local", "import"], indirect=True)
def test_interrupted_run_continues(backend: Backend, tree: Path) -> None:
    results = []
    for interval in (2, 24, 30, 1000):  # a stop at a later moment each time
        ticks = itertools.count(1)
        results.append(run(backend, tree, stop=lambda t=ticks, n=interval: next(t) > n)[0])
    assert [finished.stopped for finished in results[:2]] == [True, True]
    finished = next(finished for finished in results if not finished.stopped)
    assert counts(finished) == (FILES, 0, 0)
    assert len(read_rows(backend)) == FILES


@pytest.mark.parametrize("backend", ["local", "import"], indirect=True)
def test_changed_files_are_published_as_they_are(backend: Backend, tree: Path) -> None:
    published, rewritten, removed = (tree / "a" / f"beauty.{frame}.exr" for frame in (1001, 1005, 1009))
    list(backend.ingest([str(published)]))
    os.utime(published, (1, 1))

    def change() -> None:
        write_exr(rewritten, channels=["R", "G", "B", "A"])
        removed.unlink(missing_ok=True)

    finished, failures = run(backend, tree, InlineEngine(after=change))
    assert counts(finished) == (FILES - 2, 1, 1)
    assert [failure.path for failure in failures] == [str(removed)]
    rows = {row["file"]["file_path"]: row for row in read_rows(backend)}
    assert str(removed) not in rows
    assert rows[str(published)]["file"]["mtime"].startswith("1970-01-01")
    assert len(rows[str(rewritten)]["channels"]) == 4


@pytest.mark.parametrize("backend", ["local", "insert"], indirect=True)
def test_keys_follow_the_roots_of_the_target(backend: Backend, tree: Path) -> None:
    def set_roots() -> None:
        with backend.store() as store:
            store.set_roots([Root("prod", (str(tree),))])

    with pytest.raises(StoreError, match=r"The roots of .* have changed\. Run the command again"):
        run(backend, tree, InlineEngine(after=set_roots))
    assert counts(run(backend, tree)[0]) == (FILES, 0, 0)
    assert {row["file"]["file_path_normalized"].split("/")[0] for row in read_rows(backend)} == {"prod:"}


@pytest.mark.parametrize("backend", ["local"], indirect=True)
def test_work_folder_with_files_of_others_keeps_them(backend: Backend, tree: Path, tmp_path: Path) -> None:
    mine = tmp_path / "lists" / "orca.txt"
    mine.parent.mkdir()
    mine.touch()
    with pytest.raises(UsageError, match="`lists`, which no backfill has written"):
        open_work(backend, tree, tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").write_text('{"files": []}')
    with pytest.raises(UsageError, match="is not that of a backfill"):
        open_work(backend, tree, tmp_path / "other")
    assert mine.exists()


@pytest.mark.parametrize("backend", ["local"], indirect=True)
def test_work_folder_of_other_files_is_refused(backend: Backend, tree: Path, tmp_path: Path) -> None:
    ticks = itertools.count()
    assert run(backend, tree, stop=lambda: next(ticks) > FILES + 2)[0].stopped
    with pytest.raises(UsageError, match="holds an unfinished backfill of"):
        open_work(backend, tree / "a", tmp_path / "work")
    with open_work(backend, tree, tmp_path / "work")[1].locked(), pytest.raises(UsageError, match="Another backfill"):
        run(backend, tree)


@pytest.mark.parametrize("backend", ["insert", "import"], indirect=True)
def test_lost_replies_load_each_shard_once(backend: Backend, tree: Path, server: VastServer) -> None:
    for skip in (1, 2):
        server.fault("commit", "drop_reply", times=2, skip=skip)
    assert counts(run(backend, tree)[0]) == (FILES, 0, 0)
    assert backend.config.vast is not None
    assert len(raw(server, backend.config.vast.schema, "files")) == FILES
    assert len(ledger(server, backend)) == 1


@pytest.mark.parametrize("backend", ["import"], indirect=True)
def test_import_leaves_no_objects(backend: Backend, tree: Path, server: VastServer) -> None:
    list(backend.ingest([str(tree / "b" / "depth.1003.exr")]))
    server.clear()
    assert counts(run(backend, tree)[0]) == (FILES - 1, 1, 0)
    kinds = [request.kind for request in server.log]
    assert kinds.count("import") == 12
    assert not server.database.objects
    assert len(read_rows(backend)) == FILES


@pytest.mark.parametrize("backend", ["import"], indirect=True)
def test_rows_are_inserted_where_the_import_is_refused(backend: Backend, tree: Path, server: VastServer) -> None:
    server.personality = Personality(version="5.1.0.0")
    assert counts(run(backend, tree)[0]) == (FILES, 0, 0)
    assert len(read_rows(backend)) == FILES


@pytest.mark.parametrize("backend", ["insert"], indirect=True)
def test_refused_row_fails_alone(backend: Backend, tree: Path, server: VastServer) -> None:
    server.personality = Personality(refused_texts={"depth.1003"})
    finished, failures = run(backend, tree)
    assert counts(finished) == (FILES - 1, 0, 1)
    assert [Path(failure.path).name for failure in failures] == ["depth.1003.exr"]


@pytest.mark.parametrize("backend", ["insert"], indirect=True)
def test_rows_of_a_publisher_win(backend: Backend, tree: Path, server: VastServer) -> None:
    """A publisher that has reported a file as inserted is right, whoever commits first."""
    path = tree / "a" / "beauty.1004.exr"
    raced: list[Any] = []

    def race() -> None:
        if not raced:
            raced.extend(backend.ingest([str(path)]))

    run(backend, tree, InlineEngine(after=race))
    assert raced[-1].counts["inserted"] == 1
    assert backend.config.vast is not None
    files = raw(server, backend.config.vast.schema, "files")
    assert len(files) == FILES
    assert {row["publish_id"] == raced[-1].publish_id for row in files if row["file_path"] == str(path)} == {True}


@pytest.mark.parametrize("backend", ["local"], indirect=True)
def test_objects_of_a_bucket_are_published(
    backend: Backend, tree: Path, bucket: Any, objects: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {"ENDPOINT": objects, "ACCESS_KEY": "a", "SECRET_KEY": "b"}.items():
        monkeypatch.setenv(f"S3_{name}", value)
    for path in sorted((tree / "a").iterdir()):
        bucket.upload_file(str(path), "renders", f"show/{path.name}")
    bucket.put_object(Bucket="renders", Key="show/notes.txt", Body=b"x")
    source = PathSource("s3://renders/show", ["s3://renders/show"])
    work = WorkFolder(tmp_path / "work", source.description, backend.location, "tester", ())
    events = list(backfill(backend, source, work, InlineEngine(), SHARD_FILES))
    assert isinstance(events[-1], RunFinished)
    assert counts(events[-1]) == (FILES // 2, 0, 0)
    assert {row["file"]["file_path"][:20] for row in read_rows(backend)} == {"s3://renders/show/be"}
