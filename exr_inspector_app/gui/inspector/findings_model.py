"""List model of a file's issues: its errors, then its findings by severity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Row of one issue: severity, message, and location."""

    severity: str
    message: str
    location: str

    @property
    def text(self) -> str:
        """Row as plain text, for the clipboard."""
        return f"{self.severity}: {self.message} ({self.location})"


@dataclass(frozen=True, slots=True)
class NotesRow:
    """Row that folds and unfolds the notes, which follow it."""

    notes: tuple[FindingRow, ...]
    is_open: bool

    @property
    def title(self) -> str:
        """Number of notes: `3 notes`."""
        return pluralize(len(self.notes), "note")

    @property
    def text(self) -> str:
        """Notes as plain text while they are folded, for clipboard and tooltip."""
        return self.title if self.is_open else "\n".join(note.text for note in self.notes)


def build_finding_rows(
    file: ExrFile | None, problems: tuple[Problem, ...] = (), frames: Sequence[FrameFinding] = ()
) -> list[FindingRow]:
    """Return the rows of a file, worst first.

    Args:
        file: File whose errors and findings are listed.
        problems: Errors to list if the file could not be read at all.
        frames: Findings of the frame sequence that the file belongs to.

    Returns:
        Errors, then findings and frame findings in the order of `SEVERITIES`.
    """
    errors = file.errors if file else problems
    rows = [FindingRow("error", escape_control(error.message), format_location(error)) for error in errors]
    for severity in SEVERITIES:
        for finding in file.findings if file else ():
            if finding.severity == severity:
                part = "" if finding.part_index is None else f", {strings.part_location(finding.part_index)}"
                rows.append(FindingRow(severity, escape_control(finding.message), f"{finding.code}{part}"))
        rows += [
            FindingRow(severity, escape_control(frame.message), f"{frame.code}, {escape_control(frame.pattern)}")
            for frame in frames
            if frame.severity == severity
        ]
    return rows


def format_location(problem: Problem) -> str:
    """Return code, part, attribute, and byte offset; unknown ones are omitted."""
    facts = [problem.code]
    if problem.part_index is not None:
        facts.append(strings.part_location(problem.part_index))
    if problem.attribute:
        facts.append(escape_control(problem.attribute))
    if problem.byte_offset is not None:
        facts.append(strings.byte_location(problem.byte_offset))
    return ", ".join(facts)


class FindingsModel(QAbstractListModel):
    """List model of the issues of the selected file: errors and warnings, then a row that unfolds the notes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FindingRow] = []
        self._are_notes_open = False  # also for files that are selected later
        self._visible: list[FindingRow | NotesRow] = []

    def show_rows(self, rows: list[FindingRow]) -> None:
        """Replace the rows, which are sorted by severity."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self._visible = self._visible_rows()
            self.endResetModel()

    def toggle_notes(self) -> None:
        """Fold or unfold the notes."""
        notes = self._notes
        if not notes:
            return
        first = len(self._rows) - len(notes) + 1  # after the row that folds them
        last = first + len(notes) - 1
        self._are_notes_open = not self._are_notes_open
        if self._are_notes_open:
            self.beginInsertRows(QModelIndex(), first, last)
            self._visible = self._visible_rows()
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), first, last)
            self._visible = self._visible_rows()
            self.endRemoveRows()
        self.dataChanged.emit(self.index(first - 1), self.index(first - 1))

    @property
    def _notes(self) -> tuple[FindingRow, ...]:
        return tuple(row for row in self._rows if row.severity == "note")

    def _visible_rows(self) -> list[FindingRow | NotesRow]:
        notes = self._notes
        if not notes:
            return [*self._rows]
        others = [row for row in self._rows if row.severity != "note"]
        return [*others, NotesRow(notes, self._are_notes_open), *(notes if self._are_notes_open else ())]

    @property
    def count(self) -> int:
        """Number of issues, folded notes included."""
        return len(self._rows)

    @property
    def worst(self) -> str:
        """Severity of the worst row, empty if there are no rows."""
        severities = {row.severity for row in self._rows}
        return next((severity for severity in SEVERITIES if severity in severities), "")

    @property
    def summary(self) -> str:
        """Number of rows by severity: `2 errors, 1 warning, 1 note`."""
        counts = Counter(row.severity for row in self._rows)
        return ", ".join(pluralize(counts[severity], severity) for severity in SEVERITIES if counts[severity])

    def as_text(self) -> str:
        """Return every issue as text, one per line, folded notes included."""
        return "\n".join(row.text for row in self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of visible rows."""
        return 0 if parent.isValid() else len(self._visible)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row as text, or the `FindingRow` or `NotesRow` under `ROW_ROLE`."""
        if not index.isValid() or not 0 <= index.row() < len(self._visible):
            return None
        row = self._visible[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(row, NotesRow):
            return strings.notes_title(row.title, is_open=row.is_open)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.title if isinstance(row, NotesRow) else row.text
        return None
