"""Problems of headers that were parsed: missing attributes, unknown numbers of chunks, and other files."""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.exr.chunks.layout import MAX_CHUNKS, uncountable_reason
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.parser.part_summary import PartSummary
from exr_inspector_app.model import Problem


def missing_attributes(summaries: Sequence[PartSummary], known: Sequence[Problem], end: int) -> list[Problem]:
    """Return a problem for each required attribute that is missing and not in a known problem.

    A single part has them at the end of its header.
    """
    if not any([summary.missing for summary in summaries]):
        return []
    reported = {(problem.part_index, problem.attribute) for problem in known}
    message = "Part {} has no {}, which OpenEXR requires. Render the file again."
    at = end if len(summaries) == 1 else None
    return [
        Problem("attribute-missing", message.format(index, name), index, name, at)
        for index, summary in enumerate(summaries)
        for name in summary.missing
        if (index, name) not in reported
    ]


def check_chunk_counts(summaries: Sequence[PartSummary], end: int, problems: list[Problem]) -> bool:
    """Return True if the position of every part's offset table is known; append a problem otherwise."""
    total = 0
    for index, summary in enumerate(summaries):
        count, declared = summary.chunk_count, summary.declared_chunks
        if declared is not None and count is not None and declared != count:
            message = f"Part {index}: chunkCount is {declared:,}, expected {count:,}."
            problems.append(Problem("chunk-count", message, index, "chunkCount"))
        total += MAX_CHUNKS + 1 if count is None else count
    if total <= MAX_CHUNKS:
        return True
    counts = [summary.chunk_count for summary in summaries]
    index = counts.index(None) if None in counts else counts.index(max(filter(None, counts)))
    attribute, reason = uncountable_reason(summaries[index].grid)
    message = f"Part {index}: cannot count chunks ({reason}); pixels not checked."
    problems.append(Problem("chunk-count", message, index, attribute, end))
    return False


_CONTENTS = (  # by the bytes with which files begin
    (b"version https://git-lfs", ", but a pointer of Git LFS. Fetch it with: git lfs pull"),
    (b"/annex/objects/", ", but a pointer of git-annex. Fetch it with: git annex get"),
    (b"\xff\xd8\xff", ", but a JPEG picture"),
    (b"\x89PNG", ", but a PNG picture"),
    (b"II*\0", ", but a TIFF picture"),
    (b"MM\0*", ", but a TIFF picture"),
    (b"SDPX", ", but a DPX picture"),
    (b"XPDS", ", but a DPX picture"),
    (b"#?RADIANCE", ", but a Radiance picture"),
    (b"\x1f\x8b", ", but a gzip archive. Unpack it"),
    (b"PK\3\4", ", but a ZIP archive. Unpack it"),
    (b"<", ", but a web page. Download the file again"),
    (bytes(8), ": it begins with zeros. The write or the copy did not finish"),
)


def _contents(data: bytes) -> str:
    """Return the kind of a file that is not OpenEXR, as the end of a sentence; empty if unknown."""
    return next((text for start, text in _CONTENTS if data.startswith(start)), "")


def magic_problem(data: bytes, size: int) -> Problem:
    """Return the problem of a file that does not begin as OpenEXR files do, or is shorter than their beginning."""
    if not size:
        message = "The file is empty (0 bytes). The render has not started writing, or failed."
        return Problem("empty-file", message, None, None, 0)
    if not data:
        return Problem("vanished", "The file became empty while it was read. Reload it.", None, None, 0)
    if data[:4] != MAGIC[: len(data)]:
        return Problem("not-exr", f"Not an OpenEXR file{_contents(data)}.", None, None, 0)
    return Problem("header-truncated", f"The file is cut off after {len(data)} bytes.", byte_offset=len(data))
