"""Item view of the library: sorting, opening, dragging and row actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from exr_inspector_app.gui.library import library_rows, strings
from exr_inspector_app.gui.library.library_delegate import CHEVRON_LEFT, RIGHT_GAP, LibraryDelegate, action_rects
from exr_inspector_app.gui.library.library_model import LibraryModel
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow
from exr_inspector_app.gui.widgets.sort_header import SortHeader
from exr_inspector_app.gui.widgets.table import TableView

MIN_FILE_WIDTH = 300  # pixels; other columns are hidden to keep it
CHEVRON_WIDTH = 18
ASCENDING_FIRST = (  # columns whose first click sorts upwards
    library_rows.FILE,
    *range(library_rows.SHOW, library_rows.VERSION + 1),
    library_rows.COMPRESSION,
    library_rows.BY,
)


class LibraryView(TableView):
    """View that turns clicks, keys and row actions into requests."""

    open_requested = Signal(list)  # paths
    copy_requested = Signal(list)  # paths
    find_similar_requested = Signal(list)  # list[LibraryRow]
    compare_requested = Signal(list)  # list[LibraryRow]
    menu_requested = Signal(list, QPoint)  # list[LibraryRow], on the screen
    delete_pressed = Signal()  # rows are not removed here
    sort_changed = Signal(int, bool)  # column, is_descending

    def __init__(self, model: LibraryModel, image_of: Callable[[str], QImage | None]) -> None:
        super().__init__(strings.PANE_NAME)
        self._model = model
        self._order = (library_rows.PUBLISHED, True)
        self._titles = SortHeader(self, self._order[0], is_descending=self._order[1], is_clickable=True)
        self._titles.gap = RIGHT_GAP
        self.setHeader(self._titles)
        self.setModel(model)
        self.setItemDelegate(LibraryDelegate(image_of, self))
        self.setIndentation(0)
        self.setRootIsDecorated(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self._titles.setStretchLastSection(False)
        for number, column in enumerate(COLUMNS):
            mode = QHeaderView.ResizeMode.Fixed if column.width else QHeaderView.ResizeMode.Stretch
            self._titles.setSectionResizeMode(number, mode)
            if column.width:
                self._titles.resizeSection(number, column.width)
        self._hidden: set[int] = set()  # columns without a value in this library
        self._titles.sectionClicked.connect(self.sort_by)
        self.customContextMenuRequested.connect(self._show_menu)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(self._paths(index)))
        self.copy = self._copy_paths

    def hide_columns(self, columns: set[int]) -> None:
        """Hide columns that have no value in this library; all others may be shown."""
        self._hidden = columns
        self._fit()

    def sort_by(self, column: int) -> None:
        """Sort by a column, or reverse the order if it is sorted by it."""
        is_new = column != self._order[0]
        is_descending = column not in ASCENDING_FIRST if is_new else not self._order[1]
        self._order = (column, is_descending)
        self._titles.show_order(column, is_descending=is_descending)
        self.sort_changed.emit(column, is_descending)

    def selected_rows(self) -> list[LibraryRow]:
        """Return the selected rows in row order."""
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda index: (index.parent().row(), index.row()))
        return [row for index in indexes if (row := self._model.row_at(index))]

    def selected_sequences(self) -> set[str]:
        """Return the sequence keys of the selected rows."""
        return {str(row.listed.file["sequence_key"]) for row in self.selected_rows()}

    def select_sequences(self, sequence_keys: set[str]) -> None:
        """Select the fetched sequences among `sequence_keys`."""
        flags = QItemSelectionModel.SelectionFlag
        for number, index in enumerate(self._model.indexes_of(sequence_keys)):
            if not number:
                self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
            self.selectionModel().select(index, flags.Select | flags.Rows)

    def drawBranches(self, painter: object, rect: object, index: object) -> None:
        """Paint nothing: the delegate paints the chevron."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Hide columns, highest rank first, until the file column has its minimum width."""
        available = self.viewport().width() - MIN_FILE_WIDTH
        visible = [number for number, column in enumerate(COLUMNS) if column.width and number not in self._hidden]
        for number in sorted(visible, key=lambda number: -COLUMNS[number].rank):
            if sum(COLUMNS[other].width for other in visible) <= available or not COLUMNS[number].rank:
                break
            visible.remove(number)
        for number in range(1, len(COLUMNS)):
            if self.isColumnHidden(number) != (number not in visible):
                self.setColumnHidden(number, number not in visible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the selected rows on Enter; emit `delete_pressed` on Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected_rows():
            self.open_requested.emit([row.path for row in self.selected_rows()])
            return
        if event.key() == Qt.Key.Key_Delete and self.selected_rows():
            self.delete_pressed.emit()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Expand or collapse a sequence on its chevron, without selecting it."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._is_chevron(index, event.position().x()):
            self.setExpanded(index.siblingAtColumn(0), not self.isExpanded(index.siblingAtColumn(0)))
            return
        super().mousePressEvent(event)

    def _is_chevron(self, index: QModelIndex, x: float) -> bool:
        return (
            index.column() == library_rows.FILE
            and not index.parent().isValid()
            and x < CHEVRON_LEFT + CHEVRON_WIDTH
            and self._model.hasChildren(index)
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Run the row action under the pointer."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self._model.row_at(index)
        if event.button() != Qt.MouseButton.LeftButton or index.column() != library_rows.BY or row is None:
            return
        for name, box in action_rects(QRectF(self.visualRect(index))).items():
            if box.contains(event.position()):
                self._run_action(name, row, event.globalPosition().toPoint())

    def _run_action(self, name: str, row: LibraryRow, position: QPoint) -> None:
        if name == "similar":
            self.find_similar_requested.emit([row])
        elif name == "compare":
            self.compare_requested.emit([row])
        else:
            self.menu_requested.emit(self.selected_rows() or [row], position)

    def _show_menu(self, at: QPoint) -> None:
        if self.selected_rows():
            index = self.indexAt(at) if self.indexAt(at).isValid() else self.currentIndex()
            position = at if self.viewport().rect().contains(at) else self.visualRect(index).center()
            self.menu_requested.emit(self.selected_rows(), self.viewport().mapToGlobal(position))

    def _paths(self, index: QModelIndex) -> list[str]:
        row = self._model.row_at(index)
        return [row.path] if row else []

    def _copy_paths(self) -> None:
        self.copy_requested.emit([row.path for row in self.selected_rows()])
