"""Folders walked by a thread of their own; where storage keeps it waiting, another one goes on with the next path.

A walker that is silent for longer than PATIENCE is late: the paths behind its own are walked meanwhile. After
TIMEOUT its path is given up.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.ingest.reader_pool import READERS, STALL_TIMEOUT_S, TIMEOUT

BATCH = 256  # items that are taken at one time
_AHEAD = 100 * BATCH  # items that are found before they are taken

Item = str | PathUnreadable
Discover = Callable[[Sequence[str]], Iterator[Item]]
STALLED = "The storage did not answer for {:g} seconds; it was left out. Try again when it does."


class FolderWalker:
    """What is found under some paths, each once, in the order given as far as nothing stalls."""

    def __init__(self, paths: Sequence[str], discover: Discover) -> None:
        self._paths = deque(paths)
        self._discover = discover
        self._items: queue.SimpleQueue[Item | BaseException] = queue.SimpleQueue()
        self._walkers: list[WalkerThread] = []
        self._seen: set[str] = set()

    @property
    def goes_on(self) -> bool:
        """True while more may be found."""
        return bool(self._paths or self._walkers or self._items.qsize())

    def found(self) -> list[Item]:
        """The next items; waits a moment for the first."""
        found: list[Item] = [*self._given_up()]
        if self._paths and len(self._walkers) < READERS and all(one.silent > STALL_TIMEOUT_S for one in self._walkers):
            self._walkers.append(WalkerThread(self._paths, self._discover, self._items))
        try:
            item = self._items.get(timeout=0.02)
            while True:
                if isinstance(item, BaseException):
                    raise item
                if not isinstance(item, str) or item not in self._seen:
                    found.append(item)
                if isinstance(item, str):
                    self._seen.add(item)
                if len(found) >= BATCH:
                    break
                item = self._items.get_nowait()
        except queue.Empty:
            pass
        return found

    def close(self) -> None:
        """Nothing more is looked for; walkers that hang are left behind."""
        self._paths.clear()
        for walker in self._walkers:
            walker.closed = True

    def _given_up(self) -> Iterator[PathUnreadable]:
        """The paths that did not answer; walkers that are done are forgotten."""
        for walker in list(self._walkers):
            if walker.ended:
                self._walkers.remove(walker)
            elif walker.silent > TIMEOUT:
                walker.closed = True
                self._walkers.remove(walker)
                yield PathUnreadable(walker.path, "stalled", STALLED.format(TIMEOUT))


class WalkerThread:
    """A thread that walks one path after the other."""

    def __init__(self, paths: deque[str], discover: Discover, items: queue.SimpleQueue[Item | BaseException]) -> None:
        self.path = ""
        self.ended = self.closed = False
        self._paths = paths
        self._discover = discover
        self._items = items
        self._heard = time.monotonic()
        threading.Thread(target=self._run, name="walker", daemon=True).start()

    @property
    def silent(self) -> float:
        """For how many seconds nothing has been found, though somebody would have taken it."""
        return time.monotonic() - self._heard

    def _run(self) -> None:
        try:
            while not self.closed and (path := self._next()) is not None:
                self.path = path
                for item in self._discover([self.path]):
                    self._heard = time.monotonic()
                    if self.closed:
                        return
                    self._items.put(item)
                    self._wait()
                self._heard = time.monotonic()
        except BaseException as error:  # told by the thread that takes
            self._items.put(error)
        finally:
            self.ended = True

    def _next(self) -> str | None:
        """The next path, which another walker may have taken a moment ago."""
        try:
            return self._paths.popleft()
        except IndexError:
            return None

    def _wait(self) -> None:
        """Until somebody has taken from what was found."""
        while self._items.qsize() > _AHEAD and not self.closed:
            time.sleep(0.05)
            self._heard = time.monotonic()
