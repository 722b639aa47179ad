"""Table model of a storage report: a title per section, then its rows, largest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import Condition
from exr_inspector_app.gui.filters.filter_set import value_label
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.style.formatting import escape_tooltip, format_bytes
from exr_inspector_app.services.storage.report import ReportRow, ReportSection, StorageReport
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole + 1  # SectionTitle, SectionRow or SectionRest
NAME, FILES, SIZE, SHARE = range(4)
MAX_ROWS = 100  # of a section
_ROOT = QModelIndex()
_COLUMNS = ("compression", "kind", "renderer", "show")  # sections whose rows are values of a column
_PATHS = ("half", "old-versions", "incomplete", "damaged", "gone", "duplicates")  # sections whose rows are paths


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """Title row of a section."""

    section: ReportSection


@dataclass(frozen=True, slots=True)
class SectionRow:
    """Row of a section, with its share of all bytes, from 0 to 1."""

    section: ReportSection
    row: ReportRow
    share: float


@dataclass(frozen=True, slots=True)
class SectionRest:
    """Number of rows that are not listed."""

    count: int


Item = SectionTitle | SectionRow | SectionRest


class StorageModel(QAbstractTableModel):
    """Rows of a storage report, with duplicates as the first section once they are known."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []

    def set_report(self, report: StorageReport | None, duplicates: ReportSection | None = None) -> None:
        """Replace all rows; None for no report."""
        self.beginResetModel()
        self._items = []
        sections = report.sections if report else ()
        for section in (*([duplicates] if duplicates else []), *sections):
            self._items.append(SectionTitle(section))
            total = max(report.size_bytes, 1) if report else 1
            for row in section.rows[:MAX_ROWS]:
                size = row.size_bytes if row.saved_bytes is None else row.saved_bytes
                self._items.append(SectionRow(section, row, min(size / total, 1.0)))
            if len(section.rows) > MAX_ROWS:
                self._items.append(SectionRest(len(section.rows) - MAX_ROWS))
        self.endResetModel()

    def item(self, index: Index) -> Item | None:
        """Return the item of a row."""
        return self._items[index.row()] if index.isValid() and index.row() < len(self._items) else None

    def condition(self, index: Index) -> Condition | None:
        """Return the condition that selects the files of a row; None for a row without one."""
        item = self.item(index)
        if not isinstance(item, SectionRow):
            return None
        code, name = item.section.code, item.row.name
        if code in _COLUMNS:
            return Condition(code, "is_null", True) if name == "unknown" else Condition(code, "=", name)
        if code not in _PATHS or "," in name:  # a comma would separate two values
            return None
        return Condition("file_path", "matches", re.sub("#+", "*", name))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(strings.STORAGE_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (FILES, SIZE):
            return Qt.AlignmentFlag.AlignRight
        return strings.STORAGE_COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the flags of a cell; titles cannot be selected."""
        flags = super().flags(index)
        return flags if isinstance(self.item(index), SectionRow) else flags & ~Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text or tooltip of a cell, or its item for ITEM_ROLE."""
        item = self.item(index)
        if item is None:
            return None
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(item, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, SectionRow):
            hint = f"\n\n{strings.STORAGE_ROW_HINT}" if self.condition(index) else ""
            return escape_tooltip(f"{escape_control(item.row.name)}\n{escape_control(item.row.detail)}{hint}")
        return None


def cell_text(item: Item, column: int) -> str:
    """Return the text of a cell."""
    match item:
        case SectionTitle(section):
            return strings.section_title(section) if column == NAME else ""
        case SectionRest(count):
            return strings.storage_rest(count) if column == NAME else ""
        case SectionRow(section, row, share):
            size = format_bytes(row.size_bytes)
            saved = f"{100 * share:.0f} %" if row.saved_bytes is None else format_bytes(row.saved_bytes)
            return (_row_name(section, row), f"{row.files:,}", size, saved)[column]
    return ""


def _row_name(section: ReportSection, row: ReportRow) -> str:
    return value_label(section.code, row.name) if section.code in _COLUMNS else escape_control(row.name)
