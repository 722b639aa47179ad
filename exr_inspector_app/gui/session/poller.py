"""Poller for files and folders of the session; network shares send no change notifications.

Each poll runs in a separate reader pool, so that storage that does not respond delays only the items on it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.session.session import Session
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.ingest.reader_pool import ReaderPool

MAX_POLL_S = 2.0  # items that have not answered by then are reported by a later poll
STOP_CHECK_INTERVAL_S = 0.05
MAX_ITEMS = 200  # of one poll; of a larger session the next items follow in the next poll
INSPECT_KIND = "Inspect"  # no poll while tasks of this kind run


class PendingChecks:
    """Reader pool with the checks that have no answer yet; safe to close while a worker uses it."""

    def __init__(self, check: Callable[[Any], Any]) -> None:
        self._lock = threading.Lock()
        self._by_path: dict[str, Any] = {}
        self._paths: list[str] = []  # by the numbers that the readers know
        self._readers = ReaderPool(lambda path: check(self._by_path[path]))
        self.is_closed = False

    @property
    def count(self) -> int:
        """The number of checks without an answer; 0 once closed."""
        return 0 if self.is_closed else len(self._by_path)

    def add(self, path: str, item: Any) -> None:
        """Queue the check of an item unless an earlier check of its path has no answer yet."""
        with self._lock:
            if not self.is_closed and path not in self._by_path:
                self._by_path[path] = item
                self._readers.add(len(self._paths), path)
                self._paths.append(path)

    def answers(self) -> list[tuple[int, Any]]:
        """Return the answers that arrive within STOP_CHECK_INTERVAL_S, numbered in the order of `add`."""
        with self._lock:
            answers = [] if self.is_closed else list(self._readers.take_done(STOP_CHECK_INTERVAL_S))
            for number, _ in answers:
                self._by_path.pop(self._paths[number])
            return answers

    def close(self) -> None:
        """End the readers; further calls do nothing."""
        with self._lock:
            if not self.is_closed:
                self.is_closed = True
                self._readers.close()


class Poller(QObject):
    """Periodic check of items, at most one at a time and none during an inspection; a template for subclasses.

    Subclasses define `kind` and `interval_ms`, and override `_items`, `_path`, `_check`, `_on_change` and perhaps
    `_select`.
    """

    kind = ""  # of its task
    interval_ms = 0

    def __init__(self, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._session = tasks, session
        self._next = 0
        self._pending: PendingChecks | None = None  # set by the GUI thread only
        self._timer = QTimer(self)
        self._timer.setInterval(self.interval_ms)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def close(self) -> None:
        """Stop polling, and end the readers even while a worker still uses them."""
        self._timer.stop()
        self._tasks.drop(self.kind)
        if self._pending is not None:
            self._pending.close()
            self._pending = None

    @Slot()
    def tick(self) -> None:
        """Start a poll unless the last one still runs or files are being inspected."""
        items = self._items()
        if not items or self._tasks.running(self.kind) or self._tasks.running(INSPECT_KIND):
            return
        first = self._next % len(items)
        self._next = first + MAX_ITEMS if len(items) > MAX_ITEMS else 0
        selected = self._select((items[first:] + items[:first])[:MAX_ITEMS])
        if self._pending is None or self._pending.is_closed:
            self._pending = PendingChecks(self._check)
        pending = self._pending

        def work(stop: StopCheck) -> Iterator[Any]:
            return self._poll(pending, selected, stop)

        self._tasks.run_iter(self.kind, work, self._on_change, lambda _: None, lambda _: None)

    def _poll(self, pending: PendingChecks, items: Sequence[Any], stop: StopCheck) -> Iterator[Any]:
        """Yield the changes of some items in a worker; unanswered checks stay pending for the next poll."""
        is_kept = False
        try:
            for item in items:
                pending.add(self._path(item), item)
            changes, end = dict[int, Any](), time.monotonic() + MAX_POLL_S
            while pending.count and not stop() and time.monotonic() < end:
                changes.update(pending.answers())
            yield from (changes[number] for number in sorted(changes) if changes[number] is not None)
            is_kept = bool(pending.count) and not stop()
        finally:
            if not is_kept:
                pending.close()

    def _items(self) -> list[Any]:
        """Return all items; none if the session is empty."""
        raise NotImplementedError

    def _select(self, due: Sequence[Any]) -> Sequence[Any]:
        """Return the items to check instead of those whose turn it is."""
        return due

    def _path(self, item: Any) -> str:
        """Return the path of an item."""
        raise NotImplementedError

    def _check(self, item: Any) -> Any:
        """Return the change of an item, or None, in a reader thread."""
        raise NotImplementedError

    def _on_change(self, change: Any) -> None:
        """Handle a change on the GUI thread."""
        raise NotImplementedError
