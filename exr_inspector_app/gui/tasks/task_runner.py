"""Background task runner: a thread pool whose events reach the GUI thread through one queue."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.tasks.event_queue import EventQueue
from exr_inspector_app.gui.tasks.strings import internal_error

MAX_WORKERS = 8  # inspecting, publishing, planning, thumbnails, polling and some to spare; readers have their own

T = TypeVar("T")
Emit: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Reason why a task failed: a sentence for the user, and a traceback if the failure is a bug."""

    sentence: str
    report: str | None = None


@dataclass(slots=True, eq=False)
class Task:
    """Operation in the background; its last call is `on_success` or `on_failure`, never both.

    Attributes:
        failure: The failure, with the traceback of a bug; set right before `on_failure` is called.
    """

    kind: str
    number: int
    on_success: Callable[[Any], None]
    on_failure: Callable[[str], None]
    _stop: threading.Event
    failure: Failure | None = None
    is_discarded: bool = False

    def stop(self) -> None:
        """Ask the operation to end at its next stop check; it still returns its partial result."""
        self._stop.set()

    def discard(self) -> None:
        """Stop the operation and drop its remaining events and its result."""
        self.is_discarded = True
        self._stop.set()

    def is_stop_requested(self) -> bool:
        """Return True once `stop` or `discard` was called."""
        return self._stop.is_set()


