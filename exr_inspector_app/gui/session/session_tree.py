"""Tree model of session rows: groups, the rows in them, and the frames of sequences, as Qt reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.session.grouping import Grouper, Grouping, Level
from exr_inspector_app.gui.session.session_nodes import (
    GONE,
    HIDDEN,
    MERGED,
    NODE,
    SHOWN,
    GroupNode,
    Node,
    SessionRow,
    contiguous_runs,
    is_listed,
    listed_parent,
)
from exr_inspector_app.gui.session.session_rows import make_group, make_row, make_tooltip
from exr_inspector_app.gui.session.sort_filter import SessionFilter
from exr_inspector_app.gui.style.formatting import escape_tooltip

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SessionTree(QAbstractItemModel):
    """Tree model whose texts are prepared, so that `data` is a lookup. An invisible group contains all others.

    Attributes:
        filter: Filter and order of the listed rows.
        grouper: Locator of rows in groups.
        has_new_folders: Folders came or went since the rows were listed, so that chains of folders may have changed.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.filter = SessionFilter()
        self.grouper = Grouper()
        self.has_new_folders = False
        self._top = GroupNode(0)
        self._groups: dict[tuple[Level, ...], GroupNode] = {(): self._top}  # as added, each after its parent

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
        above = listed_parent(node) if node is not None else None
        if above is None or above is self._top:
            return QModelIndex()
        return self.createIndex(above.position, 0, above)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of listed rows."""
        return 0 if parent.column() > 0 else len(self._children(parent))

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        """Return True for a row with rows below it."""
        return bool(self._children(parent))

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
            return node.name if isinstance(node.shown, SessionRow) else node.shown.folder
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(make_tooltip(node))
        return make_tooltip(node) if role == Qt.ItemDataRole.AccessibleDescriptionRole else None

    # Inserting and removing rows

    def _children(self, parent: Index) -> list[Node]:
        node: Node = parent.internalPointer() if parent.isValid() else self._top
        return node.children

    def _index(self, node: Node | None) -> QModelIndex:
        """Return the index of a node; invalid if it is not listed."""
        if node is None or node is self._top or not is_listed(node):
            return QModelIndex()
        return self.createIndex(node.position, 0, node)

    def _group_at(self, levels: tuple[Level, ...]) -> GroupNode:
        """Return the group at these levels; create it and those above it if they are missing."""
        group = self._groups.get(levels)
        if group is None:
            above = self._group_at(levels[:-1])
            is_tree, depth = self.grouper.grouping.is_tree, above.depth + bool(above.levels)
            group = GroupNode(HIDDEN, above, levels[-1].name, levels=levels, is_in_tree=is_tree, depth=depth)
            group.shown = make_group(group)
            above.groups.append(group)
            self._groups[levels] = group
            self._note_new_folders()
            if self._lists_at_once(above):
                first_row = next((at for at, child in enumerate(above.children) if child.key), len(above.children))
                self._insert(above, [group], first_row)
        return group

    def _note_new_folders(self) -> None:
        """Note that chains of folders may have changed; other groups are not merged."""
        self.has_new_folders |= self.grouper.grouping is Grouping.FOLDER

    def _lists_at_once(self, group: GroupNode) -> bool:
        """Return True if new rows of a group are listed now; False if they are hidden until all are listed again."""
        if group.position == MERGED:
            self._note_new_folders()
        return self.filter.is_plain and group.position != MERGED

    def _insert(self, parent: Node, nodes: Sequence[Node], first: int) -> None:
        """Insert nodes at a position below their parent."""
        if is_listed(parent):
            self.beginInsertRows(self._index(parent), first, first + len(nodes) - 1)
        parent.children[first:first] = nodes
        for position in range(first, len(parent.children)):
            parent.children[position].position = position
        if is_listed(parent):
            self.endInsertRows()

    def _drop(self, parent: Node, nodes: Sequence[Node]) -> None:
        """Remove listed nodes in runs, the last one first; hidden ones need no signal."""
        siblings = parent.children
        for first, last in contiguous_runs(nodes):
            if is_listed(parent):
                self.beginRemoveRows(self._index(parent), first, last)
            del siblings[first : last + 1]
            for position in range(first, len(siblings)):
                siblings[position].position = position
            if is_listed(parent):
                self.endRemoveRows()
        for node in nodes:
            node.position = GONE

    def _drop_empty(self, groups: Iterable[GroupNode]) -> None:
        """Remove groups without listed rows from the list, and those without any rows; then the ones above them."""
        pending = set(groups)
        while pending:
            below: dict[GroupNode, list[GroupNode]] = {}
            for group in pending:
                if isinstance(group.parent, GroupNode):
                    below.setdefault(group.parent, []).append(group)
            pending = set()
            for parent, nodes in below.items():
                for above in {listed_parent(group): None for group in nodes}:
                    hidden = [group for group in nodes if not group.children and group.position >= 0]
                    self._drop(above or self._top, [group for group in hidden if listed_parent(group) is above])
                gone = {group for group in nodes if not group.rows and not group.groups}
                for group in gone:
                    group.position = GONE
                    self._groups.pop(group.levels, None)
                parent.groups = [group for group in parent.groups if group not in gone]
                if gone:
                    self._note_new_folders()
                if gone or not parent.children:
                    pending.add(parent)

    def _emit_changed(self, node: Node) -> None:
        if is_listed(node):
            at = self._index(node)
            self.dataChanged.emit(at, at)

    def _update_groups(self, rows: Iterable[Node]) -> None:
        """Update the numbers of the groups of these rows, and of those above them, from the lowest level up."""
        touched = {row.parent for row in rows if isinstance(row.parent, GroupNode)}
        levels = {group.levels[:depth] for group in touched for depth in range(1, len(group.levels) + 1)}
        for place in sorted(levels, key=len, reverse=True):
            if group := self._groups.get(place):
                group.shown = make_group(group)
                self._emit_changed(group)
