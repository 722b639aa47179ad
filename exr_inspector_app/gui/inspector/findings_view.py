"""The findings of a file: icon, sentence, then code and place below in small."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QHelpEvent, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from exr_inspector_app.gui.inspector.findings_model import ROW, FindingRow, FindingsModel
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import add_break_points
from exr_inspector_app.gui.style.tooltips import wrapped

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, _LINE, _MOST_LINES = 40, 18, 3
_LEFT = 40
LOOK = {"error": ("failed", "err"), "warning": ("warning", "warn"), "note": ("info", "t2")}
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class FindingsView(QListView):
    """Rows as high as their sentence; copied with Ctrl+C."""

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Findings")
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        theme.current().changed.connect(self.viewport().update)

    def copy(self) -> None:
        """The selected rows, or all."""
        rows: list[FindingRow] = [index.data(ROW) for index in self.selectionModel().selectedRows()]
        QGuiApplication.clipboard().setText("\n".join(row.text for row in rows) or self._model.text())

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(icons.icon("copy"), "Copy", self.copy)
        menu.exec(self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def viewportEvent(self, event: QEvent) -> bool:
        """The whole sentence as a tool tip in plain text."""
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            QToolTip.showText(event.globalPos(), wrapped(index.data(ROW).text[:1200] if index.isValid() else ""), self)
            return True
        return super().viewportEvent(event)


class _Delegate(QStyledItemDelegate):
    """Paints one finding."""

    def __init__(self, view: FindingsView) -> None:
        super().__init__(view)
        self._view = view

    def _lines(self, row: FindingRow) -> int:
        width = max(self._view.viewport().width() - _LEFT - 12, 80)
        metrics = QFontMetricsF(theme.ui(13))
        height = metrics.boundingRect(QRectF(0, 0, width, 1000), _WRAP, add_break_points(row.message[:600])).height()
        return min(max(round(height / metrics.lineSpacing()), 1), _MOST_LINES)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the sentence, three lines at most."""
        return QSize(0, ROW_HEIGHT + _LINE * (self._lines(index.data(ROW)) - 1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: FindingRow = index.data(ROW)
        paint.ground(painter, option)
        rect = QRectF(option.rect)
        glyph, token = LOOK[row.severity]
        icons.paint(painter, glyph, QRectF(rect.left() + 12, rect.top() + 5, 16, 16), token)
        lines = self._lines(row)
        room = QRectF(rect.left() + _LEFT, rect.top() + 3, rect.width() - _LEFT - 12, _LINE * lines + 2)
        painter.setFont(theme.ui(13))
        painter.setPen(theme.tokens().color("t1"))
        painter.save()
        painter.setClipRect(room)
        painter.drawText(room, _WRAP, add_break_points(row.message[:600]))
        painter.restore()
        below = QRectF(room.left(), rect.bottom() - 19, room.width(), 16)
        paint.text(painter, below, row.place, theme.ui(11), paint.rank3(option))
        paint.hairline(painter, room.left(), rect.right(), rect.bottom() - 1)
