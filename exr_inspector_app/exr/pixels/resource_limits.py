"""What the decoder may take of the machine, where the system can hold a process to it."""

from __future__ import annotations

import os

THREADS = min(16, os.cpu_count() or 1)  # that decode; each takes address space, which is limited
LIBRARIES = 256 * 2**20  # bytes of address space for threads and libraries, beside the pixels


def limit_memory(megabytes: int) -> None:
    """The pixels may take so much address space, where the system can hold the process to that."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + LIBRARIES + megabytes * 2**20,) * 2)
    except (ImportError, OSError, ValueError):  # Windows has no limits, macOS does not tell the size
        return


def limit_seconds(seconds: float) -> None:
    """From now on so many seconds of each processor may be used, where the system can hold it to that."""
    try:
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime + seconds * (os.cpu_count() or 1)) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        return
