"""Child processes that survive Ctrl-C in order, lock files, and reports to the user."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS_TO_END = 10.0
SECONDS_BETWEEN_POLLS = 0.2


def report(sentence: str) -> None:
    """Write a sentence to stderr, so that the output of commands stays clean for pipes."""
    print(sentence, file=sys.stderr, flush=True)


def check_call(command: Sequence[str | Path], **options: Any) -> None:
    """Run a command; raise CalledProcessError if it fails. `options` go to Popen."""
    code = wait(subprocess.Popen(list(map(str, command)), **options))
    if code:
        raise subprocess.CalledProcessError(code, list(map(str, command)))


def wait(process: subprocess.Popen[bytes], poll: Callable[[], None] | None = None) -> int:
    """Return the exit code of `process`; on Ctrl-C, end it before KeyboardInterrupt is raised.

    The terminal sends Ctrl-C to the child too, which gets `SECONDS_TO_END` to end by itself.
    """
    try:
        while True:
            try:
                return process.wait(timeout=SECONDS_BETWEEN_POLLS if poll else None)
            except subprocess.TimeoutExpired:
                if poll:
                    poll()
    except KeyboardInterrupt:
        end(process)
        raise


def end(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of an interrupted process; terminate, then kill it if it does not end."""
    for stop in (process.terminate, process.kill):
        try:
            process.wait(timeout=SECONDS_TO_END)
            return
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # a second Ctrl-C cuts the patience short
            stop()
    process.wait()


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; while another process holds it, report so once and wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not try_lock(handle):
            report(f"Another command holds {path}; waiting for it.")
            while not try_lock(handle):
                time.sleep(SECONDS_BETWEEN_POLLS)
        os.set_inheritable(handle, True)
        yield
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Lock an open file without waiting; return False if another process holds the lock."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
