"""Side sheet: base widget of the panels that float over the right of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.style import theme

MAX_WIDTH = 608  # px
INSET = 24  # px at the left and right
_MIN_LEFT_MARGIN = 48  # px of a narrow window that stay visible


class SideSheet(QWidget):
    """Floating panel, hidden until it is opened; Esc emits `cancelled`."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.hide()

    def fit_window(self, above: int, below: int) -> None:
        """Place the sheet at the right of its window, between bars of the given heights in px."""
        if self.isVisible():
            width = min(MAX_WIDTH, self._window.width() - _MIN_LEFT_MARGIN)
            height = self._window.height() - above - below
            self.setGeometry(self._window.width() - width, above, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit `cancelled` on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint an opaque panel with a border at the left."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.color("panel"))
        painter.fillRect(0, 0, 1, self.height(), t.color("line2"))
        painter.end()
