"""Timer of storage access per thread: tells calls that the storage delays from computation."""

from __future__ import annotations

from threading import get_ident
from time import monotonic

_waits: dict[int, tuple[float, int]] = {}  # start and depth, by thread


class _StorageWait:
    """Context manager around calls that wait for storage: open, stat, read, list. Thread-safe; may be nested."""

    def __enter__(self) -> None:
        thread = get_ident()
        wait = _waits.get(thread)
        _waits[thread] = (wait[0], wait[1] + 1) if wait else (monotonic(), 1)

    def __exit__(self, *_: object) -> None:
        thread = get_ident()
        start, depth = _waits.pop(thread)
        if depth > 1:
            _waits[thread] = start, depth - 1


storage_wait = _StorageWait()


def waiting_since(thread: int) -> float | None:
    """Return the `time.monotonic` at which a thread began to wait for storage, None if it does not wait."""
    wait = _waits.get(thread)
    return None if wait is None else wait[0]
