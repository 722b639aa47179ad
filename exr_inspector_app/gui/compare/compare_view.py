"""Table view of a comparison, with a header that shows the files."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QImage, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QToolTip, QWidget

from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.compare.compare_delegate import VALUE_INSET, CompareDelegate
from exr_inspector_app.gui.compare.compare_model import CompareModel
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.table import TableHeader, TableView
from exr_inspector_app.text.escape import escape_control

NAME_WIDTH, MIN_FILE_WIDTH = 240, 200  # px, of the name column and of each file column
HEADER_HEIGHT, CROSS_SIZE, _REFERENCE_WIDTH = 44, 24, 88  # px
ThumbnailLookup = Callable[[str], QImage | None]  # by path


class FileHeaderView(TableHeader):
    """Header that shows thumbnail, name, and folder of each file.

    The first file is marked as the reference; any other file has a cross that emits `remove_requested`.
    """

    remove_requested = Signal(int)  # index of the file

    def __init__(self, find_thumbnail: ThumbnailLookup, parent: QWidget) -> None:
        super().__init__(parent)
        self._find_thumbnail = find_thumbnail
        self._hovered = -1  # section whose cross is under the pointer
        self._pressed = -1  # section whose cross was pressed
        self.setFixedHeight(HEADER_HEIGHT)
        self.setMouseTracking(True)

    def cross_rect(self, section: int) -> QRect:
        """Return the rectangle of a file's cross, empty for the reference and the name column."""
        if section < 2:
            return QRect()
        left = self.sectionViewportPosition(section) + self.sectionSize(section)
        return QRect(left - CROSS_SIZE - 8, (self.height() - CROSS_SIZE) // 2, CROSS_SIZE, CROSS_SIZE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the cross under the pointer."""
        super().mouseMoveEvent(event)
        self._set_hovered(self._section_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Clear the highlight of the cross."""
        super().leaveEvent(event)
        self._set_hovered(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the pressed cross."""
        super().mousePressEvent(event)
        self._pressed = self._section_at(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Emit `remove_requested` if press and release hit the same cross."""
        super().mouseReleaseEvent(event)
        section = self._section_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and section == self._pressed > 0:
            self.remove_requested.emit(section - 1)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip of a cross."""
        if isinstance(event, QHelpEvent) and self._section_at(event.pos()) > 0:
            QToolTip.showText(event.globalPos(), strings.REMOVE_FROM_COMPARISON, self)
            return True
        return super().viewportEvent(event)

    def _section_at(self, position: QPoint) -> int:
        """Return the section whose cross is at a position, or -1."""
        section = self.logicalIndexAt(position)
        return section if self.cross_rect(section).contains(position) else -1

    def _set_hovered(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint thumbnail, name, folder, and cross of a file."""
        if not logicalIndex:
            super().paintSection(painter, rect, logicalIndex)
            return
        painter.fillRect(rect, theme.tokens().color("header"))
        painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), theme.tokens().color("line"))
        model, across = self.model(), Qt.Orientation.Horizontal
        path = model.headerData(logicalIndex, across, Qt.ItemDataRole.UserRole)
        name, full_path = model.headerData(logicalIndex, across), escape_control(path)
        box = QRectF(rect.left() + VALUE_INSET, rect.center().y() - 13, 50, 28)
        paint.thumbnail(painter, box, self._find_thumbnail(path), "image")
        cross = self.cross_rect(logicalIndex)
        right = cross.left() if cross.isValid() else rect.right()
        room = QRectF(box.right() + 10, rect.top() + 4, right - box.right() - 18, 18)
        bold = theme.ui_font(13, theme.MEDIUM)
        spare = _REFERENCE_WIDTH if logicalIndex == 1 and room.width() > 2 * _REFERENCE_WIDTH else 0
        width = paint.text(painter, room, paint.shorten_name(name, bold, room.width() - spare), bold, "t1")
        if spare:
            icons.paint(painter, "pin", QRectF(room.left() + width + 10, room.center().y() - 7, 14, 14), "accent")
            label = room.adjusted(width + 28, 0, 0, 0)
            paint.text(painter, label, strings.REFERENCE, theme.ui_font(11, theme.MEDIUM), "accent")
        small, folder = theme.ui_font(11), full_path.replace("\\", "/").rpartition("/")[0]
        below = room.translated(0, 17)
        paint.text(painter, below, paint.shorten_path(folder, small, below.width()), small, "t3")
        if cross.isValid():
            if self._hovered == logicalIndex:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.tokens().color("hover"))
                painter.drawRoundedRect(QRectF(cross), 5, 5)
            icons.paint(painter, "close", QRectF(cross).adjusted(4, 4, -4, -4), "t2")


class CompareView(TableView):
    """Table view whose file columns share the width; many files scroll."""

    def __init__(self, model: CompareModel, find_thumbnail: ThumbnailLookup) -> None:
        super().__init__(strings.COMPARE)
        self.file_header = FileHeaderView(find_thumbnail, self)
        self.setHeader(self.file_header)
        self.setModel(model)
        self.setItemDelegate(CompareDelegate(self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        model.modelReset.connect(self._fit_columns)

    def span_rows(self, rows: list[int]) -> None:
        """Span title rows across all columns."""
        for row in rows:
            self.setFirstColumnSpanned(row, QModelIndex(), True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the new width."""
        super().resizeEvent(event)
        self._fit_columns()

    @Slot()
    def _fit_columns(self) -> None:
        columns = self.model().columnCount() - 1
        if columns < 1:
            return
        self.header().resizeSection(0, NAME_WIDTH)
        width = max(MIN_FILE_WIDTH, (self.viewport().width() - NAME_WIDTH) // columns)
        for column in range(1, columns + 1):
            self.header().resizeSection(column, width)
