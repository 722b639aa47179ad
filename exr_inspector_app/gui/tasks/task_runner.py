"""The only threads of the window: background operations whose events come back through one mailbox."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.tasks.event_queue import EventQueue

WORKERS = 8  # inspecting, publishing, looking up, pictures, watching and some to spare; readers have their own

T = TypeVar("T")
K = TypeVar("K")
Stop: TypeAlias = Callable[[], bool]
Say: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an operation did not end well: a sentence, and a traceback where it is a bug."""

    sentence: str
    report: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One operation in the background; what it does last is call `success` or `failure`, never both."""

    kind: str
    number: int
    success: Callable[[Any], None]
    failure: Callable[[Failure], None]
    _stop: threading.Event

    def stop(self) -> None:
        """The operation ends at its next stopping point and still reports how far it came."""
        self._stop.set()

    def stopped(self) -> bool:
        """True once somebody asked the operation to stop."""
        return self._stop.is_set()


class TaskRunner(QObject):
    """Runs callables and generators in worker threads and delivers what they say on the GUI thread."""

    idle = Signal()  # the last running operation has reported
    drained = Signal()  # everything said so far has been delivered

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="window-task")
        self._mailbox = EventQueue(self)
        self._mailbox.drained.connect(self.drained)
        self._running: set[Task] = set()
        self._newest: dict[str, int] = {}
        self._count = 0
        self.is_closed = False

    def run(
        self,
        kind: str,
        work: Callable[[Stop], T],
        success: Callable[[T], None],
        failure: Callable[[Failure], None],
        *,
        supersede: bool = False,
    ) -> Task:
        """Calls `work(stop)` in a worker and `success(its result)` here; see `stream` for the rest."""
        task = self._enter(kind, success, failure, supersede)
        self._pool.submit(self._work, task, work)
        return task

    def stream(
        self,
        kind: str,
        work: Callable[[Stop], Iterable[Any]],
        event: Callable[[Any], None],
        success: Callable[[None], None],
        failure: Callable[[Failure], None],
        *,
        supersede: bool = False,
    ) -> Task:
        """Iterates `work(stop)` in a worker; `event` gets each item here, in order.

        With `supersede`, older operations of the same kind are stopped and say nothing any more.
        """

        def drain(stop: Stop, say: Say) -> None:
            for item in work(stop):
                say(item)

        return self.talk(kind, drain, event, success, failure, supersede=supersede)

    def talk(
        self,
        kind: str,
        work: Callable[[Stop, Say], T],
        event: Callable[[Any], None],
        success: Callable[[T], None],
        failure: Callable[[Failure], None],
        *,
        supersede: bool = False,
    ) -> Task:
        """As `run`, of `work(stop, say)`: what it says meanwhile reaches `event` here, in order."""

        def say(item: Any) -> None:
            self._mailbox.post(partial(self._tell, task, event, item))
            self._mailbox.wait()

        task = self._enter(kind, success, failure, supersede)
        self._pool.submit(self._work, task, lambda stop: work(stop, say))
        return task

    def pace(self) -> None:
        """In a worker: waits while the window is busy with what was said, so that nobody takes turns with it."""
        self._mailbox.wait()

    def running(self, kind: str | None = None) -> list[Task]:
        """The operations (of one kind) that have not reported yet, superseded ones left out."""
        return [t for t in self._running if not self._is_stale(t) and kind in (None, t.kind)]

    def drop(self, kind: str) -> None:
        """Operations of this kind are stopped and say nothing any more."""
        self._count += 1
        self._supersede(kind)

    def close(self) -> None:
        """Every worker has been asked to stop and has ended; nothing is delivered afterwards."""
        self.is_closed = True
        for task in self._running:
            task.stop()
        self._mailbox.release()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._mailbox.close()
        self._running.clear()

    def _enter(
        self, kind: str, success: Callable[[Any], None], failure: Callable[[Failure], None], supersede: bool
    ) -> Task:
        """A numbered task on the list of running ones."""
        self._count += 1
        task = Task(kind, self._count, success, failure, threading.Event())
        if supersede:
            self._supersede(kind)
        self._running.add(task)
        return task

    def _supersede(self, kind: str) -> None:
        """From now on only tasks numbered from here count for this kind."""
        self._newest[kind] = self._count
        for task in self._running:
            if self._is_stale(task):
                task.stop()

    def _is_stale(self, task: Task) -> bool:
        return task.number < self._newest.get(task.kind, 0)

    def _work(self, task: Task, work: Callable[[Stop], Any]) -> None:
        """In a worker: does the work and posts what it says last, whatever happens."""
        if self._is_stale(task):  # superseded while it waited for a worker
            self._mailbox.post(partial(self._end, task, task.success, None))
            return
        try:
            letter = partial(self._end, task, task.success, work(task.stopped))
        except KnownError as error:
            letter = partial(self._end, task, task.failure, Failure(error.sentence))
        except BaseException as error:
            sentence = f"{task.kind} stopped with an error in the program: {type(error).__name__}."
            report = "".join(traceback.format_exception(error))
            letter = partial(self._end, task, task.failure, Failure(sentence, report))
        self._mailbox.post(letter)

    def _tell(self, task: Task, deliver: Callable[[Any], None], content: Any) -> None:
        """Hands over what a task said, unless something newer has made it void."""
        if not self._is_stale(task):
            deliver(content)

    def _end(self, task: Task, deliver: Callable[[Any], None], content: Any) -> None:
        """Hands over what a task said last."""
        is_stale = self._is_stale(task)
        self._running.discard(task)
        try:
            if not is_stale:
                deliver(content)
        finally:
            if not self._running:
                self.idle.emit()


def stop_one_or_all(running: Mapping[K, Task], which: K | None) -> None:
    """The operation of that key, or with None every one, ends at its next stopping point."""
    for key, task in running.items():
        if which in (None, key):
            task.stop()
