"""List model of facets: titles, values with their counts, and links to the remaining values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import Facet
from exr_inspector_app.gui.filters.filter_set import FilterSet, value_label
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.style.formatting import escape_tooltip

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole + 1  # FacetTitle, FacetValue or FacetRest
_ROOT = QModelIndex()

MAX_COLLAPSED_VALUES = 4  # values of a facet before its link


@dataclass(frozen=True, slots=True)
class FacetTitle:
    """Title row of a facet."""

    column: str
    label: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class FacetValue:
    """Row of one value with the number of files that have it."""

    column: str
    value: str
    label: str
    count: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class FacetRest:
    """Link to the values that are not listed yet."""

    column: str
    values: int


Item = FacetTitle | FacetValue | FacetRest


class FacetModel(QAbstractListModel):
    """Flat list of all facets, with the values of the filter selected."""

    def __init__(self, filters: FilterSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self._facets: tuple[Facet, ...] = ()
        self._needle = ""
        self._collapsed: set[str] = set()
        self._complete: set[str] = set()  # facets that list every value
        self._items: list[Item] = []

    def set_facets(self, facets: tuple[Facet, ...]) -> None:
        """Replace the facets and their counts."""
        self._facets = facets
        self.refresh()

    def set_search(self, needle: str) -> None:
        """List only values, or facets, whose label contains `needle`."""
        self._needle = needle.strip().lower()
        self.refresh()

    def activate(self, index: Index) -> None:
        """Collapse or expand a title, toggle a value, or list the rest."""
        item = self.item(index)
        match item:
            case FacetTitle(column):
                self._collapsed ^= {column}
            case FacetRest(column):
                self._complete.add(column)
            case FacetValue(column, value):
                self._filters.toggle(column, value)
        self.refresh()

    def item(self, index: Index) -> Item | None:
        """Return the item of a row."""
        return self._items[index.row()] if index.isValid() and index.row() < len(self._items) else None

    def index_of(self, item: Item | None) -> QModelIndex:
        """Return the current index of an item that was listed before; counts may differ."""
        key = _key(item)
        return next((self.index(row) for row, other in enumerate(self._items) if _key(other) == key), QModelIndex())

    def refresh(self) -> None:
        """Rebuild the rows from the filter, the search text and the collapsed facets."""
        items = [item for facet in self._facets for item in self._rows(facet)]
        if items != self._items:
            self.beginResetModel()
            self._items = items
            self.endResetModel()

    def _rows(self, facet: Facet) -> list[Item]:
        """Return the rows of one facet; none without a value to select."""
        column, selected = facet.column, self._filters.values(facet.column)
        title = strings.FACET_LABELS[column]
        counts = {value: 0 for value in selected} | dict(facet.values)
        values = [
            FacetValue(column, value, value_label(column, value), count, value in selected)
            for value, count in counts.items()
        ]
        if not any(item.value or item.is_selected for item in values):
            return []
        matches = [item for item in values if self._needle in item.label.lower() or self._needle in title.lower()]
        if not matches:
            return []
        is_open = column not in self._collapsed or bool(self._needle)
        head = FacetTitle(column, title, is_open)
        if not is_open:
            return [head]
        if column in self._complete or self._needle or len(matches) <= MAX_COLLAPSED_VALUES + 1:
            return [head, *matches]
        first = [item for row, item in enumerate(matches) if row < MAX_COLLAPSED_VALUES or item.is_selected]
        rest = [item for item in matches if item not in first]
        return [head, *first, FacetRest(column, len(rest))]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text, check state or tooltip of a row, or its item for ITEM_ROLE."""
        item = self.item(index)
        if item is None:
            return None
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return _item_text(item)
        if role == Qt.ItemDataRole.CheckStateRole and isinstance(item, FacetValue):
            return Qt.CheckState.Checked if item.is_selected else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, FacetValue):
            return escape_tooltip(strings.facet_value_text(item.label, item.count))
        return None


def _item_text(item: Item) -> str:
    """Return the text of a row, for screen readers and type-ahead."""
    match item:
        case FacetTitle(_, label):
            return label
        case FacetValue(_, _, label, count):
            return strings.facet_value_text(label, count)
        case FacetRest(_, values):
            return strings.more_values(values)


def _key(item: Item | None) -> tuple[str, ...]:
    """Return the identity of a row without its counts."""
    match item:
        case FacetValue(column, value):
            return (column, "value", value)
        case FacetTitle(column):
            return (column, "title")
        case FacetRest(column):
            return (column, "rest")
    return ()
