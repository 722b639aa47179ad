"""Row data of the session list: tree nodes, and the painted texts of folders, sequences, files and frames."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.sequences.grouping import (
    FrameSequence,
    SequenceKey,
    SequenceMember,
    make_sequence,
    sequence_member,
)
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.session import SessionFile, find_odd
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

SHOWN = Qt.ItemDataRole.UserRole + 1  # SessionRow or SessionGroup
NODE = Qt.ItemDataRole.UserRole + 2
HIDDEN, GONE = -1, -2  # position of a row that a filter hides, and of a removed row


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Painted texts of one sequence, file or frame."""

    name: str
    second: str
    glyph: str
    status: str  # a key of paint.STATUS
    word: str
    figure: str = ""
    badge: str = ""
    rules: tuple[int, int] | None = None  # errors and warnings of the profile; None without one


@dataclass(frozen=True, slots=True)
class SessionGroup:
    """Painted texts of one folder."""

    folder: str
    items: str
    problems: int


@dataclass(eq=False, slots=True)
class Node:
    """Folder, sequence or file, or frame; `position` is its row below its parent, HIDDEN or GONE."""

    position: int
    parent: Node | None = None
    name: str = ""  # of a folder: its path; of a row: its path below the folder
    key: SequenceKey | None = None
    children: list[Node] = field(default_factory=list)  # those that are listed, in order
    rows: list[Node] = field(default_factory=list)  # of a folder: all, as added
    entries: list[SessionFile] = field(default_factory=list)
    members: list[SequenceMember] = field(default_factory=list)  # of a row: its entries as sequence members
    shown: SessionRow | SessionGroup | None = None  # of a frame: None until it is painted
    sequence: FrameSequence | None = None  # of the entries; None once they have changed
    search_text: str = ""  # of a filter; empty once the entries have changed


def is_listed(node: Node) -> bool:
    """Return True unless the node or one of its parents is hidden."""
    return node.position >= 0 and (node.parent is None or is_listed(node.parent))


