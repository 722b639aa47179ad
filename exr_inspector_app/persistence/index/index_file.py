"""Open index file: positioned reads and writes on a descriptor that no link leads to.

Files are not mapped: a mapped file that is cut ends the process with SIGBUS.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.config.atomic_file import CREATE_FLAGS, PRIVATE_FILE
from exr_inspector_app.operating_system import READS_MOVE_POSITION, is_own, read_into
from exr_inspector_app.persistence.index.checks import IndexDamagedError

_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_FLAGS |= getattr(os, "O_BINARY", 0)
_REPLACED = frozenset([errno.ENOENT, errno.ELOOP, errno.EISDIR, errno.ENXIO])


class IndexFile:
    """File that is closed with its last reference, since a search may outlive the snapshot that it reads."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.name = path.name
        self._descriptor = descriptor
        self._lock = threading.Lock()  # without pread the position is shared

    def read(self, start: int, numbers: npt.NDArray[Any]) -> None:
        """Fill an array from byte `start` on.

        Raises:
            IndexDamagedError: The file ends before.
        """
        target = numbers.reshape(-1).view(np.uint8).data
        while target:
            count = self._read_into(start, target)
            if not count:
                raise IndexDamagedError(f"{self.name} is cut")
            target, start = target[count:], start + count

    def read_rows(self, starts: list[int], rows: npt.NDArray[Any]) -> None:
        """Fill each row of a matrix from its own start; a thousand rows take a few milliseconds.

        Raises:
            IndexDamagedError: The file ends before.
        """
        target, size = rows.reshape(-1).view(np.uint8).data, rows.nbytes // len(rows)
        for number, start in enumerate(starts):
            if self._read_into(start, target[number * size : (number + 1) * size]) != size:
                raise IndexDamagedError(f"{self.name} is cut")

    def write(self, start: int, data: bytes | npt.NDArray[Any]) -> None:
        """Write bytes or numbers from byte `start` on."""
        source = memoryview(data) if isinstance(data, bytes) else np.ascontiguousarray(data).reshape(-1).view("u1").data
        os.lseek(self._descriptor, start, os.SEEK_SET)
        while source:
            source = source[os.write(self._descriptor, source) :]

    def read_bytes(self, limit: int) -> bytes:
        """Return the first bytes of the file, at most `limit`."""
        data = np.empty(min(limit, os.fstat(self._descriptor).st_size), np.uint8)
        self.read(0, data)
        return data.tobytes()

    def _read_into(self, start: int, target: memoryview) -> int:
        if not READS_MOVE_POSITION:
            return read_into(self._descriptor, target, start)
        with self._lock:
            return read_into(self._descriptor, target, start)

    def close(self) -> None:
        """Close the file; it may be closed already."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> IndexFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_file(path: Path, *, to_write: bool = False) -> IndexFile:
    """Open an existing index file.

    Raises:
        IndexDamagedError: The file does not exist, is a link or no regular file, or belongs to another user.
        OSError: The file cannot be opened.
    """
    try:
        descriptor = os.open(path, _FLAGS | (os.O_RDWR if to_write else os.O_RDONLY))
    except OSError as error:
        if error.errno in _REPLACED:
            raise IndexDamagedError(f"{path} was replaced") from error
        raise
    file, facts = IndexFile(path, descriptor), os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode) or not is_own(facts) or facts.st_nlink != 1:
        file.close()
        raise IndexDamagedError(f"{path} was replaced")
    return file


def new_file(path: Path) -> IndexFile:
    """Create an index file; a file or link of the same name is deleted first."""
    path.unlink(missing_ok=True)
    return IndexFile(path, os.open(path, CREATE_FLAGS, PRIVATE_FILE))
