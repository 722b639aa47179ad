"""Byte sources: a file on disk that is read in few pieces, and bytes in memory."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from types import TracebackType

from exr_inspector_app.exr.source.storage_wait import begin_wait, end_wait
from exr_inspector_app.model import Problem
from exr_inspector_app.operating_system import read_at
from exr_inspector_app.typing_forms import Protocol

VANISHED = Problem("vanished", "The file was removed while it was read. Reload it.")
# Opening a pipe would wait for a writer forever; O_NONBLOCK makes that return at once.
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_OPEN_FLAGS = os.O_RDONLY | _NONBLOCK | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CLOSED = -1
_END_OF_TIME = 253_402_300_800  # 10000-01-01, which `datetime` does not know


class Source(Protocol):
    """Source of the bytes of one file or object."""

    @property
    def size(self) -> int:
        """Size of the whole file in bytes."""

    @property
    def mtime(self) -> str | None:
        """Time of the last change, ISO 8601 in UTC."""

    @property
    def has_all_bytes(self) -> bool:
        """True if every byte of the file can be read, False if only its first bytes can."""

    @property
    def is_local(self) -> bool:
        """True if a further read takes no request over HTTP."""

    def read(self, start: int, size: int) -> bytes:
        """Read `size` bytes from byte `start` on, fewer at the end.

        Raises:
            OSError: The bytes cannot be read.
        """

    def detect_change(self) -> Problem | None:
        """Return the problem of a file that has changed since the source was opened, None for an unchanged one."""


def stat_file(path: str) -> tuple[int, str]:
    """Return the size and the date of a file.

    Args:
        path: Path of the file.

    Returns:
        The size in bytes, and the time of the last change in the form of `FileSource.mtime`.

    Raises:
        OSError: There is no such file, or the system does not give access to it.
    """
    result = os.stat(path)
    return result.st_size, _format_time(result.st_mtime)


def _format_time(seconds: float) -> str:
    """Format a time as ISO 8601 in UTC, rounded as `datetime` does; files mostly share a second with others."""
    full_seconds = int(seconds)
    micro = round((seconds - full_seconds) * 1e6)
    if micro == 1_000_000 or not 0 <= seconds < _END_OF_TIME:
        from datetime import UTC, datetime  # imported on demand: it takes as long as to read ten files

        return datetime.fromtimestamp(seconds, UTC).isoformat("T", "microseconds")
    return f"{_format_second(full_seconds)}.{micro:06}+00:00"


@lru_cache(maxsize=4096)
def _format_second(number: int) -> str:
    """Format the second with this number since 1970, the start of an ISO 8601 time."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(number))


class FileSource:
    """File on disk, opened once: a source that also detects changes of its size and date."""

    has_all_bytes = True
    is_local = True

    def __init__(self, path: str) -> None:
        before = begin_wait()
        try:
            try:
                self._handle = handle = os.open(path, _OPEN_FLAGS)
            except BlockingIOError:  # file servers take leases; this is a regular file, since pipes open at once
                self._handle = handle = os.open(path, _OPEN_FLAGS & ~_NONBLOCK)
            try:
                self._stat = stat = os.fstat(handle)
            except OSError:
                os.close(handle)
                raise
        finally:
            end_wait(before)
        self.size = stat.st_size
        self.mode = stat.st_mode

    @property
    def mtime(self) -> str:
        """Time of the last change, ISO 8601 in UTC."""
        return _format_time(self._stat.st_mtime)

    def read(self, start: int, size: int) -> bytes:
        """Read `size` bytes from byte `start` on, fewer at the end of the file."""
        before = begin_wait()
        try:
            return read_at(self._handle, size, start)
        finally:
            end_wait(before)

    def detect_change(self) -> Problem | None:
        """Return the problem of a file that was written, replaced or removed since it was opened, None for others.

        A file that was replaced or removed has the code `vanished`: the bytes that were read are those of one file. A
        file that was written has the code `changed`: its bytes may be partly old and partly new.
        """
        before = begin_wait()
        try:
            now = os.fstat(self._handle)
        finally:
            end_wait(before)
        return self._compare(now)

    def finish(self) -> Problem | None:
        """Close the file; return the problem of `detect_change`."""
        handle, self._handle = self._handle, _CLOSED
        before = begin_wait()
        try:
            now = os.fstat(handle)
        finally:
            os.close(handle)  # network file systems may write back first
            end_wait(before)
        return self._compare(now)

    def close(self) -> None:
        """Close the file, unless it is closed."""
        handle, self._handle = self._handle, _CLOSED
        if handle == _CLOSED:
            return
        before = begin_wait()
        try:
            os.close(handle)
        finally:
            end_wait(before)

    def _compare(self, now: os.stat_result) -> Problem | None:
        """Return the problem of a file whose state is not that of its opening."""
        then = self._stat
        if now.st_mtime_ns == then.st_mtime_ns and now.st_size == then.st_size:
            return None if now.st_nlink >= then.st_nlink else VANISHED
        sizes = f"{then.st_size:,} to {now.st_size:,} bytes"
        message = f"The file is being written: it changed from {sizes} while it was read. Reload it."
        return Problem("changed", message)

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class BytesSource:
    """Bytes in memory: a source with all or only the first bytes of a file of known size."""

    mtime = None
    is_local = True

    def __init__(self, data: bytes, size: int | None) -> None:
        self._data = data
        self.size = len(data) if size is None else size
        self.has_all_bytes = len(data) >= self.size

    def read(self, start: int, size: int) -> bytes:
        """Read `size` bytes from byte `start` on, fewer where no more are in memory."""
        return self._data[start : start + size]

    def detect_change(self) -> Problem | None:
        """Return None: bytes in memory do not change."""
        return None
