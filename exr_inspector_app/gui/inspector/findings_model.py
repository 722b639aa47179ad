"""What is wrong with, or worth knowing of, a file: its errors, then its findings, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1
SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One sentence with its code and place."""

    severity: str
    message: str
    place: str

    @property
    def text(self) -> str:
        """The row as it is copied."""
        return f"{self.severity}: {self.message} ({self.place})"


def rows_of(
    file: ExrFile | None, problems: tuple[Problem, ...] = (), frames: Sequence[FrameFinding] = ()
) -> list[FindingRow]:
    """The errors and findings of a file and of the `frames` it is one of; `problems` stand for a file that could
    not be read at all."""
    errors = file.errors if file else problems
    rows = [FindingRow("error", escape_control(one.message), place_of(one)) for one in errors]
    for severity in SEVERITIES:
        for one in file.findings if file else ():
            if one.severity == severity:
                part = "" if one.part_index is None else f", part {one.part_index}"
                rows.append(FindingRow(severity, escape_control(one.message), f"{one.code}{part}"))
        rows += [
            FindingRow(severity, escape_control(one.message), f"{one.code}, {escape_control(one.pattern)}")
            for one in frames
            if one.severity == severity
        ]
    return rows


def place_of(problem: Problem) -> str:
    """Code, part, attribute and byte, as far as they are known."""
    facts = [problem.code]
    if problem.part_index is not None:
        facts.append(f"part {problem.part_index}")
    if problem.attribute:
        facts.append(escape_control(problem.attribute))
    if problem.byte_offset is not None:
        facts.append(f"byte {problem.byte_offset:,}")
    return ", ".join(facts)


class FindingsModel(QAbstractListModel):
    """The rows of the selected file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FindingRow] = []

    def show_rows(self, rows: list[FindingRow]) -> None:
        """These rows from now on."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    @property
    def worst(self) -> str:
        """The severity of the worst row, nothing where there is none."""
        found = {row.severity for row in self._rows}
        return next((severity for severity in SEVERITIES if severity in found), "")

    @property
    def summary(self) -> str:
        """`2 errors, 1 warning, 1 note`."""
        counts = Counter(row.severity for row in self._rows)
        return ", ".join(pluralize(counts[severity], severity) for severity in SEVERITIES if counts[severity])

    def text(self) -> str:
        """Every row, one a line."""
        return "\n".join(row.text for row in self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        return row.text if role == Qt.ItemDataRole.DisplayRole else None
