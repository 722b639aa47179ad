"""One file or the first bytes of one, inspected: all that can be read and all that is wrong with it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from itertools import repeat

from exr_inspector_app.exr.chunks import offset_table
from exr_inspector_app.exr.chunks.layout import MAX_CHUNKS, uncountable_reason
from exr_inspector_app.exr.parser.header import MAGIC, MAX_HEADER_BYTES, Header, IncompleteHeaderError, parse_header
from exr_inspector_app.exr.parser.part_summary import MULTI_PART, PartSummary, make_part
from exr_inspector_app.exr.sequences.frame_number import frame_number
from exr_inspector_app.exr.source.file_source import FIRST_READ_BYTES, BytesSource, FileSource, Source
from exr_inspector_app.exr.validation.header_checks import check_file
from exr_inspector_app.model import ExrFile, Problem, Value

TYPICAL_HEADER_BYTES = 64 * 1024  # bytes that a usual header and its chunk table stay below
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


def inspect_file(path: str | os.PathLike[str]) -> ExrFile:
    """The file at a path, in at most three reads for a usual header; what is wrong is told, not raised.

    Source: OpenEXR File Layout and design section 2.
    """
    path = os.fspath(path)
    try:
        source = FileSource(path)
    except OSError as error:
        return _unread(path, error)
    except ValueError:  # a NUL, or characters that no file system knows
        told = "There is no such file: no file's name can hold these characters."
        return unreadable_file(path, Problem("not-found", told))
    try:
        if not stat.S_ISREG(source.mode):
            folder = stat.S_ISDIR(source.mode)
            reason = _REASONS[errno.EISDIR] if folder else ("not-a-file", "This is no regular file.")
            return unreadable_file(path, Problem(*reason))
        return _inspected(source, path)
    except OSError as error:
        return _unread(path, error)
    finally:
        source.close()


def inspect_source(opened: Callable[[], Source], path: str) -> ExrFile:
    """The file that a source of another kind holds, such as an object of a bucket; its OSErrors are told.

    `opened` makes the source.
    """
    try:
        return _inspected(opened(), path)
    except OSError as error:
        return _unread(path, error)


def inspect_bytes(data: bytes, path: str, size_bytes: int | None) -> ExrFile:
    """The file of which `data` are the first bytes; `is_complete` is None where more of it exists.

    `size_bytes` is the size of the whole file, None where `data` is all of it.
    """
    return _inspected(BytesSource(data, size_bytes), path)


def unreadable_file(path: str, problem: Problem, size: int | None = None, mtime: str | None = None) -> ExrFile:
    """A file of which nothing is known but one problem."""
    return ExrFile(path, size, mtime, frame_number(path), None, None, errors=(problem,))


def _unread(path: str, error: OSError) -> ExrFile:
    """The file that the system did not let be read."""
    told = f"The file cannot be read: {error.strerror}."
    return unreadable_file(path, Problem(*_REASONS.get(error.errno or 0, ("unreadable", told))))


def _inspected(source: Source, path: str) -> ExrFile:
    """The file that a source holds."""
    size = source.size
    data = source.read(0, FIRST_READ_BYTES if size > FIRST_READ_BYTES else size)
    problem = _no_exr(data, size)
    if problem:
        return unreadable_file(path, problem, size, source.mtime)
    data, header = read_header(source, data, size)
    _, outlines, attributes, end, problems = header
    present: Sequence[int | None] | None = None
    digest, complete = None, None
    if end is not None:
        usual = len(outlines) == 1 and outlines[0].is_sound
        if not usual:
            problems += _missing(outlines, problems, end)
        digest = hashlib.sha256(data[:end], usedforsecurity=False).hexdigest()
        if source.whole and (usual or _countable(outlines, end, problems)):
            present, complete = _present(source, data, header, end)
    changed = source.change()
    if changed:
        problems.append(changed)
    parts = tuple(map(make_part, outlines, attributes, present or repeat(None)))
    findings = check_file(parts, [of.checked for of in outlines], _time_codes(header), complete)
    return ExrFile(path, size, source.mtime, frame_number(path), digest, complete, parts, tuple(problems), findings)


def _time_codes(header: Header) -> list[Value]:
    """The time codes of all parts; what has one part has none to differ from."""
    if len(header.parts) == 1:
        return []
    return [listed[at].value for of, listed in zip(header.parts, header.attributes, strict=True) for at in of.codes]


def _present(source: Source, data: bytes, header: Header, end: int) -> tuple[Sequence[int | None], bool]:
    """How many chunks of each part are there, and whether those are all."""
    counts = [of.chunk_count or 0 for of in header.parts]
    if offset_table.all_present(data, end, source.size, sum(counts)):  # as it is with nearly every file
        return counts, True
    grids, multi = [of.grid for of in header.parts], bool(header.version & MULTI_PART)
    present = offset_table.count_present(_Buffered(source, data), end, source.size, counts, grids, multi)
    return present, present == counts  # an unknown number is none of a file that was closed


def _missing(outlines: Sequence[PartSummary], told: Sequence[Problem], end: int) -> list[Problem]:
    """A problem for each required attribute that a header lacks, but for those that are told of already.

    Its place is the end of the header, which is known where there is one.
    """
    if not any([of.lacking for of in outlines]):
        return []
    known = {(one.part_index, one.attribute) for one in told}
    text = "Part {} has no {}, which OpenEXR needs there; write the file again."
    at = end if len(outlines) == 1 else None
    return [
        Problem("attribute-missing", text.format(place, name), place, name, at)
        for place, of in enumerate(outlines)
        for name in of.lacking
        if (place, name) not in known
    ]


def _countable(outlines: Sequence[PartSummary], end: int, problems: list[Problem]) -> bool:
    """True where every part's chunk table is known to lie where it should; otherwise a problem is told."""
    total = 0
    for place, of in enumerate(outlines):
        count = of.chunk_count
        if of.claimed is not None and count is not None and of.claimed != count:
            told = f"Part {place} claims {of.claimed:,} chunks, its windows and compression make {count:,}."
            problems.append(Problem("chunk-count", told, place, "chunkCount"))
        total += MAX_CHUNKS + 1 if count is None else count
    if total <= MAX_CHUNKS:
        return True
    counts = [of.chunk_count for of in outlines]
    place = counts.index(None) if None in counts else counts.index(max(filter(None, counts)))
    attribute, reason = uncountable_reason(outlines[place].grid)
    told = f"The chunks of part {place} cannot be counted: {reason}; the pixels were not looked at."
    problems.append(Problem("chunk-count", told, place, attribute, end))
    return False


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


def read_header(source: Source, data: bytes, size: int) -> tuple[bytes, Header]:
    """The header, with more bytes read as long as it goes on: USUAL in all, then four times as many each time."""
    last = False
    while True:
        try:
            return data, parse_header(data, size, last)
        except IncompleteHeaderError as more:
            enough = 4 * len(data) if len(data) >= TYPICAL_HEADER_BYTES else TYPICAL_HEADER_BYTES
            wanted = min(max(more.size, enough), size, MAX_HEADER_BYTES)
            further = source.read(len(data), wanted - len(data)) if wanted > len(data) else b""
            data += further
            last = not further
            if last and source.whole:
                size = len(data)  # the file has been cut while it was read


class _Buffered:
    """A source of which the first bytes are here already."""

    def __init__(self, source: Source, data: bytes) -> None:
        self._source = source
        self._data = data

    def read(self, start: int, size: int) -> bytes:
        if start + size <= len(self._data):
            return self._data[start : start + size]
        return self._source.read(start, size)