def contiguous_runs(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """Return the positions of listed nodes as runs of first and last, the last run first."""
    runs: list[tuple[int, int]] = []
    for position in sorted((node.position for node in nodes if node.position >= 0), reverse=True):
        if runs and runs[-1][0] == position + 1:
            runs[-1] = (position, runs[-1][1])
        else:
            runs.append((position, position))
    return runs


def group_folder(path: str, roots: Sequence[str]) -> str:
    """Return the opened folder that contains a path, or the folder of the path itself."""
    inside = [root for root in roots if path.startswith(root.rstrip(os.sep) + os.sep)]
    return max(inside, key=len) if inside else os.path.dirname(path)


def make_group(group: Node) -> SessionGroup:
    """Return the painted texts of a folder."""
    bad = sum(row.shown.status in ("damaged", "failed") for row in group.rows if isinstance(row.shown, SessionRow))
    listed, items = len(group.children), pluralize(len(group.rows), "item")
    return SessionGroup(
        escape_control(group.name), items if listed == len(group.rows) else f"{listed:,} of {items}", bad
    )


def make_tooltip(node: Node) -> str:
    """Return the full path, the status, and the first problems."""
    if isinstance(node.shown, SessionGroup) or not node.entries:
        return escape_control(node.name)
    first = node.entries[0]
    lines = [escape_control(first.path)]
    if isinstance(node.shown, SessionRow):
        if len(node.entries) > 1:
            lines = [escape_control(os.path.join(os.path.dirname(first.path), "")) + node.shown.name.rpartition("/")[2]]
        lines.append(", ".join(filter(None, (node.shown.word, node.shown.figure, node.shown.badge))))
    if isinstance(node.shown, SessionRow) and node.shown.rules is not None:
        lines.append(strings.rules_of_profile(*node.shown.rules))
    problems = [problem.message for entry in node.entries for problem in entry.problems]
    return "\n".join([*lines, *map(escape_control, problems[:3])])


def make_row(row: Node) -> SessionRow:
    """Return the painted texts of a sequence, a file or a frame."""
    entries = row.entries
    # Grouping thousands of frames takes longer than a frame of the screen, and statuses change far more often.
    sequence = row.sequence
    if sequence is None:
        key, member = sequence_member(entries[0].path, entries[0].frame)
        sequence = row.sequence = make_sequence(key, row.members or [member])
        row.name = _name(row, sequence)
    status, word, figure = _status(entries)
    glyph = "warning" if status == "damaged" else "film" if len(entries) > 1 else "image"
    second, badge, rules = _second(sequence, entries), _badge(sequence, entries), count_failed_rules(entries)
    return SessionRow(row.name, second, glyph, status, word, figure, badge, rules)


def count_failed_rules(entries: Sequence[SessionFile]) -> tuple[int, int] | None:
    """Return how many different findings of the profile are errors and warnings; None until a file is checked."""
    if all(entry.checked is None for entry in entries):
        return None
    failed = {outcome for entry in entries for outcome in entry.outcomes if outcome.status == "failed"}
    if not failed and any(entry.is_failed for entry in entries):  # rules do not apply to files that cannot be read
        return None
    severities = [outcome.severity for outcome in failed]
    return severities.count("error"), severities.count("warning")


def _name(row: Node, sequence: FrameSequence) -> str:
    """Return the pattern of a row, relative to its folder."""
    group = row.parent.parent if row.parent and row.parent.key else row.parent
    folder = group.name if group else ""
    inside = os.path.relpath(sequence.folder, folder) if folder else ""
    return escape_control(sequence.pattern if inside in ("", ".") else f"{inside}/{sequence.pattern}")


def _second(sequence: FrameSequence, entries: list[SessionFile]) -> str:
    """Return frames, count, special properties and size; the last ones are dropped if the row is narrow."""
    count = [sequence.range_text, pluralize(len(entries), "frame")] if len(entries) > 1 else [strings.SINGLE_FILE]
    sizes = [size for size in map(size_of, entries) if size is not None]
    return ", ".join([*count, *_properties(entries), *([format_bytes(sum(sizes))] if sizes else [])])


def size_of(entry: SessionFile) -> int | None:
    """Return the size of a file in bytes, or None if it could not be read."""
    if entry.record is not None:
        size: int | None = entry.record.payload["file"]["size_bytes"]
        return size
    return entry.unpublishable.size_bytes if entry.unpublishable else None


def _properties(entries: list[SessionFile]) -> list[str]:
    """Return the special properties of the first file: parts, views, deep, tiled."""
    payload = next((entry.record.payload for entry in entries if entry.record), None)
    if payload is None:
        return []
    parts = payload["parts"]
    views = {part["view_name"] for part in parts if part["view_name"]}
    properties = [strings.parts(len(parts))] if len(parts) > 1 else []
    properties += [strings.views(len(views))] if len(views) > 1 else []
    properties += [strings.DEEP] if payload["file"]["is_deep"] else []
    return properties + ([strings.TILED] if parts and parts[0]["is_tiled"] else [])


def _badge(sequence: FrameSequence, entries: list[SessionFile]) -> str:
    """Return the badge for missing frames, or for frames with another set-up than the rest."""
    if sequence.missing:
        return strings.missing_frames(len(sequence.missing))
    if len(entries) < 3 or any(entry.is_waiting for entry in entries):
        return ""
    odd = len(find_odd(entries))
    return strings.odd_frames(odd) if odd else ""


_LIBRARY_STATUSES = {
    PlanStatus.NEW: ("new", strings.NEW),
    PlanStatus.CHANGED: ("changed", strings.CHANGED),
    PlanStatus.REFRESH: ("changed", strings.CHANGED),
    PlanStatus.PRESENT: ("in library", strings.IN_LIBRARY),
}


def _status(entries: list[SessionFile]) -> tuple[str, str, str]:
    """Return kind, word and figure of the most urgent status of several files."""
    waiting = sum(entry.is_waiting for entry in entries)
    if waiting:
        if waiting == len(entries):
            return "waiting", strings.WAITING, ""
        return "inspecting", strings.INSPECTING, strings.count_of_total(len(entries) - waiting, len(entries))
    failed = [entry for entry in entries if entry.is_failed]
    if failed:
        word = failed[0].defect or strings.FAILED
        return "damaged", word, pluralize(len(failed), "frame") if len(entries) > 1 else ""
    unfinished = [entry for entry in entries if is_incomplete(entry)]
    if unfinished:
        figure = pluralize(len(unfinished), "frame") if len(entries) > 1 else _chunks(unfinished[0])
        return "incomplete", strings.INCOMPLETE, figure
    for status, (kind, word) in _LIBRARY_STATUSES.items():
        count = sum(entry.status is status for entry in entries)
        if count:
            return kind, word, "" if count == len(entries) else strings.count_of_total(count, len(entries))
    return "read", strings.INSPECTED, ""


def is_incomplete(entry: SessionFile) -> bool:
    """Return True if chunks of the file are missing."""
    return entry.record is not None and entry.record.payload["file"]["is_complete"] is False


def _chunks(entry: SessionFile) -> str:
    """Return the number of present chunks of all parts; nothing if they were not counted."""
    parts = entry.record.payload["parts"] if entry.record else []
    if any(part["chunks_present"] is None for part in parts):
        return ""
    present, total = (sum(part[name] or 0 for part in parts) for name in ("chunks_present", "chunk_count"))
    return strings.count_of_total(present, total)
