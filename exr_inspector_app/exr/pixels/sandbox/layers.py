"""Sandbox layers of the worker process. A layer that the system does not have is left out and reported."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from typing import NamedTuple

from exr_inspector_app.exr.pixels.resource_limits import limit_processes, limit_resources
from exr_inspector_app.exr.pixels.sandbox.environment import extra_variables

ENVIRONMENT, LIMITS, PARENT_DEATH = "environment", "limits", "end with parent"
PRIVILEGES, SYSTEM_CALLS, FILES = "privileges", "system calls", "files"
JOB, INTEGRITY = "job object", "low integrity"


class Layer(NamedTuple):
    """State of one layer."""

    name: str
    is_active: bool
    detail: str = ""  # how far it is active, or why it is not


def enter_sandbox(folder: str, readable: Iterable[str], broker: socket.socket | None) -> tuple[Layer, ...]:
    """Drop all rights that decoding does not need. Call it once, after the imports and before threads start.

    Args:
        folder: For temporary files; the only folder that may be written.
        readable: Other readable files and folders: the program and its libraries.
        broker: Connection to the file broker of the parent; without one all files may be read.

    Returns:
        The layers of this system.
    """
    extra = extra_variables(os.environ)
    detail = f"more variables than the worker needs: {', '.join(extra)}" if extra else ""
    layers = [Layer(ENVIRONMENT, not extra, detail)]
    layers.append(_apply(LIMITS, limit_resources))
    if sys.platform == "linux":
        layers += _enter_linux(folder, readable, broker)
    elif sys.platform == "win32":
        layers += _enter_windows(folder)
    else:
        layers += [Layer(name, False, f"not available on {sys.platform}") for name in (SYSTEM_CALLS, FILES)]
    if not any(layer.is_active for layer in layers if layer.name in (SYSTEM_CALLS, JOB)):
        limit_processes()
    return tuple(layers)


def _apply(name: str, install: Callable[[], str | None]) -> Layer:
    """Return the state of a layer after its installation, which may return a detail."""
    try:
        return Layer(name, True, install() or "")
    except (OSError, NotImplementedError, ImportError, AttributeError, ValueError) as error:
        return Layer(name, False, (error.strerror if isinstance(error, OSError) else None) or str(error))


if sys.platform == "linux":

    def _enter_linux(folder: str, readable: Iterable[str], connection: socket.socket | None) -> list[Layer]:
        from exr_inspector_app.exr.pixels.sandbox import kernel_calls
        from exr_inspector_app.exr.pixels.sandbox.broker_client import connect_filter
        from exr_inspector_app.exr.pixels.sandbox.landlock import has_landlock, landlock_version, restrict_files
        from exr_inspector_app.exr.pixels.sandbox.privileges import drop_privileges

        has_broker = False

        def filter_calls() -> None:
            nonlocal has_broker
            # Without Landlock a broker would gain nothing, and kernels before 5.9 cannot pass its descriptors.
            has_broker = connect_filter(connection if has_landlock() else None)

        def restrict() -> str:
            version = landlock_version()
            restrict_files(folder, readable if has_broker else None)
            return f"Landlock {version}" if has_broker else f"Landlock {version}, writing only: no file broker"

        # The signal wakes a stopped worker, whose watchdog then ends it and removes its folder. SIGKILL would leave the
        # folder, and would also arrive when the thread of the parent ends that has started the worker.
        death = _apply(PARENT_DEATH, lambda: kernel_calls.prctl(kernel_calls.PR_SET_PDEATHSIG, signal.SIGCONT))
        return [
            death,
            _apply(PRIVILEGES, drop_privileges),
            _apply(SYSTEM_CALLS, filter_calls),
            _apply(FILES, restrict),
        ]

elif sys.platform == "win32":

    def _enter_windows(folder: str) -> list[Layer]:
        from exr_inspector_app.exr.pixels.sandbox import windows

        def lower_integrity() -> None:
            windows.allow_low_integrity(folder=folder)
            windows.lower_integrity()

        return [_apply(JOB, windows.restrict_to_one_process), _apply(INTEGRITY, lower_integrity)]
