"""Tree model of a file: part > layer > channel, from nodes that are prepared once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.pixel_values import PixelValues
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
        self.values = PixelValues()

    def show_file(self, file: ExrFile | None) -> None:
        """Show the tree of a file; the filter stays, and so do the rows for a file of the same tree."""
        self._file = file
        had_values = bool(self.values.texts or self.values.remarks)
        self.values = PixelValues(self.values.title and strings.VALUE)
        root = self._make_root()
        if had_values or not root.is_like(self._root):
            self._reset(root)

    @property
    def file(self) -> ExrFile | None:
        """The file whose tree is shown."""
        return self._file

    def show_values(self, values: PixelValues) -> None:
        """Show the values of a pixel of the file in the last column."""
        self.values = values
        column = len(strings.STRUCTURE_COLUMNS) - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)
        self._emit_changed(QModelIndex(), column)

    def _emit_changed(self, parent: QModelIndex, column: int) -> None:
        """Emit that a column of all rows below a row has changed."""
        count = self.rowCount(parent)
        if count:
            self.dataChanged.emit(self.index(0, column, parent), self.index(count - 1, column, parent))
        for row in range(count):
            self._emit_changed(self.index(row, 0, parent), column)

    def value_text(self, node: StructureNode) -> str:
        """Return the values of a channel or layer at the pixel, or the remark on a part."""
        if not self.values.title:
            return ""
        if node.kind == "part":
            return self.values.remarks.get(node.part, "")
        if node.kind == "layer":
            return self.values.line(node.part, (child.full_name for child in node.children))
        return self.values.text(node.part, node.full_name) if self.values.texts else ""

    def set_filter(self, text: str) -> None:
        """Show only matching nodes, ignoring case; an empty text shows all."""
        if text.casefold() != self._filter_text:
            self._filter_text = text.casefold()
            self._reset(self._make_root())

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

    def _make_root(self) -> StructureNode:
        root = build_tree(self._file) if self._file else StructureNode("root", "")
        return filter_tree(root, self._filter_text) if self._filter_text else root

    def _reset(self, root: StructureNode) -> None:
        self.beginResetModel()
        self._root = root
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
            is_value = index.column() == len(strings.STRUCTURE_COLUMNS) - 1
            return self.value_text(node) if is_value else node.text(index.column())
        if role == NODE_ROLE:
            return node
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (node.accessible_text(), self.value_text(node))))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the column titles; Memory and Value are right-aligned."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(strings.STRUCTURE_COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= len(strings.STRUCTURE_COLUMNS) - 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole and section == len(strings.STRUCTURE_COLUMNS) - 1:
            return self.values.title
        return strings.STRUCTURE_COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None
