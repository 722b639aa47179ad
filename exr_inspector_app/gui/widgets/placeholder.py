"""Placeholder and loading skeleton for lists that are empty, loading, or without a match."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import make_button


class Placeholder(QWidget):
    """Centered placeholder: a glyph, a title, a detail, and at most one button."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = "info"
        self._title, self._detail = QLabel(self), QLabel(self)
        self._title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self._detail.setProperty("rank", "2")
        self._button = make_button("", parent=self)
        self._button.setMinimumWidth(112)
        self._button.clicked.connect(self.clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 4, 24, 4)
        column.setSpacing(6)
        column.addStretch()
        column.addSpacing(32)
        for label in (self._title, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addSpacing(6)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def show_message(self, glyph: str, title: str, detail: str, action: str = "") -> None:
        """Set glyph and text; the button is hidden if `action` is empty."""
        self._glyph = glyph
        self._title.setText(title)
        self._detail.setText(detail)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.update()

    @property
    def action(self) -> str:
        """Label of the button, empty if it is hidden."""
        return self._button.text()

    @property
    def text(self) -> str:
        """Title and detail as one line."""
        return f"{self._title.text()} {self._detail.text()}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the widget."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = self._title.geometry().top() - 34
        icons.paint(painter, self._glyph, QRectF(self.width() / 2 - 12, top, 24, 24), "t2")
        painter.end()


class LoadingSkeleton(QWidget):
    """Loading skeleton: grey bars in the shape of rows."""

    def sizeHint(self) -> QSize:
        """Return the size of about three rows."""
        return QSize(300, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the widget."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("line"))
        right = self.width() - 8
        for row in range(min(5, self.height() // 36)):
            top = 36 * row
            painter.drawRoundedRect(QRectF(12, top + 4, 50, 28), 3, 3)
            painter.drawRoundedRect(QRectF(72, top + 6, 220 - 40 * (row % 2), 10), 2, 2)
            painter.drawRoundedRect(QRectF(72, top + 21, 140 + 20 * (row % 2), 8), 2, 2)
            if right > 420:
                painter.drawRoundedRect(QRectF(right - 108, top + 13, 72, 10), 2, 2)
            painter.fillRect(QRectF(72, top + 35, right - 72, 1), t.color("line"))
        painter.end()
