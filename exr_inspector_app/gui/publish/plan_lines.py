"""Plan lines of a publish: one per sequence and group, with the reason; and their export as table rows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exr_inspector_app.contracts import Plan, PlanItem, PlanStatus, Record
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import FrameSequence, format_ranges, group_sequences
from exr_inspector_app.gui.publish import strings
from exr_inspector_app.persistence.query.derived_columns import PathTemplate, path_value
from exr_inspector_app.text.escape import escape_control

PLAN_COLUMNS = ("status", "file_path", "published", "reason")  # of an exported plan, one row per file
NO_TEMPLATE = PathTemplate()
_MAX_TITLE_PARTS = 4  # name and folders of a title


class PlanGroup(StrEnum):
    """Group of a file in a plan, in the order of the cards of the sheet."""

    NEW = "New"
    PRESENT = "Already there"
    CHANGED = "Changed"
    INCOMPLETE = "Incomplete"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Failed:
    """File that cannot be published, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Line for one sequence or single file of a group."""

    group: PlanGroup
    title: str
    reason: str
    count: int
    tip: str
    records: tuple[Record, ...] = ()
    is_included: bool = False  # its files are published; the user chooses
    show: str = ""  # by the path template, as the library lists it
    shot: str = ""

    @property
    def copied(self) -> str:
        """Text for the copy button: path and reason."""
        return f"{self.tip}\n{self.reason}"


def group_of(item: PlanItem) -> PlanGroup:
    """Return the group of a planned record; a published file stays in PRESENT even if it is incomplete."""
    if item.status is PlanStatus.PRESENT:
        return PlanGroup.PRESENT
    if item.is_incomplete:
        return PlanGroup.INCOMPLETE
    return {PlanStatus.NEW: PlanGroup.NEW, PlanStatus.CHANGED: PlanGroup.CHANGED}.get(item.status, PlanGroup.PRESENT)


def make_lines(plan: Plan, failed: Iterable[Failed], template: PathTemplate = NO_TEMPLATE) -> list[PlanLine]:
    """Return one line per sequence and group, in the order of the plan, then the failed files.

    Files that have changed since they were inspected have separate lines.
    """
    grouped: dict[tuple[PlanGroup, str, bool], list[PlanItem]] = {}
    frames: dict[str, dict[str, Frame | None]] = {}
    for item in plan.items:
        key = item.record.identity.sequence_key
        grouped.setdefault((group_of(item), key, item.replaces is not None), []).append(item)
        file = item.record.payload["file"]
        frames.setdefault(key, {})[item.record.identity.file_path] = file["frame_number"]
    sequences = {key: group_sequences(members, members)[0] for key, members in frames.items()}
    lines = [_line(group, items, sequences[key], template) for (group, key, _), items in grouped.items()]
    lines += [
        PlanLine(PlanGroup.FAILED, tail(file.path), escape_control(file.reason), 1, escape_control(file.path))
        for file in failed
    ]
    return lines


def _line(group: PlanGroup, items: Sequence[PlanItem], sequence: FrameSequence, template: PathTemplate) -> PlanLine:
    normalized = items[0].record.identity.file_path_normalized
    path = items[0].record.identity.file_path
    if len(items) > 1:
        path = posixpath.join(sequence.folder, sequence.pattern)
    return PlanLine(
        group=group,
        title=tail(path),
        reason=_reason(group, items, sequence) + (f". {strings.REREAD}" if items[0].replaces else ""),
        count=len(items),
        tip=escape_control(path),
        records=tuple(item.record for item in items),
        is_included=group is not PlanGroup.INCOMPLETE,
        show=escape_control(path_value(template, normalized, "show")),
        shot=escape_control(path_value(template, normalized, "shot")),
    )


def _reason(group: PlanGroup, items: Sequence[PlanItem], sequence: FrameSequence) -> str:
    """Return the reason for the group of the files, with the gaps of a new sequence."""
    first = items[0]
    if group is PlanGroup.INCOMPLETE:
        return _chunks(first.record)
    if group is PlanGroup.CHANGED:
        since = _date(first.known_since)
        return strings.changed_since(since) if since else strings.CHANGED_FILE
    if group is PlanGroup.PRESENT:
        is_refresh = any(item.status is PlanStatus.REFRESH for item in items)
        return strings.SAME_HEADER if is_refresh else strings.SAME_FILE
    deep = ", deep" if first.record.payload["file"]["is_deep"] else ""
    return f"{strings.NEW_FILE}{deep}{_gaps(sequence.missing)}"


def _gaps(frames: tuple[int, ...]) -> str:
    """Return the note on missing frames; empty without gaps."""
    return f". {strings.missing_frames(format_ranges(frames), len(frames))}" if frames else ""


def _chunks(record: Record) -> str:
    """Return the sentence on the written chunks of an unfinished file."""
    parts = record.payload["parts"]
    total = sum(part["chunk_count"] or 0 for part in parts)
    if any(part["chunks_present"] is None for part in parts):
        return strings.unfinished(None, total)
    present = sum(part["chunks_present"] or 0 for part in parts)
    return strings.unfinished(present, total) if total else strings.CUT_OFF


def tail(path: str) -> str:
    """Return the name with the nearest folders above it."""
    parts = escape_control(path).replace("\\", "/").split("/")
    return "/".join(parts[-_MAX_TITLE_PARTS:]) if len(parts) > _MAX_TITLE_PARTS + 1 else escape_control(path)


def _date(timestamp: str | None) -> str:
    """Return an ISO 8601 timestamp as `2 Nov 2026`; empty if it is invalid."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", timestamp or "")
    return f"{int(match[3])} {months[int(match[2]) - 1]} {match[1]}" if match else ""


def plan_rows(line: PlanLine) -> list[tuple[str, ...]]:
    """Return one row under PLAN_COLUMNS for each file of a line."""
    published = "refreshed" if line.group is PlanGroup.PRESENT else "yes"
    if not line.is_included:
        published = "no"
    paths = [escape_control(record.identity.file_path) for record in line.records] or [line.tip]
    return [(line.group.value, path, published, line.reason) for path in paths]
