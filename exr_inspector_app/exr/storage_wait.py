"""Timer of storage access per thread: tells calls that the storage delays from computation."""

from __future__ import annotations

import threading
import time

_waits: dict[int, tuple[float, int]] = {}  # start and depth, by thread


class _StorageWait:
    """Context manager around calls that wait for storage: open, stat, read, list. Thread-safe; may be nested."""

    def __enter__(self) -> None:
        thread = threading.get_ident()
        start, depth = _waits.get(thread) or (time.monotonic(), 0)
        _waits[thread] = start, depth + 1

    def __exit__(self, *_: object) -> None:
        thread = threading.get_ident()
        start, depth = _waits[thread]
        if depth > 1:
            _waits[thread] = start, depth - 1
        else:
            del _waits[thread]


storage_wait = _StorageWait()


def waiting_since(thread: int) -> float | None:
    """Return the `time.monotonic` at which a thread began to wait for storage, None if it does not wait."""
    wait = _waits.get(thread)
    return None if wait is None else wait[0]
