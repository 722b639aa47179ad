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
    """List model of the issues of the selected file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FindingRow] = []

    def show_rows(self, rows: list[FindingRow]) -> None:
        """Replace the rows."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

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
        """Return every row as text, one per line."""
        return "\n".join(row.text for row in self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of issues."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row as text, or the `FindingRow` under `ROW_ROLE`."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        return row.text if role == Qt.ItemDataRole.DisplayRole else None
