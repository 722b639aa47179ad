"""What the list of the session shows of a folder, of a sequence or file, and of a frame."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.sequences.grouping import (
    FrameSequence,
    SequenceMember,
    SequenceKey,
    make_sequence,
    sequence_member,
)
from exr_inspector_app.gui.session.session import SessionFile, unusual
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

SHOWN = Qt.ItemDataRole.UserRole + 1  # RowShown or GroupShown
NODE = Qt.ItemDataRole.UserRole + 2
HIDDEN, GONE = -1, -2  # the place of a row that a filter hides, and of one that was removed


@dataclass(frozen=True, slots=True)
class SessionRow:
    """What the list paints of one sequence, file or frame."""

    name: str
    second: str
    glyph: str
    status: str  # a key of paint.STATUS
    word: str
    figure: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class SessionGroup:
    """What the list paints of one folder."""

    folder: str
    items: str
    problems: int


@dataclass(eq=False, slots=True)
class Node:
    """A folder, a sequence or file, or a frame; `place` is its row below its parent, HIDDEN or GONE."""

    place: int
    parent: Node | None = None
    name: str = ""  # of a folder: its path; of a row: its path below the folder
    key: SequenceKey | None = None
    children: list[Node] = field(default_factory=list)  # those that are listed, in their order
    rows: list[Node] = field(default_factory=list)  # of a folder: all, in the order in which they came
    entries: list[SessionFile] = field(default_factory=list)
    members: list[SequenceMember] = field(default_factory=list)  # of a row: its entries as they are folded
    shown: SessionRow | SessionGroup | None = None  # of a frame: None until somebody looks at it
    folded: FrameSequence | None = None  # of the entries; None once they have changed
    words: str = ""  # what a filter looks into; empty once the entries have changed


def is_listed(node: Node) -> bool:
    """True where neither the node nor what it stands below is hidden."""
    return node.place >= 0 and (node.parent is None or is_listed(node.parent))


def runs(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """The places of listed nodes as first and last of neighbours, the last run first."""
    found: list[tuple[int, int]] = []
    for place in sorted((node.place for node in nodes if node.place >= 0), reverse=True):
        if found and found[-1][0] == place + 1:
            found[-1] = (place, found[-1][1])
        else:
            found.append((place, place))
    return found


def group_folder(path: str, roots: Sequence[str]) -> str:
    """The opened folder that a path lies in, or its own."""
    inside = [root for root in roots if path.startswith(root.rstrip(os.sep) + os.sep)]
    return max(inside, key=len) if inside else os.path.dirname(path)


def group_shown(group: Node) -> SessionGroup:
    bad = sum(row.shown.status in ("damaged", "failed") for row in group.rows if isinstance(row.shown, SessionRow))
    listed, items = len(group.children), pluralize(len(group.rows), "item")
    return SessionGroup(
        escape_control(group.name), items if listed == len(group.rows) else f"{listed:,} of {items}", bad
    )


def tool_tip(node: Node) -> str:
    """The whole path, and what is wrong."""
    if isinstance(node.shown, SessionGroup) or not node.entries:
        return escape_control(node.name)
    first = node.entries[0]
    lines = [escape_control(first.path)]
    if isinstance(node.shown, SessionRow):
        if len(node.entries) > 1:
            lines = [escape_control(os.path.join(os.path.dirname(first.path), "")) + node.shown.name.rpartition("/")[2]]
        lines.append(", ".join(filter(None, (node.shown.word, node.shown.figure, node.shown.badge))))
    problems = [problem.message for entry in node.entries for problem in entry.problems]
    return "\n".join([*lines, *map(escape_control, problems[:3])])


def row_shown(row: Node) -> SessionRow:
    """What is painted of a sequence, a file or a frame."""
    entries = row.entries
    # Folding thousands of frames takes longer than a screen may wait, and statuses change far more often.
    sequence = row.folded
    if sequence is None:
        key, one = sequence_member(entries[0].path)
        sequence = row.folded = make_sequence(key, row.members or [one])
        row.name = _name(row, sequence)
    status, word, figure = _status(entries)
    glyph = "warning" if status == "damaged" else "film" if len(entries) > 1 else "image"
    return SessionRow(row.name, _second(sequence, entries), glyph, status, word, figure, _badge(sequence, entries))


def _name(row: Node, sequence: FrameSequence) -> str:
    """The pattern of a row, below the folder that it is listed under."""
    group = row.parent.parent if row.parent and row.parent.key else row.parent
    folder = group.name if group else ""
    inside = os.path.relpath(sequence.folder, folder) if folder else ""
    return escape_control(sequence.pattern if inside in ("", ".") else f"{inside}/{sequence.pattern}")


def _second(sequence: FrameSequence, entries: list[SessionFile]) -> str:
    """Frames, count, what is special about them, and size; the last ones give way where room lacks."""
    count = [sequence.range_text, pluralize(len(entries), "frame")] if len(entries) > 1 else ["1 file"]
    sizes = [size for size in map(size_of, entries) if size is not None]
    return ", ".join([*count, *_kinds(entries), *([format_bytes(sum(sizes))] if sizes else [])])


def size_of(entry: SessionFile) -> int | None:
    """The bytes of a file, as far as it could be read at all."""
    if entry.record is not None:
        size: int | None = entry.record.payload["file"]["size_bytes"]
        return size
    return entry.unpublishable.size_bytes if entry.unpublishable else None


def _kinds(entries: list[SessionFile]) -> list[str]:
    """What a person should know of the first file before looking at it."""
    payload = next((entry.record.payload for entry in entries if entry.record), None)
    if payload is None:
        return []
    parts = payload["parts"]
    views = {part["view_name"] for part in parts if part["view_name"]}
    told = [f"{len(parts):,} parts"] if len(parts) > 1 else []
    told += [f"{len(views):,} views"] if len(views) > 1 else []
    told += ["deep"] if payload["file"]["is_deep"] else []
    return told + (["tiled"] if parts and parts[0]["is_tiled"] else [])


def _badge(sequence: FrameSequence, entries: list[SessionFile]) -> str:
    """Gaps, and frames whose set-up is not that of the others."""
    if sequence.missing:
        return f"{len(sequence.missing):,} missing"
    if len(entries) < 3 or any(entry.is_waiting for entry in entries):
        return ""
    odd = len(unusual(entries))
    return pluralize(odd, "odd frame") if odd else ""


_WORDS = {
    PlanStatus.NEW: ("new", "New"),
    PlanStatus.CHANGED: ("changed", "Changed"),
    PlanStatus.REFRESH: ("changed", "Changed"),
    PlanStatus.PRESENT: ("in library", "In library"),
}


def _status(entries: list[SessionFile]) -> tuple[str, str, str]:
    """The one status that a person should see of several: the worst, and how many have it."""
    waiting = sum(entry.is_waiting for entry in entries)
    if waiting:
        begun = waiting < len(entries)
        figure = f"{len(entries) - waiting:,} of {len(entries):,}" if begun else ""
        return ("inspecting", "Inspecting", figure) if begun else ("waiting", "Waiting", "")
    failed = [entry for entry in entries if entry.is_failed]
    if failed:
        word = failed[0].defect or "Failed"
        return "damaged", word, pluralize(len(failed), "frame") if len(entries) > 1 else ""
    unfinished = [entry for entry in entries if is_incomplete(entry)]
    if unfinished:
        figure = pluralize(len(unfinished), "frame") if len(entries) > 1 else _chunks(unfinished[0])
        return "incomplete", "Incomplete", figure
    for status, (kind, word) in _WORDS.items():
        count = sum(entry.status is status for entry in entries)
        if count:
            return kind, word, "" if count == len(entries) else f"{count:,} of {len(entries):,}"
    return "read", "Read", ""


def is_incomplete(entry: SessionFile) -> bool:
    """True where chunks of the file are missing."""
    return entry.record is not None and entry.record.payload["file"]["is_complete"] is False


def _chunks(entry: SessionFile) -> str:
    """The chunks that are there, of all parts; nothing where they were not counted."""
    parts = entry.record.payload["parts"] if entry.record else []
    if any(part["chunks_present"] is None for part in parts):
        return ""
    there, wanted = (sum(part[name] or 0 for part in parts) for name in ("chunks_present", "chunk_count"))
    return f"{there:,} of {wanted:,}"
