"""Resource limits of the worker process: threads, address space and CPU time, where the system supports them."""

from __future__ import annotations

import os

MAX_THREADS = min(16, os.cpu_count() or 1)  # each takes address space, which is limited
_LIBRARY_BYTES = 256 * 2**20  # of address space for threads and libraries, in addition to the pixels


def limit_address_space(megabytes: int) -> None:
    """Limit further allocations of this process to about `megabytes`; does nothing if the system cannot."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            current = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (current + _LIBRARY_BYTES + megabytes * 2**20,) * 2)
    except (ImportError, OSError, ValueError):  # Windows has no limits, macOS no /proc
        return


def limit_cpu_seconds(seconds: float) -> None:
    """Limit the CPU time from now on to `seconds` per processor; does nothing if the system cannot."""
    try:
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime + seconds * (os.cpu_count() or 1)) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        return
