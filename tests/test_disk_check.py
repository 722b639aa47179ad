"""Publishing what is on disk: files that change, go, or stall between inspection, plan and publish."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Event,
    FileInspected,
    FilePublished,
    FileReread,
    PlanReady,
    PlanStatus,
    PublishResult,
    Record,
    RunFinished,
)
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.source import file_source
from exr_inspector_app.ingest import disk_check, pipeline, reader_pool
from exr_inspector_app.ingest.records import record_from_payload
from exr_inspector_app.model import ExrFile, payload
from exr_inspector_app.persistence.store import Store
from tests.exr_files import write_exr

NewStore = Callable[..., Store]
GONE = "The file is no longer on disk."


def inspected(*paths: Path) -> list[Record]:
    """Return the records of files, in the order of the paths."""
    records = {}
    for event in pipeline.inspect(list(map(str, paths))):
        if isinstance(event, FileInspected) and event.record:
            records[event.file.path] = event.record
    return [records[str(path)] for path in paths]


def published(events: Iterator[Event]) -> tuple[dict[str, PublishResult], list[FileReread], RunFinished]:
    """Return the results by name, the files that were read again, and the end of a publish."""
    results, rereads, end = {}, [], None
    for event in events:
        if isinstance(event, FilePublished):
            results[Path(event.path).name] = event.result
        elif isinstance(event, FileReread):
            rereads.append(event)
        elif isinstance(event, RunFinished):
            end = event
    assert end is not None
    return results, rereads, end


def rows(store: Store, *names: str) -> dict[str, list[Any]]:
    """Return columns of the published files by name."""
    return {Path(row.file["file_path"]).name: [row.file[name] for name in names] for row in store.find(history=True)}


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that the check reads again."""
    names: list[str] = []

    def count(path: str) -> ExrFile:
        names.append(Path(path).name)
        return inspect_file(path)

    monkeypatch.setattr(disk_check, "inspect_file", count)
    return names


def change_files(folder: Path) -> None:
    """Replace b, delete c, damage d, and touch e; a stays as it is."""
    os.replace(write_exr(folder / "new.tmp", channels=("Z",), height=40), folder / "b.exr")
    (folder / "c.exr").unlink()
    (folder / "d.exr").write_bytes(b"no picture")
    os.utime(folder / "e.exr", (1, 1))


def test_publish_writes_what_is_on_disk(tmp_path: Path, new_store: NewStore, read_again: list[str]) -> None:
    folder, store = tmp_path / "in", new_store()
    records = inspected(*(write_exr(folder / f"{name}.exr") for name in "abcde"))
    change_files(folder)
    results, rereads, end = published(pipeline.publish(records, store, publisher="me"))
    assert {name: result.status for name, result in results.items()} == {
        "a.exr": "success", "b.exr": "success", "c.exr": "error", "d.exr": "error", "e.exr": "success",
    }  # fmt: skip
    assert (results["c.exr"].error, results["d.exr"].error) == (GONE, "Not an OpenEXR file.")
    assert list(results) == [f"{name}.exr" for name in "abcde"]
    assert sorted(read_again) == ["b.exr", "c.exr", "d.exr", "e.exr"]
    assert [Path(event.file.path).name for event in rereads] == ["b.exr", "c.exr", "d.exr", "e.exr"]
    assert (end.done, end.failed, end.counts["inserted"]) == (3, 2, 3)
    now = inspect_file(str(folder / "b.exr"))
    found = rows(store, "size_bytes", "height", "channel_list", "header_hash")
    assert set(found) == {"a.exr", "b.exr", "e.exr"}
    assert found["b.exr"] == [now.size_bytes, 40, "|Z|", now.header_hash]
    assert rows(store, "mtime")["e.exr"] == ["1970-01-01T00:00:01.000000+00:00"]


def test_plan_tells_what_is_on_disk(tmp_path: Path, new_store: NewStore, read_again: list[str]) -> None:
    folder, store = tmp_path / "in", new_store()
    records = inspected(*(write_exr(folder / f"{name}.exr") for name in "abcde"))
    published(pipeline.publish(records, store, publisher="me"))
    read_again.clear()
    change_files(folder)
    plan = pipeline.plan(records, store)
    facts = [(Path(item.record.identity.file_path).name, item.status, item.replaces) for item in plan.items]
    assert facts == [
        ("a.exr", PlanStatus.PRESENT, None),
        ("b.exr", PlanStatus.CHANGED, records[1]),
        ("e.exr", PlanStatus.REFRESH, records[4]),
    ]
    assert [(failure.inspected, failure.file.errors[0].message) for failure in plan.failures] == [
        (records[2], GONE),
        (records[3], "Not an OpenEXR file."),
    ]
    assert sorted(read_again) == ["b.exr", "c.exr", "d.exr", "e.exr"]
    # A plan that is published later finds the next change.
    write_exr(folder / "b.exr", channels=("Z", "id"), height=40)
    published(pipeline.publish([item.record for item in plan.items], store, publisher="me"))
    assert {tuple(row.file["channel_list"].split("|")) for row in store.find() if "b.exr" in row.file["file_path"]} == {
        ("", "Z", "id", "")
    }


