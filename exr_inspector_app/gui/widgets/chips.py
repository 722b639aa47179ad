"""Removable chip of an active filter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets import strings

HEIGHT = 24


class RemovableChip(QAbstractButton):
    """Chip with a filter's label and a cross; a click, Delete, or Backspace emits `clicked` to remove it."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(label)
        self.setAccessibleName(strings.remove_filter(label))
        self.setToolTip(strings.REMOVE_FILTER)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the size of label and cross."""
        return QSize(round(paint.chip_width(self.text())) + 20, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Click on Delete or Backspace."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint label and cross on a chip."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(t.color("accent" if self.hasFocus() else "chip"))
        painter.setBrush(t.color("chip"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5)
        token = "t1" if self.underMouse() else "t2"
        room = QRectF(6, 0, self.width() - 26, self.height())
        paint.text(painter, room, self.text(), theme.ui_font(11, theme.MEDIUM), token)
        icons.paint(painter, "close", QRectF(self.width() - 18, (self.height() - 12) / 2, 12, 12), token)
        painter.end()
