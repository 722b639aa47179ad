"""The table of a comparison: the files over their values."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QImage, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QToolTip, QWidget

from exr_inspector_app.gui.compare.compare_delegate import VALUE, CompareDelegate
from exr_inspector_app.gui.compare.compare_model import CompareModel
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.table import Table, TableHeader
from exr_inspector_app.text.escape import escape_control

NAME_WIDTH, LEAST = 240, 200  # pixels of the names, and of a file's column at least
FILE_HEIGHT, CROSS, _REFERENCE_WIDTH = 44, 24, 88
ImageOf = Callable[[str], QImage | None]  # by path


class FileTitles(TableHeader):
    """The files over their values: picture, name and folder.

    The first one says that it is the reference; the others have a cross, `closed` tells which file goes.
    """

    closed = Signal(int)  # its place among the files

    def __init__(self, image_of: ImageOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._image_of = image_of
        self._lit = -1  # the section whose cross the pointer is on
        self._pressed = -1  # the one whose cross the button went down on
        self.setFixedHeight(FILE_HEIGHT)
        self.setMouseTracking(True)

    def cross(self, section: int) -> QRect:
        """Where the cross of a file is; empty where there is none."""
        if section < 2:
            return QRect()
        left = self.sectionViewportPosition(section) + self.sectionSize(section)
        return QRect(left - CROSS - 8, (self.height() - CROSS) // 2, CROSS, CROSS)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cross under the pointer is lit."""
        super().mouseMoveEvent(event)
        self._light(self._under(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._light(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = self._under(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a cross removes its file."""
        super().mouseReleaseEvent(event)
        section = self._under(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and section == self._pressed > 0:
            self.closed.emit(section - 1)

    def viewportEvent(self, event: QEvent) -> bool:
        """The cross has a tool tip of its own."""
        if isinstance(event, QHelpEvent) and self._under(event.pos()) > 0:
            QToolTip.showText(event.globalPos(), "Remove from the comparison", self)
            return True
        return super().viewportEvent(event)

    def _under(self, at: QPoint) -> int:
        """The section whose cross is there, or -1."""
        section = self.logicalIndexAt(at)
        return section if self.cross(section).contains(at) else -1

    def _light(self, section: int) -> None:
        if section != self._lit:
            self._lit = section
            self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not logicalIndex:
            super().paintSection(painter, rect, logicalIndex)
            return
        painter.fillRect(rect, theme.tokens().color("header"))
        painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), theme.tokens().color("line"))
        model, across = self.model(), Qt.Orientation.Horizontal
        path = model.headerData(logicalIndex, across, Qt.ItemDataRole.UserRole)
        name, whole = model.headerData(logicalIndex, across), escape_control(path)
        box = QRectF(rect.left() + VALUE, rect.center().y() - 13, 50, 28)
        paint.thumbnail(painter, box, self._image_of(path), "image")
        cross = self.cross(logicalIndex)
        right = cross.left() if cross.isValid() else rect.right()
        room = QRectF(box.right() + 10, rect.top() + 4, right - box.right() - 18, 18)
        bold = theme.ui(13, theme.MEDIUM)
        spare = _REFERENCE_WIDTH if logicalIndex == 1 and room.width() > 2 * _REFERENCE_WIDTH else 0
        width = paint.text(painter, room, paint.short_name(name, bold, room.width() - spare), bold, "t1")
        if spare:
            icons.paint(painter, "pin", QRectF(room.left() + width + 10, room.center().y() - 7, 14, 14), "accent")
            said = room.adjusted(width + 28, 0, 0, 0)
            paint.text(painter, said, "Reference", theme.ui(11, theme.MEDIUM), "accent")
        small, folder = theme.ui(11), whole.replace("\\", "/").rpartition("/")[0]
        below = room.translated(0, 17)
        paint.text(painter, below, paint.short_path(folder, small, below.width()), small, "t3")
        if cross.isValid():
            if self._lit == logicalIndex:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.tokens().color("hover"))
                painter.drawRoundedRect(QRectF(cross), 5, 5)
            icons.paint(painter, "close", QRectF(cross).adjusted(4, 4, -4, -4), "t2")


class CompareView(Table):
    """Columns share the room; many of them scroll."""

    def __init__(self, model: CompareModel, image_of: ImageOf) -> None:
        super().__init__("Compare")
        self.titles = FileTitles(image_of, self)
        self.setHeader(self.titles)
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
        model.modelReset.connect(self._fit)

    def span(self, rows: list[int]) -> None:
        """These rows are titles across all columns."""
        for row in rows:
            self.setFirstColumnSpanned(row, QModelIndex(), True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        columns = self.model().columnCount() - 1
        if columns < 1:
            return
        self.header().resizeSection(0, NAME_WIDTH)
        width = max(LEAST, (self.viewport().width() - NAME_WIDTH) // columns)
        for column in range(1, columns + 1):
            self.header().resizeSection(column, width)
