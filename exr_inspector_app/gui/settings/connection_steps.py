"""The steps of a connection test, each with a tick or a sentence on what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.text.escape import escape_control

_GLYPHS = {True: ("done", "ok"), False: ("failed", "err"), None: ("info", "t2")}


class ConnectionSteps(QWidget):
    """Steps appear one after the other while the test goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._waiting = QLabel("Asking…")
        self._waiting.setProperty("rank", "2")
        self._column.addWidget(self._waiting)
        self._waiting.hide()
        self._rows: list[QWidget] = []
        self.steps: list[tuple[str, bool | None, str]] = []

    def clear(self) -> None:
        """No test has been made."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()  # deleted with the next turn of the event loop
            row.deleteLater()
        self._rows, self.steps = [], []

    def set_waiting(self, is_waiting: bool) -> None:
        """While a step is on its way, a word says so."""
        self._waiting.setVisible(is_waiting)

    def add(self, title: str, is_well: bool | None, sentence: str) -> None:
        """One more step: well, not well, or (None) something to know."""
        self.steps.append((title, is_well, sentence))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(_Mark(*_GLYPHS[is_well]), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        for text, rank in ((title, ""), (sentence, "2")):
            if text:
                label = QLabel(escape_control(text))
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                label.setWordWrap(True)
                label.setFont(theme.ui_font(12, theme.REGULAR if rank else theme.MEDIUM))
                label.setProperty("rank", rank)
                words.addWidget(label)
        line.addLayout(words, 1)
        self._rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)  # above what is waited for


class _Mark(QWidget):
    """The glyph of one step."""

    def __init__(self, glyph: str, token: str) -> None:
        super().__init__()
        self._glyph, self._token = glyph, token
        self.setFixedSize(16, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint(painter, self._glyph, QRectF(0, 1, 16, 16), self._token)
        painter.end()
