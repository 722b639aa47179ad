"""Push and tool buttons with glyph, label, tooltip, shortcut, and a keyboard focus ring."""

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

BAR_HEIGHT, FORM_HEIGHT, SHEET_HEIGHT = 24, 28, 32  # px, of controls in bars, forms, and sheets
_KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_GAP = 8  # px between glyph and label


class Button(QPushButton):
    """Push button of the kind `filled` (at most one per view), `normal`, or `ghost` (no background until hover).

    The keyboard focus ring lies 2 px outside the button, or on the edge of a ghost button.
    """

    def __init__(self, label: str, glyph: str, kind: str, height: int, parent: QWidget | None) -> None:
        super().__init__(label, parent)
        self._height = height
        self._ring: _FocusRing | None = None  # exists while this button has the keyboard focus
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_appearance(kind, glyph)

    @property
    def kind(self) -> str:
        """Kind of the button: `filled`, `normal`, or `ghost`."""
        return str(self.property("kind"))

    def set_appearance(self, kind: str, glyph: str) -> None:
        """Set kind and glyph."""
        self.setProperty("kind", kind)
        self._glyph = glyph
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of glyph, label, and insets."""
        label = QFontMetricsF(self._font()).horizontalAdvance(self.text())
        glyph = 16 + (_GAP if self.text() else 0) if self._glyph else 0
        inset = 8 if self.kind == "ghost" else 12
        return QSize(round(label + glyph + 2 * inset + 0.5), self._height)

    def minimumSizeHint(self) -> QSize:
        """Return the preferred size, so that the label is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint background, glyph, and label."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_background(painter)
        label = QFontMetricsF(self._font()).horizontalAdvance(self.text())
        width = label + (16 + (_GAP if self.text() else 0) if self._glyph else 0)
        left, token = round((self.width() - width) / 2), self._token()
        if self._glyph:
            icons.paint(painter, self._glyph, QRectF(left, (self.height() - 16) / 2, 16, 16), token)
            left += 16 + _GAP
        room = QRectF(left, 0, self.width() - left, self.height())
        paint.text(painter, room, self.text(), self._font(), token)
        painter.end()

    def _font(self) -> QFont:
        return theme.ui_font(12 if self._height < FORM_HEIGHT else 13, theme.MEDIUM)

    def _is_highlighted(self) -> bool:
        return self.isEnabled() and (self.underMouse() or self.isDown() or self.isChecked())

    def _token(self) -> str:
        if not self.isEnabled():
            return "disabled"
        if self.kind == "filled":
            return "on_fill"
        return "t2" if self.kind == "ghost" and not self._is_highlighted() else "t1"

    def _paint_background(self, painter: QPainter) -> None:
        t = theme.tokens()
        edge, background = self._colors()
        has_ring = self.kind == "ghost" and self._ring is not None
        painter.setPen(QPen(t.color("accent"), 1.5) if has_ring else QPen(edge, 1))
        painter.setBrush(background)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5)

    def _colors(self) -> tuple[QColor, QColor]:
        """Return the colors of edge and background."""
        t, clear = theme.tokens(), QColor(Qt.GlobalColor.transparent)
        if not self.isEnabled():
            return clear, clear
        is_highlighted = self._is_highlighted()
        if self.kind == "filled":
            fill = QColor(t.fill_hover) if is_highlighted else t.color("fill")
            return fill, fill
        if self.kind == "ghost":
            background = t.color("selected" if self.isDown() else "hover") if is_highlighted else clear
            return clear, background
        if self.isDown():
            return t.color("ctl"), t.color("line2")
        return (t.color("ctl"), t.color("selected")) if is_highlighted else (t.color("line2"), t.color("raised"))

    # Keyboard focus ring

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring if the focus came from the keyboard."""
        super().focusInEvent(event)
        parent = self.parentWidget()
        if parent is not None and event.reason() in _KEYBOARD_REASONS:
            self._ring = _FocusRing(parent)
            self._place_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the focus ring."""
        super().focusOutEvent(event)
        if self._ring is not None:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None

    def moveEvent(self, event: QMoveEvent) -> None:
        """Move the focus ring along."""
        super().moveEvent(event)
        self._place_ring()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the focus ring to the new size."""
        super().resizeEvent(event)
        self._place_ring()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide the focus ring."""
        super().hideEvent(event)
        if self._ring is not None:
            self._ring.hide()

    def _place_ring(self) -> None:
        if self._ring is not None:
            self._ring.setGeometry(self.geometry().adjusted(-4, -4, 4, 4))
            self._ring.setVisible(self.kind != "ghost" and self.isVisible())
            self._ring.raise_()


class _FocusRing(QWidget):
    """Focus ring around the button that has the keyboard focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.focus_ring(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), 5)
        painter.end()


def make_button(
    label: str, glyph: str = "", kind: str = "normal", parent: QWidget | None = None, height: int = FORM_HEIGHT
) -> Button:
    """Create a button of a kind (see `Button`) with one of the heights of this module."""
    return Button(label, glyph, kind, height, parent)


def make_icon_button(glyph: str, name: str, key: str = "", parent: QWidget | None = None) -> QToolButton:
    """Create a glyph-only button whose tooltip holds its name and shortcut."""
    button = QToolButton(parent)
    button.setIcon(icons.icon(glyph))
    button.setIconSize(QSize(16, 16))
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(name)
    if key:
        button.setShortcut(QKeySequence(key))
        button.setToolTip(f"{name}  {QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}")
    return button
