"""Item delegate of the facet list: titles, check boxes with counts, and links."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.library.facet_model import ITEM_ROLE, FacetRest, FacetTitle, FacetValue
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import SEMIBOLD

ROW_HEIGHT, TITLE_HEIGHT = 24, 34
BOX_LEFT, TEXT_LEFT, TITLE_TEXT_LEFT = 12, 36, 30
BOX_SIZE = 15
Index = QModelIndex | QPersistentModelIndex


class FacetDelegate(QStyledItemDelegate):
    """Delegate for facet titles with a chevron, values with a check box and a count, and links to more values."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a title or of another row."""
        return QSize(0, TITLE_HEIGHT if isinstance(index.data(ITEM_ROLE), FacetTitle) else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a title, a value or a link."""
        item, rect = index.data(ITEM_ROLE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_MouseOver and not isinstance(item, FacetTitle):
            painter.fillRect(rect, theme.tokens().color("hover"))
        match item:
            case FacetTitle():
                _paint_title(painter, rect, item, has_line=index.row() > 0)
            case FacetValue():
                _paint_value(painter, rect, item)
            case FacetRest(_, values):  # without a number of files: one file may have several of the values
                link = rect.adjusted(TEXT_LEFT, 0, 0, 0)
                paint.text(painter, link, strings.more_values(values), theme.ui_font(12), "accent")
        if option.state & QStyle.StateFlag.State_HasFocus and _has_keyboard(option):
            _paint_focus(painter, rect, item)
        painter.restore()


def _has_keyboard(option: QStyleOptionViewItem) -> bool:
    """Return whether the list has the keyboard focus."""
    return bool(option.widget and option.widget.hasFocus())


def _paint_title(painter: QPainter, rect: QRectF, item: FacetTitle, *, has_line: bool) -> None:
    if has_line:
        paint.hairline(painter, rect.left(), rect.right(), rect.top() + 4)
    area = rect.adjusted(0, 8, 0, 0)
    glyph = "chevron-down" if item.is_open else "chevron-right"
    icons.paint(painter, glyph, QRectF(BOX_LEFT - 1, area.center().y() - 7, 14, 14), "t2")
    text_rect = area.adjusted(TITLE_TEXT_LEFT, 0, -BOX_LEFT, 0)
    paint.text(painter, text_rect, item.label, theme.ui_font(12, SEMIBOLD), "t1")


def _paint_value(painter: QPainter, rect: QRectF, item: FacetValue) -> None:
    _paint_box(painter, _box_rect(rect), is_selected=item.is_selected)
    right = rect.adjusted(0, 0, -BOX_LEFT, 0)
    token = "t1" if item.is_selected else "t2"
    count_width = paint.text(painter, right, f"{item.count:,}", theme.ui_font(12), token, "right")
    text_rect = QRectF(TEXT_LEFT, rect.top(), right.right() - count_width - 12 - TEXT_LEFT, rect.height())
    token = "t1" if item.count or item.is_selected else "t3"
    paint.text(painter, text_rect, item.label, theme.ui_font(12), token)


def _box_rect(rect: QRectF) -> QRectF:
    return QRectF(BOX_LEFT, rect.center().y() - BOX_SIZE // 2, BOX_SIZE, BOX_SIZE)


def _paint_box(painter: QPainter, box: QRectF, *, is_selected: bool) -> None:
    t = theme.tokens()
    painter.setPen(QPen(t.color("fill" if is_selected else "edge"), 1))
    painter.setBrush(t.color("fill" if is_selected else "field"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if is_selected:
        icons.paint(painter, "check", box.adjusted(1, 1, -1, -1), "on_fill")


def _paint_focus(painter: QPainter, rect: QRectF, item: object) -> None:
    """Paint the focus ring around the check box of a value, and around the whole row of other items."""
    if isinstance(item, FacetValue):
        paint.focus_ring(painter, _box_rect(rect).adjusted(1, 1, -1, -1), 3)
        return
    painter.setPen(QPen(theme.tokens().color("accent"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    top = 10 if isinstance(item, FacetTitle) else 2
    painter.drawRoundedRect(rect.adjusted(4, top, -4, -2), 4, 4)
