"""Similar files in sections: the identical header, the same sequence, similar set-ups, and what is far away."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import Band, Hit
from exr_inspector_app.gui.filters.filter_set import format_date
from exr_inspector_app.gui.similar import score_bands
from exr_inspector_app.gui.similar.search_state import Way
from exr_inspector_app.gui.style.formatting import format_percent
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.gui.widgets.drag import create_path_mime_data
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # Section or HitShown
_ROOT = QModelIndex()

COLUMNS = ("File", "Score", "Band", "Same and different", "Sequence", "Published", "")
FILE, SCORE, BAND, REASONS, SEQUENCE, PUBLISHED, ACTIONS = range(len(COLUMNS))

_SECTIONS: tuple[tuple[str, str, frozenset[Band]], ...] = (
    ("Identical header", "file", frozenset([Band.IDENTICAL])),
    ("Same sequence", "frame", frozenset([Band.SAME_SEQUENCE])),
    ("Similar", "sequence", frozenset([Band.SAME_SETUP, Band.CLOSE, Band.RELATED])),
    ("Far away", "sequence", frozenset([Band.UNRELATED])),
)


@dataclass(frozen=True, slots=True)
class HitSection:
    """A title over some hits."""

    title: str
    count: str


@dataclass(frozen=True, slots=True)
class HitRow:
    """What the list paints of one hit."""

    hit: Hit
    name: str
    folder: str
    band: str
    meaning: str  # of the band
    sequence: str
    published: str

    @property
    def path(self) -> str:
        """Where the file lies; of a sequence, its files with the frame as ####."""
        if self.hit.sequence_count < 2:
            return self.hit.file_path
        folder = self.hit.file_path.replace("\\", "/").rpartition("/")[0]
        return f"{folder}/{posixpath.basename(self.hit.sequence_key)}"


class SimilarModel(QAbstractTableModel):
    """Sections and hits, best first within each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[HitSection | HitRow] = []

    def set_hits(self, hits: Sequence[Hit], by: Way = "metadata") -> None:
        """These hits, found by some way, in place of all others."""
        self.beginResetModel()
        self._rows = []
        for title, noun, inside_of in _SECTIONS:
            inside = [_shown(hit, by) for hit in hits if hit.band in inside_of]
            if inside:
                files = sum(one.hit.sequence_count for one in inside)
                count = files if noun == "frame" else len(inside)
                self._rows += [HitSection(title, pluralize(count, noun)), *inside]
        self.endResetModel()

    def section_rows(self) -> list[int]:
        """The rows that are titles."""
        return [place for place, row in enumerate(self._rows) if isinstance(row, HitSection)]

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self._rows[index.row()], HitSection):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The paths of the hits, as links and as text."""
        rows = dict.fromkeys(index.row() for index in indexes)
        shown = [row for at in rows if isinstance(row := self._rows[at], HitRow)]
        return create_path_mime_data([row.path for row in shown])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, HitRow):
            return escape_tooltip(_tips(row).get(index.column(), ""))
        return None


def _words(row: HitSection | HitRow, column: int) -> str:
    """The cell as plain words, for screen readers and copying."""
    if isinstance(row, HitSection):
        return f"{row.title}, {row.count}" if column == FILE else ""
    hit = row.hit
    score = f"{format_percent(hit.score)} %"
    words = (row.name, score, row.band, ", ".join(hit.reasons), row.sequence, row.published, "")
    return words[column]


def _tips(row: HitRow) -> dict[int, str]:
    """What a cell says in full."""
    hit = row.hit
    sides = (("Same", hit.same), ("Differs", hit.differs))
    return {
        FILE: escape_control(hit.file_path),
        SCORE: "100 % means that nothing that counts is different.",
        BAND: row.meaning,
        REASONS: "\n".join(escape_control(f"{title}: {', '.join(words)}") for title, words in sides if words),
    }


def _shown(hit: Hit, by: Way) -> HitRow:
    """A hit in words; a sequence is named by its pattern."""
    folder = posixpath.dirname(hit.file_path)
    name = posixpath.basename(hit.sequence_key if hit.sequence_count > 1 else hit.file_path)
    return HitRow(
        hit=hit,
        name=escape_control(name),
        folder=escape_control(folder),
        band=score_bands.band_label(hit.band, by),
        meaning=score_bands.explain_band(hit.band, by),
        sequence=pluralize(hit.sequence_count, "frame") if hit.sequence_count > 1 else "1 file",
        published=format_date(hit.published_at),
    )
