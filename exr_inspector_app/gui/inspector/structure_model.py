"""Tree model of a file: part > layer > channel, from nodes that are prepared once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.structure_nodes import StructureNode, build_tree, filter_tree
from exr_inspector_app.model import ExrFile

Index = QModelIndex | QPersistentModelIndex

NODE_ROLE = Qt.ItemDataRole.UserRole + 1


class StructureModel(QAbstractItemModel):
    """Tree model of one file; a filter keeps the parts, layers, and channels with matching names."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: ExrFile | None = None
        self._root = StructureNode("root", "")
        self._filter_text = ""

    def show_file(self, file: ExrFile | None) -> None:
        """Show the tree of a file; the filter stays."""
        self._file = file
        self._rebuild()

    def set_filter(self, text: str) -> None:
        """Show only matching nodes, ignoring case; an empty text shows all."""
        if text.casefold() != self._filter_text:
            self._filter_text = text.casefold()
            self._rebuild()

    @property
    def filter_text(self) -> str:
        """Filter text, case-folded."""
        return self._filter_text

    def node(self, index: Index) -> StructureNode:
        """Return the node of an index, or the invisible root for an invalid index."""
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, StructureNode) else self._root

    def channel_count(self) -> int:
        """Return the number of channels that match the filter."""
        return sum(len(layer.children) for part in self._root.children for layer in part.children)

    def _rebuild(self) -> None:
        self.beginResetModel()
        root = build_tree(self._file) if self._file else StructureNode("root", "")
        self._root = filter_tree(root, self._filter_text) if self._filter_text else root
        self.endResetModel()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child, or an invalid index."""
        children = self.node(parent).children if parent.column() <= 0 else []
        if 0 <= row < len(children) and 0 <= column < len(strings.STRUCTURE_COLUMNS):
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the index of the parent row, invalid for parts."""
        parent = self.node(index).parent
        if parent is None or parent is self._root:
            return QModelIndex()
        return self.createIndex(parent.row, 0, parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children of a row; only column 0 has children."""
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(strings.STRUCTURE_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the cell text, or the `StructureNode` under `NODE_ROLE`."""
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.text(index.column())
        if role == NODE_ROLE:
            return node
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return node.accessible_text()
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the column titles; Memory is right-aligned."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(strings.STRUCTURE_COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == len(strings.STRUCTURE_COLUMNS) - 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return strings.STRUCTURE_COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None
