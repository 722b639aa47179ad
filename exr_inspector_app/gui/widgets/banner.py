"""Message banner: a title, a detail, and at most two buttons."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import make_button

BannerKind = Literal["error", "warning", "result", "wait", "note"]
KIND_STYLES: dict[BannerKind, tuple[str, str]] = {
    "error": ("failed", "err"),
    "warning": ("warning", "warn"),
    "result": ("done", "ok"),
    "wait": ("activity", "accent"),
    "note": ("info", "accent"),
}


class MessageBanner(QWidget):
    """Banner for an error, a warning, a result, a note, or work in progress; `clicked` is emitted by its button."""

    clicked = Signal()
    second_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: BannerKind = "error"
        self._title, self._detail = QLabel(self), QLabel(self)
        self._title.setFont(theme.ui_font(13, theme.MEDIUM))
        self._detail.setProperty("rank", "2")
        self.button = make_button("", parent=self)
        self.button.setMinimumWidth(92)
        self._second = make_button("", kind="ghost", parent=self)
        text_column = QVBoxLayout()
        text_column.setSpacing(1)
        for label in (self._title, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text_column.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(44, 6, 12, 6)
        row.setSpacing(12)
        row.addLayout(text_column, 1)
        row.addWidget(self._second, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.button.clicked.connect(self.clicked)
        self._second.clicked.connect(self.second_clicked)
        theme.current().changed.connect(self.update)

    def show_message(self, kind: BannerKind, title: str, detail: str, action: str = "", second: str = "") -> None:
        """Set kind and text; the buttons are hidden if `action` and `second` are empty."""
        self._kind = kind
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(f"{title}. {detail}")
        self.update()

    @property
    def text(self) -> str:
        """Title and detail as one line."""
        return f"{self._title.text()} {self._detail.text()}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a tinted background, a bar at the left, and the glyph centered vertically."""
        t = theme.tokens()
        glyph, token = KIND_STYLES[self._kind]
        rect, outline = QRectF(self.rect()), QPainterPath()
        outline.addRoundedRect(rect, 6, 6)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(outline)
        painter.fillRect(rect, t.tint(token, t.banner_tint))
        painter.fillRect(QRectF(0, 0, 3, rect.height()), t.color(token))
        icons.paint(painter, glyph, QRectF(16, (rect.height() - 16) / 2, 16, 16), token)
        painter.end()
