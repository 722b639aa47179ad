"""Table model of similar files, in sections: identical header, same sequence, similar, weak matches."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import Band, Hit
from exr_inspector_app.gui.filters.filter_set import format_date
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.similar.score_bands import band_label, explain_band
from exr_inspector_app.gui.similar.search_state import Way
from exr_inspector_app.gui.style.formatting import escape_tooltip, format_percent
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # HitSection or HitRow
_ROOT = QModelIndex()

FILE, SCORE, BAND, REASONS, SEQUENCE, PUBLISHED, ACTIONS = range(len(strings.COLUMNS))

_SECTIONS: tuple[tuple[str, str, frozenset[Band]], ...] = (  # title, noun of the count, bands
    (strings.IDENTICAL_SECTION, "file", frozenset([Band.IDENTICAL, Band.SAME_HEADER])),
    (strings.SEQUENCE_SECTION, "frame", frozenset([Band.SAME_SEQUENCE])),
    (strings.SIMILAR_SECTION, "sequence", frozenset([Band.SAME_SETUP, Band.CLOSE, Band.RELATED])),
    (strings.TOO_LITTLE_SECTION, "sequence", frozenset([Band.TOO_LITTLE])),
    (strings.WEAK_SECTION, "sequence", frozenset([Band.UNRELATED])),
)


@dataclass(frozen=True, slots=True)
class HitSection:
    """Title row of a section of matches."""

    title: str
    count: str


@dataclass(frozen=True, slots=True)
class HitRow:
    """Formatted row of a match."""

    hit: Hit
    name: str
    folder: str
    band: str
    band_tooltip: str
    sequence: str
    published: str

    @property
    def path(self) -> str:
        """Path of the file; of a sequence, its pattern with #### for the frame."""
        if self.hit.sequence_count < 2:
            return self.hit.file_path
        folder = self.hit.file_path.replace("\\", "/").rpartition("/")[0]
        return f"{folder}/{posixpath.basename(self.hit.sequence_key)}"


class SimilarModel(QAbstractTableModel):
    """Model of sections and matches, best match first within each section."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.create_mime_data: Callable[[Sequence[str]], QMimeData] = lambda _paths: QMimeData()  # set by the window
        self._rows: list[HitSection | HitRow] = []

    def set_hits(self, hits: Sequence[Hit], by: Way = "metadata") -> None:
        """Replace all rows by `hits`, found by comparing in the way `by`."""
        self.beginResetModel()
        self._rows = []
        for title, noun, bands in _SECTIONS:
            rows = [_format_row(hit, by) for hit in hits if hit.band in bands]
            if rows:
                frames = sum(row.hit.sequence_count for row in rows)
                count = frames if noun == "frame" else len(rows)
                self._rows += [HitSection(title, pluralize(count, noun)), *rows]
        self.endResetModel()

    def section_rows(self) -> list[int]:
        """Return the numbers of the title rows."""
        return [number for number, row in enumerate(self._rows) if isinstance(row, HitSection)]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(strings.COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return the title of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return strings.COLUMNS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return flags that make matches draggable and section titles not selectable."""
        if index.isValid() and isinstance(self._rows[index.row()], HitSection):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    def mimeTypes(self) -> list[str]:
        """Return the formats of a drag: URLs and text."""
        return ["text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the paths of the matches as URLs and as text."""
        numbers = dict.fromkeys(index.row() for index in indexes)
        rows = [row for number in numbers if isinstance(row := self._rows[number], HitRow)]
        return self.create_mime_data([row.path for row in rows])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text or tooltip of a cell, or the row itself for ROW_ROLE."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell_text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, HitRow):
            return escape_tooltip(_tooltips(row).get(index.column(), ""))
        return None


def _cell_text(row: HitSection | HitRow, column: int) -> str:
    """Return the plain text of a cell, for screen readers and copying."""
    if isinstance(row, HitSection):
        return strings.section_text(row.title, row.count) if column == FILE else ""
    hit = row.hit
    score = strings.score_text(format_percent(hit.score))
    cells = (row.name, score, row.band, ", ".join(hit.reasons), row.sequence, row.published, "")
    return cells[column]


def _tooltips(row: HitRow) -> dict[int, str]:
    """Return the tooltips of a match by column."""
    hit = row.hit
    reasons = ((strings.SAME, hit.same), (strings.DIFFERS, hit.differs))
    return {
        FILE: escape_control(hit.file_path),
        SCORE: strings.SCORE_TOOLTIP,
        BAND: row.band_tooltip,
        REASONS: "\n".join(escape_control(strings.reasons_line(label, names)) for label, names in reasons if names),
    }


def _format_row(hit: Hit, by: Way) -> HitRow:
    """Format a match; a sequence is named by its pattern."""
    folder = posixpath.dirname(hit.file_path)
    name = posixpath.basename(hit.sequence_key if hit.sequence_count > 1 else hit.file_path)
    return HitRow(
        hit=hit,
        name=escape_control(name),
        folder=escape_control(folder),
        band=band_label(hit.band, by),
        band_tooltip=explain_band(hit.band, by),
        sequence=pluralize(hit.sequence_count, "frame") if hit.sequence_count > 1 else strings.SINGLE_FILE,
        published=format_date(hit.published_at),
    )
