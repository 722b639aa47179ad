"""Buttons, each with words or a glyph, a tool tip and a key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHideEvent,
    QKeySequence,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from exr_inspector_app.gui.style import icons, paint, theme

BAR, FORM, SHEET = 24, 28, 32  # heights of controls
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_GAP = 8  # between glyph and words


class Button(QPushButton):
    """A `filled` (one in view), `normal` or `ghost` button (no ground until hover), with its glyph 8 px from its words.

    The ring of the keyboard's focus lies 2 px outside, or on the edge of a ghost.
    """

    def __init__(self, words: str, glyph: str, kind: str, height: int, parent: QWidget | None) -> None:
        super().__init__(words, parent)
        self._height = height
        self._ring: _Ring | None = None  # there while the keyboard is on this button
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_look(kind, glyph)

    @property
    def kind(self) -> str:
        """`filled`, `normal` or `ghost`."""
        return str(self.property("kind"))

    def set_look(self, kind: str, glyph: str) -> None:
        """Another kind or glyph from now on."""
        self.setProperty("kind", kind)
        self._glyph = glyph
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(self._font()).horizontalAdvance(self.text())
        glyph = 16 + (_GAP if self.text() else 0) if self._glyph else 0
        inset = 8 if self.kind == "ghost" else 12
        return QSize(round(words + glyph + 2 * inset + 0.5), self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        words = QFontMetricsF(self._font()).horizontalAdvance(self.text())
        width = words + (16 + (_GAP if self.text() else 0) if self._glyph else 0)
        left, token = round((self.width() - width) / 2), self._token()
        if self._glyph:
            icons.paint(painter, self._glyph, QRectF(left, (self.height() - 16) / 2, 16, 16), token)
            left += 16 + _GAP
        room = QRectF(left, 0, self.width() - left, self.height())
        paint.text(painter, room, self.text(), self._font(), token)
        painter.end()

    def _font(self) -> QFont:
        return theme.ui(12 if self._height < FORM else 13, theme.MEDIUM)

    def _is_lit(self) -> bool:
        return self.isEnabled() and (self.underMouse() or self.isDown() or self.isChecked())

    def _token(self) -> str:
        if not self.isEnabled():
            return "disabled"
        if self.kind == "filled":
            return "on_fill"
        return "t2" if self.kind == "ghost" and not self._is_lit() else "t1"

    def _paint_ground(self, painter: QPainter) -> None:
        t = theme.tokens()
        edge, ground = self._colors()
        ringed = self.kind == "ghost" and self._ring is not None
        painter.setPen(QPen(t.color("accent"), 1.5) if ringed else QPen(edge, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5)

    def _colors(self) -> tuple[QColor, QColor]:
        """Edge and ground."""
        t, clear = theme.tokens(), QColor(Qt.GlobalColor.transparent)
        if not self.isEnabled():
            return clear, clear
        lit = self._is_lit()
        if self.kind == "filled":
            fill = QColor(t.fill_hover) if lit else t.color("fill")
            return fill, fill
        if self.kind == "ghost":
            ground = t.color("selected" if self.isDown() else "hover") if lit else clear
            return clear, ground
        if self.isDown():
            return t.color("ctl"), t.color("line2")
        return (t.color("ctl"), t.color("selected")) if lit else (t.color("line2"), t.color("raised"))

    # The ring of the keyboard's focus

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        parent = self.parentWidget()
        if parent is not None and event.reason() in _BY_KEY:
            self._ring = _Ring(parent)
            self._place_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._ring is not None:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._place_ring()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_ring()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._ring is not None:
            self._ring.hide()

    def _place_ring(self) -> None:
        if self._ring is not None:
            self._ring.setGeometry(self.geometry().adjusted(-4, -4, 4, 4))
            self._ring.setVisible(self.kind != "ghost" and self.isVisible())
            self._ring.raise_()


class _Ring(QWidget):
    """The ring around a button that the keyboard is on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.focus_ring(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), 5)
        painter.end()


def button(
    words: str, glyph: str = "", kind: str = "normal", parent: QWidget | None = None, height: int = FORM
) -> Button:
    """A button of one kind: `filled` (one in view), `normal`, or `ghost`; `height` is BAR, FORM or SHEET."""
    return Button(words, glyph, kind, height, parent)


def set_kind(made: Button, kind: str, glyph: str = "") -> None:
    """The button looks like another kind from now on."""
    made.set_look(kind, glyph)


def icon_button(glyph: str, name: str, key: str = "", parent: QWidget | None = None) -> QToolButton:
    """A button without words; its tool tip says its name and key."""
    made = QToolButton(parent)
    made.setIcon(icons.icon(glyph))
    made.setIconSize(QSize(16, 16))
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setToolTip(name)
    if key:
        made.setShortcut(QKeySequence(key))
        made.setToolTip(f"{name}  {QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}")
    return made
