"""Engine that runs shards in this process, one per poll, so that tests need no processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from exr_inspector_app.backfill.engine import FinishedShard
from exr_inspector_app.backfill.shard_worker import ShardTask, process_shard


class InlineEngine:
    """Engine in this process; `after` is called after each shard is encoded, before it is loaded."""

    capacity = 3

    def __init__(self, after: Callable[[], object] = lambda: None) -> None:
        self.tasks: deque[ShardTask] = deque()
        self.after = after
        self.finished = 0

    def submit(self, task: ShardTask) -> None:
        self.tasks.append(task)

    def poll(self, _timeout: float) -> list[FinishedShard]:
        task = self.tasks.popleft()
        error = process_shard(task)
        self.finished += 1
        self.after()
        return [FinishedShard(task.number, error)]

    def close(self) -> None:
        self.tasks.clear()
