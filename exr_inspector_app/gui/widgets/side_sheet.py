"""What the sheets that float over the right of the window share: their ground, their place, and Esc."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.style import theme

WIDTH = 608
INSET = 24  # px at the left and right
_LEFT_FREE = 48  # of a narrow window


class SideSheet(QWidget):
    """Hidden until it is opened; Esc cancels it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.hide()

    def place(self, above: int, below: int) -> None:
        """At the right of its window, between bars of these heights."""
        if self.isVisible():
            width = min(WIDTH, self._over.width() - _LEFT_FREE)
            height = self._over.height() - above - below
            self.setGeometry(self._over.width() - width, above, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A panel with a border at its left; nothing below shows through."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.color("panel"))
        painter.fillRect(0, 0, 1, self.height(), t.color("line2"))
        painter.end()
