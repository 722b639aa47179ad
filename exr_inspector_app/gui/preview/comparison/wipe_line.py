"""Wipe line over the canvas: a draggable line with a handle, which has keys while it has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.preview.comparison import strings
from exr_inspector_app.gui.style import paint, theme

WIDTH, _HANDLE, _HANDLE_BOTTOM = 32, 24, 40  # px, of the grab zone, the handle, and the room below it
_STEP, _LARGE_STEP = 0.01, 0.1  # shares of the canvas


class WipeLine(QWidget):
    """Line that emits the share of its parent's width to which the user moves it."""

    moved = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self._share = 0.5
        self._grab = 0.0
        self.setAccessibleName(strings.WIPE_LINE)
        self.setToolTip(strings.WIPE_TOOLTIP)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.hide()
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the line at its share when the canvas is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.show_at(self._share)
        return False

    def show_at(self, share: float) -> None:
        """Show the line at a share of the width, over the full height."""
        self._share = share
        self.setGeometry(round(self._canvas.width() * share) - WIDTH // 2, 0, WIDTH, self._canvas.height())
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to drag the line."""
        self._grab = event.position().x() - WIDTH / 2

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the line."""
        if event.buttons():
            self._emit((self.x() + event.position().x() - self._grab) / max(1, self._canvas.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Center the line."""
        self._emit(0.5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the line with Left and Right by 1 %, with Shift by 10 %."""
        sign = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if sign is None:
            super().keyPressEvent(event)
            return
        is_large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self._emit(self._share + sign * (_LARGE_STEP if is_large else _STEP))

    def _emit(self, share: float) -> None:
        self.moved.emit(min(max(share, 0.0), 1.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a light line on a dark one, and the handle near its lower end."""
        painter = QPainter(self)
        middle, height = WIDTH // 2, self.height()
        light = theme.DARK.color("t1")
        painter.fillRect(QRectF(middle - 2, 0, 4, height), QColor(0, 0, 0, 128))
        painter.fillRect(QRectF(middle, 0, 1, height), light)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        center = QPointF(middle + 0.5, max(height - _HANDLE_BOTTOM, _HANDLE))
        handle = QRectF(0, 0, _HANDLE, _HANDLE)
        handle.moveCenter(center)
        painter.setPen(QPen(light, 1.5))
        painter.setBrush(QColor(0, 0, 0, 200))
        painter.drawEllipse(handle.adjusted(0.75, 0.75, -0.75, -0.75))
        for side in (-1, 1):
            tip = center + QPointF(side * 6.5, 0)
            for end in (-3.5, 3.5):
                painter.drawLine(tip, tip + QPointF(-side * 3.5, end))
        if self.hasFocus():
            paint.focus_ring(painter, handle.adjusted(1, 1, -1, -1), _HANDLE / 2)
        painter.end()
