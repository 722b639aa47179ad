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
from exr_inspector_app.rules import Outcome
from exr_inspector_app.rules.hints import NO_HINT, Hint, hint
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
SEVERITIES = ("error", "warning", "note")
FOLDED = ("note", "ignored", "passed")  # kinds of rows below a row that unfolds them


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Row of one issue: severity, message, and location."""

    severity: str
    message: str
    location: str
    code: str = ""  # of a finding of a profile, which may be ignored
    hint: Hint = NO_HINT  # what to do

    @property
    def text(self) -> str:
        """Row as plain text, for the clipboard."""
        return f"{self.severity}: {self.message} ({self.location})"


@dataclass(frozen=True, slots=True)
class NotesRow:
    """Row that folds and unfolds the rows of one kind, which follow it: notes, ignored findings, passed rules."""

    notes: tuple[FindingRow, ...]
    is_open: bool
    kind: str = "note"

    @property
    def title(self) -> str:
        """Number of rows: `3 notes`."""
        return strings.folded_title(self.kind, len(self.notes))

    @property
    def text(self) -> str:
        """Notes as plain text while they are folded, for clipboard and tooltip."""
        return self.title if self.is_open else "\n".join(note.text for note in self.notes)


def build_finding_rows(
    file: ExrFile | None,
    problems: tuple[Problem, ...] = (),
    frames: Sequence[FrameFinding] = (),
    outcomes: Sequence[Outcome] | None = None,
) -> list[FindingRow]:
    """Return the rows of a file, worst first.

    Args:
        file: File whose errors and findings are listed.
        problems: Errors to list if the file could not be read at all.
        frames: Findings of the frame sequence that the file belongs to.
        outcomes: Outcomes of the profile for the file and its sequence, in place of findings; None without a profile.

    Returns:
        Errors, then findings and frame findings in the order of `SEVERITIES`, then ignored and passed rules.
    """
    errors = file.errors if file else problems
    rows = [FindingRow("error", escape_control(error.message), format_location(error)) for error in errors]
    if outcomes is not None:
        return rows + build_outcome_rows(outcomes)
    for severity in SEVERITIES:
        for finding in file.findings if file else ():
            if finding.severity == severity:
                part = "" if finding.part_index is None else f", {strings.part_location(finding.part_index)}"
                location = f"{finding.code}{part}"
                rows.append(FindingRow(severity, escape_control(finding.message), location, hint=hint(finding.code)))
        rows += [
            FindingRow(
                severity,
                escape_control(frame.message),
                f"{frame.code}, {escape_control(frame.pattern)}",
                hint=hint(frame.code),
            )
            for frame in frames
            if frame.severity == severity
        ]
    return rows


def build_outcome_rows(outcomes: Sequence[Outcome]) -> list[FindingRow]:
    """Return the rows of a profile: failed rules by severity, then ignored and passed ones."""
    kinds = [(outcome.severity if outcome.status == "failed" else outcome.status, outcome) for outcome in outcomes]
    order = (*SEVERITIES, *FOLDED[1:])
    rows = [
        FindingRow(
            kind,
            escape_control(outcome.message),
            _outcome_location(outcome),
            outcome.code,
            hint(outcome.code) if outcome.status == "failed" else NO_HINT,
        )
        for kind, outcome in sorted(kinds, key=lambda pair: order.index(pair[0]))
    ]
    return list(dict.fromkeys(rows))


def _outcome_location(outcome: Outcome) -> str:
    part = "" if outcome.part_index is None else strings.part_location(outcome.part_index)
    reason = f"“{escape_control(outcome.reason)}”" if outcome.reason else ""
    return ", ".join(filter(None, [outcome.code, part, reason]))


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
        self._open: set[str] = set()  # kinds of FOLDED; also for files that are selected later
        self._visible: list[FindingRow | NotesRow] = []

    def show_rows(self, rows: list[FindingRow]) -> None:
        """Replace the rows, which are sorted by severity."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self._visible = self._visible_rows()
            self.endResetModel()

    def toggle(self, kind: str) -> None:
        """Fold or unfold the rows of a kind of FOLDED."""
        rows = self._rows_of(kind)
        if not rows:
            return
        header = next(at for at, row in enumerate(self._visible) if isinstance(row, NotesRow) and row.kind == kind)
        first, last = header + 1, header + len(rows)
        if kind not in self._open:
            self.beginInsertRows(QModelIndex(), first, last)
            self._open.add(kind)
            self._visible = self._visible_rows()
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), first, last)
            self._open.discard(kind)
            self._visible = self._visible_rows()
            self.endRemoveRows()
        self.dataChanged.emit(self.index(header), self.index(header))

    def _rows_of(self, kind: str) -> tuple[FindingRow, ...]:
        return tuple(row for row in self._rows if row.severity == kind)

    def _visible_rows(self) -> list[FindingRow | NotesRow]:
        visible: list[FindingRow | NotesRow] = [row for row in self._rows if row.severity not in FOLDED]
        for kind in FOLDED:
            if rows := self._rows_of(kind):
                is_open = kind in self._open
                visible += [NotesRow(rows, is_open, kind), *(rows if is_open else ())]
        return visible

    @property
    def count(self) -> int:
        """Number of issues, folded notes included, without ignored and passed rules."""
        return sum(row.severity in SEVERITIES for row in self._rows)

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
