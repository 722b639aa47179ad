"""Item model of the session: a tree of opened folders, their sequences and files, and the frames of a sequence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.exr.sequences.folder_index import EXTENSIONS
from exr_inspector_app.exr.sequences.frame_number import Frame
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
    contiguous_runs,
    group_folder,
    is_listed,
    make_group,
    make_row,
    make_tooltip,
)
from exr_inspector_app.gui.session.sort_filter import SessionFilter
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SessionModel(QAbstractItemModel):
    """Tree model whose texts are prepared by `add` and `change`, so that `data` is a lookup.

    Filter and order are computed outside, between `unsettled` and `arrange`. Rows that are added in between are hidden
    until then, unless the filter is the default one.
    """

    unsettled = Signal()  # rows were added, changed or removed: they may have to be sorted again
    arranged = Signal(object)  # list[QModelIndex]: folders that were hidden before
    regrouping = Signal()  # files are about to move to the rows of other sequences
    regrouped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.filter = SessionFilter()
        self._all: dict[Node, None] = {}  # folders as added
        self._groups: list[Node] = []  # those that are listed
        self._by_folder: dict[str, Node] = {}
        self._by_key: dict[tuple[str, SequenceKey], Node] = {}
        self._row_of: dict[SessionFile, Node] = {}
        self._frame_of: dict[SessionFile, Node] = {}
        self._known_frames: dict[SessionFile, Frame | None] = {}  # the frame by which a file got its row

    # Changes of the session

    def add(self, entries: Sequence[SessionFile], given: Sequence[str] = ()) -> None:
        """Add new files; `given` are the paths that the user opened."""
        roots = [root for root in map(os.path.abspath, given) if not root.lower().endswith(EXTENSIONS)]
        self._place((entry, group_folder(entry.path, roots)) for entry in entries)
        self.unsettled.emit()

    def _place(self, entries: Iterable[tuple[SessionFile, str]]) -> None:
        """Add files to the rows of their sequences in the given folders."""
        touched: dict[Node, None] = {}
        fresh: dict[Node, list[Node]] = {}
        for entry, folder in entries:
            group = self._by_folder.get(folder) or self._add_group(folder)
            frame = self._known_frames[entry] = entry.frame
            key, member = sequence_member(entry.path, frame)
            row = self._by_key.get((folder, key))
            if row is None:
                row = Node(HIDDEN, group, key=key)
                self._by_key[folder, key] = row
                fresh.setdefault(group, []).append(row)
            row.entries.append(entry)
            row.members.append(member)
            row.sequence, row.search_text = None, ""
            self._row_of[entry] = row
            touched[row] = None
        for row in touched:
            row.shown = make_row(row)
        for group, rows in fresh.items():
            group.rows += rows
            if self.filter.is_plain:
                self._insert(group, rows)
        for row in touched:
            self._insert_frames(row)
            self._emit_changed(row)
        self._update_groups(touched)

    def change(self, entries: Sequence[SessionFile]) -> None:
        """Update the rows of files that were inspected, planned or published."""
        shown = (entry for entry in entries if entry in self._row_of)
        self._regroup([entry for entry in shown if entry.frame != self._known_frames[entry]])
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
            row.shown, row.search_text = make_row(row), ""
            self._emit_changed(row)
            if frames and row.position >= 0:
                positions = [frame.position for frame in frames]
                first, last = row.children[min(positions)], row.children[max(positions)]
                self.dataChanged.emit(self._index(first), self._index(last))
        self._update_groups(touched)
        self.unsettled.emit()

    def _regroup(self, entries: Sequence[SessionFile]) -> None:
        """Move files whose frame has changed to the rows of their sequences."""
        if not entries:
            return
        self.regrouping.emit()
        rows = [self._row_of[entry] for entry in entries]
        folders = [row.parent.name if row.parent else "" for row in rows]
        groups = self._take_out(dict.fromkeys(rows), set(entries))
        self._place(zip(entries, folders, strict=True))
        self._drop_empty(groups)
        for row in {self._row_of[entry]: None for entry in entries}:
            self._sort_frames(row)
        self._update_groups(row for row in rows if row.position != GONE)
        self.regrouped.emit()

    def _sort_frames(self, row: Node) -> None:
        """Sort the frames below a sequence."""
        if row.members == sorted(row.members):
            return
        self.layoutAboutToBeChanged.emit()
        persistent = self.persistentIndexList()
        row.members, row.entries = map(list, zip(*sorted(zip(row.members, row.entries, strict=True)), strict=True))
        row.children = [self._frame_of[entry] for entry in row.entries]
        for position, node in enumerate(row.children):
            node.position = position
        self.changePersistentIndexList(persistent, [self._index(index.internalPointer()) for index in persistent])
        self.layoutChanged.emit()

    def remove(self, entries: Iterable[SessionFile]) -> None:
        """Remove files; other rows stay selected."""
        removed = {entry for entry in entries if entry in self._row_of}
        rows = {self._row_of.pop(entry): None for entry in removed}
        for entry in removed:
            del self._known_frames[entry]
        self._drop_empty(self._take_out(rows, removed))
        self._update_groups(row for row in rows if row.position != GONE)
        self.unsettled.emit()

    def _take_out(self, rows: Iterable[Node], removed: set[SessionFile]) -> list[Node]:
        """Remove files from their rows, and rows without files; return the folders of such rows."""
        empty: dict[Node, list[Node]] = {}
        for row in rows:
            self._remove_entries(row, removed)
            if not row.entries and row.parent and row.key:
                del self._by_key[row.parent.name, row.key]
                empty.setdefault(row.parent, []).append(row)
        for group, nodes in empty.items():
            self._drop(group, nodes)
            group.rows = [row for row in group.rows if row.position != GONE]
        return list(empty)

    def _drop_empty(self, groups: Sequence[Node]) -> None:
        """Remove folders without listed rows from the list, and those without any rows."""
        self._drop(None, [group for group in groups if not group.children and group.position >= 0])
        for group in groups:
            if not group.rows:
                group.position = GONE
                del self._by_folder[group.name], self._all[group]

    def _remove_entries(self, row: Node, removed: set[SessionFile]) -> None:
        """Remove files from a row."""
        row.entries = [entry for entry in row.entries if entry not in removed]
        left = {entry.path for entry in row.entries}
        row.members = [member for member in row.members if member[-1] in left]
        row.sequence, row.search_text = None, ""
        frames = [node for node in row.children if node.entries[0] in removed]
        for frame in frames:
            self._frame_of.pop(frame.entries[0], None)
        self._drop(row, frames)
        if row.entries:
            row.shown = make_row(row)
            self._emit_changed(row)

    def row_of(self, entry: SessionFile) -> Node | None:
        """Return the row of a file, listed or not."""
        return self._row_of.get(entry)

    def index_of(self, entry: SessionFile) -> QModelIndex:
        """Return the index of the row of a file; for a frame, that of its sequence."""
        return self._index(self.row_of(entry))

    @property
    def count(self) -> int:
        """The number of sequences and files, listed or not."""
        return sum(len(group.rows) for group in self._all)

    @property
    def listed(self) -> int:
        """The number of listed sequences and files."""
        return sum(len(group.children) for group in self._groups)

    def all_rows(self) -> list[tuple[Node, list[Node]]]:
        """Return the folders and their rows, listed or not, as added."""
        return [(group, list(group.rows)) for group in self._all]

    def arrange(self, applied: SessionFilter, chosen: Sequence[tuple[Node, list[Node]]]) -> None:
        """List these rows of these folders in this order; skip rows that were removed since."""
        self.layoutAboutToBeChanged.emit()
        persistent = self.persistentIndexList()
        before, self._groups = set(self._groups), []
        self.filter = applied
        for group in self._all:
            group.position = HIDDEN
            for row in group.children:
                row.position = HIDDEN
            group.children = []
        for group, rows in chosen:
            group.children = [row for row in rows if row.position != GONE]
            for position, row in enumerate(group.children):
                row.position = position
            if group.children:
                group.position = len(self._groups)
                self._groups.append(group)
        for group in self._all:
            group.shown = make_group(group)
        self.changePersistentIndexList(persistent, [self._index(index.internalPointer()) for index in persistent])
        self.layoutChanged.emit()
        self.arranged.emit([self._index(group) for group in self._groups if group not in before])

    # QAbstractItemModel

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return the index of a listed row."""
        below = self._children(parent)
        if column != 0 or not 0 <= row < len(below):
            return QModelIndex()
        return self.createIndex(row, 0, below[row])

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]
        """Return the index of the row above in the tree."""
        node = child.internalPointer() if child.isValid() else None
        above = node.parent if node is not None else None
        return QModelIndex() if above is None else self.createIndex(above.position, 0, above)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of listed rows."""
        return 0 if parent.column() > 0 else len(self._children(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return 1."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the prepared texts of a row, or its node under NODE."""
        if not index.isValid():
            return None
        node: Node = index.internalPointer()
        if role == NODE:
            return node
        if node.shown is None:
            node.shown = make_row(node)
        if role == SHOWN:
            return node.shown
        if role == Qt.ItemDataRole.DisplayRole:
            return node.shown.name if isinstance(node.shown, SessionRow) else node.shown.folder
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(make_tooltip(node))
        return make_tooltip(node) if role == Qt.ItemDataRole.AccessibleDescriptionRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the usual flags; every row can be dragged to another program."""
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    # Inserting and removing rows

    def _children(self, parent: Index) -> list[Node]:
        return parent.internalPointer().children if parent.isValid() else self._groups

    def _index(self, node: Node | None) -> QModelIndex:
        """Return the index of a node; invalid if it is not listed."""
        return QModelIndex() if node is None or not is_listed(node) else self.createIndex(node.position, 0, node)

    def _add_group(self, folder: str) -> Node:
        group = Node(HIDDEN, name=folder, shown=SessionGroup(escape_control(folder), "", 0))
        if self.filter.is_plain:
            group.position = len(self._groups)
            self.beginInsertRows(QModelIndex(), group.position, group.position)
            self._groups.append(group)
            self.endInsertRows()
        self._by_folder[folder] = group
        self._all[group] = None
        return group

    def _insert(self, parent: Node, nodes: list[Node]) -> None:
        first = len(parent.children)
        if is_listed(parent):
            self.beginInsertRows(self._index(parent), first, first + len(nodes) - 1)
        for position, node in enumerate(nodes, first):
            node.position = position
        parent.children += nodes
        if is_listed(parent):
            self.endInsertRows()

    def _insert_frames(self, row: Node) -> None:
        """Insert frames below a sequence; a single file has none."""
        if len(row.entries) < 2:
            return
        fresh = [Node(0, row, entries=[entry]) for entry in row.entries[len(row.children) :]]
        for node in fresh:
            self._frame_of[node.entries[0]] = node
        if fresh:
            self._insert(row, fresh)

    def _drop(self, parent: Node | None, nodes: Sequence[Node]) -> None:
        """Remove listed nodes in runs, the last one first; hidden ones need no signal."""
        siblings = self._groups if parent is None else parent.children
        for first, last in contiguous_runs(nodes):
            if parent is None or is_listed(parent):
                self.beginRemoveRows(self._index(parent), first, last)
            del siblings[first : last + 1]
            for position in range(first, len(siblings)):
                siblings[position].position = position
            if parent is None or is_listed(parent):
                self.endRemoveRows()
        for node in nodes:
            node.position = GONE

    def _emit_changed(self, node: Node) -> None:
        if is_listed(node):
            at = self._index(node)
            self.dataChanged.emit(at, at)

    def _update_groups(self, rows: Iterable[Node]) -> None:
        for group in {row.parent: None for row in rows}:
            if group is not None:
                group.shown = make_group(group)
                self._emit_changed(group)
