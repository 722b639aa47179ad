"""Worker processes of this process: found in /proc, killed, and acted on while they have a request."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from exr_inspector_app.contracts import StopCheck

CHECKS_BEFORE_SENDING = 5  # at least the number of stop checks that precede the sending of a request


def child_commands() -> dict[int, bytes]:
    """Return the command lines of this process's child processes by process id."""
    commands = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_bytes().rpartition(b")")[2].split()[1])  # names of others are in any encoding
            command = stat.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid():
            commands[int(stat.parent.name)] = command
    return commands


def worker_pids() -> list[int]:
    """Return the process ids of this process's workers."""
    return [pid for pid, command in child_commands().items() if b"exr.pixels.worker_main" in command]


def kill(pid: int) -> None:
    """Kill a worker and wait for its end; its exit code is left to the decoder."""
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def once_sent(act: Callable[[], object]) -> StopCheck:
    """Return a stop check that never stops, and acts once when a request to a stopped worker has been sent."""
    checks = 0

    def stop() -> bool:
        nonlocal checks
        checks += 1
        if checks == CHECKS_BEFORE_SENDING:
            act()
        return False

    return stop
