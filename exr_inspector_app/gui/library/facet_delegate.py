"""How the rows of the facets are painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.library.facet_model import ITEM_ROLE, FacetRest, FacetTitle, FacetValue
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import SEMIBOLD

ROW, HEAD = 24, 34
LEFT, WORDS = 12, 36
Index = QModelIndex | QPersistentModelIndex


class FacetDelegate(QStyledItemDelegate):
    """A title with its chevron under a hairline; a value with its box and count; a link."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, HEAD if isinstance(index.data(ITEM_ROLE), FacetTitle) else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item, rect = index.data(ITEM_ROLE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_MouseOver and not isinstance(item, FacetTitle):
            painter.fillRect(rect, theme.tokens().color("hover"))
        match item:
            case FacetTitle():
                _title(painter, rect, item, index.row() > 0)
            case FacetValue():
                _value(painter, rect, item)
            case FacetRest(_, values, files):
                paint.text(painter, rect.adjusted(WORDS, 0, 0, 0), f"{values:,} more", theme.ui_font(12), "accent")
                paint.text(painter, rect.adjusted(0, 0, -LEFT, 0), f"{files:,}", theme.ui_font(12), "t2", "right")
        if option.state & QStyle.StateFlag.State_HasFocus and _is_keyed(option):
            _focus(painter, rect, item)
        painter.restore()


def _is_keyed(option: QStyleOptionViewItem) -> bool:
    """True while the keyboard is on the list."""
    return bool(option.widget and option.widget.hasFocus())


def _title(painter: QPainter, rect: QRectF, item: FacetTitle, lined: bool) -> None:
    if lined:
        paint.hairline(painter, rect.left(), rect.right(), rect.top() + 4)
    room = rect.adjusted(0, 8, 0, 0)
    glyph = "chevron-down" if item.is_open else "chevron-right"
    icons.paint(painter, glyph, QRectF(LEFT - 1, room.center().y() - 7, 14, 14), "t2")
    paint.text(painter, room.adjusted(30, 0, -LEFT, 0), item.words, theme.ui_font(12, SEMIBOLD), "t1")


def _value(painter: QPainter, rect: QRectF, item: FacetValue) -> None:
    box = QRectF(LEFT, rect.center().y() - 7, 15, 15)
    _box(painter, box, item.is_chosen)
    count = f"{item.count:,}"
    right = rect.adjusted(0, 0, -LEFT, 0)
    taken = paint.text(painter, right, count, theme.ui_font(12), "t1" if item.is_chosen else "t2", "right")
    room = QRectF(WORDS, rect.top(), right.right() - taken - 12 - WORDS, rect.height())
    token = "t1" if item.count or item.is_chosen else "t3"
    paint.text(painter, room, item.words, theme.ui_font(12), token)


def _box(painter: QPainter, box: QRectF, is_chosen: bool) -> None:
    """A check box of 15 pixels."""
    t = theme.tokens()
    painter.setPen(QPen(t.color("fill" if is_chosen else "edge"), 1))
    painter.setBrush(t.color("fill" if is_chosen else "field"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if is_chosen:
        icons.paint(painter, "check", box.adjusted(1, 1, -1, -1), "on_fill")


def _focus(painter: QPainter, rect: QRectF, item: object) -> None:
    """The keyboard's ring: around the box of a value, around the words of anything else."""
    if isinstance(item, FacetValue):
        paint.focus_ring(painter, QRectF(LEFT, rect.center().y() - 7, 15, 15).adjusted(1, 1, -1, -1), 3)
        return
    painter.setPen(QPen(theme.tokens().color("accent"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    top = 10 if isinstance(item, FacetTitle) else 2
    painter.drawRoundedRect(rect.adjusted(4, top, -4, -2), 4, 4)
