"""Records of a storage report: sections of rows, the same for text, JSON, CSV, HTML and the window."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Row of a section.

    Attributes:
        name: Value, path, or change.
        files: Number of files.
        size_bytes: Bytes of these files on disk.
        detail: Further facts, for users.
        saved_bytes: Estimate of the saved bytes; None where nothing can be saved.
    """

    name: str
    files: int
    size_bytes: int
    detail: str = ""
    saved_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Section: rows by size or saving, largest first.

    Attributes:
        code: Name for programs.
        title: Title for users.
        note: Sentence on the basis of the figures; empty if they are exact.
        rows: Rows.
    """

    code: str
    title: str
    note: str
    rows: tuple[ReportRow, ...]

    @property
    def saved_bytes(self) -> int:
        """Sum of the estimates."""
        return sum(row.saved_bytes or 0 for row in self.rows)


@dataclass(frozen=True, slots=True)
class StorageReport:
    """Storage report.

    Attributes:
        target: Display name of the library.
        files: Number of files.
        size_bytes: Their bytes on disk, when they were published.
        sections: Sections, in the order in which they are shown.
    """

    target: str
    files: int
    size_bytes: int
    sections: tuple[ReportSection, ...]
