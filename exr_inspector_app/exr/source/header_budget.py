"""Memory budget of the readers of large headers: one header of megabytes at a time, or a few smaller ones."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import TracebackType

from exr_inspector_app.exr.source.storage_wait import pause_wait

MIN_COUNTED_BYTES = 128 * 1024  # ordinary headers do not wait
_MEMORY_FACTOR = 32  # of parsed attributes and channels, against their bytes
_BUDGET_BYTES = 256 * 2**20
_MIN_TRIMMED_BYTES = 16 * 2**20
_M_MMAP_THRESHOLD, _MIN_MAPPED_BYTES = -3, 4 * 2**20  # number of an option of glibc, and its value


class MemoryBudget:
    """Memory that the reservations of several readers share. Thread-safe."""

    def __init__(self, size: int, factor: int) -> None:
        """Create a budget.

        Args:
            size: Size in bytes.
            factor: Bytes of memory that a parsed header takes per byte of the header.
        """
        self.size, self.factor = size, factor
        self._free, self._is_closed = size, False
        self._condition = threading.Condition()

    def take(self, size: int) -> None:
        """Take memory; wait until others have given theirs back."""
        with pause_wait(), self._condition:
            self._condition.wait_for(lambda: self._free >= size or self._is_closed)
            self._free -= size

    def give_back(self, size: int) -> None:
        """Give memory back."""
        with self._condition:
            self._free += size
            self._condition.notify_all()

    def close(self) -> None:
        """Let all readers continue: their results are not used."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()


_shared = MemoryBudget(_BUDGET_BYTES, _MEMORY_FACTOR)
_outer = threading.local()  # reservation of the code that calls the readers of this thread


class HeaderReservation:
    """Reservation of one reader, released at the end of the context or of its last use. A reader has one at a time."""

    def __init__(self, budget: MemoryBudget = _shared) -> None:
        self._budget = budget
        self._size = 0

    @property
    def is_held(self) -> bool:
        """True while memory is reserved, which ordinary headers need not."""
        return self._size > 0

    def grow(self, header_bytes: int) -> None:
        """Reserve memory for a header of at least `header_bytes`; wait until other readers have released theirs.

        A header that needs more than the whole budget is read alone. The memory that a reader already holds is released
        while it waits, so that two of them never wait for each other.
        """
        if header_bytes < MIN_COUNTED_BYTES:
            return
        size = min(self._budget.size, self._budget.factor * header_bytes)
        if size >= _MIN_TRIMMED_BYTES:
            _unmap_large_blocks()
        if size > self._size:
            self._release()
            self._budget.take(size)
            self._size = size

    def shrink(self, size: int) -> None:
        """Keep at most `size` bytes, those of the parsed header."""
        if size < self._size:
            self._budget.give_back(self._size - size)
            self._size = size

    def release(self) -> None:
        """Release the memory, whose objects are no longer used. Idempotent."""
        size = self._size
        self._release()
        if size >= _MIN_TRIMMED_BYTES:
            _trim()

    def _release(self) -> None:
        size, self._size = self._size, 0
        if size:
            self._budget.give_back(size)

    def __del__(self) -> None:
        self._release()  # of a result that was not taken

    def __enter__(self) -> HeaderReservation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@contextmanager
def reserve_for_results(memory: HeaderReservation) -> Iterator[None]:
    """Let the readers that this thread calls reserve with `memory`, which stays reserved for their result."""
    _outer.memory = memory
    try:
        yield
    finally:
        _outer.memory = None


@contextmanager
def reserve_for_header() -> Iterator[HeaderReservation]:
    """Yield the reservation of the caller, or one that ends with the context."""
    outer: HeaderReservation | None = getattr(_outer, "memory", None)
    if outer is not None:
        yield outer
        return
    with HeaderReservation() as memory:
        yield memory


@cache
def _unmap_large_blocks() -> None:
    """Return large blocks to the system when they are freed: glibc keeps up to 64 MB in the heap of each thread."""
    if sys.platform == "linux":
        import ctypes  # takes some ms, and only very large headers need it

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MIN_MAPPED_BYTES)


@cache
def _trimmer() -> Callable[[int], object] | None:
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library
            function: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
            return function
    return None


def _trim() -> None:
    """Return free memory between blocks in use to the system, which glibc keeps for the thread that had it."""
    if trim := _trimmer():
        trim(0)
