"""Headers beside each other as rows: a title a group, a row a value, a column a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.exr.diff.header_diff import DiffKind, DiffRow, DiffState, diff
from exr_inspector_app.gui.style.tooltips import literal
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
LINE = Qt.ItemDataRole.UserRole + 1  # Group or Line
_ROOT = QModelIndex()

LONGEST = 400  # characters of a value that are shown
ABSENT = "not there"


@dataclass(frozen=True, slots=True)
class DiffGroup:
    """The title over the rows of the file or of a part."""

    title: str
    count: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One fact, channel or attribute in words, a text for every file."""

    group: str
    name: str
    is_channel: bool
    texts: tuple[str, ...]
    absent: tuple[bool, ...]
    differs: tuple[bool, ...]  # from the first file
    is_same: bool


def lines_of(files: Sequence[ExrFile]) -> tuple[DiffLine, ...]:
    """What the headers say, ready to be shown."""
    return tuple(_line(row) for row in diff(files).rows)


def _line(row: DiffRow) -> DiffLine:
    is_same = row.state is DiffState.SAME
    texts = tuple(ABSENT if text is None else text for text in row.texts(LONGEST, escape_control))
    differs = tuple(not is_same and text != texts[0] for text in texts)
    if not is_same and not any(differs):  # what differs lies behind the part that is shown, or in the type
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
    """The rows that are looked for: all of them or those that differ, by some letters."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[DiffLine, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._paths: tuple[str, ...] = ()
        self._shown: list[DiffGroup | DiffLine] = []
        self._only_different = True
        self._needle = ""

    @property
    def different(self) -> int:
        """How many rows differ."""
        return sum(not line.is_same for line in self._lines)

    @property
    def total(self) -> int:
        """All rows, shown or not."""
        return len(self._lines)

    def show(self, lines: Sequence[DiffLine], titles: Sequence[str], paths: Sequence[str]) -> None:
        """These rows, a column for each title."""
        self.beginResetModel()
        self._lines, self._titles, self._paths = tuple(lines), tuple(titles), tuple(paths)
        self._shown = self._chosen()
        self.endResetModel()

    def choose(self, only_different: bool | None = None, needle: str | None = None) -> None:
        """Only rows that differ, or all; only those with these letters."""
        self.beginResetModel()
        self._only_different = self._only_different if only_different is None else only_different
        self._needle = self._needle if needle is None else needle.strip().lower()
        self._shown = self._chosen()
        self.endResetModel()

    def as_text(self) -> str:
        """What is shown, with tabs between columns."""
        rows = [("", *map(escape_control, self._paths))]
        rows += [(f"{one.group}: {one.name}", *one.texts) for one in self._shown if isinstance(one, DiffLine)]
        return "\n".join("\t".join(cell.replace("\t", " ") for cell in row) for row in rows)

    def line(self, index: Index) -> DiffGroup | DiffLine | None:
        """What stands in a row."""
        return self._shown[index.row()] if index.isValid() and index.row() < len(self._shown) else None

    def groups(self) -> list[int]:
        """The rows that are titles."""
        return [place for place, one in enumerate(self._shown) if isinstance(one, DiffGroup)]

    def _chosen(self) -> list[DiffGroup | DiffLine]:
        found: list[DiffGroup | DiffLine] = []
        for title, group in groupby(self._lines, lambda line: line.group):
            lines = [line for line in group if self._is_wanted(line)]
            if lines:
                different = sum(not line.is_same for line in lines)
                found += [DiffGroup(title, pluralize(different, "difference") if different else "the same"), *lines]
        return found

    def _is_wanted(self, line: DiffLine) -> bool:
        if self._only_different and line.is_same:
            return False
        return self._needle in line.name.lower() or any(self._needle in text.lower() for text in line.texts)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 1 + len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section > len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section - 1] if section else "Name"
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return literal(escape_control(self._paths[section - 1]))
        if role == Qt.ItemDataRole.UserRole and section:
            return self._paths[section - 1]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.line(index), DiffGroup):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.line(index)
        if line is None:
            return None
        if role == LINE:
            return line
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if isinstance(line, DiffGroup):
            return f"{line.title}, {line.count}" if index.column() == 0 else None
        words = line.name if index.column() == 0 else line.texts[index.column() - 1]
        return literal(words) if role == Qt.ItemDataRole.ToolTipRole else words
