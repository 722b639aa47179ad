"""List model of the publish sheet: headings, plan lines, and overflow rows of collapsible groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.contracts import Record
from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
MAX_GROUP_ROWS = 4  # the last row is the overflow row
LIST_ORDER = (PlanGroup.NEW, PlanGroup.CHANGED, PlanGroup.INCOMPLETE, PlanGroup.FAILED, PlanGroup.PRESENT)


@dataclass(frozen=True, slots=True)
class PlanHeading:
    """Title row of a group."""

    group: PlanGroup
    note: str
    is_open: bool
    check: Qt.CheckState = field(default=Qt.CheckState.Unchecked, compare=False)


@dataclass(frozen=True, slots=True)
class PlanOverflow:
    """Row for the lines of a group that are not shown yet."""

    group: PlanGroup
    lines: int
    files: int


PlanRow = PlanHeading | PlanLine | PlanOverflow


def _note(group: PlanGroup, files: int, included: int) -> str:
    """Return the note on a group for its heading: what happens to the files that are included."""
    if not included:
        return strings.skipped(files)
    if group is PlanGroup.INCOMPLETE:
        return strings.partly_included(files, included)
    notes = {
        PlanGroup.NEW: strings.will_be_added,
        PlanGroup.CHANGED: strings.will_be_added_as_version,
        PlanGroup.PRESENT: strings.will_be_updated,
    }
    note = notes[group](included)
    return note if included == files else f"{note}, {strings.skipped(files - included)}"


class PlanModel(QAbstractListModel):
    """Model whose groups can be collapsed, and whose lines and groups can be included or left out."""

    choice_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[PlanGroup, list[PlanLine]] = {}
        self._open: set[PlanGroup] = set(LIST_ORDER) - {PlanGroup.PRESENT}
        self._expanded: set[PlanGroup] = set()
        self._rows: list[PlanRow] = []

    def show_plan(self, lines: Sequence[PlanLine]) -> None:
        """Show the lines, with the published files collapsed."""
        self._lines = {group: [line for line in lines if line.group is group] for group in LIST_ORDER}
        self._open = set(LIST_ORDER) - {PlanGroup.PRESENT}
        self._expanded = set()
        self._rebuild()

    @property
    def has_context(self) -> bool:
        """True if a line has a show or a shot."""
        return any(line.show or line.shot for lines in self._lines.values() for line in lines)

    def files(self, group: PlanGroup) -> int:
        """Return the number of files in a group."""
        return sum(line.count for line in self._lines.get(group, ()))

    def all_lines(self) -> tuple[PlanLine, ...]:
        """Return all lines, shown or not, with the current choices."""
        return tuple(line for group in LIST_ORDER for line in self._lines.get(group, ()))

    def chosen(self) -> tuple[Record, ...]:
        """Return the records to publish: those of the included lines."""
        return tuple(record for line in self.all_lines() if line.is_included for record in line.records)

    def added(self) -> int:
        """Return the number of chosen files that are not published yet."""
        return len(self.chosen()) - self.refreshed()

    def refreshed(self) -> int:
        """Return the number of chosen files that are already published."""
        return self.included(PlanGroup.PRESENT)

    def included(self, group: PlanGroup) -> int:
        """Return the number of chosen files in a group."""
        return sum(line.count for line in self._lines.get(group, ()) if line.is_included)

    def row(self, index: Index) -> PlanRow | None:
        """Return the row at an index."""
        inside = index.isValid() and 0 <= index.row() < len(self._rows)
        return self._rows[index.row()] if inside else None

    def activate(self, index: Index) -> None:
        """Collapse or expand a group, show its rest, or include or leave out a line."""
        match self.row(index):
            case PlanHeading(group=group):
                self._open ^= {group}
                self._rebuild()
            case PlanOverflow(group=group):
                self._expanded.add(group)
                self._rebuild()
            case PlanLine():
                self.toggle(index)
            case _:
                pass

    def toggle(self, index: Index) -> None:
        """Include or leave out a line, or all lines of a group; files that cannot be published stay out."""
        row = self.row(index)
        if row is None or isinstance(row, PlanOverflow) or row.group is PlanGroup.FAILED:
            return
        lines = self._lines[row.group]
        if isinstance(row, PlanLine):
            lines[lines.index(row)] = replace(row, is_included=not row.is_included)
        else:
            is_included = row.check is not Qt.CheckState.Checked
            lines[:] = [replace(line, is_included=is_included) for line in lines]
        self._refresh()
        self.choice_changed.emit()

    def _refresh(self) -> None:
        """Update the texts of the same rows."""
        self._rows = self._make_rows()
        self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._rows = self._make_rows()
        self.endResetModel()

    def _make_rows(self) -> list[PlanRow]:
        rows: list[PlanRow] = []
        for group in LIST_ORDER:
            lines = self._lines.get(group, [])
            if not lines:
                continue
            files, included = self.files(group), self.included(group)
            states = Qt.CheckState
            check = (
                states.Unchecked if not included else states.Checked if included == files else states.PartiallyChecked
            )
            rows.append(PlanHeading(group, _note(group, files, included), group in self._open, check))
            if group in self._open:
                rows += self._group_rows(group, lines)
        return rows

    def _group_rows(self, group: PlanGroup, lines: list[PlanLine]) -> list[PlanRow]:
        """Return the shown lines of a group, and one row for the rest."""
        if len(lines) <= MAX_GROUP_ROWS or group in self._expanded:
            return list(lines)
        rest = lines[MAX_GROUP_ROWS - 1 :]
        return [*lines[: MAX_GROUP_ROWS - 1], PlanOverflow(group, len(rest), sum(line.count for line in rest))]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself under ROW_ROLE, or its text."""
        row = self.row(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.CheckStateRole:
            return check_state(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _row_text(row)
        return None


def check_state(row: PlanRow) -> Qt.CheckState | None:
    """Return the state of the check box of a row; None for a row without one, or whose files cannot be published."""
    if isinstance(row, PlanOverflow) or row.group is PlanGroup.FAILED:
        return None
    if isinstance(row, PlanHeading):
        return row.check
    return Qt.CheckState.Checked if row.is_included else Qt.CheckState.Unchecked


def _row_text(row: PlanRow) -> str:
    """Return a row as text, for screen readers and type-ahead."""
    match row:
        case PlanHeading():
            return f"{row.group}: {row.note}"
        case PlanLine():
            context = "".join(f"{text}, " for text in (row.show, row.shot) if text)
            return f"{row.title}, {context}{pluralize(row.count, 'file')}, {row.reason}"
        case PlanOverflow():
            return f"{strings.more_lines(row.lines)}, {pluralize(row.files, 'file')}"
