"""The tree part > layer > channel of one file, prepared once and then only looked up."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.inspector.structure_nodes import Node, matching, tree
from exr_inspector_app.model import ExrFile

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Name", "Type", "Sampling", "Memory")
NODE_ROLE = Qt.ItemDataRole.UserRole + 1


class StructureModel(QAbstractItemModel):
    """One file's tree, or nothing; a filter keeps channels and layers whose name holds the words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: ExrFile | None = None
        self._root = Node("root", "")
        self._words = ""

    def show_file(self, file: ExrFile | None) -> None:
        """The tree of this file is shown, filtered as before."""
        self._file = file
        self._rebuild()

    def set_filter(self, words: str) -> None:
        """Only what matches is shown; the empty text shows all."""
        if words.casefold() != self._words:
            self._words = words.casefold()
            self._rebuild()

    @property
    def words(self) -> str:
        """The filter, case-folded."""
        return self._words

    def node(self, index: Index) -> Node:
        """The node of an index; the unseen root for an invalid one."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, Node) else self._root

    def channel_count(self) -> int:
        """How many channels the filter has left."""
        return sum(len(layer.children) for part in self._root.children for layer in part.children)

    def _rebuild(self) -> None:
        self.beginResetModel()
        root = tree(self._file) if self._file else Node("root", "")
        self._root = matching(root, self._words) if self._words else root
        self.endResetModel()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a child; invalid where there is none."""
        children = self.node(parent).children if parent.column() <= 0 else []
        if 0 <= row < len(children) and 0 <= column < len(COLUMNS):
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The index of the row above; invalid for parts."""
        above = self.node(index).parent
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The children of a row; only the first column has any."""
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Always the four columns."""
        return len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Prepared text; the node itself under NODE_ROLE."""
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.text(index.column())
        if role == NODE_ROLE:
            return node
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return node.spoken()
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The column titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == len(COLUMNS) - 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None
