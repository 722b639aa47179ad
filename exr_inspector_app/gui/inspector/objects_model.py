"""List model of the objects of an ID layer, with a filter, an order, and the objects that are isolated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.inspector.object_rows import ObjectRow, ObjectRows

Index = QModelIndex | QPersistentModelIndex
OBJECT_ROLE = Qt.ItemDataRole.UserRole + 1
ROOT = QModelIndex()


class ObjectColumn(IntEnum):
    """Columns of the list."""

    AREA = 0
    NAME = 1
    MATERIAL = 2


class ObjectsModel(QAbstractListModel):
    """List of objects, by default the largest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = ObjectRows()
        self._shown: Sequence[ObjectRow] = ()
        self._places: Mapping[int, int] | None = None  # row of each ID, once one is looked for
        self.filter_text = ""
        self.isolated: frozenset[int] = frozenset()
        self.sorted_by = ObjectColumn.AREA
        self.pointed = 0  # ID of the object under the pointer of the canvas

    @property
    def total(self) -> int:
        """Number of objects without the filter."""
        return len(self.rows.by_area)

    def show_rows(self, rows: ObjectRows) -> None:
        """Replace the objects."""
        self.rows = rows
        self._update()

    def sort_by(self, column: ObjectColumn) -> None:
        """Sort by name, by material, or the largest area first."""
        self.sorted_by = column
        self._update()

    def show_pointed(self, number: int) -> None:
        """Mark the object under the pointer of the canvas; 0 for none."""
        before, self.pointed = self.pointed, number
        for row in {self.row_of(changed) for changed in (before, number) if changed and before != number} - {-1}:
            self.dataChanged.emit(self.index(row), self.index(row))

    def set_filter(self, text: str) -> None:
        """Show objects whose name or material holds a text, in any case."""
        self.filter_text = text
        self._update()

    def show_isolated(self, isolated: frozenset[int]) -> None:
        """Mark the objects that are isolated."""
        self.isolated = isolated
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def row_of(self, number: int) -> int:
        """Return the row of an object, or -1."""
        if self._places is None:
            self._places = {row.number: at for at, row in enumerate(self._shown)}
        return self._places.get(number, -1)

    def as_text(self) -> str:
        """Return all shown rows as lines."""
        return "\n".join(row.text for row in self._shown)

    def _update(self) -> None:
        needle = self.filter_text.casefold()
        self.beginResetModel()
        orders = {
            ObjectColumn.AREA: self.rows.by_area,
            ObjectColumn.NAME: self.rows.by_name,
            ObjectColumn.MATERIAL: self.rows.by_material,
        }
        rows = orders[self.sorted_by]
        self._shown = [row for row in rows if needle in row.folded] if needle else rows
        self._places = self.rows.places if rows is self.rows.by_area and not needle else None
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Return the number of objects that match the filter."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row, its text, or whether it is isolated."""
        row = self._shown[index.row()]
        if role == OBJECT_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.text.replace("\t", ", ")
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if row.number in self.isolated else Qt.CheckState.Unchecked
        return None
