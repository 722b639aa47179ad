"""Pool of idle worker processes: a decoder that is closed hands its worker to the next one."""

from __future__ import annotations

import threading
from functools import cache

from exr_inspector_app.config import decoder_command
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess


class IdleWorkers:
    """Pool of worker processes that have ended their requests. Thread-safe.

    A new process takes a third of a second of processor time to load its libraries, and each job of the window has a
    separate decoder. The pool keeps nothing until `keep` is called: a command ends its workers with its decoders.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._capacity = 0
        self._workers: list[WorkerProcess] = []

    @property
    def count(self) -> int:
        """Number of idle workers."""
        return len(self._workers)

    def keep(self, capacity: int) -> None:
        """Set the number of idle workers to keep."""
        with self._lock:
            self._capacity = capacity
            surplus, self._workers = self._workers[capacity:], self._workers[:capacity]
        for worker in surplus:
            worker.terminate()

    def take(self, memory_limit_mb: int) -> WorkerProcess:
        """Return an idle worker with this limit, or a new one.

        Raises:
            DecoderStartError, DecoderMachineError: As for `WorkerProcess`.
        """
        command = decoder_command()
        with self._lock:
            matching = [w for w in self._workers if w.is_alive and w.made_for == (command, memory_limit_mb)]
            if matching:
                self._workers.remove(matching[0])
                return matching[0]
            others, self._workers = self._workers, []  # their memory counts in the budget of a new one
        for worker in others:
            worker.terminate()
        return WorkerProcess(memory_limit_mb)

    def add(self, worker: WorkerProcess) -> None:
        """Keep a worker that has no request, or terminate it if there are enough."""
        with self._lock:
            is_kept = len(self._workers) < self._capacity and worker.is_alive and worker.has_replied
            if is_kept:
                worker.allow_file("")
                self._workers.append(worker)
        if not is_kept:
            worker.terminate()


@cache
def idle_workers() -> IdleWorkers:
    """Return the pool of this process."""
    return IdleWorkers()
