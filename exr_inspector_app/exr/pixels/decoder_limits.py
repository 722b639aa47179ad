"""Limits of the decoder processes of this program, as the settings have them: memory and threads."""

from __future__ import annotations

from exr_inspector_app.exr.pixels.memory_budget import worker_budget
from exr_inspector_app.exr.pixels.resource_limits import THREADS_VARIABLE

_variables: dict[str, str] = {}


def limit_decoders(memory_mb: int | None, threads: int | None) -> None:
    """Limit the processes that start from now on.

    Args:
        memory_mb: Memory of all of them together, in MiB; None for three quarters of the machine.
        threads: Threads of each; None for one per core.
    """
    global _variables  # replaced at once: workers start in several threads
    worker_budget().limit(memory_mb)
    _variables = {} if threads is None else {THREADS_VARIABLE: str(threads)}


def thread_variables() -> dict[str, str]:
    """Return the environment variables that limit the threads of a worker."""
    return _variables