class TaskRunner(QObject):
    """Thread pool that runs callables and generators, and calls their handlers on the GUI thread.

    An exception that is no `KnownError` is a bug: `bug` is emitted once for each, before the failure handler of the
    task is called, so handlers have nothing to forward. The bug of a superseded task is emitted too.
    """

    idle = Signal()  # the last running operation has ended
    drained = Signal()  # all events so far have been delivered
    bug = Signal(object)  # Failure with a report

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._futures: set[Future[None]] = set()  # of the operations that are not done
        self._pool = ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix="window-task")
        self._queue = EventQueue(self)
        self._queue.drained.connect(self.drained)
        self._running: set[Task] = set()
        self._newest: dict[str, int] = {}
        self._count = 0
        self.is_closed = False

    def run(
        self,
        kind: str,
        work: Callable[[StopCheck], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[str], None],
        *,
        supersede: bool = False,
    ) -> Task:
        """Run `work(stop)` in a worker and pass its result to `on_success`.

        Args:
            kind: Name of the operation, for `running`, `drop`, and `supersede`; shown if it fails with a bug.
            work: Called in a worker thread with a function that returns True once the work should stop.
            on_success: Called on the GUI thread with the result.
            on_failure: Called on the GUI thread with the sentence of the error.
            supersede: Stop earlier operations of this kind and drop their remaining events and results.
        """
        task = self._add(kind, on_success, on_failure, supersede)
        self._submit(task, work)
        return task

    def run_iter(
        self,
        kind: str,
        work: Callable[[StopCheck], Iterable[Any]],
        on_item: Callable[[Any], None],
        on_success: Callable[[None], None],
        on_failure: Callable[[str], None],
        *,
        supersede: bool = False,
    ) -> Task:
        """Iterate over `work(stop)` in a worker and pass each item to `on_item`, in order; see `run`."""
        return self.run_with_progress(kind, emit_each(work), on_item, on_success, on_failure, supersede=supersede)

    def run_with_progress(
        self,
        kind: str,
        work: Callable[[StopCheck, Emit], T],
        on_item: Callable[[Any], None],
        on_success: Callable[[T], None],
        on_failure: Callable[[str], None],
        *,
        supersede: bool = False,
    ) -> Task:
        """Run `work(stop, emit)` in a worker and pass emitted items to `on_item`, in order; see `run`."""

        def emit(item: Any) -> None:
            self._queue.post(partial(self._deliver, task, on_item, item))
            self._queue.wait()

        task = self._add(kind, on_success, on_failure, supersede)
        self._submit(task, lambda stop: work(stop, emit))
        return task

    def pace(self) -> None:
        """Block while the GUI thread is busy with events, so that the worker does not compete for the interpreter."""
        self._queue.wait()

    def hold(self) -> None:
        """Make the workers that call `pace` wait until the GUI thread has painted; called before it does."""
        if not self.is_closed:
            self._queue.hold()

    @property
    def is_idle(self) -> bool:
        """Whether no operation runs, superseded and discarded ones included."""
        return not self._running

    def running(self, kind: str | None = None) -> list[Task]:
        """Return the running operations, of one kind or of all, except superseded and discarded ones."""
        return [task for task in self._running if not self._is_stale(task) and kind in (None, task.kind)]

    def drop(self, kind: str) -> None:
        """Stop all operations of this kind and drop their remaining events and results."""
        self._count += 1
        self._supersede(kind)

    def close(self, timeout_s: float | None = None) -> bool:
        """Stop and join all workers; no handler is called afterwards.

        Args:
            timeout_s: How long to wait for the workers; None without a limit.

        Returns:
            False if a worker is still busy, such as one whose request a server does not answer.
        """
        self.is_closed = True
        for task in self._running:
            task.stop()
        self._queue.release()
        self._pool.shutdown(wait=False, cancel_futures=True)
        _, busy = wait(self._futures, timeout_s)
        if not busy:
            self._pool.shutdown(wait=True)
        self._queue.close()
        self._running.clear()
        return not busy

    def _submit(self, task: Task, work: Callable[[StopCheck], Any]) -> None:
        if self.is_closed:  # a timer or a queued signal may start an operation after the end; it never runs
            task.stop()
            self._running.discard(task)
            return
        future = self._pool.submit(self._work, task, work)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)

    def _add(
        self, kind: str, on_success: Callable[[Any], None], on_failure: Callable[[str], None], supersede: bool
    ) -> Task:
        self._count += 1
        task = Task(kind, self._count, on_success, on_failure, threading.Event())
        if supersede:
            self._supersede(kind)
        self._running.add(task)
        return task

    def _supersede(self, kind: str) -> None:
        """Make all tasks of this kind stale that have a lower number than the current count."""
        self._newest[kind] = self._count
        for task in self._running:
            if self._is_stale(task):
                task.stop()

    def _is_stale(self, task: Task) -> bool:
        return task.is_discarded or task.number < self._newest.get(task.kind, 0)

    def _work(self, task: Task, work: Callable[[StopCheck], Any]) -> None:
        """Do the work in a worker and post the result or the failure."""
        if self._is_stale(task):  # superseded while it waited for a worker
            self._queue.post(partial(self._finish, task, None))
            return
        try:
            callback = partial(self._finish, task, work(task.is_stop_requested))
        except KnownError as error:
            callback = partial(self._fail, task, Failure(error.sentence))
        except BaseException as error:
            report = "".join(traceback.format_exception(error))
            callback = partial(self._fail, task, Failure(internal_error(task.kind, type(error).__name__), report))
        self._queue.post(callback)

    def _deliver(self, task: Task, handler: Callable[[Any], None], content: Any) -> None:
        """Call the handler unless the task is stale."""
        if not self._is_stale(task):
            handler(content)

    def _finish(self, task: Task, result: Any) -> None:
        is_stale = self._is_stale(task)
        self._running.discard(task)
        try:
            if not is_stale:
                task.on_success(result)
        finally:
            self._emit_idle()

    def _fail(self, task: Task, failure: Failure) -> None:
        is_stale = self._is_stale(task)
        self._running.discard(task)
        task.failure = failure
        try:
            if failure.report:
                self.bug.emit(failure)
            if not is_stale:
                task.on_failure(failure.sentence)
        finally:
            self._emit_idle()

    def _emit_idle(self) -> None:
        if self.is_idle:
            self.idle.emit()


def emit_each(work: Callable[[StopCheck], Iterable[Any]]) -> Callable[[StopCheck, Emit], None]:
    """Return the work in the form of `run_with_progress`: every item of the iterable is emitted."""

    def emit_all(stop: StopCheck, emit: Emit) -> None:
        for item in work(stop):
            emit(item)

    return emit_all
