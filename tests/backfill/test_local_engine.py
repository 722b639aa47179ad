"""Local engine: shards are finished although workers die."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from exr_inspector_app.backfill import local_engine
from exr_inspector_app.backfill.local_engine import LocalEngine
from exr_inspector_app.backfill.shard_worker import ShardTask, write_paths


def make_tasks(folder: Path, tree: Path, count: int) -> list[ShardTask]:
    paths = sorted(map(str, tree.rglob("*.exr")))
    write_paths(folder / "all.paths", paths)
    audit = {"attempt_id": "f0", "publish_id": "p", "published_by": "tester"}
    return [ShardTask(n, folder / "all.paths", folder / "shards" / f"{n}", (), audit) for n in range(count)]


@pytest.mark.slow
def test_tasks_of_killed_workers_run_again(tree: Path, tmp_path: Path) -> None:
    tasks = make_tasks(tmp_path, tree, 4)
    numbers: list[int] = []
    with closing(LocalEngine(2)) as engine:
        for task in tasks:
            engine.submit(task)
        for process_id in engine.process_ids:
            os.kill(process_id, signal.SIGKILL)
        while len(numbers) < len(tasks):
            finished = engine.poll(10.0)
            assert all(shard.error is None for shard in finished)
            numbers += [shard.number for shard in finished]
    assert sorted(numbers) == list(range(4))
    assert all((task.folder / "report.json").is_file() for task in tasks)


@pytest.mark.slow
def test_task_that_kills_its_workers_fails_alone(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_engine, "MAX_DEATHS", 2)
    deadly, harmless = make_tasks(tmp_path, tree, 2)
    errors: dict[int, str | None] = {}
    with closing(LocalEngine(1)) as engine:
        engine.submit(deadly)
        engine.submit(harmless)
        for _ in range(2):
            os.kill(engine.process_ids[0], signal.SIGKILL)
            for shard in engine.poll(10.0):
                errors[shard.number] = shard.error
        while len(errors) < 2:
            errors |= {shard.number: shard.error for shard in engine.poll(10.0)}
    assert errors[1] is None
    assert str(errors[0]).startswith("The process that reads shard 0 ended 2 times")
