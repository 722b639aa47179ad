"""Where the bytes come from: a file that is read in few pieces, or bytes that are already here."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Protocol

from exr_inspector_app.model import Problem

FIRST_READ_BYTES = 28 * 1024  # a usual header and a table of 2,160 chunks; most files need no second read
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_HAS_PREAD = hasattr(os, "pread")


class Source(Protocol):
    """Bytes that are read in few pieces."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    @property
    def mtime(self) -> str | None:
        """The date of the last change as ISO 8601, UTC."""

    @property
    def whole(self) -> bool:
        """True where every byte can be had, not the first ones alone."""

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start`, fewer at the end; OSError where they cannot be had."""

    def change(self) -> Problem | None:
        """What happened to the bytes since they were met first, in a sentence; None where nothing did."""


def stat_file(path: str) -> tuple[int, str]:
    """Size and date of a file, the date as `FileSource.mtime` writes it; raises OSError."""
    found = os.stat(path)
    return found.st_size, _date(found.st_mtime)


def _date(seconds: float) -> str:
    """A time as ISO 8601, UTC, as `datetime` rounds and writes it; most files are of a minute that is known."""
    whole = int(seconds)
    micro = round((seconds - whole) * 1e6)
    if seconds < 0 or micro == 1_000_000:
        return datetime.fromtimestamp(seconds, UTC).isoformat("T", "microseconds")
    minute, second = divmod(whole, 60)
    return f"{_minute(minute)}:{second:02}.{micro:06}+00:00"


@lru_cache(maxsize=4096)
def _minute(number: int) -> str:
    """The minute of this number since 1970, as ISO 8601 begins."""
    return datetime.fromtimestamp(60 * number, UTC).isoformat("T", "minutes")[:16]


class FileSource:
    """A file on disk, opened once; knows its size and date and whether they changed since."""

    whole = True

    def __init__(self, path: str) -> None:
        # Opening a pipe would wait for a writer for ever; O_NONBLOCK makes that return at once.
        self._handle = _opened(path)
        try:
            self._stat = os.fstat(self._handle)
        except OSError:
            os.close(self._handle)
            raise
        self.size = self._stat.st_size
        self.mode = self._stat.st_mode

    @property
    def mtime(self) -> str:
        """The date of the last change as ISO 8601, UTC."""
        return _date(self._stat.st_mtime)

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start`, fewer at the end of the file."""
        if _HAS_PREAD:
            return os.pread(self._handle, size, start)
        os.lseek(self._handle, start, os.SEEK_SET)
        return os.read(self._handle, size)

    def change(self) -> Problem | None:
        """What happened to the file since it was opened, in a sentence; None where nothing did."""
        now, then = os.fstat(self._handle), self._stat
        if now.st_mtime_ns == then.st_mtime_ns and now.st_size == then.st_size and now.st_nlink:
            return None
        if now.st_nlink == 0 < then.st_nlink:
            return Problem("vanished", "The file was removed while it was read; look for the new one.")
        if (now.st_size, now.st_mtime_ns) == (then.st_size, then.st_mtime_ns):
            return None
        told = f"It changed from {then.st_size:,} to {now.st_size:,} bytes"
        return Problem("changed", f"The file is being written. {told} while it was read; inspect it again.")

    def close(self) -> None:
        """Nothing is read any more."""
        os.close(self._handle)

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(path: str) -> int:
    """A file opened for reading; one that another program holds is waited for, as the system asks."""
    try:
        return os.open(path, _FLAGS)
    except BlockingIOError:  # a lease, as file servers take them; a regular file, since pipes open at once
        return os.open(path, _FLAGS & ~getattr(os, "O_NONBLOCK", 0))


class BytesSource:
    """The first bytes of an object whose whole size is known."""

    mtime = None

    def __init__(self, data: bytes, size: int | None) -> None:
        self._data = data
        self.size = len(data) if size is None else size
        self.whole = len(data) >= self.size

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start`, fewer where no more are here."""
        return self._data[start : start + size]

    def change(self) -> Problem | None:
        """Bytes that are here do not change."""
        return None
