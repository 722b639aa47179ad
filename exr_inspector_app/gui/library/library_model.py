"""Tree model of the library: one top row per sequence, with its files as children; both are fetched on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.contracts import Page
from exr_inspector_app.gui.library.library_rows import COLUMNS, FILE, LibraryRow, format_row, row_tooltip
from exr_inspector_app.gui.style.formatting import escape_tooltip

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # LibraryRow
NOT_REQUESTED = -1
_ROOT = QModelIndex()


@dataclass(slots=True)
class _TopRow:
    """Top row with the files fetched for it."""

    row: LibraryRow
    files: list[LibraryRow] = field(default_factory=list)
    requested: int = NOT_REQUESTED  # offset of the page of files that is on its way
    is_complete: bool = False  # the last page of files was empty


class LibraryModel(QAbstractItemModel):
    """Model that only appends rows or replaces all of them.

    An index holds the number of its parent row, or 0 at the top; appending keeps these numbers valid.
    """

    page_requested = Signal(int)  # offset
    files_requested = Signal(str, int)  # sequence_key, offset

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.create_mime_data: Callable[[Sequence[str]], QMimeData] = lambda _paths: QMimeData()  # set by the window
        self._top: list[_TopRow] = []
        self._total_rows = 0
        self._requested = NOT_REQUESTED  # offset of the page that is on its way
        self._next_offset = 0

    @property
    def total_rows(self) -> int:
        """Number of matching top rows, fetched or not."""
        return self._total_rows

    def set_first_page(self, page: Page | None) -> None:
        """Replace all rows by those of the first page."""
        self.beginResetModel()
        self._top = [_TopRow(format_row(row)) for row in page.rows] if page else []
        self._total_rows = page.total_rows if page else 0
        self._requested, self._next_offset = NOT_REQUESTED, len(self._top)
        self.endResetModel()

    def append_page(self, page: Page, offset: int) -> None:
        """Append the page at `offset`; ignore any page but the requested one."""
        if offset != self._requested:
            return
        self._requested, self._next_offset = NOT_REQUESTED, offset + len(page.rows)
        known = {_key(top.row) for top in self._top}
        # a publish since the first page moves known rows to later pages
        rows = [row for row in page.rows if row.file["sequence_key"] not in known]
        if not page.rows:
            self._total_rows = self._next_offset = len(self._top)  # rows were removed since the first page
        if rows:
            first = len(self._top)
            self.beginInsertRows(_ROOT, first, first + len(rows) - 1)
            self._top += [_TopRow(format_row(row)) for row in rows]
            self.endInsertRows()

    def append_files(self, sequence_key: str, page: Page, offset: int) -> None:
        """Append the files at `offset` of a sequence; ignore any but the requested ones."""
        number = next((at for at, top in enumerate(self._top) if _key(top.row) == sequence_key), None)
        if number is None or offset != self._top[number].requested:
            return
        top, rows = self._top[number], page.rows
        top.requested, top.is_complete = NOT_REQUESTED, not rows
        if rows:
            self.beginInsertRows(self.index(number, 0), offset, offset + len(rows) - 1)
            top.files += [format_row(row) for row in rows]
            self.endInsertRows()

    def cancel_requests(self) -> None:
        """Forget pending requests, so that scrolling issues them again."""
        self._requested = NOT_REQUESTED
        for top in self._top:
            top.requested = NOT_REQUESTED

    def indexes_of(self, sequence_keys: set[str]) -> list[QModelIndex]:
        """Return the indexes of the fetched sequences among `sequence_keys`."""
        return [self.index(number, 0) for number, top in enumerate(self._top) if _key(top.row) in sequence_keys]

    def row_at(self, index: Index) -> LibraryRow | None:
        """Return the row of an index."""
        if not index.isValid():
            return None
        parent = index.internalId()
        return self._top[parent - 1].files[index.row()] if parent else self._top[index.row()].row

    # QAbstractItemModel

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return the index of a row, which holds the number of its parent."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Return the index of the sequence that a file belongs to."""
        number = index.internalId() if index.isValid() else 0
        return self.createIndex(number - 1, 0, 0) if number else QModelIndex()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of fetched rows."""
        if not parent.isValid():
            return len(self._top)
        if parent.internalId() or parent.column():
            return 0
        return len(self._top[parent.row()].files)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return len(COLUMNS)

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        """Return whether a row is a sequence."""
        if not parent.isValid():
            return bool(self._top)
        if parent.internalId() or parent.column():
            return False
        return self._top[parent.row()].row.is_sequence

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether rows are missing and none are on their way."""
        if not parent.isValid():
            return self._requested == NOT_REQUESTED and self._next_offset < self._total_rows
        if not self.hasChildren(parent):
            return False
        top = self._top[parent.row()]
        is_idle = top.requested == NOT_REQUESTED
        return is_idle and not top.is_complete and len(top.files) < top.row.listed.count

    def fetchMore(self, parent: Index) -> None:
        """Request the next page of sequences, or of the files of a sequence."""
        if not self.canFetchMore(parent):
            return
        if not parent.isValid():
            self._requested = self._next_offset
            self.page_requested.emit(self._requested)
            return
        top = self._top[parent.row()]
        top.requested = len(top.files)
        self.files_requested.emit(_key(top.row), top.requested)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return the title or the alignment of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section].is_right_aligned:
            return Qt.AlignmentFlag.AlignRight
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text or tooltip of a cell, or the row itself for ROW_ROLE."""
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
        """Return flags that make all rows draggable."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Return the formats of a drag: URLs and text."""
        return ["text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the paths of the rows as URLs and as text."""
        rows = dict.fromkeys(index.siblingAtColumn(0) for index in indexes)
        return self.create_mime_data([row.path for index in rows if (row := self.row_at(index))])


def _key(row: LibraryRow) -> str:
    return str(row.listed.file["sequence_key"])
