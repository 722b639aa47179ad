"""The attributes of one part as a table that is prepared once, filtered, and copied from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.gui.inspector.value_format import FormattedValue, copied, shown
from exr_inspector_app.gui.style.formatting import part_title
from exr_inspector_app.model import Attribute, ExrFile, payload
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Name", "Type", "Value")
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
LONGEST_TIP = 1200
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute: its words for the table, its words for the filter, and where it stands in the file."""

    name: str
    type: str
    shown: FormattedValue
    searched: str
    part: int
    place: int

    def text(self, column: int) -> str:
        """What the column shows."""
        return (self.name, self.type, self.shown.text)[column]


def rows_of(file: ExrFile, part_index: int) -> list[AttributeRow]:
    """The rows of one part, in file order."""
    part = file.parts[part_index]
    values = {attribute.name: attribute.value for attribute in part.attributes}
    return [
        _row(attribute, shown(attribute, values), part_index, place) for place, attribute in enumerate(part.attributes)
    ]


def _row(attribute: Attribute, seen: FormattedValue, part: int, place: int) -> AttributeRow:
    name = escape_control(attribute.name)
    searched = "\n".join((name, seen.text, seen.under)).casefold()
    return AttributeRow(name, escape_control(attribute.type), seen, searched, part, place)


class AttributesModel(QAbstractTableModel):
    """The attributes of the chosen part that match the filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: ExrFile | None = None
        self._part = 0
        self._all: list[AttributeRow] = []
        self._rows: list[AttributeRow] = []
        self._words = ""

    def show_file(self, file: ExrFile | None) -> None:
        """The attributes of the file's first part are shown, filtered as before."""
        self._file = file
        self.show_part(0)

    def show_part(self, part_index: int) -> None:
        """The attributes of this part are shown."""
        self.beginResetModel()
        self._part = part_index
        has_part = self._file is not None and part_index < len(self._file.parts)
        self._all = rows_of(self._file, part_index) if self._file and has_part else []
        self._rows = self._matching()
        self.endResetModel()

    def set_filter(self, words: str) -> None:
        """Only rows that hold the words in name or value are shown."""
        words = words.casefold()
        if words == self._words:
            return
        self.beginResetModel()
        self._words = words
        self._rows = self._matching()
        self.endResetModel()

    @property
    def words(self) -> str:
        """The filter, case-folded."""
        return self._words

    @property
    def has_file(self) -> bool:
        """True while there is a file, whatever could be read of it."""
        return self._file is not None

    @property
    def total(self) -> int:
        """The attributes of the part, filtered or not."""
        return len(self._all)

    def part_titles(self) -> list[tuple[str, str]]:
        """Number and name of each part, for the chooser."""
        parts = self._file.parts if self._file else ()
        return [(f"Part {part.index}", part_title(part) if part.name else "") for part in parts]

    def row(self, index: Index) -> AttributeRow | None:
        """The row of an index."""
        inside = index.isValid() and 0 <= index.row() < len(self._rows)
        return self._rows[index.row()] if inside else None

    def value_text(self, row: AttributeRow) -> str:
        """The value as the file has it."""
        return copied(self._attribute(row))

    def row_text(self, rows: Iterable[AttributeRow]) -> str:
        """Name, type and value of each row, tabs between them."""
        texts = (self._attribute(row) for row in rows)
        return "\n".join(f"{escape_control(one.name)}\t{escape_control(one.type)}\t{copied(one)}" for one in texts)

    def shown_rows(self) -> Sequence[AttributeRow]:
        """The rows that the filter has left."""
        return tuple(self._rows)

    def all_json(self) -> str:
        """Every attribute of the part as JSON, as the payload has them."""
        if self._file is None or self._part >= len(self._file.parts):
            return "[]"
        listed = payload(self._file)["attributes"]["parts"][self._part]
        return json.dumps(listed, indent=2)

    def tip(self, row: AttributeRow) -> str:
        """Name, type and whole value in plain words, bounded."""
        text = escape_control(copied(self._attribute(row))[:LONGEST_TIP])
        value = text if len(text) < LONGEST_TIP else text[:LONGEST_TIP] + "…"
        return f"{row.name[:LONGEST_NAME]} ({row.type[:LONGEST_NAME]})\n{value}"

    def _attribute(self, row: AttributeRow) -> Attribute:
        assert self._file is not None
        return self._file.parts[row.part].attributes[row.place]

    def _matching(self) -> list[AttributeRow]:
        if not self._words:
            return self._all
        return [row for row in self._all if self._words in row.searched]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows that match."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name, type and value."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Prepared text; the row itself under ROW_ROLE."""
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text(index.column())
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(word for word in (row.name, row.type, row.shown.text, row.shown.under) if word)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The column titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section] if 0 <= section < len(COLUMNS) else None
        return None
