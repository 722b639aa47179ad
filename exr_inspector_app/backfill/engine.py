"""Engine protocol: runs shard tasks in parallel, in processes of this machine or of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from exr_inspector_app.backfill.shard_worker import ShardTask


@dataclass(frozen=True, slots=True)
class FinishedShard:
    """Shard whose task has ended.

    Attributes:
        number: Number of the shard.
        error: One sentence if the rows of the shard could not be written, otherwise None.
    """

    number: int
    error: str | None = None


class Engine(Protocol):
    """Pool of workers; its methods are called by one thread."""

    @property
    def capacity(self) -> int:
        """Number of tasks to have submitted at a time, so that no worker is idle."""
        ...

    def submit(self, task: ShardTask) -> None:
        """Queue a task; a worker that ends without a result is replaced, and its task runs again."""
        ...

    def poll(self, timeout: float) -> list[FinishedShard]:
        """Return the tasks that have ended since the last call; wait up to `timeout` seconds for the first."""
        ...

    def close(self) -> None:
        """Stop the workers; tasks that have not ended are dropped."""
        ...
