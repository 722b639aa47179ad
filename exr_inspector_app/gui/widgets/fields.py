"""Fields and choices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QWidget

from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.widgets.buttons import icon_button


class SearchField(QLineEdit):
    """A field with a glass, a cross that clears it, and its key shown while it is empty; Esc clears."""

    def __init__(self, hint: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setTextMargins(22, 0, 20, 0)
        self._cross = icon_button("close", "Clear", parent=self)
        self._cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cross.setCursor(Qt.CursorShape.ArrowCursor)
        self._cross.setStyleSheet("QToolButton { border: none; background: transparent; min-height: 16px; }")
        self._cross.hide()
        self._cross.clicked.connect(self.clear)
        self.textChanged.connect(self._show_cross)

    @Slot(str)
    def _show_cross(self, words: str) -> None:
        self._cross.setVisible(bool(words))

    def resizeEvent(self, event: object) -> None:
        self._cross.setGeometry(self.width() - 28, (self.height() - 20) // 2, 24, 20)
        super().resizeEvent(event)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        icons.paint(painter, "search", QRectF(9, middle - 8, 16, 16), "t2")
        if self._key and not self.text():
            font = theme.ui(11, theme.MEDIUM)
            width = self.fontMetrics().horizontalAdvance(self._key) + 10
            box = QRectF(self.width() - width - 6.5, middle - 8.5, width, 17)
            painter.setPen(theme.tokens().color("line2"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(font)
            painter.setPen(theme.tokens().color("t2"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._key)
        painter.end()


class Segments(QWidget):
    """A choice of few, side by side; `chosen` tells the key of the one that a person takes."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in options]
        for place, (_, words) in enumerate(options):
            one = QPushButton(words, self)
            one.setProperty("kind", "ghost")
            one.setCheckable(True)
            self._group.addButton(one, place)
            row.addWidget(one)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._clicked)

    @Slot(int)
    def _clicked(self, place: int) -> None:
        self.chosen.emit(self._keys[place])

    def choose(self, key: str) -> None:
        """The option is shown as taken; nothing is told."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.tokens().color("line2"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()
