"""The session as a tree: the folder that was dropped, the sequences and files in it, the frames of a sequence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.folding import FrameSequence, Member, SequenceKey, folded, member
from exr_inspector_app.gui.session import Entry, unusual
from exr_inspector_app.gui.words import amount, several
from exr_inspector_app.report import plain

Index = QModelIndex | QPersistentModelIndex
SHOWN = Qt.ItemDataRole.UserRole + 1  # RowShown or GroupShown
NODE = Qt.ItemDataRole.UserRole + 2
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class RowShown:
    """What the list paints of one sequence, file or frame."""

    name: str
    second: str
    glyph: str
    status: str  # a key of paint.STATUS
    word: str
    figure: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class GroupShown:
    """What the list paints of one folder."""

    folder: str
    items: str
    problems: int


@dataclass(eq=False, slots=True)
class Node:
    """A folder, a sequence or file, or a frame; `place` is its row below its parent."""

    place: int
    parent: Node | None = None
    name: str = ""  # of a folder: its path; of a row: its path below the folder
    key: SequenceKey | None = None
    children: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)  # of a row: its entries as they are folded
    shown: RowShown | GroupShown | None = None  # of a frame: None until somebody looks at it
    folded: FrameSequence | None = None  # of the entries; None once they have changed


class SessionModel(QAbstractItemModel):
    """Rows for the entries of the session; `data` is a look-up of what `change` prepared."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[Node] = []
        self._by_folder: dict[str, Node] = {}
        self._by_key: dict[tuple[str, SequenceKey], Node] = {}
        self._row_of: dict[Entry, Node] = {}
        self._frame_of: dict[Entry, Node] = {}

    # What the controller says

    def add(self, entries: Sequence[Entry], given: Sequence[str] = ()) -> None:
        """Rows for entries that are new; `given` are the paths that a person opened."""
        roots = [root for root in map(os.path.abspath, given) if os.path.splitext(root)[1].lower() != ".exr"]
        touched: dict[Node, None] = {}
        fresh: dict[Node, list[Node]] = {}
        for entry in entries:
            folder = _group_folder(entry.path, roots)
            group = self._by_folder.get(folder) or self._add_group(folder)
            key, one = member(entry.path)
            row = self._by_key.get((folder, key))
            if row is None:
                row = Node(0, group, key=key)
                self._by_key[folder, key] = row
                fresh.setdefault(group, []).append(row)
            row.entries.append(entry)
            row.members.append(one)
            row.folded = None
            self._row_of[entry] = row
            touched[row] = None
        for row in touched:
            row.shown = _row_shown(row)
        for group, rows in fresh.items():
            self._insert(group, rows)
        for row in touched:
            self._grow(row)
            self._tell(row)
        self._tell_groups(touched)

    def change(self, entries: Iterable[Entry]) -> None:
        """The entries have been read, looked up or published."""
        touched: dict[Node, list[Node]] = {}
        for entry in entries:
            row = self._row_of.get(entry)
            if row is None:
                continue
            frames = touched.setdefault(row, [])
            frame = self._frame_of.get(entry)
            if frame is not None:
                frame.shown = None
                frames.append(frame)
        for row, frames in touched.items():
            row.shown = _row_shown(row)
            self._tell(row)
            if frames:
                places = [frame.place for frame in frames]
                first, last = row.children[min(places)], row.children[max(places)]
                self.dataChanged.emit(self._index(first), self._index(last))
        self._tell_groups(touched)

    def remove(self, entries: Iterable[Entry]) -> None:
        """The entries are gone; the view keeps what else is selected."""
        gone = set(entries)
        rows = {self._row_of.pop(entry): None for entry in gone if entry in self._row_of}
        for row in rows:
            row.entries = [entry for entry in row.entries if entry not in gone]
            left = {entry.path for entry in row.entries}
            row.members = [one for one in row.members if one[-1] in left]
            row.folded = None
            for frame in [node for node in row.children if node.entries[0] in gone]:
                self._frame_of.pop(frame.entries[0], None)
                self._drop(frame)
            if row.entries:
                row.shown = _row_shown(row)
                self._tell(row)
                continue
            assert row.parent is not None
            assert row.key is not None
            del self._by_key[row.parent.name, row.key]
            group = row.parent
            self._drop(row)
            if not group.children:
                del self._by_folder[group.name]
                self._drop(group)
        self._tell_groups(row for row in rows if row.entries)

    def index_of(self, entry: Entry) -> QModelIndex:
        """The row of an entry, its sequence's where it is folded."""
        row = self._row_of.get(entry)
        return _ROOT if row is None else self.createIndex(row.place, 0, row)

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        below = self._below(parent)
        if column != 0 or not 0 <= row < len(below):
            return QModelIndex()
        return self.createIndex(row, 0, below[row])

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]
        node = child.internalPointer() if child.isValid() else None
        above = node.parent if node is not None else None
        return QModelIndex() if above is None else self.createIndex(above.place, 0, above)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node: Node = index.internalPointer()
        if role == NODE:
            return node
        if node.shown is None:
            node.shown = _row_shown(node)
        if role == SHOWN:
            return node.shown
        if role == Qt.ItemDataRole.DisplayRole:
            return node.shown.name if isinstance(node.shown, RowShown) else node.shown.folder
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return _tool_tip(node)
        return None

    # How rows come and go

    def _below(self, parent: Index) -> list[Node]:
        return parent.internalPointer().children if parent.isValid() else self._groups

    def _index(self, node: Node | None) -> QModelIndex:
        return QModelIndex() if node is None else self.createIndex(node.place, 0, node)

    def _add_group(self, folder: str) -> Node:
        group = Node(len(self._groups), name=folder, shown=GroupShown(plain(folder), "", 0))
        self.beginInsertRows(QModelIndex(), group.place, group.place)
        self._groups.append(group)
        self.endInsertRows()
        self._by_folder[folder] = group
        return group

    def _insert(self, parent: Node, nodes: list[Node]) -> None:
        first = len(parent.children)
        self.beginInsertRows(self._index(parent), first, first + len(nodes) - 1)
        for place, node in enumerate(nodes, first):
            node.place = place
        parent.children += nodes
        self.endInsertRows()

    def _grow(self, row: Node) -> None:
        """Frames below a sequence; a file that stands alone has none."""
        if len(row.entries) < 2:
            return
        fresh = [Node(0, row, entries=[entry]) for entry in row.entries[len(row.children) :]]
        for node in fresh:
            self._frame_of[node.entries[0]] = node
        if fresh:
            self._insert(row, fresh)

    def _drop(self, node: Node) -> None:
        siblings = node.parent.children if node.parent else self._groups
        self.beginRemoveRows(self._index(node.parent), node.place, node.place)
        del siblings[node.place]
        for place in range(node.place, len(siblings)):
            siblings[place].place = place
        self.endRemoveRows()

    def _tell(self, node: Node) -> None:
        at = self._index(node)
        self.dataChanged.emit(at, at)

    def _tell_groups(self, rows: Iterable[Node]) -> None:
        for group in {row.parent: None for row in rows}:
            if group is not None:
                group.shown = _group_shown(group)
                self._tell(group)


