"""List view and delegate of issues: icon, message, and location."""

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

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.findings_model import ROW_ROLE, FindingRow, FindingsModel
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import add_break_points, wrap_tooltip

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, _LINE_HEIGHT = 40, 18  # px, of a row with one line and of each further line
_MAX_LINES = 3
_TEXT_LEFT = 40  # px
SEVERITY_STYLES = {"error": ("failed", "err"), "warning": ("warning", "warn"), "note": ("info", "t2")}
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class FindingsView(QListView):
    """List view whose rows are as high as their message; Ctrl+C copies the selected rows."""

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(FindingDelegate(self))
        self.setAccessibleName(strings.ISSUES)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        theme.current().changed.connect(self.viewport().update)

    def copy(self) -> None:
        """Copy the selected rows, or all rows if none is selected."""
        rows: list[FindingRow] = [index.data(ROW_ROLE) for index in self.selectionModel().selectedRows()]
        QGuiApplication.clipboard().setText("\n".join(row.text for row in rows) or self._model.as_text())

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(icons.icon("copy"), strings.COPY, self.copy)
        menu.exec(self.viewport().mapToGlobal(position))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the rows again, since their height depends on the width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the full row as a tooltip."""
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            QToolTip.showText(
                event.globalPos(), wrap_tooltip(index.data(ROW_ROLE).text[:1200] if index.isValid() else ""), self
            )
            return True
        return super().viewportEvent(event)


class FindingDelegate(QStyledItemDelegate):
    """Delegate that paints an issue."""

    def __init__(self, view: FindingsView) -> None:
        super().__init__(view)
        self._view = view

    def _count_lines(self, row: FindingRow) -> int:
        width = max(self._view.viewport().width() - _TEXT_LEFT - 12, 80)
        metrics = QFontMetricsF(theme.ui_font(13))
        height = metrics.boundingRect(QRectF(0, 0, width, 1000), _WRAP, add_break_points(row.message[:600])).height()
        return min(max(round(height / metrics.lineSpacing()), 1), _MAX_LINES)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of the message, bounded by three lines."""
        return QSize(0, ROW_HEIGHT + _LINE_HEIGHT * (self._count_lines(index.data(ROW_ROLE)) - 1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint icon, message, and location."""
        row: FindingRow = index.data(ROW_ROLE)
        paint.row_background(painter, option)
        rect = QRectF(option.rect)
        glyph, token = SEVERITY_STYLES[row.severity]
        icons.paint(painter, glyph, QRectF(rect.left() + 12, rect.top() + 5, 16, 16), token)
        lines = self._count_lines(row)
        room = QRectF(
            rect.left() + _TEXT_LEFT, rect.top() + 3, rect.width() - _TEXT_LEFT - 12, _LINE_HEIGHT * lines + 2
        )
        painter.setFont(theme.ui_font(13))
        painter.setPen(theme.tokens().color("t1"))
        painter.save()
        painter.setClipRect(room)
        painter.drawText(room, _WRAP, add_break_points(row.message[:600]))
        painter.restore()
        below = QRectF(room.left(), rect.bottom() - 19, room.width(), 16)
        paint.text(painter, below, row.location, theme.ui_font(11), paint.tertiary_token(option))
        paint.hairline(painter, room.left(), rect.right(), rect.bottom() - 1)
