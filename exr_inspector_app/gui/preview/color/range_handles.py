"""Handles of the range over the histogram of a data layer: two lines that are dragged; a double click resets them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.pixels.data_looks import DataLook, Range
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.style import theme

GRAB = 8  # px from a line at which it is dragged
AXIS_HEIGHT = 18  # px below the curves
_HANDLE = 5  # px, half the width of a handle
_SHADE = QColor(0, 0, 0, 110)  # of values that are not shown


class RangeHandles(QWidget):
    """Layer over the histogram, whose ends are those of the automatic range."""

    changed = Signal(object)  # low and high value, or None for the automatic range

    def __init__(self, histogram: QWidget) -> None:
        super().__init__(histogram)
        self._span: Range | None = None
        self._limits: Range = (0.0, 1.0)
        self._dragged: int | None = None  # 0 for the low end, 1 for the high one
        self.setMouseTracking(True)
        self.setToolTip(f"{strings.DATA_HISTOGRAM_TOOLTIP}\n{strings.RANGE_HANDLES_TOOLTIP}")
        self.setAccessibleName(strings.RANGE_HANDLES_TOOLTIP)
        self.hide()

    def show_look(self, look: DataLook | None, limits: Range | None) -> None:
        """Show the handles for a layer with one range; hide them for any other."""
        has_range = look is not None and look.has_range and not look.axes and look.high > look.low
        self._span = (look.low, look.high) if look is not None and has_range else None
        self.setVisible(self._span is not None)
        self.show_limits(limits)

    @Slot(object)
    def show_limits(self, limits: Range | None) -> None:
        """Show other ends, None for the automatic range."""
        if self._span is not None:
            self._limits = limits or self._span
        self.update()

    def _x_of(self, value: float) -> float:
        assert self._span is not None
        share = (value - self._span[0]) / (self._span[1] - self._span[0])
        return min(max(share, 0.0), 1.0) * self.width()

    def _handle_at(self, x: float) -> int | None:
        """Return the end that is near a place, the nearer one of two."""
        distances = [abs(x - self._x_of(value)) for value in self._limits]
        nearest = int(distances[1] < distances[0])
        return nearest if distances[nearest] <= GRAB else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to drag a line."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = self._handle_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move a line between the other one and the end of the histogram."""
        x = event.position().x()
        is_near = self._dragged is not None or self._handle_at(x) is not None
        self.setCursor(Qt.CursorShape.SizeHorCursor if is_near else Qt.CursorShape.ArrowCursor)
        if self._dragged is None or self._span is None:
            return
        low, high = self._span
        share = min(max(x / max(self.width(), 1), 0.0), 1.0)
        value, least = low + share * (high - low), (high - low) / max(self.width(), 1)
        limits = [*self._limits]
        bound = limits[1] - least if self._dragged == 0 else limits[0] + least
        limits[self._dragged] = min(value, bound) if self._dragged == 0 else max(value, bound)
        self._limits = (limits[0], limits[1])
        self.update()
        self.changed.emit(self._limits)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Restore the automatic range."""
        self.changed.emit(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both lines with their handles, and shade the values outside."""
        if self._span is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - AXIS_HEIGHT
        low, high = (self._x_of(value) for value in self._limits)
        painter.fillRect(QRectF(0, 0, low, bottom), _SHADE)
        painter.fillRect(QRectF(high, 0, self.width() - high, bottom), _SHADE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.DARK.color("t1"))
        for x in (low, high):
            left = min(max(round(x), 0), self.width() - 1)
            painter.drawRect(QRectF(left, 0, 1, bottom))
            middle = left + 0.5
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(middle, bottom - _HANDLE),
                        QPointF(middle - _HANDLE, bottom + 1),
                        QPointF(middle + _HANDLE, bottom + 1),
                    ]
                )
            )
        painter.end()
