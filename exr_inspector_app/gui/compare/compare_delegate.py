"""How the rows of a comparison are painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.compare.compare_model import LINE, DiffGroup, DiffLine
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM

ROW = 24
INSET, VALUE, SIGN = 12, 8, 20  # of the name, of what stands in a file's column, and of a value behind its sign
CHANGED = 12  # per cent of the accent in a cell that differs
Index = QModelIndex | QPersistentModelIndex


class CompareDelegate(QStyledItemDelegate):
    """A name, then a value a file; those that differ from the first file's have a sign and a tint, others are quiet."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, rect = index.data(LINE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, DiffGroup):
            painter.fillRect(rect, theme.tokens().color("header"))
            width = paint.text(painter, rect.adjusted(INSET, 0, 0, 0), line.title, theme.ui(12, MEDIUM), "t1")
            paint.text(painter, rect.adjusted(INSET + width + 10, 0, 0, 0), line.count, theme.ui(12), "t3")
        elif isinstance(line, DiffLine):
            if index.column() == 0:
                _name(painter, rect, line)
            else:
                _value(painter, rect, line, index.column() - 1)
            paint.hairline(painter, rect.left() + (0 if index.column() else INSET), rect.right() + 1, rect.bottom())
            painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), theme.tokens().color("line"))
        painter.restore()


def _name(painter: QPainter, rect: QRectF, line: DiffLine) -> None:
    font = theme.mono(12) if line.is_channel else theme.ui(12, MEDIUM if not line.is_same else theme.REGULAR)
    paint.text(painter, rect.adjusted(INSET, 0, -8, 0), line.name, font, "t2" if line.is_same else "t1")


def _value(painter: QPainter, rect: QRectF, line: DiffLine, place: int) -> None:
    t, is_other = theme.tokens(), line.differs[place]
    room = rect.adjusted(VALUE + (SIGN if place else 0), 0, -9, 0)
    if is_other:
        painter.fillRect(rect.adjusted(0, 0, -1, -1), t.tint("accent", CHANGED))
        icons.paint(painter, "unequal", QRectF(rect.left() + VALUE, rect.center().y() - 7, 14, 14), "accent")
    quiet = "t2" if line.is_same or is_other else "t3"
    if line.absent[place]:
        paint.text(painter, room, line.texts[place], theme.ui(12), quiet)
    else:
        is_seen = is_other or (not place and not line.is_same)
        paint.text(painter, room, line.texts[place], theme.mono(12), "t1" if is_seen else quiet)
