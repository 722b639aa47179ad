"""Permissions of files that DuckDB creates: no more than those of the library."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_umask_lock = threading.Lock()


@contextmanager
def restrict_new_files(library: Path) -> Iterator[None]:
    """Give files that are created, such as the write-ahead log of a commit, no more permissions than a library has.

    The umask belongs to the process: a file that another thread creates at that time may get fewer permissions, too.
    """
    denied = ~library.stat().st_mode & 0o666
    with _umask_lock:
        before = os.umask(0o077)
        os.umask(before | denied)
        try:
            yield
        finally:
            os.umask(before)
