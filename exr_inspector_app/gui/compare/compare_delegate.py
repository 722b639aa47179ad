"""Delegate of the comparison table."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.compare.compare_model import LINE_ROLE, DiffGroup, DiffLine
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM

ROW_HEIGHT = 24  # px
INSET, VALUE_INSET, SIGN_WIDTH = 12, 8, 20  # px: of names, of file columns, and of the ≠ sign
CHANGED_TINT_PERCENT = 12  # of the accent color, in cells that differ
Index = QModelIndex | QPersistentModelIndex


class CompareDelegate(QStyledItemDelegate):
    """Delegate that paints a name and one value per file; values unlike the first file's have a sign and a tint."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of one line."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a title, a name, or a value."""
        line, rect = index.data(LINE_ROLE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, DiffGroup):
            painter.fillRect(rect, theme.tokens().color("header"))
            width = paint.text(painter, rect.adjusted(INSET, 0, 0, 0), line.title, theme.ui_font(12, MEDIUM), "t1")
            paint.text(painter, rect.adjusted(INSET + width + 10, 0, 0, 0), line.count, theme.ui_font(12), "t3")
        elif isinstance(line, DiffLine):
            if index.column() == 0:
                _paint_name(painter, rect, line)
            else:
                _paint_value(painter, rect, line, index.column() - 1)
            paint.hairline(painter, rect.left() + (0 if index.column() else INSET), rect.right() + 1, rect.bottom())
            painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), theme.tokens().color("line"))
        painter.restore()


def _paint_name(painter: QPainter, rect: QRectF, line: DiffLine) -> None:
    font = theme.mono_font(12) if line.is_channel else theme.ui_font(12, MEDIUM if not line.is_same else theme.REGULAR)
    paint.text(painter, rect.adjusted(INSET, 0, -8, 0), line.name, font, "t2" if line.is_same else "t1")


def _paint_value(painter: QPainter, rect: QRectF, line: DiffLine, file: int) -> None:
    t, differs = theme.tokens(), line.differs[file]
    room = rect.adjusted(VALUE_INSET + (SIGN_WIDTH if file else 0), 0, -9, 0)
    if differs:
        painter.fillRect(rect.adjusted(0, 0, -1, -1), t.tint("accent", CHANGED_TINT_PERCENT))
        icons.paint(painter, "unequal", QRectF(rect.left() + VALUE_INSET, rect.center().y() - 7, 14, 14), "accent")
    quiet = "t2" if line.is_same or differs else "t3"
    if line.absent[file]:
        paint.text(painter, room, line.texts[file], theme.ui_font(12), quiet)
    else:
        is_prominent = differs or (not file and not line.is_same)
        paint.text(painter, room, line.texts[file], theme.mono_font(12), "t1" if is_prominent else quiet)
