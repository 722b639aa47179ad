"""Process state from /proc: whether a silent process computes, waits for storage, or gets no processor."""

from __future__ import annotations

import os
import platform
import sys
from typing import NamedTuple

# open, read and stat calls by number, which wait for the storage of a file
_FILE_CALLS = {
    "x86_64": frozenset(["0", "2", "4", "5", "6", "17", "19", "257", "262", "295", "332"]),
    "aarch64": frozenset(["56", "63", "65", "67", "69", "79", "80", "291"]),
}.get(platform.machine(), frozenset[str]())


class ProcessState(NamedTuple):
    """State of the most significant thread, and CPU time.

    Attributes:
        letter: T stopped, D waiting for storage, R running or waiting for a processor, S sleeping.
        cpu_s: Seconds of user and system time of all threads.
    """

    letter: str
    cpu_s: float


def read_state(pid: int) -> ProcessState | None:
    """Return the state of a process, None if it is gone or the system has no /proc."""
    if sys.platform == "win32":
        return None
    try:
        fields = _read_fields(f"/proc/{pid}/stat")
        letters = {_thread_letter(f"/proc/{pid}/task/{thread}") for thread in os.listdir(f"/proc/{pid}/task")}
        ticks = int(fields[11]) + int(fields[12])
    except (OSError, ValueError, IndexError):
        return None
    letter = next((letter for letter in "TDR" if letter in letters), "S")
    return ProcessState(letter, ticks / os.sysconf("SC_CLK_TCK"))


def _thread_letter(folder: str) -> str:
    """Return the state of a thread; a call that waits for a file counts as D on every file system."""
    letter = _read_fields(f"{folder}/stat")[0]
    if letter != "S":
        return letter
    try:
        with open(f"{folder}/syscall", encoding="ascii") as file:
            call, *arguments = file.read().split()
    except (OSError, ValueError):  # not permitted, or the thread is gone
        return letter
    is_stdin = arguments[:1] == ["0x0"] and call in ("0", "63")  # the pipe from the parent
    return "D" if call in _FILE_CALLS and not is_stdin else letter


def _read_fields(path: str) -> list[str]:
    """Return the fields of a stat file from the state on; the name before it may contain spaces."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()
