"""Folder walker: threads that list folders and that stalled storage cannot block.

A walker thread that waits for storage longer than STALL_TIMEOUT_S is late; time that it computes or waits for other
threads does not count. Another thread continues with the next path. After READ_TIMEOUT_S its path is abandoned and
reported.
"""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.source.storage_wait import storage_wait, waiting_since
from exr_inspector_app.ingest.reader_pool import READ_TIMEOUT_S, READER_COUNT, STALL_TIMEOUT_S, start_reader
from exr_inspector_app.typing_forms import Generic, TypeVar

MAX_BATCH_ITEMS = 256
MAX_ITEMS_AHEAD = 100 * MAX_BATCH_ITEMS  # items that a thread queues before they are taken

T = TypeVar("T")  # a file that was found; equal for equal paths
DiscoverFunction = Callable[[Sequence[str]], Iterator[T | PathUnreadable]]
STALLED_MESSAGE = "The storage did not answer for {:g} seconds. Skipped; try again later."


class FolderWalker(Generic[T]):
    """Walker that finds the files under some paths, each file once, in the order given unless storage stalls."""

    def __init__(self, paths: Sequence[str], discover: DiscoverFunction[T], *, computes: bool = False) -> None:
        """Create a walker without threads.

        Args:
            paths: Paths to walk.
            discover: Yields the files under paths; called by the threads.
            computes: `discover` computes too, and marks its storage access with `storage_wait`; otherwise all of its
                time counts as storage access.
        """
        self._paths = deque(paths)
        self._discover = discover if computes else _as_storage_access(discover)
        self._items: queue.SimpleQueue[T | PathUnreadable | BaseException] = queue.SimpleQueue()
        self._threads: list[WalkerThread[T]] = []
        self._seen: set[T] = set()

    @property
    def has_more(self) -> bool:
        """True until all paths are walked and all items taken."""
        return bool(self._paths or self._threads or self._items.qsize())

    def take_items(self) -> list[T | PathUnreadable]:
        """Return the next items, at most about MAX_BATCH_ITEMS; wait up to 20 ms for the first."""
        items: list[T | PathUnreadable] = [*self._abandon_stalled()]
        are_all_late = all(thread.waited_seconds > STALL_TIMEOUT_S for thread in self._threads)
        if self._paths and len(self._threads) < READER_COUNT and are_all_late:
            self._threads.append(WalkerThread(self._paths, self._discover, self._items))
        try:
            item = self._items.get(timeout=0.02)
            while True:
                if isinstance(item, BaseException):
                    raise item
                if isinstance(item, PathUnreadable):
                    items.append(item)
                elif item not in self._seen:
                    items.append(item)
                    self._seen.add(item)
                if len(items) >= MAX_BATCH_ITEMS:
                    break
                item = self._items.get_nowait()
        except queue.Empty:
            pass
        return items

    def close(self) -> None:
        """Stop walking, and detach blocked threads."""
        self._paths.clear()
        for thread in self._threads:
            thread.is_closed = True

    def _abandon_stalled(self) -> Iterator[PathUnreadable]:
        """Remove finished threads, and threads that are blocked for too long; yield the paths of the latter."""
        for thread in list(self._threads):
            if thread.is_finished:
                self._threads.remove(thread)
            elif thread.waited_seconds > READ_TIMEOUT_S:
                thread.is_closed = True
                self._threads.remove(thread)
                yield PathUnreadable(thread.path, "stalled", STALLED_MESSAGE.format(READ_TIMEOUT_S))


def _as_storage_access(discover: DiscoverFunction[T]) -> DiscoverFunction[T]:
    """Return `discover` with the time before each of its items counted as storage access."""

    def timed(paths: Sequence[str]) -> Iterator[T | PathUnreadable]:
        items = discover(paths)
        while True:
            with storage_wait:
                item = next(items, None)
            if item is None:
                return
            yield item

    return timed


class WalkerThread(Generic[T]):
    """Thread that walks one path after another and puts the items into a queue."""

    def __init__(
        self,
        paths: deque[str],
        discover: DiscoverFunction[T],
        items: queue.SimpleQueue[T | PathUnreadable | BaseException],
    ) -> None:
        self.path = ""
        self.is_finished = self.is_closed = False
        self._paths = paths
        self._discover = discover
        self._items = items
        self._thread = start_reader(self._run, "walker")

    @property
    def waited_seconds(self) -> float:
        """Seconds since the current call to the storage began, 0 between such calls."""
        since = waiting_since(self._thread.ident or 0)
        return 0.0 if since is None else time.monotonic() - since

    def _run(self) -> None:
        try:
            while not self.is_closed and (path := self._next_path()) is not None:
                self.path = path
                for item in self._discover([self.path]):
                    if self.is_closed:
                        return
                    self._items.put(item)
                    self._wait_for_room()
        except BaseException as error:  # raised again by the thread that takes the items
            self._items.put(error)
        finally:
            self.is_finished = True

    def _next_path(self) -> str | None:
        try:
            return self._paths.popleft()
        except IndexError:  # another thread took the last one
            return None

    def _wait_for_room(self) -> None:
        while self._items.qsize() > MAX_ITEMS_AHEAD and not self.is_closed:
            time.sleep(0.05)
