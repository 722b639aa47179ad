"""Ingest pipeline: events of inspecting, planning, and publishing."""

from __future__ import annotations

import threading
from pathlib import Path

from exr_inspector_app.contracts import (
    FileInspected,
    FilePublished,
    FilesFound,
    PathUnreadable,
    PlanReady,
    PlanStatus,
    RunFinished,
)
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import write_exr


def test_every_file_is_inspected_once_and_failures_are_reported(tmp_path: Path) -> None:
    for number in range(300):
        write_exr(tmp_path / "in" / f"a.{number:04}.exr")
    (tmp_path / "in" / "bad.exr").write_bytes(b"no")
    events = list(pipeline.inspect([str(tmp_path / "in"), str(tmp_path / "nowhere.exr"), str(tmp_path / "####.exr")]))
    seen = [event for event in events if isinstance(event, FileInspected)]
    assert sorted(event.index for event in seen) == list(range(302))
    assert {Path(event.file.path).name for event in seen if event.record is None} == {"bad.exr", "nowhere.exr"}
    assert [event.code for event in events if isinstance(event, PathUnreadable)] == ["no-frames"]
    assert events[-1] == RunFinished(done=302, failed=3, stopped=False)


def test_stop_ends_the_events_and_the_threads(tmp_path: Path) -> None:
    for number in range(500):
        write_exr(tmp_path / f"a.{number:04}.exr")
    seen: list[object] = []
    for event in pipeline.inspect([str(tmp_path)], stop=lambda: len(seen) > 20):
        seen.append(event)
    assert isinstance(seen[-1], RunFinished)
    assert seen[-1].stopped
    assert len([event for event in seen if isinstance(event, FileInspected)]) < 500
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reader")]


def test_inspect_with_a_store_yields_plans(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "l.duckdb")
    write_exr(tmp_path / "in" / "a.exr")
    list(pipeline.ingest([str(tmp_path / "in")], store, publisher="me"))
    write_exr(tmp_path / "in" / "b.exr")
    plans = [e.plan for e in pipeline.inspect([str(tmp_path / "in")], store=store) if isinstance(e, PlanReady)]
    statuses = {item.record.payload["file"]["path"][-5:]: item.status for plan in plans for item in plan.items}
    assert statuses == {"a.exr": PlanStatus.PRESENT, "b.exr": PlanStatus.NEW}


def test_failing_library_gives_each_file_an_error_result(tmp_path: Path) -> None:
    for name in ("a.exr", "b.exr"):
        write_exr(tmp_path / "in" / name)
    events = list(pipeline.ingest([str(tmp_path / "in")], LocalStore(tmp_path), publisher="me"))
    results = [event.result for event in events if isinstance(event, FilePublished)]
    assert [result.status for result in results] == ["error", "error"]
    assert all("is a folder" in (result.error or "") for result in results)


def test_files_are_found_before_they_are_read(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr")
    first = next(pipeline.inspect([str(tmp_path)]))
    assert isinstance(first, FilesFound)
