"""Row painters: background, focus ring, separator, and thumbnail."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from exr_inspector_app.gui.style import icons, theme


def row_background(painter: QPainter, option: QStyleOptionViewItem, *, full: QRect | None = None) -> None:
    """Paint the background of a selected or hovered row; a selected row has a bar at its left."""
    t = theme.tokens()
    rect = full or option.rect
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, t.color("selected"))
        focused = bool(state & QStyle.StateFlag.State_Active and option.widget and option.widget.hasFocus())
        bar = QRect(rect.left(), rect.top(), 2, rect.height())
        painter.fillRect(bar, t.color("accent" if focused else "t3"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, t.color("hover"))


def tertiary_token(option: QStyleOptionViewItem) -> str:
    """Return the token of tertiary text, which is lighter on a selected row."""
    return "t2" if option.state & QStyle.StateFlag.State_Selected else "t3"


def focus_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Paint the keyboard focus ring, 2 px outside a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.tokens().color("accent"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(-2.75, -2.75, 2.75, 2.75), radius + 2, radius + 2)
    painter.restore()


def hairline(painter: QPainter, left: float, right: float, y: float) -> None:
    """Paint the separator line below a row."""
    painter.fillRect(QRectF(left, y, right - left, 1), theme.tokens().color("line"))


def thumbnail(painter: QPainter, box: QRectF, image: QImage | None, glyph: str, token: str = "t3") -> None:
    """Paint a thumbnail that fills its box, or a glyph if there is no image."""
    t = theme.tokens()
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
    if image is None:
        painter.setBrush(t.color("raised"))
        painter.setPen(t.color("line2"))
        painter.drawRoundedRect(inner, 3, 3)
        icons.paint(painter, glyph, QRectF(box.center().x() - 8, box.center().y() - 8, 16, 16), token)
    else:
        # An image as a brush has antialiased corners; a clip path would leave them jagged.
        scale = max(box.width() / image.width(), box.height() / image.height())
        left, top = box.center().x() - image.width() * scale / 2, box.center().y() - image.height() * scale / 2
        image_brush = QBrush(image)
        image_brush.setTransform(QTransform().translate(left, top).scale(scale, scale))
        painter.setPen(t.color("line2"))
        for brush in (t.color("canvas"), image_brush):
            painter.setBrush(brush)
            painter.drawRoundedRect(inner, 3, 3)
    painter.restore()
