"""Memory budget of all worker processes of this program, by the memory of the machine and of its control group."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from functools import cache

_BUDGET_SHARE = 0.75  # of the machine, for all workers together
_MIN_SHARE = 1 / 16  # of the machine, for a worker that finds the budget used
_MIN_MB = 64
_FALLBACK_MB = 8192  # of a machine that does not report its memory


@cache
def machine_memory_mb() -> int:
    """Return the memory of this machine in MiB, or the limit of the control group of this process if that is less."""
    return min([_physical_mb(), *_group_limits_mb()])


def _physical_mb() -> int:
    if sys.platform == "win32":
        from exr_inspector_app.exr.pixels.sandbox.windows import physical_memory

        return physical_memory() // 2**20 or _FALLBACK_MB
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    except (ValueError, OSError):
        return _FALLBACK_MB


def _group_limits_mb() -> Iterator[int]:
    """Yield the memory limits of the control groups of this process, version 1 and 2, and of those above them."""
    try:
        with open("/proc/self/cgroup", encoding="utf-8", errors="replace") as file:
            rows = [line.strip().split(":", 2) for line in file]
    except OSError:
        return
    for _, controllers, path in (row for row in rows if len(row) == 3):
        if controllers and "memory" not in controllers.split(","):
            continue
        root, name = (
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes") if controllers else ("/sys/fs/cgroup", "memory.max")
        )
        folders = path.strip("/").split("/")
        for depth in range(len(folders), -1, -1):
            limit = _read_number(os.path.join(root, *folders[:depth], name))
            if limit:
                yield max(limit // 2**20, _MIN_MB)


def _read_number(path: str) -> int:
    """Return the number in a file, 0 for another text, such as `max`, and for a file that does not exist."""
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


class MemoryBudget:
    """Budget of address space for workers. Thread-safe."""

    def __init__(self, machine_mb: int) -> None:
        self._machine_mb = machine_mb
        self._total_mb = self._free_mb = int(machine_mb * _BUDGET_SHARE)
        self._lock = threading.Lock()

    def limit(self, megabytes: int | None) -> None:
        """Bound the budget of workers that start from now on; None for the default share of the machine."""
        default = int(self._machine_mb * _BUDGET_SHARE)
        with self._lock:
            total = default if megabytes is None else min(megabytes, default)
            self._free_mb += total - self._total_mb
            self._total_mb = total

    def reserve(self, requested_mb: int) -> int:
        """Reserve at most half of the machine and the unreserved rest, or a small share; returns MiB."""
        with self._lock:
            least = max(_MIN_MB, int(self._machine_mb * _MIN_SHARE))
            granted = min(requested_mb, self._machine_mb // 2, self._total_mb, max(self._free_mb, least))
            self._free_mb -= granted
            return granted

    def release(self, granted_mb: int) -> None:
        """Return a reservation to the budget."""
        with self._lock:
            self._free_mb += granted_mb


@cache
def worker_budget() -> MemoryBudget:
    """Return the budget of the workers of this process."""
    return MemoryBudget(machine_memory_mb())
