"""Fields and choices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import BAR, icon_button


class SearchField(QLineEdit):
    """A field with a glass, a cross that clears it, and its key shown while it is empty; Esc clears."""

    def __init__(self, hint: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self._cross = icon_button("close", "Clear", parent=self)
        self._cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cross.setCursor(Qt.CursorShape.ArrowCursor)
        self._cross.setStyleSheet("QToolButton { border: none; background: transparent; min-height: 16px; }")
        self._cross.hide()
        self._cross.clicked.connect(self.clear)
        self.textChanged.connect(self._show_cross)
        self._show_cross("")

    @Slot(str)
    def _show_cross(self, words: str) -> None:
        self._cross.setVisible(bool(words))
        room = 22 if words or not self._key else round(paint.key_width(self._key))
        self.setTextMargins(22, 0, room, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._cross.setGeometry(self.width() - 28, (self.height() - 20) // 2, 24, 20)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "search", QRectF(9, (self.height() - 16) / 2, 16, 16), "t2")
        if self._key and not self.text():
            paint.key(painter, self.width() - 7, self.height() / 2, self._key)
        painter.end()


class Segments(QWidget):
    """A choice of few, side by side; `chosen` tells the key of the one that a person takes."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(BAR)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in options]
        for place, (_, words) in enumerate(options):
            one = _Segment(words, self)
            self._group.addButton(one, place)
            row.addWidget(one)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._clicked)
        self._group.idToggled.connect(self.update)

    @Slot(int)
    def _clicked(self, place: int) -> None:
        self.chosen.emit(self._keys[place])

    @property
    def current(self) -> str:
        """The key of the option that is taken."""
        return self._keys[self._group.checkedId()]

    def choose(self, key: str) -> None:
        """The option is shown as taken; nothing is told."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def explain(self, key: str, words: str) -> None:
        """The tool tip of an option."""
        self._group.button(self._keys.index(key)).setToolTip(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(t.color("line2"))
        painter.setBrush(t.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5)
        seen = [one for one in self._group.buttons() if not one.isHidden()]
        for left, right in pairwise(seen):
            if not (left.isChecked() or right.isChecked()):
                painter.fillRect(QRectF(right.x(), 6, 1, self.height() - 12), t.color("line2"))
        painter.end()


class _Segment(QAbstractButton):
    """One option of a choice."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(theme.ui(12, theme.MEDIUM)).horizontalAdvance(self.text())) + 20, BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked() or self.hasFocus():
            ring = QPen(t.color("accent"), 1.5) if self.hasFocus() else QPen(t.color("ctl"), 1)
            painter.setPen(ring)
            painter.setBrush(t.color("selected" if self.isChecked() else "raised"))
            painter.drawRoundedRect(box, 4.5, 4.5)
        token = "t1" if self.isChecked() or self.underMouse() else "t2"
        paint.text(painter, box.adjusted(9.5, 0, 0, 0), self.text(), theme.ui(12, theme.MEDIUM), token)
        painter.end()
