"""Temporary folder of a worker process, and removal of the folders that dead processes have left."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from functools import cache

if sys.platform != "win32":
    import fcntl

_PREFIX = "exr-inspector-worker-"  # of no other folder: copies of libraries, indexes and builds lie there, too
_NAME = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}")  # as `mkdtemp` completes it
_MIN_AGE_S = 60.0  # of a folder without a lock; a younger one may be about to get it


class WorkerFolder:
    """Temporary folder, locked as long as this process lives."""

    def __init__(self) -> None:
        """Create a folder.

        Raises:
            OSError: There is no temporary folder, or it is full.
        """
        self.path = tempfile.mkdtemp(prefix=_PREFIX)
        self._lock = _lock_folder(self.path)

    def remove(self) -> None:
        """Remove the folder with its files, and once per process those that dead processes have left. Idempotent."""
        shutil.rmtree(self.path, ignore_errors=True)
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)
        _remove_stale_folders_once()  # at the end of a worker: listing a full folder must not delay the first picture


@cache
def _remove_stale_folders_once() -> None:
    remove_stale_folders(tempfile.gettempdir())


def remove_stale_folders(parent: str) -> None:
    """Remove the worker folders of this user in `parent` whose process is gone.

    The lock of a folder ends with its process, also in another container. Systems without such locks keep the folders.
    """
    if sys.platform == "win32":
        return
    try:
        entries = [entry for entry in os.scandir(parent) if _NAME.fullmatch(entry.name)]
    except OSError:
        return
    for entry in entries:
        try:
            status = entry.stat(follow_symlinks=False)
            is_folder = entry.is_dir(follow_symlinks=False)
        except OSError:
            continue
        if is_folder and status.st_uid == os.geteuid() and time.time() - status.st_mtime > _MIN_AGE_S:
            lock = _lock_folder(entry.path)
            if lock is not None:
                shutil.rmtree(entry.path, ignore_errors=True)
                os.close(lock)


if sys.platform == "win32":

    def _lock_folder(_: str) -> int | None:
        """Return None: folders cannot be locked."""
        return None

else:

    def _lock_folder(path: str) -> int | None:
        """Return the descriptor that locks a folder, None if another process has the lock or the system has none."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor
