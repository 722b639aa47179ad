"""A banner: one clear sentence on what happened, a second on where, and one button."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import button

Kind = Literal["error", "warning", "result", "wait"]
LOOK: dict[Kind, tuple[str, str]] = {
    "error": ("failed", "err"),
    "warning": ("warning", "warn"),
    "result": ("done", "ok"),
    "wait": ("activity", "accent"),
}


class Banner(QWidget):
    """An error, a warning, a result, or what is still on its way; `clicked` is its button."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: Kind = "error"
        self._title, self._sentence = QLabel(self), QLabel(self)
        self._title.setFont(theme.ui(13, theme.MEDIUM))
        self._sentence.setProperty("rank", "2")
        self._button = button("", parent=self)
        self._button.setMinimumWidth(92)
        words = QVBoxLayout()
        words.setSpacing(1)
        for label in (self._title, self._sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(44, 6, 12, 6)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._button.clicked.connect(self.clicked)
        theme.current().changed.connect(self.update)

    def say(self, kind: Kind, title: str, sentence: str, action: str = "") -> None:
        """These words from now on; without an action there is no button."""
        self._kind = kind
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(f"{title}. {sentence}")
        self.update()

    @property
    def words(self) -> str:
        """What is said."""
        return f"{self._title.text()} {self._sentence.text()}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tinted ground with a bar at its left and the glyph in the middle of its height."""
        t = theme.tokens()
        glyph, token = LOOK[self._kind]
        rect, whole = QRectF(self.rect()), QPainterPath()
        whole.addRoundedRect(rect, 6, 6)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(whole)
        painter.fillRect(rect, t.tint(token, t.banner_tint))
        painter.fillRect(QRectF(0, 0, 3, rect.height()), t.color(token))
        icons.paint(painter, glyph, QRectF(16, (rect.height() - 16) / 2, 16, 16), token)
        painter.end()
