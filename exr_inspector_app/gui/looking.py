"""What may change on disk is looked at now and then, in a task; folders on a share tell of nothing by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.gui.session import Session
from exr_inspector_app.gui.tasks import Failure, Stop, Tasks

MOST = 200  # things of one look; of a larger session the next ones come with the next look

T = TypeVar("T")


class Looking(QObject):
    """One look after the other, none while files are being read; a subclass says what is looked at and what follows."""

    bug = Signal(object)  # Failure with a report
    kind = ""  # of its task
    turn_ms = 0  # between two looks

    def __init__(self, tasks: Tasks, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._session = tasks, session
        self._next = 0
        self._timer = QTimer(self)
        self._timer.setInterval(self.turn_ms)
        self._timer.timeout.connect(self.turn)
        self._timer.start()

    def close(self) -> None:
        """Nothing is looked at any more."""
        self._timer.stop()
        self._tasks.drop(self.kind)

    @Slot()
    def turn(self) -> None:
        """One look, unless the last one is still under way or everything is being read anyway."""
        every = self._every()
        if not every or self._tasks.running(self.kind) or self._tasks.running("Inspect"):
            return
        first = self._next % len(every)
        self._next = first + MOST if len(every) > MOST else 0
        chosen = self._chosen((every[first:] + every[:first])[:MOST])

        def work(stop: Stop) -> Iterator[Any]:
            for one in chosen:
                if stop():
                    return
                news = self._look(one)
                if news is not None:
                    yield news

        self._tasks.stream(self.kind, work, self._tell, lambda _: None, self._failed)

    def _every(self) -> list[Any]:
        """All that may be looked at; nothing where there is no session."""
        raise NotImplementedError

    def _chosen(self, some: Sequence[Any]) -> Sequence[Any]:
        """What is looked at in this turn, where it is the turn of some."""
        return some

    def _look(self, one: Any) -> Any:
        """In a worker: what is new of one thing; None where nothing is."""
        raise NotImplementedError

    def _tell(self, news: Any) -> None:
        """Something is new."""
        raise NotImplementedError

    def _failed(self, failure: Failure) -> None:
        if failure.report:
            self.bug.emit(failure)
