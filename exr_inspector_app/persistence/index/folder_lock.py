"""Lock of an index folder between processes, for owners that do not lock out other writers themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exr_inspector_app.operating_system import lock_file

LOCK_SUFFIX = ".lock"  # of the lock file next to the folder; unused files in the folder are deleted
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def try_lock(folder: Path) -> Iterator[bool]:
    """Lock a folder without waiting; yield False if another process has the lock or the folder cannot be locked.

    The system releases the lock when the process ends.
    """
    try:
        descriptor = os.open(folder.with_name(folder.name + LOCK_SUFFIX), _FLAGS, 0o600)
    except OSError:
        yield False
        return
    try:
        yield _try_lock_file(descriptor)
    finally:
        os.close(descriptor)


def _try_lock_file(descriptor: int) -> bool:
    try:
        lock_file(descriptor)
    except OSError:
        return False
    return True
