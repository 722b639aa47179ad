"""Builder of an inspected file from the bytes of a source."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import repeat

from exr_inspector_app.exr.chunks import offset_table
from exr_inspector_app.exr.chunks.layout import Grid
from exr_inspector_app.exr.parser import last_reads
from exr_inspector_app.exr.parser.color_space import is_log_name
from exr_inspector_app.exr.parser.header import Header, HeaderParser, IncompleteHeaderError
from exr_inspector_app.exr.parser.header_digest import hex_digest
from exr_inspector_app.exr.parser.header_problems import check_chunk_counts, missing_attributes
from exr_inspector_app.exr.parser.header_reader import read_rest, read_to
from exr_inspector_app.exr.parser.last_reads import LastRead
from exr_inspector_app.exr.parser.part_summary import MULTI_PART, PartSummary, make_part
from exr_inspector_app.exr.picture import choose_picture
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.source import first_read
from exr_inspector_app.exr.source.file_source import FileSource, Source
from exr_inspector_app.exr.source.header_budget import reserve_for_header
from exr_inspector_app.exr.validation.chunk_checks import empty_table_findings
from exr_inspector_app.exr.validation.cryptomatte_checks import sidecar_findings
from exr_inspector_app.exr.validation.header_checks import check_file
from exr_inspector_app.model import Channel, ExrFile, Finding, Part, Picture, Program, Value

_new_tuple = tuple.__new__  # faster than the constructor of a named tuple, which every file needs
_Present = tuple[Sequence[int | None], tuple[int, ...]]  # chunks of each part, and the parts with an incomplete table


def build_file(source: Source, path: str, frame: Frame | None, data: bytes) -> ExrFile:
    """Return the file of a source; all bytes of its header are freed then.

    Args:
        source: Source of the file.
        path: Path or URL for the result.
        frame: Frame of the file.
        data: First bytes of the file, at least 8, which begin with the magic number.

    Raises:
        OSError: The source cannot be read.
    """
    is_on_disk = isinstance(source, FileSource)
    if is_on_disk and (last := last_reads.find(path)):
        facts = _facts_again(source, data, last)
        if facts is not None:
            return _new_tuple(ExrFile, (path, source.size, source.mtime, frame, *facts))
    parser = HeaderParser(data, source.size)
    try:
        header = parser.parse()
    except IncompleteHeaderError as error:
        with reserve_for_header() as memory:
            data, header = read_rest(parser, source, data, error.size, path if is_on_disk else "", memory)
            return _file_of_header(source, path, frame, data, header, is_on_disk)
    return _file_of_header(source, path, frame, data, header, is_on_disk)


def _file_of_header(
    source: Source, path: str, frame: Frame | None, data: bytes, header: Header, is_on_disk: bool
) -> ExrFile:
    """Return the file with a header, whose bytes `data` begins with."""
    version, summaries, attributes, end, problems, _ = header
    if end is not None and len(summaries) == 1 and source.has_all_bytes:
        summary, count = summaries[0], summaries[0].chunk_count
        if summary.is_sound and count and not problems:
            needed = end + 8 * count
            if needed > first_read.MIN_BYTES or len(data) > first_read.MIN_BYTES:
                first_read.adapt(needed)
            if not _is_whole(source, data, end, (summary.grid,), count, version & MULTI_PART != 0):
                return _unusual_file(source, path, frame, data, header)
            part = make_part(summary, attributes[0], count)
            return _usual_file(source, path, frame, header, part, data[:end], is_on_disk)
    return _unusual_file(source, path, frame, data, header)


def _facts_again(source: Source, data: bytes, last: LastRead) -> tuple[object, ...] | None:
    """Return the facts of the last read, where header and present chunks are the same as then; None otherwise."""
    header, counts, grids, is_multi_part, present, unlisted, facts = last
    size, end = source.size, len(header)
    if len(data) < end:
        if not header.startswith(data):
            return None
        data = read_to(source, data, min(end + 8 * sum(counts), size))
    if not data.startswith(header):
        return None
    if _is_whole(source, data, end, grids, sum(counts), is_multi_part):
        return facts if present == counts and not unlisted else None
    if present == counts and not unlisted:
        return None
    again = offset_table.count_present(_BufferedSource(source, data), end, size, counts, grids, is_multi_part)
    return facts if (again.present, again.unlisted) == (present, unlisted) else None


def _usual_file(
    source: Source, path: str, frame: Frame | None, header: Header, part: Part, data: bytes, is_on_disk: bool
) -> ExrFile:
    """Return a file of one sound part with all chunks and without problems, as nearly every file is.

    The next read of a frame whose header was quick to parse is quick as well: it is not kept.
    """
    summary = header.parts[0]
    if summary.assumes_space and is_log_name(os.path.basename(path)):
        part = _without_assumed_space(summary, part)
    digest = hex_digest(data)
    findings = summary.checks.alone
    if summary.checks.has_sidecar and is_on_disk:
        findings += _sidecar_findings(path, (part,))
    renderer, writer = summary.programs
    facts = digest, True, (part,), (), findings, (), _picture((part,)), renderer, writer
    if header.is_new and is_on_disk and not summary.checks.has_sidecar:
        counts = [part.chunks_present]
        is_multi_part = bool(header.version & MULTI_PART)
        last_reads.keep(path, _new_tuple(LastRead, (data, counts, (summary.grid,), is_multi_part, counts, (), facts)))
    return _new_tuple(ExrFile, (path, source.size, source.mtime, frame, *facts))


def _unusual_file(source: Source, path: str, frame: Frame | None, data: bytes, header: Header) -> ExrFile:
    """Return a file of several parts, with problems, or without some of its chunks."""
    version, summaries, attributes, end, problems, is_new = header
    present: _Present | None = None
    digest, is_complete = None, None
    counts, grids = [summary.chunk_count or 0 for summary in summaries], [summary.grid for summary in summaries]
    is_multi_part = bool(version & MULTI_PART)
    if end is not None:
        is_usual = len(summaries) == 1 and summaries[0].is_sound
        if not is_usual:
            problems += missing_attributes(summaries, problems, end)
        digest = hex_digest(memoryview(data)[:end])
        if source.has_all_bytes and (is_usual or check_chunk_counts(summaries, end, problems)):
            present = _count_present(_BufferedSource(source, data), data, end, counts, grids, is_multi_part)
            is_complete = present[0] == counts  # an unknown number means that the file was never closed
    parts = tuple(map(make_part, summaries, attributes, present[0] if present else repeat(None)))
    if any([summary.assumes_space for summary in summaries]) and is_log_name(os.path.basename(path)):
        parts = tuple(map(_without_assumed_space, summaries, parts))
    checks = [summary.checks for summary in summaries]
    findings = check_file(parts, checks, _time_codes(header), is_complete)
    if present and present[1]:
        findings += empty_table_findings(present[1])
    is_on_disk, has_sidecar = isinstance(source, FileSource), any([check.has_sidecar for check in checks])
    if has_sidecar and is_on_disk:
        findings += _sidecar_findings(path, parts)
    renderer, writer = summaries[0].programs if len(summaries) == 1 else _programs(summaries)
    facts = digest, is_complete, parts, tuple(problems), findings, (), _picture(parts), renderer, writer
    if present and is_new and is_on_disk and not has_sidecar:
        last_reads.keep(path, LastRead(data[:end], counts, grids, is_multi_part, *present, facts))
    return _new_tuple(ExrFile, (path, source.size, source.mtime, frame, *facts))


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
        if sum([len(part.channels) for part in parts]) > _MAX_PICTURE_CHANNELS:
            return choose_picture(parts)
        if len(_pictures) >= _MAX_PICTURES:
            _pictures.clear()
        known = _pictures[key] = [part.channels for part in parts], choose_picture(parts)
    return known[1]


# By the ids of the channels, which are kept so that nothing else can have these ids.
_pictures: dict[tuple[int | str | None, ...], tuple[list[tuple[Channel, ...]], Picture | None]] = {}
_MAX_PICTURES, _MAX_PICTURE_CHANNELS = 256, 4096  # longer lists are not the same object in another frame


def _time_codes(header: Header) -> list[Value]:
    """Return the time codes of all parts; none for a single part, since nothing can differ from it."""
    if len(header.parts) == 1:
        return []
    pairs = zip(header.parts, header.attributes, strict=True)
    return [attributes[index].value for summary, attributes in pairs for index in summary.time_codes]


def _is_whole(
    source: Source | _BufferedSource, data: bytes, end: int, grids: Sequence[Grid], count: int, is_multi_part: bool
) -> bool:
    """Return True if the first bytes of a file, and the head of its last chunk, show that all chunks are present.

    The head is read where it is quick to get: of an object in a bucket it would take a request more.
    """
    size = source.size
    last = offset_table.last_chunk(data, end, size, count)
    if last < 1:
        return last == offset_table.WHOLE
    is_near = source.is_local or last + offset_table.MAX_HEAD_BYTES <= len(data)
    return not (is_near and offset_table.is_cut(source, data, last, size, grids, is_multi_part))


def _count_present(
    source: _BufferedSource, data: bytes, end: int, counts: list[int], grids: Sequence[Grid], is_multi_part: bool
) -> _Present:
    """Return the number of chunks of each part in the file, and the parts whose table is incomplete."""
    if _is_whole(source, data, end, grids, sum(counts), is_multi_part):  # the case of nearly every file
        return counts, ()
    return offset_table.count_present(source, end, source.size, counts, grids, is_multi_part)


class _BufferedSource:
    """Source whose first bytes are in memory."""

    def __init__(self, source: Source, data: bytes) -> None:
        self.size, self.is_local = source.size, source.is_local
        self._source = source
        self._data = data

    def read(self, start: int, size: int) -> bytes:
        """Read `size` bytes from byte `start` on, fewer at the end."""
        if start + size <= len(self._data):
            return self._data[start : start + size]
        return self._source.read(start, size)
