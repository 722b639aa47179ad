"""What may change on disk is looked at now and then, in a task; folders on a share tell of nothing by themselves.

Readers of their own look, so that storage that does not answer keeps nobody from hearing of the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.gui.session.session import Session
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.ingest.reader_pool import ReaderPool

LONGEST_LOOK = 2.0  # seconds; what has not answered by then is heard in a later look
POLL_INTERVAL_MS = 0.05  # seconds between two looks at whether the look is wanted
MOST = 200  # things of one look; of a larger session the next ones come with the next look

T = TypeVar("T")


class PendingChecks:
    """What readers have been asked and not answered yet; used by one thread at a time."""

    def __init__(self, look: Callable[[Any], Any]) -> None:
        self._by_path: dict[str, Any] = {}
        self._paths: list[str] = []  # by the numbers that the readers know
        self._readers = ReaderPool(lambda path: look(self._by_path[path]))

    @property
    def count(self) -> int:
        return len(self._by_path)

    def ask(self, path: str, one: Any) -> None:
        """One thing is looked at, unless an earlier look at it has not come back."""
        if path not in self._by_path:
            self._by_path[path] = one
            self._readers.add(len(self._paths), path)
            self._paths.append(path)

    def answers(self) -> Iterator[tuple[int, Any]]:
        """What came back by now, with numbers in the order of asking."""
        for number, news in self._readers.done(POLL_INTERVAL_MS):
            del self._by_path[self._paths[number]]
            yield number, news

    def close(self) -> None:
        """Nobody waits any more."""
        self._readers.close()


class Poller(QObject):
    """One look after the other, none while files are being read; a subclass says what is looked at and what follows."""

    bug = Signal(object)  # Failure with a report
    kind = ""  # of its task
    turn_ms = 0  # between two looks

    def __init__(self, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._session = tasks, session
        self._next = 0
        self._asked: PendingChecks | None = None  # what did not answer in the last look
        self._timer = QTimer(self)
        self._timer.setInterval(self.turn_ms)
        self._timer.timeout.connect(self.turn)
        self._timer.start()

    def close(self) -> None:
        """Nothing is looked at any more."""
        self._timer.stop()
        self._tasks.drop(self.kind)
        asked, self._asked = self._asked, None
        if asked:
            asked.close()

    @Slot()
    def turn(self) -> None:
        """One look, unless the last one is still under way or everything is being read anyway."""
        every = self._every()
        if not every or self._tasks.running(self.kind) or self._tasks.running("Inspect"):
            return
        first = self._next % len(every)
        self._next = first + MOST if len(every) > MOST else 0
        chosen = self._chosen((every[first:] + every[:first])[:MOST])

        self._tasks.stream(self.kind, lambda stop: self._looks(chosen, stop), self._tell, lambda _: None, self._failed)

    def _looks(self, chosen: Sequence[Any], stop: Stop) -> Iterator[Any]:
        """In a worker: what is new of some things; those whose storage does not answer are left to later looks."""
        asked, self._asked = self._asked or PendingChecks(self._look), None
        for one in chosen:
            asked.ask(self._path(one), one)
        found, end = dict[int, Any](), time.monotonic() + LONGEST_LOOK
        while asked.count and not stop() and time.monotonic() < end:
            found.update(asked.answers())
        yield from (found[number] for number in sorted(found) if found[number] is not None)
        if asked.count and not stop():
            self._asked = asked
        else:
            asked.close()

    def _every(self) -> list[Any]:
        """All that may be looked at; nothing where there is no session."""
        raise NotImplementedError

    def _chosen(self, some: Sequence[Any]) -> Sequence[Any]:
        """What is looked at in this turn, where it is the turn of some."""
        return some

    def _path(self, one: Any) -> str:
        """Where one thing is."""
        raise NotImplementedError

    def _look(self, one: Any) -> Any:
        """In a reader: what is new of one thing; None where nothing is."""
        raise NotImplementedError

    def _tell(self, news: Any) -> None:
        """Something is new."""
        raise NotImplementedError

    def _failed(self, failure: Failure) -> None:
        if failure.report:
            self.bug.emit(failure)
