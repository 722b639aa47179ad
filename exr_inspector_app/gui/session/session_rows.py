"""Painted texts of the session list: folders, sequences, files and frames."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.sequences.grouping import (
    FrameSequence,
    make_sequence,
    sequence_member,
)
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.grouping import path_below
from exr_inspector_app.gui.session.session import SessionFile, find_odd
from exr_inspector_app.gui.session.session_nodes import GroupNode, Node, SessionGroup, SessionRow, Totals
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def group_folder(path: str, roots: Sequence[str]) -> str:
    """Return the opened folder that contains a path, or the folder of the path itself."""
    inside = [root for root in roots if path.startswith(root.rstrip(os.sep) + os.sep)]
    return max(inside, key=len) if inside else os.path.dirname(path)


def make_group(group: GroupNode) -> SessionGroup:
    """Return the painted texts of a group, and store its totals; those of its subgroups must be up to date."""
    group.totals = _totals(group)
    return _group_texts(group)


def relist_group(group: GroupNode) -> SessionGroup:
    """Return the texts of a group whose listed rows have changed; its other totals are up to date."""
    listed = sum(row.position >= 0 for row in group.rows) + sum(below.totals.listed for below in group.groups)
    group.totals = group.totals._replace(listed=listed)
    return _group_texts(group)


def _group_texts(group: GroupNode) -> SessionGroup:
    totals = group.totals
    items = pluralize(totals.rows, "item")
    items = items if totals.listed == totals.rows else f"{totals.listed:,} of {items}"
    return SessionGroup(escape_control(group.prefix + group.name), items, totals.damaged)


def _totals(group: GroupNode) -> Totals:
    """Return the numbers of a group: of its rows, and of its subgroups."""
    rows = [row.shown for row in group.rows if isinstance(row.shown, SessionRow)]
    files = sum(len(row.entries) for row in group.rows)
    listed = sum(row.position >= 0 for row in group.rows)
    damaged = sum(row.is_damaged for row in rows)
    severities = [row.severity for row in rows]
    own = Totals(len(group.rows), listed, files, damaged, severities.count(0), severities.count(1))
    parts = [own, *(below.totals for below in group.groups)]
    return Totals(*map(sum, zip(*parts, strict=True)))


def make_tooltip(node: Node) -> str:
    """Return the full path, the status, and the first problems."""
    if isinstance(node.shown, SessionGroup) or not node.entries:
        return _group_tooltip(node)
    first = node.entries[0]
    lines = [escape_control(first.path)]
    if isinstance(node.shown, SessionRow):
        if len(node.entries) > 1:
            lines = [escape_control(os.path.join(os.path.dirname(first.path), "")) + node.name.rpartition("/")[2]]
        lines.append(", ".join(filter(None, (node.shown.word, node.shown.figure, node.shown.badge))))
    if isinstance(node.shown, SessionRow) and node.shown.rules is not None:
        lines.append(strings.rules_of_profile(*node.shown.rules))
    problems = [problem.message for entry in node.entries for problem in entry.problems]
    return "\n".join([*lines, *map(escape_control, problems[:3])])


def _group_tooltip(node: Node) -> str:
    """Return the name of a group; in a tree also its kind and its numbers."""
    if not isinstance(node, GroupNode) or not node.is_in_tree:
        return escape_control(node.name)
    name = escape_control(node.prefix + node.name)
    kind, totals = node.levels[-1].kind, node.totals
    return strings.group_tooltip(f"{name} ({kind})" if kind else name, totals.files, totals.errors, totals.warnings)


def make_row(row: Node) -> SessionRow:
    """Return the painted texts of a sequence, a file or a frame."""
    entries = row.entries
    # Grouping thousands of frames takes longer than a frame of the screen, and statuses change far more often.
    sequence = row.sequence
    if sequence is None:
        key, member = sequence_member(entries[0].path, entries[0].frame)
        sequence = row.sequence = make_sequence(key, row.members or [member])
        row.name = name_row(row, sequence)
    status, word, figure = status_of(entries)
    glyph = "warning" if status == "damaged" else "film" if len(entries) > 1 else "image"
    second, badge, rules = _second(sequence, entries), _badge(sequence, entries), count_failed_rules(entries)
    return SessionRow(second, glyph, status, word, figure, badge, rules)


def count_failed_rules(entries: Sequence[SessionFile]) -> tuple[int, int] | None:
    """Return the numbers of different errors and warnings of the profile; None until a file is checked."""
    if all(entry.checked is None for entry in entries):
        return None
    failed = {outcome for entry in entries for outcome in entry.outcomes if outcome.status == "failed"}
    if not failed and any(entry.is_failed for entry in entries):  # rules do not apply to files that cannot be read
        return None
    severities = [outcome.severity for outcome in failed]
    return severities.count("error"), severities.count("warning")


def name_row(row: Node, sequence: FrameSequence) -> str:
    """Return the pattern of a row, relative to the folder of its group; the whole path outside of groups."""
    return name_below(sequence, row.parent.base if row.parent and row.key is None else row.base)


def name_below(sequence: FrameSequence, base: str) -> str:
    """Return the pattern of a sequence, relative to a folder; the whole path if it is empty."""
    if not base:
        return escape_control(os.path.join(sequence.folder, sequence.pattern))
    inside = path_below(sequence.folder, base)
    return escape_control(f"{inside}/{sequence.pattern}" if inside else sequence.pattern)


def move_row(row: Node, base: str, name: str) -> None:
    """Give a row the name that it has relative to another folder."""
    row.base, row.name = base, name
    for frame in row.children:
        frame.shown = frame.sequence = None


def _second(sequence: FrameSequence, entries: list[SessionFile]) -> str:
    """Return frames, count, special properties and size; the last ones are dropped if the row is narrow."""
    count = [sequence.range_text, pluralize(len(entries), "frame")] if len(entries) > 1 else [strings.SINGLE_FILE]
    size = total_size(entries)
    return ", ".join([*count, *_properties(entries), *([format_bytes(size)] if size is not None else [])])


def total_size(entries: Iterable[SessionFile]) -> int | None:
    """Return the size of all files in bytes, or None if none of them could be read."""
    sizes = [  # without a call per file, since rows of thousands of frames change several times per second
        record.payload["file"]["size_bytes"]
        if (record := entry.record) is not None
        else entry.unpublishable and entry.unpublishable.size_bytes
        for entry in entries
    ]
    read = [size for size in sizes if size is not None]
    return sum(read) if read else None


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
    """Return the badge for missing frames, and for frames with another set-up than the rest."""
    is_known = len(entries) > 2 and not any(entry.is_waiting for entry in entries)
    missing, odd = len(sequence.missing), len(find_odd(entries)) if is_known else 0
    if missing and odd:
        return strings.missing_and_odd(missing, odd)
    return strings.missing_frames(missing) if missing else strings.odd_frames(odd) if odd else ""


_LIBRARY_STATUSES = {
    PlanStatus.NEW: ("new", strings.NEW),
    PlanStatus.CHANGED: ("changed", strings.CHANGED),
    PlanStatus.REFRESH: ("changed", strings.CHANGED),
    PlanStatus.PRESENT: ("in library", strings.IN_LIBRARY),
}


def status_of(entries: list[SessionFile]) -> tuple[str, str, str]:
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
    counts = Counter([entry.status for entry in entries])
    for status, (kind, word) in _LIBRARY_STATUSES.items():
        if count := counts[status]:
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
