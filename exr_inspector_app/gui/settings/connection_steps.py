"""List of connection test steps, each with its state and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.text.escape import escape_control

_GLYPHS = {True: ("done", "ok"), False: ("failed", "err"), None: ("info", "t2")}


class ConnectionSteps(QWidget):
    """Widget that lists the steps of a running connection test.

    Attributes:
        steps: Title, state and sentence of each step; the state is None for information.
    """

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._waiting = QLabel(strings.TESTING)
        self._waiting.setProperty("rank", "2")
        self._column.addWidget(self._waiting)
        self._waiting.hide()
        self._rows: list[QWidget] = []
        self.steps: list[tuple[str, bool | None, str]] = []

    def clear(self) -> None:
        """Remove all steps."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()  # `deleteLater` deletes it in the next iteration of the event loop
            row.deleteLater()
        self._rows, self.steps = [], []

    def set_waiting(self, *, is_waiting: bool) -> None:
        """Show or hide that the next step is running."""
        self._waiting.setVisible(is_waiting)

    def add(self, title: str, is_ok: bool | None, sentence: str) -> None:
        """Append a step that passed, failed, or (None) only informs."""
        self.steps.append((title, is_ok, sentence))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(_StepIcon(*_GLYPHS[is_ok]), 0, Qt.AlignmentFlag.AlignTop)
        labels = QVBoxLayout()
        labels.setSpacing(2)
        for text, rank in ((title, ""), (sentence, "2")):
            if text:
                label = QLabel(escape_control(text.replace(strings.INIT_COMMAND, "").strip()))
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                label.setWordWrap(True)
                label.setFont(theme.ui_font(12, theme.REGULAR if rank else theme.MEDIUM))
                label.setProperty("rank", rank)
                labels.addWidget(label)
        line.addLayout(labels, 1)
        self._rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)  # above the waiting label


class _StepIcon(QWidget):
    """Icon of one step."""

    def __init__(self, glyph: str, token: str) -> None:
        super().__init__()
        self._glyph, self._token = glyph, token
        self.setFixedSize(16, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint(painter, self._glyph, QRectF(0, 1, 16, 16), self._token)
        painter.end()
