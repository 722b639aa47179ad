"""One file or the first bytes of one, inspected: all that can be read and all that is wrong with it."""

from __future__ import annotations

import errno
import hashlib
import stat

from exr_inspector_app.exr import chunks
from exr_inspector_app.exr.frame import frame_number
from exr_inspector_app.exr.header import LARGEST_HEADER, MAGIC, MULTI_PART, Header, More, parse
from exr_inspector_app.exr.source import FIRST_READ, BytesSource, FileSource
from exr_inspector_app.model import ExrFile, Part, Problem

_REASONS = {
    errno.ENOENT: ("not-found", "There is no such file."),
    errno.ENOTDIR: ("not-found", "There is no such file."),
    errno.EACCES: ("no-permission", "You may not read this file; ask its owner for the right to."),
    errno.EPERM: ("no-permission", "You may not read this file; ask its owner for the right to."),
    errno.EISDIR: ("is-folder", "This is a folder, not a file."),
    errno.ELOOP: ("link-loop", "This link leads back to itself."),
    errno.ENAMETOOLONG: ("name-too-long", "The name is longer than this file system allows."),
    errno.ESTALE: ("vanished", "The file was replaced or removed while it was read; inspect it again."),
}


def inspect_file(path: str) -> ExrFile:
    """The file at a path, in at most three reads for a usual header; what is wrong is told, not raised.

    Source: OpenEXR File Layout and design section 2.
    """
    try:
        with FileSource(path) as source:
            if not stat.S_ISREG(source.mode):
                code = errno.EISDIR if stat.S_ISDIR(source.mode) else 0
                return _unread(path, *_REASONS.get(code, ("not-a-file", "This is no regular file.")))
            return _inspected(source, path, source.size, source.mtime, True)
    except ValueError:  # a NUL in the path
        return _unread(path, "not-found", "There is no such file: no path holds a NUL character.")
    except OSError as error:
        told = f"The file cannot be read: {error.strerror}."
        return _unread(path, *_REASONS.get(error.errno or 0, ("unreadable", told)))


def inspect_bytes(data: bytes, path: str, size_bytes: int | None) -> ExrFile:
    """The file of which `data` are the first bytes; `is_complete` is None where more of it exists.

    `size_bytes` is the size of the whole file, None where `data` is all of it.
    """
    source = BytesSource(data, size_bytes)
    return _inspected(source, path, source.size, None, source.whole)


def _unread(path: str, code: str, message: str) -> ExrFile:
    problem = Problem(code, message)
    return ExrFile(path, None, None, frame_number(path), None, None, errors=(problem,))


def _inspected(source: FileSource | BytesSource, path: str, size: int, mtime: str | None, whole: bool) -> ExrFile:
    """The file that a source holds."""
    data = source.read(0, min(FIRST_READ, size))
    problem = _no_exr(data, size)
    if problem:
        return ExrFile(path, size, mtime, frame_number(path), None, None, errors=(problem,))
    data, header = _header(source, data, size)
    parts, problems = tuple(header.parts), list(header.problems)
    digest = None
    if header.end is not None:
        digest = hashlib.sha256(data[: header.end]).hexdigest()
        if whole:
            multi = bool(data[5] & MULTI_PART >> 8)
            parts = _with_chunks(_Buffered(source, data), parts, header.end, size, multi, problems)
        else:
            parts = tuple(part._replace(chunk_count=_count(part)) for part in parts)
    complete = None
    if whole and parts and all(part.chunks_present is not None for part in parts):
        complete = all(part.chunks_present == part.chunk_count for part in parts)
    return ExrFile(path, size, mtime, frame_number(path), digest, complete, parts, tuple(problems))


def _no_exr(data: bytes, size: int) -> Problem | None:
    """What is wrong where these are not the first bytes of an OpenEXR file."""
    if not size:
        return Problem("empty-file", "The file is empty; its writer has not begun or failed.", None, None, 0)
    if not data:
        return Problem("vanished", "The file became empty while it was read; inspect it again.", None, None, 0)
    if data[:4] != MAGIC[: len(data)]:
        told = "This is not an OpenEXR file: it lacks the mark with which they begin."
        return Problem("not-exr", told, None, None, 0)
    if len(data) < 8:
        return Problem("header-truncated", f"The file ends after {len(data)} bytes.", byte_offset=len(data))
    return None


def _header(source: FileSource | BytesSource, data: bytes, size: int) -> tuple[bytes, Header]:
    """The header, with more bytes read as long as it goes on; each read at least doubles them."""
    known = size
    while True:
        try:
            return data, parse(data, known)
        except More as more:
            wanted = min(max(more.size, 4 * len(data)), size, LARGEST_HEADER)
            further = source.read(len(data), wanted - len(data)) if wanted > len(data) else b""
            if not further:
                known = len(data)  # no more will come: what is missing is a problem now
            data += further


class _Buffered:
    """A source of which the first bytes are here already."""

    def __init__(self, source: FileSource | BytesSource, data: bytes) -> None:
        self._source = source
        self._data = data

    def read(self, start: int, size: int) -> bytes:
        if start + size <= len(self._data):
            return self._data[start : start + size]
        return self._source.read(start, size)


def _count(part: Part) -> int | None:
    """The chunks by the header; the file's own `chunkCount` where the header does not tell."""
    count = chunks.chunk_count(part)
    return part.chunk_count if count is None else count


def _with_chunks(
    source: _Buffered, parts: tuple[Part, ...], end: int, size: int, multi: bool, problems: list[Problem]
) -> tuple[Part, ...]:
    """The parts with their chunks counted, as far as each table's place is known."""
    counts = [_count(part) for part in parts]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts) or any(not 0 <= n <= chunks.MOST_CHUNKS for n in known):
        told = "The number of chunks cannot be told from the header; the pixels were not looked at."
        problems.append(Problem("chunk-count", told, byte_offset=end))
        return tuple(part._replace(chunk_count=n) for part, n in zip(parts, counts, strict=True))
    first = end + 8 * sum(known)
    filled: list[Part] = []
    table = end
    for part, count in zip(parts, known, strict=True):
        found, blank = chunks.present(source, table, count, first, size)
        if blank and not multi and not part.is_deep and first < size:
            found = chunks.walk(source, first, size, count, part.is_tiled) or 0
        filled.append(part._replace(chunk_count=count, chunks_present=found))
        table += 8 * count
    return tuple(filled)
