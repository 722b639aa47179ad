"""Timer of storage access per thread: tells calls that the storage delays from computation."""

from __future__ import annotations

from threading import get_ident
from time import monotonic

_waits: dict[int, list[float]] = {}  # start and depth, by thread; kept, since every file waits several times


class _StorageWait:
    """Context manager around calls that wait for storage: open, stat, read, list. Thread-safe; may be nested."""

    def __enter__(self) -> None:
        wait = _waits.get(get_ident())
        if wait is None:
            wait = _waits[get_ident()] = [0.0, 0]
        if not wait[1]:
            wait[0] = monotonic()
        wait[1] += 1

    def __exit__(self, *_: object) -> None:
        _waits[get_ident()][1] -= 1


storage_wait = _StorageWait()


def waiting_since(thread: int) -> float | None:
    """Return the `time.monotonic` at which a thread began to wait for storage, None if it does not wait."""
    wait = _waits.get(thread)
    return wait[0] if wait is not None and wait[1] else None
