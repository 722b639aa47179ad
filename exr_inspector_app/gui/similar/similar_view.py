"""Item view of similar files: activation, copying and dragging of matches."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from exr_inspector_app.gui.similar import similar_model, strings
from exr_inspector_app.gui.similar.similar_delegate import SimilarDelegate, action_rects
from exr_inspector_app.gui.similar.similar_model import ROW_ROLE, HitRow, SimilarModel
from exr_inspector_app.gui.widgets.sort_header import SortHeader
from exr_inspector_app.gui.widgets.table import TableView

FILE_SHARE, MIN_FILE_WIDTH = 0.31, 240  # of the width of the view, and in pixels
NARROW_WIDTH, NARROW_FILE_SHARE = 1300, 0.25  # below, the reasons take the space of the date and of long folders
NARROW_SEQUENCE_WIDTH = 88
_WIDTHS = (MIN_FILE_WIDTH, 120, 120, 0, 112, 112, 80)


class SimilarView(TableView):
    """View of matches: Enter and Open activate a row, More requests its menu, Ctrl+C copies paths."""

    row_activated = Signal(QModelIndex)
    copy_requested = Signal(list)  # paths
    menu_requested = Signal(QPoint)

    def __init__(self, model: SimilarModel, image_of: Callable[[str], QImage | None], parent: QWidget) -> None:
        super().__init__(strings.VIEW_NAME, parent)
        self.setHeader(SortHeader(self, similar_model.SCORE))
        self.setModel(model)
        self.setItemDelegate(SimilarDelegate(image_of, self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.set_widths(*_WIDTHS)
        self.copy = self._copy_paths

    def _copy_paths(self) -> None:
        rows = [index.data(ROW_ROLE) for index in self.selectionModel().selectedRows()]
        self.copy_requested.emit([row.path for row in rows if isinstance(row, HitRow)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        width = event.size().width()
        is_narrow = width < NARROW_WIDTH
        self.setColumnHidden(similar_model.PUBLISHED, is_narrow)
        sequence_width = NARROW_SEQUENCE_WIDTH if is_narrow else _WIDTHS[similar_model.SEQUENCE]
        self.header().resizeSection(similar_model.SEQUENCE, sequence_width)
        share = NARROW_FILE_SHARE if is_narrow else FILE_SHARE
        self.header().resizeSection(similar_model.FILE, max(MIN_FILE_WIDTH, round(share * width)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate the current row on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Run the action under the pointer: Open or More."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_action = index.column() == similar_model.ACTIONS and isinstance(index.data(ROW_ROLE), HitRow)
        if event.button() != Qt.MouseButton.LeftButton or not is_action:
            return
        open_rect, more_rect = action_rects(QRectF(self.visualRect(index)))
        if open_rect.contains(event.position()):
            self.row_activated.emit(index)
        elif more_rect.contains(event.position()):
            self.menu_requested.emit(event.position().toPoint())
