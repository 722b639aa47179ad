"""The facets as one flat list: titles, values with their counts, and the rest behind a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from exr_inspector_app.contracts import Facet
from exr_inspector_app.gui.filters.filter_set import FilterSet, value_label
from exr_inspector_app.gui.style.tooltips import escape_tooltip

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole + 1  # Title, Value or Rest
_ROOT = QModelIndex()

MAX_COLLAPSED_VALUES = 4  # values of one facet that are seen at first
FACET_TITLES = {"show": "Show", "renderer": "Renderer", "layer": "Layer present", "compression": "Compression",
          "kind": "Kind", "resolution": "Resolution", "published_by": "Published by"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FacetTitle:
    """The head of a facet."""

    column: str
    words: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value with the number of files that have it."""

    column: str
    value: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetRest:
    """Values that are not seen yet."""

    column: str
    values: int
    files: int


Item = FacetTitle | FacetValue | FacetRest


class FacetModel(QAbstractListModel):
    """What can be chosen, and what is."""

    def __init__(self, filters: FilterSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self._facets: tuple[Facet, ...] = ()
        self._needle = ""
        self._closed: set[str] = set()
        self._whole: set[str] = set()  # facets whose every value is seen
        self._items: list[Item] = []

    def set_facets(self, facets: tuple[Facet, ...]) -> None:
        """These counts from now on."""
        self._facets = facets
        self.refresh()

    def set_search(self, needle: str) -> None:
        """Only values with these letters are seen."""
        self._needle = needle.strip().lower()
        self.refresh()

    def activate(self, index: Index) -> None:
        """A title folds or opens, a value is chosen or not, the rest is shown."""
        item = self.item(index)
        match item:
            case FacetTitle(column):
                self._closed ^= {column}
            case FacetRest(column):
                self._whole.add(column)
            case FacetValue(column, value):
                self._filters.toggle(column, value)
        self.refresh()

    def item(self, index: Index) -> Item | None:
        """What stands in a row."""
        return self._items[index.row()] if index.isValid() and index.row() < len(self._items) else None

    def index_of(self, wanted: Item | None) -> QModelIndex:
        """Where the same title, value or rest stands now."""
        key = _key(wanted)
        return next((self.index(at) for at, one in enumerate(self._items) if _key(one) == key), QModelIndex())

    def refresh(self) -> None:
        """The rows follow what is chosen, searched and opened."""
        items = [item for facet in self._facets for item in self._rows(facet)]
        if items != self._items:
            self.beginResetModel()
            self._items = items
            self.endResetModel()

    def _rows(self, facet: Facet) -> list[Item]:
        """The rows of one facet: none where there is nothing to choose."""
        column, chosen = facet.column, self._filters.values(facet.column)
        counts = {value: 0 for value in chosen} | dict(facet.values)
        listed = [
            FacetValue(column, value, value_label(column, value), count, value in chosen)
            for value, count in counts.items()
        ]
        if not [one for one in listed if one.value or one.is_chosen]:
            return []  # nobody has a value
        found = [
            one for one in listed if self._needle in one.words.lower() or self._needle in FACET_TITLES[column].lower()
        ]
        if not found:
            return []
        is_open = column not in self._closed or bool(self._needle)
        title = FacetTitle(column, FACET_TITLES[column], is_open)
        if not is_open:
            return [title]
        if column in self._whole or self._needle or len(found) <= MAX_COLLAPSED_VALUES + 1:
            return [title, *found]
        first = [one for place, one in enumerate(found) if place < MAX_COLLAPSED_VALUES or one.is_chosen]
        rest = [one for one in found if one not in first]
        return [title, *first, FacetRest(column, len(rest), sum(one.count for one in rest))]

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if item is None:
            return None
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(item)
        if role == Qt.ItemDataRole.CheckStateRole and isinstance(item, FacetValue):
            return Qt.CheckState.Checked if item.is_chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, FacetValue):
            return escape_tooltip(f"{item.words}, {item.count:,} files")
        return None


def _words(item: Item) -> str:
    """A row for screen readers and for typing ahead."""
    match item:
        case FacetTitle(_, words):
            return words
        case FacetValue(_, _, words, count):
            return f"{words}, {count:,} files"
        case FacetRest(_, values):
            return f"{values:,} more"


def _key(item: Item | None) -> tuple[str, ...]:
    """What names a row whatever its counts."""
    match item:
        case FacetValue(column, value):
            return (column, "value", value)
        case FacetTitle(column):
            return (column, "title")
        case FacetRest(column):
            return (column, "rest")
    return ()
