"""Memory budget of all readers of large headers: one header of megabytes at a time, or a few smaller ones."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from functools import cache
from types import TracebackType

MIN_COUNTED_BYTES = 512 * 1024  # ordinary headers do not wait
_MEMORY_FACTOR = 32  # of parsed attributes and channels, against their bytes
_BUDGET_BYTES = 256 * 2**20
_M_MMAP_THRESHOLD, _MIN_MAPPED_BYTES = -3, 4 * 2**20  # number of an option of glibc, and its value

_free = _BUDGET_BYTES
_condition = threading.Condition()


class HeaderReservation:
    """Reservation of one reader, released at the end of the context. A reader has one at a time."""

    _size = 0

    def grow(self, header_bytes: int) -> None:
        """Reserve memory for a header of at least `header_bytes`; wait until other readers have released theirs.

        A header that needs more than the whole budget is read alone. The memory that a reader already holds is released
        while it waits, so that two of them never wait for each other.
        """
        global _free
        if header_bytes < MIN_COUNTED_BYTES:
            return
        size = min(_BUDGET_BYTES, _MEMORY_FACTOR * header_bytes)
        if size == _BUDGET_BYTES:
            _unmap_large_blocks()
        if size > self._size:
            self.release()
            with _condition:
                _condition.wait_for(lambda: _free >= size)
                _free -= size
                self._size = size

    def release(self) -> None:
        """Release the memory. Idempotent."""
        global _free
        if self._size:
            with _condition:
                _free += self._size
                self._size = 0
                _condition.notify_all()

    def __enter__(self) -> HeaderReservation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@cache
def _unmap_large_blocks() -> None:
    """Return large blocks to the system when they are freed: glibc keeps up to 64 MB in the heap of each thread."""
    if sys.platform == "linux":
        import ctypes  # takes some ms, and only very large headers need it

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MIN_MAPPED_BYTES)