def _group_folder(path: str, roots: Sequence[str]) -> str:
    """The opened folder that a path lies in, or its own."""
    inside = [root for root in roots if path.startswith(root.rstrip(os.sep) + os.sep)]
    return max(inside, key=len) if inside else os.path.dirname(path)


def _group_shown(group: Node) -> GroupShown:
    bad = sum(row.shown.status in ("damaged", "failed") for row in group.children if isinstance(row.shown, RowShown))
    return GroupShown(plain(group.name), several(len(group.children), "item"), bad)


def _tool_tip(node: Node) -> str:
    """The whole path, and what is wrong."""
    if isinstance(node.shown, GroupShown) or not node.entries:
        return plain(node.name)
    first = node.entries[0]
    lines = [plain(first.path)] if len(node.entries) == 1 else [plain(os.path.dirname(first.path))]
    problems = [problem.message for entry in node.entries for problem in entry.problems]
    return "\n".join([*lines, *map(plain, problems[:3])])


def _row_shown(row: Node) -> RowShown:
    """What is painted of a sequence, a file or a frame."""
    entries = row.entries
    # Folding thousands of frames takes longer than a screen may wait, and statuses change far more often.
    sequence = row.folded
    if sequence is None:
        key, one = member(entries[0].path)
        sequence = row.folded = folded(key, row.members or [one])
        row.name = _name(row, sequence)
    status, word, figure = _status(entries)
    glyph = "warning" if status == "damaged" else "film" if len(entries) > 1 else "image"
    return RowShown(row.name, _second(sequence, entries), glyph, status, word, figure, _badge(sequence, entries))


