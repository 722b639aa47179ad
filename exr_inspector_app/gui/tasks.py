"""The only threads of the window: background operations whose events come back through one mailbox."""

from __future__ import annotations

import math
import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from exr_inspector_app.errors import KnownError

SLICE_SECONDS = 0.008  # what one turn of the event loop may spend on the mailbox
REST_SECONDS = 0.016  # between two looks into the mailbox: workers have this time to themselves
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
    event: Callable[[Any], None]
    success: Callable[[Any], None]
    failure: Callable[[Failure], None]
    _stop: threading.Event

    def stop(self) -> None:
        """The operation ends at its next stopping point and still reports how far it came."""
        self._stop.set()

    def stopped(self) -> bool:
        """True once somebody asked the operation to stop."""
        return self._stop.is_set()


@dataclass(frozen=True, slots=True)
class _Letter:
    """One thing that a worker says: `deliver` is called with `content` on the GUI thread."""

    task: Task
    deliver: Callable[[Any], None]
    content: Any
    is_last: bool


class Tasks(QObject):
    """Runs callables and generators in worker threads and delivers what they say on the GUI thread."""

    _letter_waits = Signal()
    idle = Signal()  # the last running operation has reported
    drained = Signal()  # everything said so far has been delivered

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="window-task")
        self._mailbox: queue.SimpleQueue[_Letter] = queue.SimpleQueue()
        self._has_room = threading.Event()
        self._has_room.set()
        self._woken = False
        self._running: set[Task] = set()
        self._newest: dict[str, int] = {}
        self._count = 0
        self.is_closed = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._turn)
        self._delivered = 0.0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._deliver)
        self._letter_waits.connect(self._wake, Qt.ConnectionType.QueuedConnection)

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
        task = self._enter(kind, success, success, failure, supersede)
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
            self._post(_Letter(task, event, item, is_last=False))
            self._has_room.wait()

        task = self._enter(kind, event, success, failure, supersede)
        self._pool.submit(self._work, task, lambda stop: work(stop, say))
        return task

    def pace(self) -> None:
        """In a worker: waits while the window is busy with what was said, so that nobody takes turns with it."""
        self._has_room.wait()

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
        self._has_room.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._rest.stop()
        self._next.stop()
        self._running.clear()
        while not self._mailbox.empty():
            self._mailbox.get()

    def _enter(
        self,
        kind: str,
        event: Callable[[Any], None],
        success: Callable[[Any], None],
        failure: Callable[[Failure], None],
        supersede: bool,
    ) -> Task:
        """A numbered task on the list of running ones."""
        self._count += 1
        task = Task(kind, self._count, event, success, failure, threading.Event())
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
        """In a worker: does the work and posts its last letter, whatever happens."""
        if self._is_stale(task):  # superseded while it waited for a worker
            self._post(_Letter(task, task.success, None, is_last=True))
            return
        try:
            letter = _Letter(task, task.success, work(task.stopped), is_last=True)
        except KnownError as error:
            letter = _Letter(task, task.failure, Failure(error.sentence), is_last=True)
        except BaseException as error:
            sentence = f"{task.kind} stopped with an error in the program: {type(error).__name__}."
            report = "".join(traceback.format_exception(error))
            letter = _Letter(task, task.failure, Failure(sentence, report), is_last=True)
        self._post(letter)

    def _post(self, letter: _Letter) -> None:
        """In a worker: puts a letter into the mailbox and wakes the GUI thread once."""
        self._mailbox.put(letter)
        if not self._woken:
            self._woken = True
            self._letter_waits.emit()

    @Slot()
    def _wake(self) -> None:
        """Letters are delivered now, or soon where some just were."""
        rest = self._delivered + REST_SECONDS - time.monotonic()
        if rest > 0:
            self._next.start(math.ceil(rest * 1000))
        else:
            self._deliver()

    @Slot()
    def _turn(self) -> None:
        """After a turn of the event loop, what was shown has been painted: workers go on, or the rest comes."""
        if self._mailbox.empty():
            self._has_room.set()
        else:
            self._deliver()

    @Slot()
    def _deliver(self) -> None:
        """Delivers letters for one slice of time; the rest waits for the next turn of the event loop."""
        self._has_room.clear()  # workers wait, so that this thread has the interpreter to itself
        self._woken = False  # before the first look: a letter put from now on wakes us again
        end = time.monotonic() + SLICE_SECONDS
        try:
            while not self._mailbox.empty():  # nobody else takes letters out
                self._open(self._mailbox.get())
                if time.monotonic() >= end:
                    return
        finally:
            if self._mailbox.empty():
                self.drained.emit()
            self._delivered = time.monotonic()
            self._rest.start()

    def _open(self, letter: _Letter) -> None:
        """Hands one letter over, unless something newer has made it void."""
        is_stale = self._is_stale(letter.task)
        if letter.is_last:
            self._running.discard(letter.task)
        try:
            if not is_stale:
                letter.deliver(letter.content)
        finally:
            if letter.is_last and not self._running:
                self.idle.emit()


def stop_one_or_all(running: Mapping[K, Task], which: K | None) -> None:
    """The operation of that key, or with None every one, ends at its next stopping point."""
    for key, task in running.items():
        if which in (None, key):
            task.stop()
