"""Row of column titles above the session list: a click sorts, and its menu chooses the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.columns import GAP, LEFT_ALIGNED, ORDERS, WIDTHS, Column, place_columns, status_width
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.table import HEADER_HEIGHT, INSET

_ARROW = 12  # px


class _Title(NamedTuple):
    place: QRectF
    text: str
    is_right: bool = False
    order: Order | None = None  # by which a click sorts


class ColumnTitles(QWidget):
    """Titles over the columns of a list, with an arrow at the sorted one."""

    sort_requested = Signal(object)  # Order

    def __init__(self, view: QAbstractScrollArea, parent: QWidget | None = None) -> None:
        """Create titles for the rows of a view, whose viewport is as wide as they are."""
        super().__init__(parent)
        self._view = view
        self._columns: Sequence[Column] = ()
        self._order, self._is_reversed = Order.ADDED, False
        self.setFixedHeight(HEADER_HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setToolTip(strings.TITLES_TOOLTIP)
        self.hide()

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show the titles of name, status and these columns."""
        self._columns = columns
        self.setAccessibleName(strings.column_titles([column.value for column in columns]))
        self.update()

    def show_order(self, order: Order, *, is_reversed: bool) -> None:
        """Move the arrow to the column by which the rows are sorted."""
        self._order, self._is_reversed = order, is_reversed
        self.update()

    def _titles(self) -> list[_Title]:
        wide, high = self._view.viewport().width(), self.height()
        places = place_columns(wide, self._columns)
        status = wide - status_width(wide)
        right = min(places.values(), default=status) - GAP
        titles = [_Title(QRectF(INSET, 0, right - INSET, high), strings.NAME, order=Order.NAME)]
        for column, left in places.items():
            place = QRectF(left, 0, WIDTHS[column], high)
            titles.append(_Title(place, column.value, column not in LEFT_ALIGNED, ORDERS.get(column)))
        word = strings.STATUS if wide - status > 2 * HEADER_HEIGHT else ""
        return [*titles, _Title(QRectF(status, 0, wide - status, high), word, order=Order.STATUS)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles."""
        painter, font = QPainter(self), theme.ui_font(11)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.tokens().color("header"))
        for place, text, is_right, order in self._titles():
            is_sorted = order is self._order
            paint.text(painter, place, text, font, "t2" if is_sorted else "t3", "right" if is_right else "left")
            if is_sorted:
                width = QFontMetricsF(font).horizontalAdvance(text)
                left = place.right() - width - _ARROW - 4 if is_right else place.left() + width + 4
                glyph = "chevron-up" if self._is_reversed else "chevron-down"
                icons.paint(painter, glyph, QRectF(left, place.center().y() - 5, _ARROW, _ARROW), "t2")
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort by the clicked column."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            for title in self._titles():
                if title.order is not None and title.place.contains(event.position()):
                    self.sort_requested.emit(title.order)
