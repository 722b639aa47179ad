"""Chunk checks: missing chunks, and chunk tables that were never filled."""

from __future__ import annotations

from collections.abc import Iterable

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.model import Finding, Part


def incomplete_rule(part: Part) -> FindingRule:
    """Return the finding for a part with missing chunks; it counts scan lines where the part has them."""
    present, count = part.chunks_present, part.chunk_count
    if present is None or count is None:
        message = "The offset table has empty entries: the file is still being written or was not closed."
        return FindingRule("incomplete", message)
    count_text = f"{present:,} of {count:,} chunks are in the file"
    if not part.is_tiled and part.data_window is not None and count > 0:
        lines = -(-part.data_window.height // count)  # per chunk, approximately; a power of two
        lines = 1 << (lines - 1).bit_length()
        height = part.data_window.height
        # The last chunk may be shorter; decreasingY writes it first.
        short = lines * count - height if part.line_order == "decreasingY" and present else 0
        count_text = f"{min(present * lines - short, height):,} of {height:,} scan lines present"
    return FindingRule("incomplete", f"{count_text}; the rest is still being written or was cut off.")


def empty_table_findings(parts: Iterable[int]) -> tuple[Finding, ...]:
    """Return a finding for each part whose chunks are all in the file, but not all in its offset table."""
    message = "All chunks are in the file, but its offset table is empty: the writer did not close it."
    return tuple(FindingRule("chunk-table-empty", message).finding(part) for part in parts)
