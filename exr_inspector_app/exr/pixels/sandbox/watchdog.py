"""Watchdog thread of the worker process: ends it as soon as its parent is gone, even while it decodes."""

from __future__ import annotations

import os
import select
import sys
import threading
from contextlib import suppress


def end_with_parent(descriptor: int, folder: str) -> None:
    """Start a thread that removes `folder` and ends this process when the other end of a pipe is closed."""
    threading.Thread(target=_watch, args=(descriptor, folder), name="watchdog", daemon=True).start()


def _watch(descriptor: int, folder: str) -> None:
    if sys.platform == "win32":  # whose job object ends the worker
        return
    poll = select.poll()
    poll.register(descriptor, 0)  # reports the end of the pipe only; the messages are for another thread
    poll.poll()
    remove_folder(folder)
    os._exit(0)


def remove_folder(path: str) -> None:
    """Remove a folder with its files, without the file broker, which `shutil.rmtree` would need; ignores errors."""
    for folder, _, names in os.walk(path, topdown=False):
        with suppress(OSError):
            for name in names:
                os.unlink(os.path.join(folder, name))
            os.rmdir(folder)
