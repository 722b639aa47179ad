"""The rows of the library: sorted by a click on a title, opened with Enter, dragged out, with actions at their end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from exr_inspector_app.gui.library import library_rows as rows
from exr_inspector_app.gui.library.library_delegate import CHEVRON, RIGHT_GAP, LibraryDelegate, action_rects
from exr_inspector_app.gui.library.library_model import LibraryModel
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow
from exr_inspector_app.gui.widgets.sort_header import SortHeader
from exr_inspector_app.gui.widgets.table import TableView

MIN_FILE_WIDTH = 300  # pixels; columns make room for it
ASCENDING_FIRST = (rows.FILE, *range(rows.SHOW, rows.VERSION + 1), rows.COMPRESSION, rows.BY)


class LibraryView(TableView):
    """What is asked for with a row is told; the pane knows what to do."""

    open_requested = Signal(list)  # paths
    find_similar_requested = Signal(list)  # list[Shown]
    compare_requested = Signal(list)  # list[Shown]
    menu_requested = Signal(list, QPoint)  # list[Shown], on the screen
    sort_changed = Signal(int, bool)  # column, descending

    def __init__(self, model: LibraryModel, image_of: Callable[[str], QImage | None]) -> None:
        super().__init__("Library")
        self._model = model
        self._order = (COLUMNS.index(next(one for one in COLUMNS if one.title == "Published")), True)
        self._titles = SortHeader(self, *self._order, clickable=True)
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
        for place, column in enumerate(COLUMNS):
            mode = QHeaderView.ResizeMode.Fixed if column.width else QHeaderView.ResizeMode.Stretch
            self._titles.setSectionResizeMode(place, mode)
            if column.width:
                self._titles.resizeSection(place, column.width)
        self._absent: set[int] = set()  # columns that have nothing to tell
        self._titles.sectionClicked.connect(self.sort_by)
        self.customContextMenuRequested.connect(self._menu)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(self._paths(index)))
        self.copy = self._copy_paths

    def hide_columns(self, columns: set[int]) -> None:
        """These columns have nothing to tell in this library."""
        self._absent = columns
        self._fit()

    def sort_by(self, column: int) -> None:
        """Rows are sorted by the column; once more turns the order."""
        is_new = column != self._order[0]
        descending = column not in ASCENDING_FIRST if is_new else not self._order[1]
        self._order = (column, descending)
        self._titles.show_order(column, descending)
        self.sort_changed.emit(column, descending)

    def selected_rows(self) -> list[LibraryRow]:
        """What is selected, in the order of the rows."""
        chosen = sorted(self.selectionModel().selectedRows(), key=lambda one: (one.parent().row(), one.row()))
        return [row for index in chosen if (row := self._model.row_at(index))]

    def selected_sequences(self) -> set[str]:
        """What is selected, by sequence."""
        return {str(row.listed.file["sequence_key"]) for row in self.selected_rows()}

    def select_sequences(self, sequence_keys: set[str]) -> None:
        """These sequences are selected, wherever they stand now."""
        flags = QItemSelectionModel.SelectionFlag
        for place, index in enumerate(self._model.indexes_of(sequence_keys)):
            if not place:
                self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
            self.selectionModel().select(index, flags.Select | flags.Rows)

    def drawBranches(self, painter: object, rect: object, index: object) -> None:
        """Nothing: the delegate paints the chevron."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Columns of the lowest rank go until the name has its room."""
        left = self.viewport().width() - MIN_FILE_WIDTH
        shown = [place for place, one in enumerate(COLUMNS) if one.width and place not in self._absent]
        for place in sorted(shown, key=lambda place: -COLUMNS[place].rank):
            if sum(COLUMNS[one].width for one in shown) <= left or not COLUMNS[place].rank:
                break
            shown.remove(place)
        for place in range(1, len(COLUMNS)):
            if self.isColumnHidden(place) != (place not in shown):
                self.setColumnHidden(place, place not in shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, the menu key shows what can be done."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected_rows():
            self.open_requested.emit([row.path for row in self.selected_rows()])
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the chevron opens the sequence and selects nothing."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._on_chevron(index, event.position().x()):
            self.setExpanded(index.siblingAtColumn(0), not self.isExpanded(index.siblingAtColumn(0)))
            return
        super().mousePressEvent(event)

    def _on_chevron(self, index: QModelIndex, x: float) -> bool:
        return (
            index.column() == rows.FILE
            and not index.parent().isValid()
            and x < CHEVRON + 18
            and self._model.hasChildren(index)
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self._model.row_at(index)
        if event.button() != Qt.MouseButton.LeftButton or index.column() != rows.BY or row is None:
            return
        for name, box in action_rects(QRectF(self.visualRect(index))).items():
            if box.contains(event.position()):
                self._act(name, row, event.globalPosition().toPoint())

    def _act(self, name: str, row: LibraryRow, place: QPoint) -> None:
        if name == "similar":
            self.find_similar_requested.emit([row])
        elif name == "compare":
            self.compare_requested.emit([row])
        else:
            self.menu_requested.emit(self.selected_rows() or [row], place)

    def _menu(self, at: QPoint) -> None:
        if self.selected_rows():
            index = self.indexAt(at) if self.indexAt(at).isValid() else self.currentIndex()
            place = at if self.viewport().rect().contains(at) else self.visualRect(index).center()
            self.menu_requested.emit(self.selected_rows(), self.viewport().mapToGlobal(place))

    def _paths(self, index: QModelIndex) -> list[str]:
        row = self._model.row_at(index)
        return [row.path] if row else []

    def _copy_paths(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(row.path for row in self.selected_rows()))
