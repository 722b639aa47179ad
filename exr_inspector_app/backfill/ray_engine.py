"""Ray engine: shard tasks on the workers of a Ray cluster, or of Ray on this machine.

Ray repeats the tasks of workers and machines that fail: https://docs.ray.io/en/latest/ray-core/fault-tolerance.html
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from exr_inspector_app.backfill.engine import FinishedShard
from exr_inspector_app.backfill.shard_worker import ShardTask, process_shard
from exr_inspector_app.config.extras import missing_package_sentence
from exr_inspector_app.errors import UsageError

TASKS_PER_CORE = 2  # one that runs, and the next one
MAX_RETRIES = 5  # of a task whose worker has ended


class RayEngine:
    """Engine over Ray; see `Engine`. The work folder must lie on storage that all machines share."""

    def __init__(self, count: int | None = None, address: str = "") -> None:
        """Connect to a cluster, or start Ray on this machine.

        Args:
            count: Number of tasks that run at a time on this machine; for a cluster, that of its cores counts.
            address: Address of a cluster; empty to start Ray here.

        Raises:
            UsageError: Ray is not installed, or the cluster does not respond.
        """
        try:
            import ray
        except ImportError as error:
            raise UsageError(missing_package_sentence("ray")) from error
        self._ray: Any = ray
        options: dict[str, Any] = {"address": address} if address else {"num_cpus": count, "include_dashboard": False}
        environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        try:
            ray.init(log_to_driver=False, logging_level=logging.ERROR, runtime_env={"env_vars": environment}, **options)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise UsageError(f"Cannot connect to Ray at {address or 'this machine'}: {error}") from error
        self._process: Any = ray.remote(max_retries=MAX_RETRIES, num_cpus=1)(process_shard)
        self._running: dict[Any, int] = {}

    @property
    def capacity(self) -> int:
        """Number of tasks that the cluster runs or queues."""
        return max(int(self._ray.cluster_resources().get("CPU", 1)), 1) * TASKS_PER_CORE

    def submit(self, task: ShardTask) -> None:
        """Queue a task; see `Engine.submit`."""
        self._running[self._process.remote(task)] = task.number

    def poll(self, timeout: float) -> list[FinishedShard]:
        """Return the tasks that have ended; see `Engine.poll`."""
        done, _ = self._ray.wait(list(self._running), num_returns=1, timeout=timeout)
        more, _ = self._ray.wait(list(self._running), num_returns=len(self._running), timeout=0)
        return [self._result(reference) for reference in dict.fromkeys([*done, *more])]

    def close(self) -> None:
        """Drop the tasks, and disconnect; see `Engine.close`."""
        self._running.clear()
        self._ray.shutdown()

    def _result(self, reference: Any) -> FinishedShard:
        number = self._running.pop(reference)
        try:
            return FinishedShard(number, self._ray.get(reference))
        except self._ray.exceptions.RayError as error:
            sentence = f"Ray could not run shard {number} ({type(error).__name__}). It may need more memory."
            return FinishedShard(number, sentence)
