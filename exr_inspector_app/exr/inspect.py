"""Inspector of a file or object (OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html)."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from itertools import repeat

from exr_inspector_app.exr.chunks import offset_table
from exr_inspector_app.exr.parser.color_space import is_log_name
from exr_inspector_app.exr.parser.header import MAGIC, MAX_HEADER_BYTES, Header, HeaderParser, IncompleteHeaderError
from exr_inspector_app.exr.parser.header_problems import check_chunk_counts, magic_problem, missing_attributes
from exr_inspector_app.exr.parser.part_summary import MULTI_PART, PartSummary, make_part
from exr_inspector_app.exr.picture import choose_picture
from exr_inspector_app.exr.sequences.folder_index import frame_on_disk
from exr_inspector_app.exr.sequences.frame_number import Frame, frame_number
from exr_inspector_app.exr.source.file_source import FIRST_READ_BYTES, VANISHED, BytesSource, FileSource, Source
from exr_inspector_app.exr.source.header_budget import HeaderReservation
from exr_inspector_app.exr.validation.chunk_checks import empty_table_findings
from exr_inspector_app.exr.validation.cryptomatte_checks import sidecar_findings
from exr_inspector_app.exr.validation.header_checks import check_file
from exr_inspector_app.model import Channel, ExrFile, Finding, Part, Picture, Problem, Program, Value

MAX_READS = 4  # of a file that is written or replaced while it is read
TYPICAL_HEADER_BYTES = 64 * 1024  # most headers and their offset tables are smaller
_OS_ERRORS = {
    errno.ENOENT: ("not-found", "There is no such file."),
    errno.ENOTDIR: ("not-found", "There is no such file."),
    errno.EACCES: ("no-permission", "No permission to read this file. Ask its owner for access."),
    errno.EPERM: ("no-permission", "No permission to read this file. Ask its owner for access."),
    errno.EISDIR: ("is-folder", "This is a folder, not a file."),
    errno.ELOOP: ("link-loop", "This link points to itself."),
    errno.ENAMETOOLONG: ("name-too-long", "The file name is too long for this file system."),
    errno.ESTALE: ("vanished", "The file was replaced or removed while it was read. Reload it."),
}


def inspect_file(path: str | os.PathLike[str]) -> ExrFile:
    """Inspect a file on disk: parse its headers and count its chunks, without decoding pixels.

    Reads a typical header in at most three reads. A file that is written or replaced during this is opened and read
    again, up to MAX_READS times in all. Blocks while the storage is slow; safe to call from any thread.

    Args:
        path: Path of the file, absolute or relative to the working directory. Kept in the result as it is.

    Returns:
        The file with everything that could be read. Problems are in its `errors`, with their byte offsets; a file that
        cannot be opened or is not an OpenEXR file has no parts and one problem. `is_complete` stays None where the
        chunks could not be counted. Attribute values are shared between files and must not be changed.

    Raises:
        TypeError: `path` is not a path.
    """
    path = os.fspath(path)
    file, change = _read_once(path)
    for _ in range(MAX_READS - 1):
        if change is None:
            break
        before = file
        file, change = _read_once(path)
        if file.errors and file.errors[0].code == "not-found":
            return _with_problem(before, VANISHED)
    # The bytes of a file that is replaced again and again are still those of one file.
    return _with_problem(file, change) if change and change.code == "changed" else file


def _read_once(path: str) -> tuple[ExrFile, Problem | None]:
    """Inspect a file on disk; return it, and the problem of a change during the read, after which to read it again."""
    try:
        source = FileSource(path)
    except OSError as error:
        return _file_of_os_error(path, error), None
    except ValueError:  # a NUL, or characters that no file system knows
        return unreadable_file(path, Problem("not-found", "Invalid file name.")), None
    try:
        if not stat.S_ISREG(source.mode):
            is_folder = stat.S_ISDIR(source.mode)
            reason = _OS_ERRORS[errno.EISDIR] if is_folder else ("not-a-file", "This is not a regular file.")
            return unreadable_file(path, Problem(*reason)), None
        file = _inspect(source, path, frame_on_disk(path))
        return file, source.finish() or (_vanished_problem(file) if file.errors else None)
    except OSError as error:
        file = _file_of_os_error(path, error)
        return file, _vanished_problem(file)
    finally:
        source.close()


def _vanished_problem(file: ExrFile) -> Problem | None:
    """Return the problem of a file that was replaced or emptied during its first reads."""
    return next((problem for problem in file.errors[:1] if problem.code == "vanished"), None)


def _with_problem(file: ExrFile, change: Problem) -> ExrFile:
    """Return a file with the problem of a change during the read, which explains all others if nothing was read."""
    if file.parts:
        return file._replace(errors=(*file.errors, change))
    return unreadable_file(file.path, change, file.size_bytes, file.mtime)


def inspect_source(open_source: Callable[[], Source], path: str) -> ExrFile:
    """Inspect a source of another kind, such as an object in a bucket.

    Args:
        open_source: Callback that opens the source. It is called once; an OSError that it or the source raises becomes
            a problem of the file. The source is not closed.
        path: Path or URL for the result.

    Returns:
        The file, as `inspect_file` returns it.

    Raises:
        Exception: Any exception of `open_source` other than OSError.
    """
    try:
        source = open_source()
        file = _inspect(source, path, frame_number(path))
        change = source.detect_change()
        return _with_problem(file, change) if change else file
    except OSError as error:
        return _file_of_os_error(path, error)


def inspect_bytes(data: bytes, path: str, size_bytes: int | None) -> ExrFile:
    """Inspect a file whose first bytes are in memory.

    Args:
        data: The whole file, or its first bytes.
        path: Path or URL for the result; nothing is read from it.
        size_bytes: Size of the whole file in bytes, None if `data` is the whole file.

    Returns:
        The file, as `inspect_file` returns it, without a date. Where `data` is not the whole file, chunks are not
        counted, and `is_complete` stays None; a header that continues beyond `data` is a problem with the code
        `header-unseen`.
    """
    return _inspect(BytesSource(data, size_bytes), path, frame_number(path))


def unreadable_file(path: str, problem: Problem, size: int | None = None, mtime: str | None = None) -> ExrFile:
    """Return a file that could not be read.

    Args:
        path: Path of the file.
        problem: The reason, the only one of its `errors`.
        size: Size in bytes, where it is known.
        mtime: Time of the last change, ISO 8601 in UTC, where it is known.

    Returns:
        The file, without parts.
    """
    return ExrFile(path, size, mtime, frame_number(path), None, None, errors=(problem,))


def _file_of_os_error(path: str, error: OSError) -> ExrFile:
    """Return the file for an error of the operating system."""
    reason = _OS_ERRORS.get(error.errno or 0, ("unreadable", f"Cannot read the file: {error.strerror}."))
    return unreadable_file(path, Problem(*reason))


def _inspect(source: Source, path: str, frame: Frame | None) -> ExrFile:
    """Inspect the file that a source holds."""
    size = source.size
    data = source.read(0, FIRST_READ_BYTES if size > FIRST_READ_BYTES else size)
    if len(data) < 8 or not data.startswith(MAGIC):
        return unreadable_file(path, magic_problem(data, size), size, source.mtime)
    with HeaderReservation() as memory:
        return _to_file(source, path, frame, data, memory)


def _to_file(source: Source, path: str, frame: Frame | None, data: bytes, memory: HeaderReservation) -> ExrFile:
    """Return the file of a source whose first bytes are `data`; all bytes of the header are freed when it returns."""
    size = source.size
    data, header = read_header(source, data, size, path if isinstance(source, FileSource) else "", memory)
    _, summaries, attributes, end, problems = header
    if end is not None and len(summaries) == 1 and source.has_all_bytes:
        summary, count = summaries[0], summaries[0].chunk_count
        if summary.is_sound and count and not problems and offset_table.all_present(data, end, size, count):
            return _usual_file(source, path, frame, summary, make_part(summary, attributes[0], count), data, end)
    present: Sequence[int | None] | None = None
    unlisted: tuple[int, ...] = ()
    digest, is_complete = None, None
    if end is not None:
        is_usual = len(summaries) == 1 and summaries[0].is_sound
        if not is_usual:
            problems += missing_attributes(summaries, problems, end)
        digest = hashlib.sha256(memoryview(data)[:end], usedforsecurity=False).hexdigest()
        if source.has_all_bytes and (is_usual or check_chunk_counts(summaries, end, problems)):
            (present, unlisted), is_complete = _count_present(source, data, header, end)
    parts = tuple(map(make_part, summaries, attributes, present or repeat(None)))
    if any([summary.assumes_space for summary in summaries]) and is_log_name(os.path.basename(path)):
        parts = tuple(map(_without_assumed_space, summaries, parts))
    checks = [summary.checks for summary in summaries]
    findings = check_file(parts, checks, _time_codes(header), is_complete)
    if unlisted:
        findings += empty_table_findings(unlisted)
    if any([check.has_sidecar for check in checks]) and isinstance(source, FileSource):
        findings += _sidecar_findings(path, parts)
    renderer, writer = summaries[0].programs if len(summaries) == 1 else _programs(summaries)
    return ExrFile(
        path, size, source.mtime, frame, digest, is_complete, parts, tuple(problems), findings, (),
        _picture(parts), renderer, writer,
    )  # fmt: skip


def _usual_file(
    source: Source, path: str, frame: Frame | None, summary: PartSummary, part: Part, data: bytes, end: int
) -> ExrFile:
    """Return a file of one sound part with all chunks and without problems, as nearly every file is."""
    if summary.assumes_space and is_log_name(os.path.basename(path)):
        part = _without_assumed_space(summary, part)
    digest = hashlib.sha256(memoryview(data)[:end], usedforsecurity=False).hexdigest()
    findings = summary.checks.alone
    if summary.checks.has_sidecar and isinstance(source, FileSource):
        findings += _sidecar_findings(path, (part,))
    renderer, writer = summary.programs
    return ExrFile(
        path, source.size, source.mtime, frame, digest, True, (part,), (), findings, (),
        _picture((part,)), renderer, writer,
    )  # fmt: skip


def _sidecar_findings(path: str, parts: Sequence[Part]) -> tuple[Finding, ...]:
    """Return the findings of Cryptomatte sidecar manifests of a file on disk."""
    return tuple(rule.finding(part.index) for part in parts for rule in sidecar_findings(path, part.attributes))


def _without_assumed_space(summary: PartSummary, part: Part) -> Part:
    """Return a part without the color space of its primaries; its file name declares a log curve."""
    return part._replace(color_space=None) if summary.assumes_space else part


def _programs(summaries: Sequence[PartSummary]) -> tuple[Program | None, Program | None]:
    """Return renderer and writer, of the first part that names each."""
    renderer = next((summary.programs.renderer for summary in summaries if summary.programs.renderer), None)
    return renderer, next((summary.programs.writer for summary in summaries if summary.programs.writer), None)


def _picture(parts: tuple[Part, ...]) -> Picture | None:
    """Return the picture of a file; frames that share their channels share it."""
    if len(parts) == 1:
        part = parts[0]
        key: tuple[int | str | None, ...] = (id(part.channels), part.name, part.view)
    else:
        key = tuple([item for part in parts for item in (id(part.channels), part.name, part.view)])
    known = _pictures.get(key)
    if known is None:
        if len(_pictures) >= _MAX_PICTURES:
            _pictures.clear()
        known = _pictures[key] = [part.channels for part in parts], choose_picture(parts)
    return known[1]


# By the ids of the channels, which are kept so that nothing else can have these ids.
_pictures: dict[tuple[int | str | None, ...], tuple[list[tuple[Channel, ...]], Picture | None]] = {}
_MAX_PICTURES = 256


def _time_codes(header: Header) -> list[Value]:
    """Return the time codes of all parts; none for a single part, since nothing can differ from it."""
    if len(header.parts) == 1:
        return []
    pairs = zip(header.parts, header.attributes, strict=True)
    return [attributes[index].value for summary, attributes in pairs for index in summary.time_codes]


def _count_present(
    source: Source, data: bytes, header: Header, end: int
) -> tuple[tuple[Sequence[int | None], tuple[int, ...]], bool]:
    """Return how many chunks of each part are in the file, and whether these are all."""
    counts = [summary.chunk_count or 0 for summary in header.parts]
    if offset_table.all_present(data, end, source.size, sum(counts)):  # the case of nearly every file
        return (counts, ()), True
    grids, is_multi_part = [summary.grid for summary in header.parts], bool(header.version & MULTI_PART)
    buffered = _BufferedSource(source, data)
    chunk_counts = offset_table.count_present(buffered, end, source.size, counts, grids, is_multi_part)
    return chunk_counts, chunk_counts.present == counts  # an unknown number means that the file was never closed


def read_header(
    source: Source, data: bytes, size: int, path: str = "", memory: HeaderReservation | None = None
) -> tuple[bytes, Header]:
    """Parse the headers of a source, reading more bytes as long as they continue.

    The first further read goes up to TYPICAL_HEADER_BYTES, each later one to four times as many bytes.

    Args:
        source: Source of the file.
        data: Its first bytes, 8 at least.
        size: Its size in bytes.
        path: Path of the file on disk, in which large values stay; "" keeps them in memory.
        memory: Reservation that grows with the header.

    Returns:
        All bytes that were read, and the headers.

    Raises:
        OSError: The source cannot be read.
    """
    parser = HeaderParser(data, size)
    while True:
        try:
            return data, parser.parse()
        except IncompleteHeaderError as error:
            target = 4 * len(data) if len(data) >= TYPICAL_HEADER_BYTES else TYPICAL_HEADER_BYTES
            end = min(max(error.size, target), size, MAX_HEADER_BYTES)
            parser.path = path
            if memory is not None:
                memory.grow(end)
            more = source.read(len(data), end - len(data)) if end > len(data) else b""
            is_final = not more
            data += more
            del more  # up to 32 MB
            if is_final and source.has_all_bytes:
                size = len(data)  # the file was cut while it was read
            parser.supply(data, size, is_final)


class _BufferedSource:
    """Source whose first bytes are in memory."""

    def __init__(self, source: Source, data: bytes) -> None:
        self._source = source
        self._data = data

    def read(self, start: int, size: int) -> bytes:
        if start + size <= len(self._data):
            return self._data[start : start + size]
        return self._source.read(start, size)
