"""Where the bytes come from: a file that is read in few pieces, or bytes that are already here."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from types import TracebackType

FIRST_READ = 32 * 1024  # a usual header and its chunk table; most files need no second read


class FileSource:
    """A file on disk, opened once; knows its size and date and counts its reads."""

    def __init__(self, path: str) -> None:
        # Opening a pipe would wait for a writer for ever; O_NONBLOCK makes that return at once.
        self._handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        stat = os.fstat(self._handle)
        self.size = stat.st_size
        self.mtime = datetime.fromtimestamp(stat.st_mtime, UTC).isoformat(timespec="microseconds")
        self.mode = stat.st_mode
        self.reads = 0

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start`, fewer at the end of the file."""
        self.reads += 1
        if hasattr(os, "pread"):
            return os.pread(self._handle, size, start)
        os.lseek(self._handle, start, os.SEEK_SET)
        return os.read(self._handle, size)

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


class BytesSource:
    """The first bytes of an object whose whole size is known."""

    def __init__(self, data: bytes, size: int | None) -> None:
        self._data = data
        self.size = len(data) if size is None else size
        self.whole = len(data) >= self.size
        self.reads = 0

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start`, fewer where no more are here."""
        self.reads += 1
        return self._data[start : start + size]
