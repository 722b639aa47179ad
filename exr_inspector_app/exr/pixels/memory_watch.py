"""Watch of the memory of a worker process by its parent, for systems that do not limit address space, such as macOS."""

from __future__ import annotations

import subprocess
import sys

IS_NEEDED = sys.platform not in ("linux", "win32")  # which limit it themselves
LIBRARY_MB = 256  # of code and threads, in addition to the memory that a worker may take
POLL_INTERVAL_S = 0.25
_TIMEOUT_S = 5.0


class MemoryWatch:
    """Watch of one process."""

    def __init__(self, pid: int, limit_mb: int) -> None:
        """Create a watch.

        Args:
            pid: Process to watch.
            limit_mb: Memory in MiB that it may take beyond that of its libraries.
        """
        self._pid, self._limit_mb = pid, limit_mb + LIBRARY_MB
        self._next_s = 0.0

    def is_exceeded(self, now_s: float) -> bool:
        """Return True if the process uses more than its limit; measures at most every POLL_INTERVAL_S."""
        if not IS_NEEDED or now_s < self._next_s:
            return False
        self._next_s = now_s + POLL_INTERVAL_S
        return resident_mb(self._pid) > self._limit_mb


def resident_mb(pid: int) -> int:
    """Return the memory of a process in MiB, 0 if it is gone or `ps` cannot be run."""
    command = ["/bin/ps", "-o", "rss=", "-p", str(pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    text = done.stdout.strip()
    return int(text) // 1024 if text.isdecimal() else 0
