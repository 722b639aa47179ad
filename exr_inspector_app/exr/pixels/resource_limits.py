"""Resource limits of the worker process, where the system supports them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from exr_inspector_app.exr.pixels.memory_budget import machine_memory_mb

THREADS_VARIABLE = "EXR_INSPECTOR_DECODER_THREADS"


def _thread_limit() -> int:
    """Return the configured number of threads, at most one per core and 16, since each takes address space."""
    text = os.environ.get(THREADS_VARIABLE, "")
    return min(16, os.cpu_count() or 1, max(1, int(text)) if text.isdecimal() else 16)


MAX_THREADS = _thread_limit()
_LIBRARY_BYTES = 256 * 2**20  # of address space for threads and libraries, in addition to the pixels
_MAX_FILE_BYTES = 2**30  # of one temporary file, at most an eighth of the memory, in which the folder may be
_MAX_DESCRIPTORS = 64
_OOM_SCORE = 500  # of 1000: the system kills a worker before the program that started it


def limit_address_space(megabytes: int) -> None:
    """Limit further allocations of this process to about `megabytes`; does nothing if the system cannot."""
    try:
        if sys.platform == "win32":
            from exr_inspector_app.exr.pixels.sandbox.windows import restrict_memory

            restrict_memory(_LIBRARY_BYTES + megabytes * 2**20)
            return
        import resource

        with open("/proc/self/statm") as file:
            current = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (current + _LIBRARY_BYTES + megabytes * 2**20,) * 2)
    except (ImportError, OSError, ValueError):  # macOS has no /proc
        return


def limit_cpu_seconds(seconds: float) -> None:
    """Limit the CPU time of all threads from now on to `seconds`; does nothing if the system cannot."""
    if sys.platform == "win32":
        return
    try:
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        return


def limit_resources() -> None:
    """Limit the size of files and the number of descriptors, forbid core files, and be killed first without memory.

    Raises:
        ImportError: The system has no limits.
        OSError, ValueError: The system refuses a limit.
    """
    if sys.platform == "win32":
        raise ImportError("Windows has no limits of this kind.")
    import resource

    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, min(_MAX_FILE_BYTES, machine_memory_mb() * 2**20 // 8))
    _lower(resource.RLIMIT_NOFILE, _MAX_DESCRIPTORS)
    if sys.platform == "linux":
        _raise_oom_score()


def limit_processes() -> None:
    """Forbid new processes where no filter does; does nothing if the system cannot.

    Linux counts all threads of the user, so this process may still start some; root is not limited.
    """
    if sys.platform == "win32":
        return
    try:
        import resource

        if sys.platform == "linux":
            if os.geteuid():
                _lower(resource.RLIMIT_NPROC, _count_user_threads() + 2 * MAX_THREADS)
        else:
            _lower(resource.RLIMIT_NPROC, 0)
    except (ImportError, OSError, ValueError, AttributeError):
        return


def _lower(limit: int, value: int) -> None:
    """Set a limit permanently, unless it is lower already."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _raise_oom_score() -> None:
    path = Path("/proc/self/oom_score_adj")
    try:
        if int(path.read_text()) < _OOM_SCORE:
            path.write_text(str(_OOM_SCORE))
    except (OSError, ValueError):  # a container may hide it; the limits hold all the same
        return


def _count_user_threads() -> int:
    if sys.platform == "win32":
        return 0
    count, user = 0, os.geteuid()
    for process in os.scandir("/proc"):
        try:
            if process.name.isdecimal() and process.stat().st_uid == user:
                count += len(os.listdir(f"{process.path}/task"))
        except OSError:  # it has ended
            continue
    return count