def _name(row: Node, sequence: FrameSequence) -> str:
    """The pattern of a row, below the folder that it is listed under."""
    group = row.parent.parent if row.parent and row.parent.key else row.parent
    folder = group.name if group else ""
    inside = os.path.relpath(sequence.folder, folder) if folder else ""
    return plain(sequence.pattern if inside in ("", ".") else f"{inside}/{sequence.pattern}")


def _second(sequence: FrameSequence, entries: list[Entry]) -> str:
    """Frames, count and size."""
    sizes = [entry.record.payload["file"]["size_bytes"] or 0 for entry in entries if entry.record]
    size = f", {amount(sum(sizes))}" if sizes else ""
    if len(entries) > 1:
        return f"{sequence.range_text}, {several(len(entries), 'frame')}{size}"
    return f"1 file{size}"


def _badge(sequence: FrameSequence, entries: list[Entry]) -> str:
    """Gaps, and frames whose set-up is not that of the others."""
    if sequence.missing:
        return f"{len(sequence.missing):,} missing"
    if len(entries) < 3 or any(entry.is_waiting for entry in entries):
        return ""
    odd = len(unusual(entries))
    return several(odd, "odd frame") if odd else ""


_WORDS = {
    PlanStatus.NEW: ("new", "New"),
    PlanStatus.CHANGED: ("changed", "Changed"),
    PlanStatus.REFRESH: ("changed", "Changed"),
    PlanStatus.PRESENT: ("in library", "In library"),
}


def _status(entries: list[Entry]) -> tuple[str, str, str]:
    """The one status that a person should see of several: the worst, and how many have it."""
    waiting = sum(entry.is_waiting for entry in entries)
    if waiting:
        begun = waiting < len(entries)
        figure = f"{len(entries) - waiting:,} of {len(entries):,}" if begun else ""
        return ("inspecting", "Inspecting", figure) if begun else ("waiting", "Waiting", "")
    failed = [entry for entry in entries if entry.is_failed]
    if failed:
        word = failed[0].defect or "Failed"
        return "damaged", word, several(len(failed), "frame") if len(entries) > 1 else ""
    unfinished = [entry for entry in entries if _is_incomplete(entry)]
    if unfinished:
        figure = several(len(unfinished), "frame") if len(entries) > 1 else _chunks(unfinished[0])
        return "incomplete", "Incomplete", figure
    for status, (kind, word) in _WORDS.items():
        count = sum(entry.status is status for entry in entries)
        if count:
            return kind, word, "" if count == len(entries) else f"{count:,} of {len(entries):,}"
    return "read", "Read", ""


def _is_incomplete(entry: Entry) -> bool:
    return entry.record is not None and entry.record.payload["file"]["is_complete"] is False


def _chunks(entry: Entry) -> str:
    """The chunks that are there, of all parts."""
    parts = entry.record.payload["parts"] if entry.record else []
    there, wanted = (sum(part[name] or 0 for part in parts) for name in ("chunks_present", "chunk_count"))
    return f"{there:,} of {wanted:,}"
