"""Table model of a header comparison: one row per value, one column per file, a title row per group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.exr.diff.header_diff import DiffKind, DiffRow, DiffState, diff
from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = Qt.ItemDataRole.UserRole + 1  # DiffGroup or DiffLine
_ROOT = QModelIndex()

MAX_VALUE_CHARS = 400


@dataclass(frozen=True, slots=True)
class DiffGroup:
    """Title row of a group: the file or one part."""

    title: str
    count: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """Row of one fact, channel, or attribute, with one text per file."""

    group: str
    name: str
    is_channel: bool
    texts: tuple[str, ...]
    absent: tuple[bool, ...]
    differs: tuple[bool, ...]  # from the first file
    is_same: bool


def build_lines(files: Sequence[ExrFile]) -> tuple[DiffLine, ...]:
    """Return the differences and common values of headers as rows."""
    return tuple(_make_line(row) for row in diff(files).rows)


def _make_line(row: DiffRow) -> DiffLine:
    is_same = row.state is DiffState.SAME
    texts = tuple(strings.ABSENT if text is None else text for text in row.texts(MAX_VALUE_CHARS, escape_control))
    differs = tuple(not is_same and text != texts[0] for text in texts)
    if not is_same and not any(differs):  # the difference is beyond MAX_VALUE_CHARS, or in the type
        differs = (False, *[True] * (len(texts) - 1))
    absent = tuple(cell is None for cell in row.cells)
    return DiffLine(
        escape_control(row.group),
        escape_control(row.name),
        row.kind is DiffKind.CHANNEL,
        texts,
        absent,
        differs,
        is_same,
    )


class CompareModel(QAbstractTableModel):
    """Table model of the rows that match the filters: differences only, and a text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[DiffLine, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._paths: tuple[str, ...] = ()
        self._visible: list[DiffGroup | DiffLine] = []
        self._only_different = True
        self._needle = ""

    @property
    def difference_count(self) -> int:
        """Number of rows that differ."""
        return sum(not line.is_same for line in self._lines)

    @property
    def line_count(self) -> int:
        """Number of rows, regardless of the filters."""
        return len(self._lines)

    def set_lines(self, lines: Sequence[DiffLine], titles: Sequence[str], paths: Sequence[str]) -> None:
        """Replace rows and columns; `titles` and `paths` hold one item per file."""
        self.beginResetModel()
        self._lines, self._titles, self._paths = tuple(lines), tuple(titles), tuple(paths)
        self._visible = self._filter_lines()
        self.endResetModel()

    def set_filter(self, *, only_different: bool | None = None, needle: str | None = None) -> None:
        """Change the filters; None keeps a filter as it is."""
        self.beginResetModel()
        self._only_different = self._only_different if only_different is None else only_different
        self._needle = self._needle if needle is None else needle.strip().lower()
        self._visible = self._filter_lines()
        self.endResetModel()

    def as_text(self) -> str:
        """Return the visible rows with tab-separated columns, for the clipboard."""
        rows = [("", *map(escape_control, self._paths))]
        rows += [(f"{line.group}: {line.name}", *line.texts) for line in self._visible if isinstance(line, DiffLine)]
        return "\n".join("\t".join(cell.replace("\t", " ") for cell in row) for row in rows)

    def line_at(self, index: Index) -> DiffGroup | DiffLine | None:
        """Return the row at an index, or None."""
        return self._visible[index.row()] if index.isValid() and index.row() < len(self._visible) else None

    def group_rows(self) -> list[int]:
        """Return the row numbers of the title rows."""
        return [row for row, line in enumerate(self._visible) if isinstance(line, DiffGroup)]

    def _filter_lines(self) -> list[DiffGroup | DiffLine]:
        visible: list[DiffGroup | DiffLine] = []
        for title, group in groupby(self._lines, lambda line: line.group):
            lines = [line for line in group if self._matches(line)]
            if lines:
                differing = sum(not line.is_same for line in lines)
                count = pluralize(differing, "difference") if differing else strings.SAME
                visible += [DiffGroup(title, count), *lines]
        return visible

    def _matches(self, line: DiffLine) -> bool:
        if self._only_different and line.is_same:
            return False
        return self._needle in line.name.lower() or any(self._needle in text.lower() for text in line.texts)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._visible)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else 1 + len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return title, tooltip, or path of a file column."""
        if orientation is not Qt.Orientation.Horizontal or section > len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section - 1] if section else strings.NAME
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return escape_tooltip(escape_control(self._paths[section - 1]))
        if role == Qt.ItemDataRole.UserRole and section:
            return self._paths[section - 1]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return flags that make title rows not selectable."""
        if isinstance(self.line_at(index), DiffGroup):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the cell text, or the row under `LINE_ROLE`."""
        line = self.line_at(index)
        if line is None:
            return None
        if role == LINE_ROLE:
            return line
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if isinstance(line, DiffGroup):
            return f"{line.title}, {line.count}" if index.column() == 0 else None
        text = line.name if index.column() == 0 else line.texts[index.column() - 1]
        return escape_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else text
