"""What a publish would do as lines: one for each sequence in each group, with the reason why it is there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exr_inspector_app.contracts import Plan, PlanItem, PlanStatus, Record
from exr_inspector_app.exr.sequences.grouping import FrameSequence, group_sequences, format_ranges
from exr_inspector_app.text.escape import escape_control

PLAN_COLUMNS = ("status", "file_path", "published", "reason")  # of an exported plan, one row per file
_TAIL = 4  # folders and name that a title keeps


class PlanGroup(StrEnum):
    """Where a file stands in a publish, in the words and the order of the sheet's counts."""

    NEW = "New"
    PRESENT = "Already there"
    CHANGED = "Changed"
    INCOMPLETE = "Incomplete"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that cannot be published, and the sentence that says why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One sequence or single file of a group."""

    group: PlanGroup
    title: str
    reason: str
    count: int
    tip: str
    records: tuple[Record, ...] = ()
    is_included: bool = False  # only asked of incomplete ones

    @property
    def copied(self) -> str:
        """What the copy button gives: the path and the reason."""
        return f"{self.tip}\n{self.reason}"


def group_of(item: PlanItem) -> PlanGroup:
    """Which group a planned record belongs to; what is there already needs nobody's decision."""
    if item.status is PlanStatus.PRESENT:
        return PlanGroup.PRESENT
    if item.is_incomplete:
        return PlanGroup.INCOMPLETE
    return {PlanStatus.NEW: PlanGroup.NEW, PlanStatus.CHANGED: PlanGroup.CHANGED}.get(item.status, PlanGroup.PRESENT)


def lines(plan: Plan, failed: Iterable[Failed]) -> list[PlanLine]:
    """One line for each sequence within each group, in the order of the plan."""
    folded: dict[tuple[PlanGroup, str], list[PlanItem]] = {}
    paths: dict[str, list[str]] = {}
    for item in plan.items:
        key = item.record.identity.sequence_key
        folded.setdefault((group_of(item), key), []).append(item)
        paths.setdefault(key, []).append(item.record.identity.file_path)
    sequences = {key: group_sequences(members)[0] for key, members in paths.items()}
    made = [_line(group, items, sequences[key]) for (group, key), items in folded.items()]
    made += [
        PlanLine(PlanGroup.FAILED, tail(one.path), escape_control(one.reason), 1, escape_control(one.path))
        for one in failed
    ]
    return made


def _line(group: PlanGroup, items: Sequence[PlanItem], sequence: FrameSequence) -> PlanLine:
    path = items[0].record.identity.file_path
    if len(items) > 1:
        path = posixpath.join(sequence.folder, sequence.pattern)
    return PlanLine(
        group=group,
        title=tail(path),
        reason=_reason(group, items, sequence),
        count=len(items),
        tip=escape_control(path),
        records=tuple(item.record for item in items),
    )


def _reason(group: PlanGroup, items: Sequence[PlanItem], sequence: FrameSequence) -> str:
    """Why the files are in this group, with what a person should know about the sequence."""
    first = items[0]
    if group is PlanGroup.INCOMPLETE:
        return _chunks(first.record)
    if group is PlanGroup.CHANGED:
        since = _date(first.known_since)
        return f"Same path, new header. The rows of {since} stay" if since else "Same path, new header"
    if group is PlanGroup.PRESENT:
        is_refresh = any(item.status is PlanStatus.REFRESH for item in items)
        return "Same header, date or size is refreshed" if is_refresh else "Same path, same header"
    deep = ", deep" if first.record.payload["file"]["is_deep"] else ""
    return f"Header not in this library{deep}{_gaps(sequence.missing)}"


def _gaps(frames: tuple[int, ...]) -> str:
    """What a person should know about a sequence that is not whole."""
    if not frames:
        return ""
    if len(frames) == 1:
        return f". Frame {frames[0]} is missing on disk"
    told = format_ranges(frames)
    return (
        f". Frames {told} are missing on disk" if len(told) <= 40 else f". {len(frames):,} frames are missing on disk"
    )


def _chunks(record: Record) -> str:
    """How far an unfinished file has been written."""
    parts = record.payload["parts"]
    total = sum(part["chunk_count"] or 0 for part in parts)
    if any(part["chunks_present"] is None for part in parts):
        return f"Some of {total:,} chunks are written"
    present = sum(part["chunks_present"] or 0 for part in parts)
    return f"{present:,} of {total:,} chunks are written" if total else "The file ends before its pixels do"


def tail(path: str) -> str:
    """The name with the few folders above it."""
    words = escape_control(path).replace("\\", "/").split("/")
    return "/".join(words[-_TAIL:]) if len(words) > _TAIL + 1 else escape_control(path)


def _date(timestamp: str | None) -> str:
    """`2 Nov 2026` of an ISO 8601 text."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)", timestamp or "")
    return f"{int(found[3])} {months[int(found[2]) - 1]} {found[1]}" if found else ""


def plan_rows(line: PlanLine) -> list[tuple[str, ...]]:
    """Return one row under PLAN_COLUMNS for each file of a line."""
    published = {PlanGroup.PRESENT: "refreshed", PlanGroup.FAILED: "no"}.get(line.group, "yes")
    if line.group is PlanGroup.INCOMPLETE and not line.is_included:
        published = "no"
    paths = [escape_control(record.identity.file_path) for record in line.records] or [line.tip]
    return [(line.group.value, path, published, line.reason) for path in paths]
