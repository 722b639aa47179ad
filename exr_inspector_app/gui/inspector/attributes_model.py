"""Table model of a part's attributes: text prepared once, then filtered and copied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QImage

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.attribute_marks import Marks, find_marks, sample, usual_attributes
from exr_inspector_app.gui.inspector.preview_image import preview_image
from exr_inspector_app.gui.inspector.value_format import FormattedValue, format_attribute, format_for_clipboard
from exr_inspector_app.gui.inspector.value_unfolding import can_unfold, unfold
from exr_inspector_app.gui.style.formatting import part_title
from exr_inspector_app.model import Attribute, ExrFile, StoredValue, payload
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE, LINES_ROLE, MARKS_ROLE, IMAGE_ROLE = (Qt.ItemDataRole.UserRole + number for number in range(1, 5))
MAX_LISTED_ATTRIBUTES = 25_000  # of one part; the text of each is prepared in the GUI thread
MAX_TOOLTIP_CHARS = 1200
MAX_NAME_CHARS = 255  # in a tooltip


@dataclass(frozen=True, slots=True)
class AttributeTableRow:
    """Row of one attribute: its cells, its search text, and its position in the file."""

    name: str
    type: str
    value: FormattedValue
    search_text: str  # case-folded
    part: int
    index: int  # among the attributes of the part
    can_unfold: bool = False

    def text(self, column: int) -> str:
        """Return the text of a column."""
        return (self.name, self.type, self.value.text)[column]


def build_attribute_rows(file: ExrFile, part_index: int) -> list[AttributeTableRow]:
    """Return the rows of one part, in file order, at most MAX_LISTED_ATTRIBUTES."""
    part = file.parts[part_index]
    values = {attribute.name: attribute.value for attribute in part.attributes}
    return [
        _make_row(attribute, format_attribute(attribute, values), part_index, index)
        for index, attribute in enumerate(part.attributes[:MAX_LISTED_ATTRIBUTES])
    ]


def _make_row(attribute: Attribute, value: FormattedValue, part: int, index: int) -> AttributeTableRow:
    name = escape_control(attribute.name)
    search_text = "\n".join((name, value.text, value.under)).casefold()
    kind = escape_control(attribute.type)
    return AttributeTableRow(name, kind, value, search_text, part, index, can_unfold(attribute))


class AttributesModel(QAbstractTableModel):
    """Table model of the attributes of one part that match the filter."""

    value_requested = Signal(object)  # StoredValue: its bytes are in the file; answered by `show_value`

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: ExrFile | None = None
        self._part = 0
        self._pinned: ExrFile | None = None
        self._frames: list[ExrFile] = []  # a sample of the sequence
        self._usual: dict[int, dict[str, Attribute]] = {}  # of its frames, by part
        self._marks: Marks = {}
        self._all: list[AttributeTableRow] = []
        self._rows: list[AttributeTableRow] = []
        self._filter_text = ""
        self._unfolded: set[str] = set()  # names, so that a value stays unfolded from frame to frame
        self._lines: dict[int, tuple[str, ...]] = {}  # of the unfolded values of the part
        self._images: dict[int, QImage | None] = {}  # of the previews of the part

    def show_file(self, file: ExrFile | None) -> None:
        """Show the attributes of the file's first part; the filter stays."""
        self._file = file
        self.show_part(0)

    def show_part(self, part_index: int) -> None:
        """Show the attributes of a part."""
        self.beginResetModel()
        self._part = part_index
        self._lines, self._images = {}, {}
        has_part = self._file is not None and part_index < len(self._file.parts)
        self._all = build_attribute_rows(self._file, part_index) if self._file and has_part else []
        self._rows = self._filter_rows()
        self._marks = self._find_marks()
        self.endResetModel()

    def show_pinned(self, pinned: ExrFile | None) -> None:
        """Mark what differs from the pinned file, None for no file."""
        self._pinned = pinned
        self._update_marks()

    def show_frames(self, files: Sequence[ExrFile]) -> None:
        """Mark what differs from most frames of the sequence."""
        frames = sample(files)
        if [(frame.path, frame.mtime) for frame in frames] == [(frame.path, frame.mtime) for frame in self._frames]:
            return  # the next frame of the same sequence
        self._frames, self._usual = frames, {}
        self._update_marks()

    def set_filter(self, text: str) -> None:
        """Show only rows whose name or value contains the text, ignoring case."""
        text = text.casefold()
        if text == self._filter_text:
            return
        self.beginResetModel()
        self._filter_text = text
        self._rows = self._filter_rows()
        self.endResetModel()

    @property
    def filter_text(self) -> str:
        """Filter text, case-folded."""
        return self._filter_text

    @property
    def has_file(self) -> bool:
        """Whether a file is shown, even if nothing of it could be read."""
        return self._file is not None

    @property
    def total(self) -> int:
        """Number of attributes of the part, regardless of the filter."""
        return len(self._file.parts[self._part].attributes) if self._file and self._all else 0

    def part_titles(self) -> list[tuple[str, str]]:
        """Return number and name of each part."""
        parts = self._file.parts if self._file else ()
        return [(strings.part_number(part.index), part_title(part) if part.name else "") for part in parts]

    def row(self, index: Index) -> AttributeTableRow | None:
        """Return the row at an index, or None."""
        is_inside = index.isValid() and 0 <= index.row() < len(self._rows)
        return self._rows[index.row()] if is_inside else None

    def value_text(self, row: AttributeTableRow) -> str:
        """Return the value for the clipboard, unescaped and in full length."""
        return format_for_clipboard(self._attribute(row))

    def toggle(self, index: Index) -> None:
        """Unfold or fold the value of a row that has more than one line."""
        row = self.row(index)
        if row is None or not row.can_unfold:
            return
        self._unfolded ^= {row.name}
        last = self.index(index.row(), self.columnCount() - 1)
        self.dataChanged.emit(self.index(index.row(), 0), last, [LINES_ROLE])

    def lines(self, row: AttributeTableRow) -> tuple[str, ...]:
        """Return the lines of an unfolded value, none for a folded one."""
        if not row.can_unfold or row.name not in self._unfolded:
            return ()
        if row.index not in self._lines:
            attribute = self._attribute(row)
            if isinstance(attribute.value, StoredValue):
                self._lines[row.index] = (strings.READING_VALUE,)
                self.value_requested.emit(attribute.value)
            else:
                self._lines[row.index] = unfold(attribute)
        return self._lines[row.index]

    def image(self, row: AttributeTableRow) -> QImage | None:
        """Return the image of a preview; None for other attributes, and while it is read."""
        if row.type != "preview":
            return None
        if row.index not in self._images:
            value = self._attribute(row).value
            self._images[row.index] = preview_image(value)
            if isinstance(value, StoredValue):
                self.value_requested.emit(value)
        return self._images[row.index]

    @Slot(object, object)
    def show_value(self, value: StoredValue, loaded: dict[str, Any] | str) -> None:
        """Show a value that was read, or the sentence why it cannot be."""
        for at, row in enumerate(self._rows):
            attribute = self._attribute(row)
            if attribute.value is not value:
                continue
            if isinstance(loaded, str):
                self._lines[row.index] = (loaded,)
            else:
                self._lines[row.index] = unfold(Attribute(attribute.name, attribute.type, loaded))
                self._images[row.index] = preview_image(loaded)
            self.dataChanged.emit(self.index(at, 0), self.index(at, self.columnCount() - 1), [LINES_ROLE])

    def rows_tsv(self, rows: Iterable[AttributeTableRow]) -> str:
        """Return one line of name, type and value per row, with line breaks and tabs of the value escaped."""
        return "\n".join(
            "\t".join((row.name, row.type, escape_control(format_for_clipboard(self._attribute(row))))) for row in rows
        )

    def rows_json(self, rows: Iterable[AttributeTableRow]) -> str:
        """Return rows as JSON, as in the payload."""
        everything = json.loads(self.all_json())
        return json.dumps([everything[row.index] for row in rows], indent=2)

    def row_text(self, rows: Iterable[AttributeTableRow]) -> str:
        """Return name, type, and value of each row, separated by tabs."""
        attributes = (self._attribute(row) for row in rows)
        return "\n".join(
            f"{escape_control(attribute.name)}\t{escape_control(attribute.type)}\t{format_for_clipboard(attribute)}"
            for attribute in attributes
        )

    def visible_rows(self) -> Sequence[AttributeTableRow]:
        """Return the rows that match the filter."""
        return tuple(self._rows)

    def all_json(self) -> str:
        """Return every attribute of the part as JSON, as in the payload."""
        if self._file is None or self._part >= len(self._file.parts):
            return "[]"
        attributes = payload(self._file)["attributes"]["parts"][self._part]
        return json.dumps(attributes, indent=2)

    def tooltip(self, row: AttributeTableRow) -> str:
        """Return name, type, and value as plain text of bounded length."""
        text = escape_control(format_for_clipboard(self._attribute(row))[:MAX_TOOLTIP_CHARS])
        value = text if len(text) < MAX_TOOLTIP_CHARS else text[:MAX_TOOLTIP_CHARS] + "…"
        marks = "".join(f"\n≠ {sentence}" for sentence in self._marks.get(row.index, ()))
        return f"{row.name[:MAX_NAME_CHARS]} ({row.type[:MAX_NAME_CHARS]})\n{value}{marks}"

    def _find_marks(self) -> Marks:
        if self._file is None or self._part >= len(self._file.parts):
            return {}
        if self._part not in self._usual:
            self._usual[self._part] = usual_attributes(self._frames, self._part)
        return find_marks(self._file, self._part, self._pinned, self._usual[self._part])

    def _update_marks(self) -> None:
        marks = self._find_marks()
        if marks != self._marks:
            self._marks = marks
            if self._rows:
                last = self.index(len(self._rows) - 1, self.columnCount() - 1)
                self.dataChanged.emit(self.index(0, 0), last, [MARKS_ROLE])

    def _attribute(self, row: AttributeTableRow) -> Attribute:
        assert self._file is not None
        return self._file.parts[row.part].attributes[row.index]

    def _filter_rows(self) -> list[AttributeTableRow]:
        if not self._filter_text:
            return self._all
        return [row for row in self._all if self._filter_text in row.search_text]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of matching rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(strings.ATTRIBUTE_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the cell text, or the `AttributeTableRow` under `ROW_ROLE`."""
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text(index.column())
        if role == ROW_ROLE:
            return row
        if role == LINES_ROLE:
            return self.lines(row)
        if role == IMAGE_ROLE:
            return self.image(row)
        if role == MARKS_ROLE:
            return self._marks.get(row.index, ())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            texts = (row.name, row.type, row.value.text, row.value.under, *self._marks.get(row.index, ()))
            return ", ".join(filter(None, texts))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the column titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return strings.ATTRIBUTE_COLUMNS[section] if 0 <= section < len(strings.ATTRIBUTE_COLUMNS) else None
        return None
