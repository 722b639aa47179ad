"""Table model of the publish history, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import PublishSummary
from exr_inspector_app.gui.publish import history_strings as strings
from exr_inspector_app.gui.style.formatting import format_moment
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex

FILES, BY, PUBLISHED = range(3)
MAX_TEXT_CHARS = 600
PUBLISH_ROLE = Qt.ItemDataRole.UserRole + 1


def _shortened(publish: PublishSummary) -> PublishSummary:
    """Return a publish with the beginning of its note and the end of its path; its id stays whole."""
    note = publish.note[:MAX_TEXT_CHARS] if publish.note else None
    by = publish.published_by[:MAX_TEXT_CHARS]
    return replace(publish, note=note, path=publish.path[-MAX_TEXT_CHARS:], published_by=by)


class HistoryModel(QAbstractTableModel):
    """Model with one row per publish."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._publishes: tuple[PublishSummary, ...] = ()

    def set_publishes(self, publishes: Sequence[PublishSummary]) -> None:
        """Replace all rows; texts of a shared database may be of any length."""
        self.beginResetModel()
        self._publishes = tuple(map(_shortened, publishes))
        self.endResetModel()

    def publish(self, index: Index) -> PublishSummary | None:
        """Return the publish of a row."""
        is_inside = index.isValid() and 0 <= index.row() < len(self._publishes)
        return self._publishes[index.row()] if is_inside else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of publishes."""
        return 0 if parent.isValid() else len(self._publishes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(strings.COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, the publish itself for PUBLISH_ROLE, or its path and note as the tooltip."""
        publish = self.publish(index)
        if publish is None:
            return None
        if role == PUBLISH_ROLE:
            return publish
        if role == Qt.ItemDataRole.ToolTipRole:
            return strings.tooltip(publish)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (
                pluralize(publish.files, "file"),
                escape_control(publish.published_by) or strings.UNKNOWN,
                format_moment(publish.published_at),
            )[index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column; times end at the right edge."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(strings.COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == PUBLISHED:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return strings.COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None