def test_file_that_comes_back_is_published(tmp_path: Path, new_store: NewStore) -> None:
    path, store = write_exr(tmp_path / "in" / "a.exr"), new_store()
    (record,) = inspected(path)
    os.rename(path, tmp_path / "away.exr")
    results, _, _ = published(pipeline.publish([record], store, publisher="me"))
    assert (results["a.exr"].error, store.count()) == (GONE, 0)
    os.rename(tmp_path / "away.exr", path)
    results, rereads, _ = published(pipeline.publish([record], store, publisher="me"))
    assert (results["a.exr"].inserted, rereads, store.count()) == (True, [], 1)


def test_folder_that_vanishes_fails_all_its_files(tmp_path: Path, new_store: NewStore) -> None:
    store = new_store()
    records = inspected(*(write_exr(tmp_path / "in" / f"a.{number}.exr") for number in range(5)))
    os.rename(tmp_path / "in", tmp_path / "away")
    results, _, end = published(pipeline.publish(records, store, publisher="me"))
    assert {result.error for result in results.values()} == {GONE}
    assert (end.failed, store.count()) == (5, 0)


def test_ingest_publishes_changes_made_while_it_runs(tmp_path: Path, new_store: NewStore) -> None:
    folder, store = tmp_path / "in", new_store()
    for name in "abcde":
        write_exr(folder / f"{name}.exr")
    events = []
    for event in pipeline.ingest([str(folder)], store, publisher="me"):
        if isinstance(event, FileInspected) and len([e for e in events if isinstance(e, FileInspected)]) == 4:
            change_files(folder)  # all five are read, and none is written
        events.append(event)
    results, _, end = published(iter(events))
    assert {name for name, result in results.items() if result.error == GONE} == {"c.exr"}
    assert (end.counts, rows(store, "channel_list")["b.exr"]) == ({"inserted": 3, "present": 0, "failed": 2}, ["|Z|"])


def test_inspection_with_a_plan_sees_changes_before_the_plan(tmp_path: Path, new_store: NewStore) -> None:
    folder = tmp_path / "in"
    for name in "abcde":
        write_exr(folder / f"{name}.exr")
    plans, count = [], 0
    for event in pipeline.inspect([str(folder)], store=new_store()):
        count += isinstance(event, FileInspected)
        if isinstance(event, FileInspected) and count == 5:
            change_files(folder)
        if isinstance(event, PlanReady):
            plans.append(event.plan)
    (plan,) = plans
    assert [len(plan.items), len(plan.failures)] == [3, 2]


def test_changed_file_keeps_its_mapped_path(tmp_path: Path, new_store: NewStore) -> None:
    roots, store = (Root("prod", (str(tmp_path / "in"),)),), new_store()
    path = write_exr(tmp_path / "in" / "a.exr")
    records = [event.record for event in pipeline.inspect([str(path)], roots=roots) if isinstance(event, FileInspected)]
    write_exr(path, height=40)
    published(pipeline.publish([r for r in records if r], store, publisher="me", roots=roots))
    assert rows(store, "file_path_normalized", "height") == {"a.exr": ["prod:/a.exr", 40]}


def test_objects_and_payloads_are_published_as_they_are(tmp_path: Path, new_store: NewStore) -> None:
    data, store = write_exr(tmp_path / "a.exr"), new_store()

    def read(name: str) -> ExrFile:
        return inspect_file(str(data))._replace(path=name)

    found = [e.record for e in pipeline.inspect(["s3://bucket/a.exr"], read=read) if isinstance(e, FileInspected)]
    made = record_from_payload(payload(inspect_file(str(data))._replace(path="/nowhere/b.exr")))
    records = [*(record for record in found if record), made]
    results, rereads, _ = published(pipeline.publish(records, store, publisher="me"))
    assert ([result.inserted for result in results.values()], rereads) == ([True, True], [])


