"""The library as rows: a line a sequence, opened into its files; both are fetched as one scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.contracts import Page
from exr_inspector_app.gui.library.library_rows import COLUMNS, FILE, LibraryRow, format_row, row_tooltip
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.gui.widgets.drag import create_path_mime_data

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # Shown
_ROOT = QModelIndex()


@dataclass(slots=True)
class _TopRow:
    """A top row and the files that it was opened into."""

    shown: LibraryRow
    files: list[LibraryRow] = field(default_factory=list)
    asked: int = -1  # the offset that is on its way
    is_whole: bool = False  # no more files came


class LibraryModel(QAbstractItemModel):
    """Rows are only ever added behind others, or all replaced; so a row's number names it for its files."""

    page_requested = Signal(int)  # offset
    files_requested = Signal(str, int)  # sequence_key, offset

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_TopRow] = []
        self._in_all = 0
        self._asked = -1
        self._next = 0  # the offset of the page behind the last one

    @property
    def total_rows(self) -> int:
        """The rows that match, fetched or not."""
        return self._in_all

    def set_first_page(self, page: Page | None) -> None:
        """This first page in place of everything."""
        self.beginResetModel()
        self._lines = [_TopRow(format_row(row)) for row in page.rows] if page else []
        self._in_all = page.total_rows if page else 0
        self._asked, self._next = -1, len(self._lines)
        self.endResetModel()

    def append_page(self, page: Page, offset: int) -> None:
        """The page behind so many rows, if it is the one that was asked for."""
        if offset != self._asked:
            return
        self._asked, self._next = -1, offset + len(page.rows)
        known = {line.shown.listed.file["sequence_key"] for line in self._lines}
        rows = [row for row in page.rows if row.file["sequence_key"] not in known]  # some were published meanwhile
        if not page.rows:
            self._in_all = self._next = len(self._lines)  # some were removed meanwhile
        if rows:
            first = len(self._lines)
            self.beginInsertRows(_ROOT, first, first + len(rows) - 1)
            self._lines += [_TopRow(format_row(row)) for row in rows]
            self.endInsertRows()

    def append_files(self, sequence_key: str, page: Page, offset: int) -> None:
        """The files of a sequence behind so many of them."""
        place = next((at for at, one in enumerate(self._lines) if _key(one.shown) == sequence_key), None)
        if place is None or offset != self._lines[place].asked:
            return
        line, rows = self._lines[place], page.rows
        line.asked, line.is_whole = -1, not rows
        if rows:
            self.beginInsertRows(self.index(place, 0), offset, offset + len(rows) - 1)
            line.files += [format_row(row) for row in rows]
            self.endInsertRows()

    def cancel_requests(self) -> None:
        """What was asked for does not come; scrolling on asks again."""
        self._asked = -1
        for line in self._lines:
            line.asked = -1

    def indexes_of(self, sequence_keys: set[str]) -> list[QModelIndex]:
        """Where these sequences stand, as far as they are fetched."""
        return [self.index(at, 0) for at, line in enumerate(self._lines) if _key(line.shown) in sequence_keys]

    def row_at(self, index: Index) -> LibraryRow | None:
        """What stands in a row."""
        if not index.isValid():
            return None
        parent = index.internalId()
        return self._lines[parent - 1].files[index.row()] if parent else self._lines[index.row()].shown

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        place = index.internalId() if index.isValid() else 0
        return self.createIndex(place - 1, 0, 0) if place else QModelIndex()

    def rowCount(self, parent: Index = _ROOT) -> int:
        if not parent.isValid():
            return len(self._lines)
        if parent.internalId() or parent.column():
            return 0
        return len(self._lines[parent.row()].files)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return len(COLUMNS)

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        if not parent.isValid():
            return bool(self._lines)
        if parent.internalId() or parent.column():
            return False
        return self._lines[parent.row()].shown.is_sequence

    def canFetchMore(self, parent: Index) -> bool:
        if not parent.isValid():
            return self._asked < 0 and self._next < self._in_all
        if not self.hasChildren(parent):
            return False
        line = self._lines[parent.row()]
        return line.asked < 0 and not line.is_whole and len(line.files) < line.shown.listed.count

    def fetchMore(self, parent: Index) -> None:
        if not self.canFetchMore(parent):
            return
        if not parent.isValid():
            self._asked = self._next
            self.page_requested.emit(self._asked)
            return
        line = self._lines[parent.row()]
        line.asked = len(line.files)
        self.files_requested.emit(_key(line.shown), line.asked)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section].at_right:
            return Qt.AlignmentFlag.AlignRight
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(row_tooltip(row) if index.column() == FILE else row.cells[index.column()])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The paths of the rows, as links and as text."""
        rows = dict.fromkeys(index.siblingAtColumn(0) for index in indexes)
        return create_path_mime_data([row.path for index in rows if (row := self.row_at(index))])


def _key(row: LibraryRow) -> str:
    return str(row.listed.file["sequence_key"])
