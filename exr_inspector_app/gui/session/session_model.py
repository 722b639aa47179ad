"""The session as a tree: the folder that was dropped, the sequences and files in it, the frames of a sequence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.exr.sequences.grouping import SequenceKey, sequence_member
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_rows import (
    GONE,
    HIDDEN,
    NODE,
    SHOWN,
    Node,
    SessionGroup,
    SessionRow,
    group_folder,
    group_shown,
    is_listed,
    row_shown,
    runs,
    tool_tip,
)
from exr_inspector_app.gui.session.sort_filter import SessionFilter
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SessionModel(QAbstractItemModel):
    """Rows for the entries of the session; `data` is a look-up of what `change` prepared.

    What is listed and in which order is decided outside, from `unsettled` to `arrange`; rows that come meanwhile
    are hidden until then, unless the arrangement is the plain one.
    """

    unsettled = Signal()  # entries came, changed or went: the arrangement may not hold any more
    arranged = Signal(object)  # list[QModelIndex] of folders that were hidden before

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.arrangement = SessionFilter()
        self._every: dict[Node, None] = {}  # folders in the order in which they came
        self._groups: list[Node] = []  # those that are listed
        self._by_folder: dict[str, Node] = {}
        self._by_key: dict[tuple[str, SequenceKey], Node] = {}
        self._row_of: dict[SessionFile, Node] = {}
        self._frame_of: dict[SessionFile, Node] = {}

    # What the controller says

    def add(self, entries: Sequence[SessionFile], given: Sequence[str] = ()) -> None:
        """Rows for entries that are new; `given` are the paths that a person opened."""
        roots = [root for root in map(os.path.abspath, given) if os.path.splitext(root)[1].lower() != ".exr"]
        touched: dict[Node, None] = {}
        fresh: dict[Node, list[Node]] = {}
        for entry in entries:
            folder = group_folder(entry.path, roots)
            group = self._by_folder.get(folder) or self._add_group(folder)
            key, one = sequence_member(entry.path)
            row = self._by_key.get((folder, key))
            if row is None:
                row = Node(HIDDEN, group, key=key)
                self._by_key[folder, key] = row
                fresh.setdefault(group, []).append(row)
            row.entries.append(entry)
            row.members.append(one)
            row.folded, row.words = None, ""
            self._row_of[entry] = row
            touched[row] = None
        for row in touched:
            row.shown = row_shown(row)
        for group, rows in fresh.items():
            group.rows += rows
            if self.arrangement.is_plain:
                self._insert(group, rows)
        for row in touched:
            self._grow(row)
            self._tell(row)
        self._tell_groups(touched)
        self.unsettled.emit()

    def change(self, entries: Iterable[SessionFile]) -> None:
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
            row.shown, row.words = row_shown(row), ""
            self._tell(row)
            if frames and row.place >= 0:
                places = [frame.place for frame in frames]
                first, last = row.children[min(places)], row.children[max(places)]
                self.dataChanged.emit(self._index(first), self._index(last))
        self._tell_groups(touched)
        self.unsettled.emit()

    def remove(self, entries: Iterable[SessionFile]) -> None:
        """The entries are gone; the view keeps what else is selected."""
        gone = set(entries)
        rows = {self._row_of.pop(entry): None for entry in gone if entry in self._row_of}
        empty: dict[Node, list[Node]] = {}
        for row in rows:
            self._leave(row, gone)
            if not row.entries and row.parent and row.key:
                del self._by_key[row.parent.name, row.key]
                empty.setdefault(row.parent, []).append(row)
        for group, some in empty.items():
            self._drop(group, some)
            group.rows = [row for row in group.rows if row.place != GONE]
        bare = [group for group in empty if not group.rows]
        self._drop(None, [group for group in empty if not group.children and group.place >= 0])
        for group in bare:
            group.place = GONE
            del self._by_folder[group.name], self._every[group]
        self._tell_groups(row for row in rows if row.place != GONE)
        self.unsettled.emit()

    def _leave(self, row: Node, gone: set[SessionFile]) -> None:
        """A row without these entries."""
        row.entries = [entry for entry in row.entries if entry not in gone]
        left = {entry.path for entry in row.entries}
        row.members = [one for one in row.members if one[-1] in left]
        row.folded, row.words = None, ""
        frames = [node for node in row.children if node.entries[0] in gone]
        for frame in frames:
            self._frame_of.pop(frame.entries[0], None)
        self._drop(row, frames)
        if row.entries:
            row.shown = row_shown(row)
            self._tell(row)

    def row_of(self, entry: SessionFile) -> Node | None:
        """The sequence or file that an entry is of, listed or not."""
        return self._row_of.get(entry)

    def index_of(self, entry: SessionFile) -> QModelIndex:
        """The row of an entry, its sequence's where it is folded."""
        return self._index(self.row_of(entry))

    @property
    def count(self) -> int:
        """The sequences and files of all folders, listed or not."""
        return sum(len(group.rows) for group in self._every)

    @property
    def listed(self) -> int:
        """Those of them that are listed."""
        return sum(len(group.children) for group in self._groups)

    def every(self) -> list[tuple[Node, list[Node]]]:
        """The folders and their rows, listed or not, as they came."""
        return [(group, list(group.rows)) for group in self._every]

    def arrange(self, arrangement: SessionFilter, chosen: Sequence[tuple[Node, list[Node]]]) -> None:
        """These rows of these folders are listed and no others; what went meanwhile is left out."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        before, self._groups = set(self._groups), []
        self.arrangement = arrangement
        for group in self._every:
            group.place = HIDDEN
            for row in group.children:
                row.place = HIDDEN
            group.children = []
        for group, rows in chosen:
            group.children = [row for row in rows if row.place != GONE]
            for place, row in enumerate(group.children):
                row.place = place
            if group.children:
                group.place = len(self._groups)
                self._groups.append(group)
        for group in self._every:
            group.shown = group_shown(group)
        self.changePersistentIndexList(kept, [self._index(one.internalPointer()) for one in kept])
        self.layoutChanged.emit()
        self.arranged.emit([self._index(group) for group in self._groups if group not in before])

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
            node.shown = row_shown(node)
        if role == SHOWN:
            return node.shown
        if role == Qt.ItemDataRole.DisplayRole:
            return node.shown.name if isinstance(node.shown, SessionRow) else node.shown.folder
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(tool_tip(node))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return tool_tip(node)
        return None

    # How rows come and go

    def _below(self, parent: Index) -> list[Node]:
        return parent.internalPointer().children if parent.isValid() else self._groups

    def _index(self, node: Node | None) -> QModelIndex:
        """Where a node is listed; invalid where it is not."""
        return QModelIndex() if node is None or not is_listed(node) else self.createIndex(node.place, 0, node)

    def _add_group(self, folder: str) -> Node:
        group = Node(HIDDEN, name=folder, shown=SessionGroup(escape_control(folder), "", 0))
        if self.arrangement.is_plain:
            group.place = len(self._groups)
            self.beginInsertRows(QModelIndex(), group.place, group.place)
            self._groups.append(group)
            self.endInsertRows()
        self._by_folder[folder] = group
        self._every[group] = None
        return group

    def _insert(self, parent: Node, nodes: list[Node]) -> None:
        first = len(parent.children)
        if is_listed(parent):
            self.beginInsertRows(self._index(parent), first, first + len(nodes) - 1)
        for place, node in enumerate(nodes, first):
            node.place = place
        parent.children += nodes
        if is_listed(parent):
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

    def _drop(self, parent: Node | None, nodes: Sequence[Node]) -> None:
        """Listed nodes go in runs, the last one first; what is hidden goes without a word."""
        siblings = self._groups if parent is None else parent.children
        for first, last in runs(nodes):
            if parent is None or is_listed(parent):
                self.beginRemoveRows(self._index(parent), first, last)
            del siblings[first : last + 1]
            for place in range(first, len(siblings)):
                siblings[place].place = place
            if parent is None or is_listed(parent):
                self.endRemoveRows()
        for node in nodes:
            node.place = GONE

    def _tell(self, node: Node) -> None:
        if is_listed(node):
            at = self._index(node)
            self.dataChanged.emit(at, at)

    def _tell_groups(self, rows: Iterable[Node]) -> None:
        for group in {row.parent: None for row in rows}:
            if group is not None:
                group.shown = group_shown(group)
                self._tell(group)
