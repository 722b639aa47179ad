"""What a publish would do, grouped and folded by sequence, as rows that only need painting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.contracts import Record
from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
SHOWN_ROWS = 4  # of one group, before the rest folds into one row
LIST_ORDER = (PlanGroup.NEW, PlanGroup.CHANGED, PlanGroup.INCOMPLETE, PlanGroup.FAILED, PlanGroup.PRESENT)


@dataclass(frozen=True, slots=True)
class PlanHeading:
    """The title row of a group."""

    group: PlanGroup
    note: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class PlanOverflow:
    """The row that stands for the lines of a group that are not shown yet."""

    group: PlanGroup
    lines: int
    files: int


Row = PlanHeading | PlanLine | PlanOverflow


def _note(group: PlanGroup, files: int, included: int) -> str:
    """What becomes of a group's files."""
    one = files == 1
    verb = "is" if one else "are"
    words = {
        PlanGroup.NEW: "will be added",
        PlanGroup.CHANGED: "will be added beside the old one" + ("" if one else "s"),
        PlanGroup.FAILED: f"{verb} left out",
        PlanGroup.INCOMPLETE: f"{verb} left out" if not included else f"found, {included:,} included",
    }
    if group is PlanGroup.PRESENT:
        return f"{pluralize(files, 'file')}: date and size are refreshed, no new rows"
    return f"{pluralize(files, 'file')} {words[group]}"


class PlanModel(QAbstractListModel):
    """The rows of the publish sheet; groups open and close, incomplete lines can be included."""

    choice_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[PlanGroup, list[PlanLine]] = {}
        self._open: set[PlanGroup] = set(LIST_ORDER) - {PlanGroup.PRESENT}
        self._whole: set[PlanGroup] = set()
        self._rows: list[Row] = []

    def show_plan(self, made: Sequence[PlanLine]) -> None:
        """The lines are shown, incomplete ones left out, what is already there folded."""
        self._lines = {group: [line for line in made if line.group is group] for group in LIST_ORDER}
        self._open = set(LIST_ORDER) - {PlanGroup.PRESENT}
        self._whole = set()
        self._rebuild()

    def files(self, group: PlanGroup) -> int:
        """The files of a group."""
        return sum(line.count for line in self._lines.get(group, ()))

    def every(self) -> tuple[PlanLine, ...]:
        """All lines, shown or folded, as they are decided now."""
        return tuple(line for group in LIST_ORDER for line in self._lines.get(group, ()))

    def chosen(self) -> tuple[Record, ...]:
        """The records to publish: all but incomplete ones that nobody included."""
        return tuple(
            record
            for line in self.every()
            if line.group is not PlanGroup.INCOMPLETE or line.is_included
            for record in line.records
        )

    def added(self) -> int:
        """How many of the chosen files are more than a refresh."""
        return len(self.chosen()) - self.files(PlanGroup.PRESENT)

    def row(self, index: Index) -> Row | None:
        """What stands in a row."""
        inside = index.isValid() and 0 <= index.row() < len(self._rows)
        return self._rows[index.row()] if inside else None

    def activate(self, index: Index) -> None:
        """A heading opens or closes, a `more` row unfolds, an incomplete line is included or left out."""
        match self.row(index):
            case PlanHeading(group=group):
                self._open ^= {group}
                self._rebuild()
            case PlanOverflow(group=group):
                self._whole.add(group)
                self._rebuild()
            case PlanLine(group=PlanGroup.INCOMPLETE) as line:
                self._include(line)
            case _:
                pass

    def _include(self, line: PlanLine) -> None:
        listed = self._lines[line.group]
        listed[listed.index(line)] = PlanLine(
            line.group, line.title, line.reason, line.count, line.tip, line.records, not line.is_included
        )
        self._refresh()
        self.choice_changed.emit()

    def _refresh(self) -> None:
        """The same rows with new words."""
        self._rows = self._made_rows()
        self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._rows = self._made_rows()
        self.endResetModel()

    def _made_rows(self) -> list[Row]:
        rows: list[Row] = []
        for group in LIST_ORDER:
            listed = self._lines.get(group, [])
            if not listed:
                continue
            included = sum(line.count for line in listed if line.is_included)
            rows.append(PlanHeading(group, _note(group, self.files(group), included), group in self._open))
            if group in self._open:
                rows += self._group_rows(group, listed)
        return rows

    def _group_rows(self, group: PlanGroup, listed: list[PlanLine]) -> list[Row]:
        """The lines that are shown, and one row for the rest."""
        if len(listed) <= SHOWN_ROWS or group in self._whole:
            return list(listed)
        rest = listed[SHOWN_ROWS - 1 :]
        return [*listed[: SHOWN_ROWS - 1], PlanOverflow(group, len(rest), sum(line.count for line in rest))]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All rows are on one level."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself under ROW_ROLE, and its words."""
        row = self.row(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(row)
        return None


def _spoken(row: Row) -> str:
    """A row in words, for screen readers and type-ahead."""
    match row:
        case PlanHeading():
            return f"{row.group}: {row.note}"
        case PlanLine():
            return f"{row.title}, {pluralize(row.count, 'file')}, {row.reason}"
        case PlanOverflow():
            return f"{row.lines} more, {pluralize(row.files, 'file')}"