@pytest.mark.parametrize("files_per_batch", [1000, 4])
def test_stalled_files_fail_and_the_others_are_published(
    tmp_path: Path, new_store: NewStore, monkeypatch: pytest.MonkeyPatch, files_per_batch: int
) -> None:
    store, answer, waited = new_store(), threading.Event(), list[str]()
    slow = [write_exr(tmp_path / "slow" / f"a.{number}.exr") for number in range(6)]
    quick = [write_exr(tmp_path / "quick" / f"b.{number}.exr") for number in range(6)]
    records = [record for pair in zip(inspected(*slow), inspected(*quick), strict=True) for record in pair]

    def stat(path: str) -> tuple[int, str]:
        if "/slow/" in path:
            waited.append(path)
            answer.wait(60)
        return file_source.stat_file(path)

    monkeypatch.setattr(disk_check, "stat_file", stat)
    monkeypatch.setattr(reader_pool, "STALL_TIMEOUT_S", 0.1)
    monkeypatch.setattr(reader_pool, "READ_TIMEOUT_S", 1.0)
    monkeypatch.setattr(pipeline, "FILES_PER_TRANSACTION", files_per_batch)
    try:
        results, _, end = published(pipeline.publish(records, store, publisher="me"))
    finally:
        answer.set()
    assert end.counts == {"inserted": 6, "present": 0, "failed": 6}
    assert len(waited) <= files_per_batch  # a folder that does not respond is waited for once, not in every batch
    assert all("did not answer" in (results[path.name].error or "") for path in slow)


def test_stop_ends_the_check_and_nothing_of_its_batch_is_written(
    tmp_path: Path, new_store: NewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, answer, checked = new_store(), threading.Event(), threading.Event()
    records = inspected(write_exr(tmp_path / "a.exr"))

    def stat(path: str) -> tuple[int, str]:
        checked.set()
        answer.wait(60)
        return file_source.stat_file(path)

    monkeypatch.setattr(disk_check, "stat_file", stat)
    monkeypatch.setattr(reader_pool, "STALL_TIMEOUT_S", 0.1)
    try:
        results, _, end = published(pipeline.publish(records, store, publisher="me", stop=checked.is_set))
        assert pipeline.plan(records, store, stop=checked.is_set).items == ()
    finally:
        answer.set()
    assert (results, end.stopped, store.count()) == ({}, True, 0)


def test_bug_in_reading_one_file_again_fails_that_file_alone(
    tmp_path: Path, new_store: NewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, records = new_store(), inspected(*(write_exr(tmp_path / f"{name}.exr") for name in "abc"))
    write_exr(tmp_path / "b.exr", height=40)

    def make(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(disk_check, "make_record", make)
    results, _, end = published(pipeline.publish(records, store, publisher="me"))
    assert end.counts == {"inserted": 2, "present": 0, "failed": 1}
    assert "RuntimeError: unforeseen" in (results["b.exr"].error or "")


def test_of_files_that_are_replaced_all_the_time_only_written_contents_are_published(
    tmp_path: Path, new_store: NewStore
) -> None:
    folder, store = tmp_path / "in", new_store()
    contents = [
        write_exr(tmp_path / f"{number}", height=8 + number, channels=("R", "G", "B", "A")[: 1 + number]).read_bytes()
        for number in range(4)
    ]
    known = set()
    for data in contents:
        (tmp_path / "known.exr").write_bytes(data)
        file = inspect_file(str(tmp_path / "known.exr"))
        known.add((file.size_bytes, file.header_hash, file.parts[0].display_window.max_y, len(file.parts[0].channels)))
    names = [folder / f"f{number}.exr" for number in range(4)]
    folder.mkdir()
    for path in names:
        path.write_bytes(contents[0])
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            new = tmp_path / "new.tmp"
            new.write_bytes(contents[number % 4])
            os.replace(new, names[number // 4 % 4])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            _, _, end = published(pipeline.ingest([str(folder)], store, publisher="me"))
            assert end.failed == 0
    finally:
        done.set()
        writer.join()
    for stored in store.find(history=True):
        file = stored.file
        assert (file["size_bytes"], file["header_hash"], file["height"] - 1, file["channel_count"]) in known
    # Once the writer has ended, one more publish makes the library agree with the disk.
    published(pipeline.ingest([str(folder)], store, publisher="me"))
    now = {path.name: inspect_file(str(path)) for path in names}
    assert rows_now(store) == {name: (file.header_hash, file.size_bytes, file.mtime) for name, file in now.items()}


def rows_now(store: Store) -> dict[str, tuple[str, int, str]]:
    """Return header, size and date of the stored file with the newest date, by name."""
    found: dict[str, tuple[str, int, str]] = {}
    for stored in store.find(history=True):
        file = stored.file
        facts, name = (file["header_hash"], file["size_bytes"], file["mtime"]), Path(file["file_path"]).name
        if name not in found or found[name][2] < facts[2]:
            found[name] = facts
    return found
