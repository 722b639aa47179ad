"""How the rows of a comparison are painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui import icons, paint, theme
from exr_inspector_app.gui.models.compare import LINE, Group, Line
from exr_inspector_app.gui.theme import MEDIUM

ROW = 24
INSET, NAME, VALUE = 12, 36, 8  # of the sign, of the name behind it, and of a value in its column
CHANGED = 12  # per cent of the accent in a cell that differs
Index = QModelIndex | QPersistentModelIndex


class CompareDelegate(QStyledItemDelegate):
    """A sign and a name, then a value a file; those that differ from the first file's are tinted."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, rect = index.data(LINE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, Group):
            painter.fillRect(rect, theme.tokens().color("header"))
            width = paint.text(painter, rect.adjusted(INSET, 0, 0, 0), line.title, theme.ui(12, MEDIUM), "t1")
            paint.text(painter, rect.adjusted(INSET + width + 10, 0, 0, 0), line.count, theme.ui(12), "t3")
        elif isinstance(line, Line):
            if index.column() == 0:
                _name(painter, rect, line)
            else:
                _value(painter, rect, line, index.column() - 1)
            paint.hairline(painter, rect.left() + (NAME if index.column() == 0 else 0), rect.right() + 1, rect.bottom())
            painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), theme.tokens().color("line"))
        painter.restore()


def _name(painter: QPainter, rect: QRectF, line: Line) -> None:
    glyph, token = ("equal", "t3") if line.is_same else ("unequal", "t2")
    icons.paint(painter, glyph, QRectF(INSET, rect.center().y() - 7, 14, 14), token)
    font = theme.mono(12) if line.is_channel else theme.ui(12, MEDIUM if not line.is_same else theme.REGULAR)
    paint.text(painter, rect.adjusted(NAME, 0, -8, 0), line.name, font, "t2" if line.is_same else "t1")


def _value(painter: QPainter, rect: QRectF, line: Line, place: int) -> None:
    t = theme.tokens()
    if line.differs[place]:
        painter.fillRect(rect.adjusted(0, 0, -1, -1), t.tint("accent", CHANGED))
    room = rect.adjusted(VALUE, 0, -9, 0)
    if line.absent[place]:
        paint.text(painter, room, line.texts[place], theme.ui(12), "t2" if line.differs[place] else "t3")
    else:
        paint.text(painter, room, line.texts[place], theme.mono(12), "t2" if line.is_same else "t1")
