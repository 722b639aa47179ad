"""Local engine: a pool of processes that survives the death of its workers."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from exr_inspector_app.backfill.engine import FinishedShard
from exr_inspector_app.backfill.shard_worker import ShardTask, process_shard
from exr_inspector_app.operating_system import core_count

log = logging.getLogger(__name__)

TASKS_PER_WORKER = 2  # one that runs, and the next one
MAX_DEATHS = 5  # of workers with the same task
_END_TIMEOUT_S = 2.0  # for a worker to end
_CONTEXT = multiprocessing.get_context("spawn")  # a fork would copy threads' locks of this process


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    tasks: deque[ShardTask] = field(default_factory=deque)  # the first one runs


class LocalEngine:
    """Pool of `count` processes; see `Engine`. By default one per core that this process may use."""

    def __init__(self, count: int | None = None) -> None:
        self._workers = [_start() for _ in range(count or core_count())]
        self._waiting: deque[ShardTask] = deque()
        self._deaths: Counter[int] = Counter()
        self._finished: list[FinishedShard] = []

    @property
    def capacity(self) -> int:
        """Number of tasks that the workers have or wait for."""
        return TASKS_PER_WORKER * len(self._workers)

    @property
    def process_ids(self) -> list[int]:
        """Ids of the processes."""
        return [worker.process.pid or 0 for worker in self._workers]

    def submit(self, task: ShardTask) -> None:
        """Queue a task; see `Engine.submit`."""
        self._waiting.append(task)
        self._hand_out()

    def poll(self, timeout: float) -> list[FinishedShard]:
        """Return the tasks that have ended; see `Engine.poll`."""
        if not self._finished:
            ends = {worker.connection: worker for worker in self._workers}
            for connection in wait(list(ends), timeout):
                self._receive(ends[connection])  # type: ignore[index]
            self._hand_out()
        finished, self._finished = self._finished, []
        return finished

    def close(self) -> None:
        """Stop the workers; see `Engine.close`."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_END_TIMEOUT_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()
        self._workers = []

    def _receive(self, worker: _Worker) -> None:
        """Take the result of a worker, or replace one that has died: its end of the pipe is closed then."""
        try:
            number, error = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        worker.tasks.popleft()
        self._finished.append(FinishedShard(number, error))

    def _replace(self, worker: _Worker) -> None:
        worker.connection.close()
        worker.process.join()
        code = worker.process.exitcode
        worker.process.close()
        self._workers[self._workers.index(worker)] = _start()
        if not worker.tasks:
            return
        running = worker.tasks.popleft()
        self._waiting.extendleft(reversed(worker.tasks))
        self._deaths[running.number] += 1
        log.warning("A worker has ended with code %s in shard %d", code, running.number)
        if self._deaths[running.number] < MAX_DEATHS:
            self._waiting.appendleft(running)
            return
        sentence = f"The process that reads shard {running.number} ended {MAX_DEATHS} times (code {code})."
        self._finished.append(FinishedShard(running.number, f"{sentence} It may need more memory."))

    def _hand_out(self) -> None:
        """Send waiting tasks to the workers with the fewest; a worker that dies is replaced by `poll`."""
        while self._waiting:
            worker = min(self._workers, key=lambda worker: len(worker.tasks))
            if len(worker.tasks) >= TASKS_PER_WORKER:
                return
            task = self._waiting.popleft()
            worker.tasks.append(task)
            with suppress(OSError):
                worker.connection.send(task)


def _start() -> _Worker:
    pipe: tuple[Any, Any] = _CONTEXT.Pipe()  # of a class of Windows there
    own, other = pipe
    process = _CONTEXT.Process(target=_serve, args=(other,), daemon=True)
    process.start()
    other.close()  # so that the death of the worker closes the pipe
    return _Worker(process, own)


def _serve(connection: Connection) -> None:
    """Run the tasks that arrive, until the other process closes the connection or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal
    with suppress(EOFError, OSError):
        while True:
            task: ShardTask = connection.recv()
            connection.send((task.number, process_shard(task)))
