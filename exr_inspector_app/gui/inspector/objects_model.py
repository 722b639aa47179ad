"""List model of the objects of an ID layer, with a filter, an order, and the objects that are isolated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.inspector import strings

Index = QModelIndex | QPersistentModelIndex
OBJECT_ROLE = Qt.ItemDataRole.UserRole + 1
ROOT = QModelIndex()


class ObjectRow(NamedTuple):
    """Object of a layer."""

    number: int
    name: str
    share: float  # of the pixels
    color: tuple[int, int, int]  # sRGB bytes
    material: str = ""

    @property
    def text(self) -> str:
        """Name, material and share as one line, for the clipboard, the tooltip, and screen readers."""
        return "\t".join(filter(None, (self.name, self.material, strings.object_share(self.share))))


class ObjectColumn(IntEnum):
    """Columns of the list."""

    NAME = 0
    MATERIAL = 1
    AREA = 2


_KEYS: dict[ObjectColumn, Callable[[ObjectRow], Any]] = {
    ObjectColumn.NAME: lambda row: short_name(row.name).casefold(),
    ObjectColumn.MATERIAL: lambda row: (not row.material, short_name(row.material).casefold()),
    ObjectColumn.AREA: lambda row: -row.share,
}


def short_name(name: str) -> str:
    """Return the last name of a path in a scene."""
    return re.split(r"[/|]", name)[-1] or name


class ObjectsModel(QAbstractListModel):
    """List of objects, by default the largest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ObjectRow] = ()
        self._shown: Sequence[ObjectRow] = ()
        self._shared: set[str] = set()  # last names that several objects have
        self.filter_text = ""
        self.isolated: frozenset[int] = frozenset()
        self.sorted_by = ObjectColumn.AREA
        self.pointed = 0  # ID of the object under the pointer of the canvas

    @property
    def has_materials(self) -> bool:
        """Whether the material of any object is known."""
        return any(row.material for row in self._rows)

    @property
    def largest_share(self) -> float:
        """Share of the largest object, for the scale of the bars."""
        return max((row.share for row in self._rows), default=0.0)

    @property
    def total(self) -> int:
        """Number of objects without the filter."""
        return len(self._rows)

    def show_rows(self, rows: Sequence[ObjectRow]) -> None:
        """Replace the objects."""
        self._rows = rows
        self._shared = {name for name, count in Counter(short_name(row.name) for row in rows).items() if count > 1}
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

    def label_of(self, row: ObjectRow) -> str:
        """Return the last name of an object, or its path if another one has the same."""
        name = short_name(row.name)
        return row.name if name in self._shared else name

    def row_of(self, number: int) -> int:
        """Return the row of an object, or -1."""
        return next((at for at, row in enumerate(self._shown) if row.number == number), -1)

    def as_text(self) -> str:
        """Return all shown rows as lines."""
        return "\n".join(row.text for row in self._shown)

    def _update(self) -> None:
        needle = self.filter_text.casefold()
        self.beginResetModel()
        matching = (
            [row for row in self._rows if needle in row.name.casefold() or needle in row.material.casefold()]
            if needle
            else self._rows
        )
        self._shown = sorted(matching, key=_KEYS[self.sorted_by])
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
