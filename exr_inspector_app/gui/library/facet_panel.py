"""Facet panel: a search field over the list of facet values."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Facet
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.library.facet_delegate import FacetDelegate
from exr_inspector_app.gui.library.facet_model import FacetModel
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.fields import SearchField

WIDTH = 264


class FacetPanel(QWidget):
    """Panel that selects facet values for a filter."""

    def __init__(self, filters: FilterSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.search = SearchField(strings.FIND_FACET)
        self.model = FacetModel(filters, self)
        self.view = FacetView(self.model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        row = QVBoxLayout(head)
        row.setContentsMargins(12, 8, 12, 4)
        row.addWidget(self.search)
        column.addWidget(head)
        column.addWidget(self.view, 1)
        self.search.textChanged.connect(self.model.set_search)

    def show_facets(self, facets: tuple[Facet, ...]) -> None:
        """Replace the facets; the current row and the scroll position stay."""
        current = self.model.item(self.view.currentIndex())
        scroll = self.view.verticalScrollBar().value()
        self.model.set_facets(facets)
        self.view.restore_position(self.model.index_of(current), scroll)


class FacetView(QListView):
    """List whose rows are activated by a click, Space or Enter."""

    def __init__(self, model: FacetModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(FacetDelegate(self))
        self.setAccessibleName(strings.FACETS_NAME)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.current().changed.connect(self.viewport().update)

    def restore_position(self, index: QModelIndex, scroll: int) -> None:
        """Make `index` current if it is valid, and scroll to `scroll`."""
        if index.isValid():
            self.setCurrentIndex(index)
        self.verticalScrollBar().setValue(scroll)

    @Slot(QModelIndex)
    def activate(self, index: QModelIndex) -> None:
        """Activate a row, which stays current although all rows may be rebuilt."""
        item, scroll = self._model.item(index), self.verticalScrollBar().value()
        self._model.activate(index)
        self.restore_position(self._model.index_of(item), scroll)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate the current row on Space or Enter."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activate(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Activate the row under the pointer."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.activate(index)
