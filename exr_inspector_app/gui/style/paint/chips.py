"""Chip, badge, and key cap painters: short labels on a small background."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.style.paint.text import text
from exr_inspector_app.gui.style.theme import MEDIUM

CHIP_HEIGHT, BADGE_HEIGHT = 20, 14  # px
_OUTLINED = {"outline": "t1", "quiet": "t2"}  # text token
_FILLED = {"neutral": ("chip", "t2"), "solid": ("fill", "on_fill")}  # background token, text token


def chip_width(label: str) -> float:
    """Return the width of a chip in px."""
    return QFontMetricsF(theme.ui_font(11, MEDIUM)).horizontalAdvance(label) + 12


def chip(painter: QPainter, left: float, middle: float, label: str, kind: str = "neutral") -> float:
    """Paint a chip and return its right edge.

    `kind` is `neutral`, `outline`, `quiet` (outline with secondary text), `solid`, or a token for a tint.
    """
    t = theme.tokens()
    rect = QRectF(left, middle - CHIP_HEIGHT / 2, chip_width(label), CHIP_HEIGHT)
    if kind in _OUTLINED:
        rect.adjust(0.5, 0.5, -0.5, -0.5)
        _paint_label(painter, rect, 4, label, _OUTLINED[kind], None)
    elif kind in _FILLED:
        background, token = _FILLED[kind]
        _paint_label(painter, rect, 4, label, token, t.color(background))
    else:
        _paint_label(painter, rect, 4, label, kind, t.tint(kind, t.chip_tint))
    return rect.right()


def badge_width(label: str) -> float:
    """Return the width of a badge in px."""
    return max(QFontMetricsF(theme.ui_font(11, MEDIUM)).horizontalAdvance(label) + 8, BADGE_HEIGHT)


def badge(painter: QPainter, left: float, middle: float, label: str, token: str) -> float:
    """Paint a small tinted label, such as a count or a defect, and return its right edge."""
    t = theme.tokens()
    rect = QRectF(left, middle - BADGE_HEIGHT / 2, badge_width(label), BADGE_HEIGHT)
    _paint_label(painter, rect, 3, label, token, t.tint(token, t.badge_tint))
    return rect.right()


def key_cap_width(label: str) -> float:
    """Return the width of a key cap in px."""
    return QFontMetricsF(theme.ui_font(11, MEDIUM)).horizontalAdvance(label) + 11


def key_cap(painter: QPainter, right: float, middle: float, label: str) -> None:
    """Paint the name of a keyboard key in a frame that ends at `right`."""
    t = theme.tokens()
    width = key_cap_width(label)
    box = QRectF(round(right - width) + 0.5, round(middle) - 8.5, round(width) - 1, 17)
    painter.setPen(t.color("line2"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3.5, 3.5)
    text(painter, box.adjusted(5, 0, 2, 0), label, theme.ui_font(11, MEDIUM), "t2")


def _paint_label(
    painter: QPainter, rect: QRectF, radius: float, label: str, token: str, background: QColor | None
) -> None:
    """Paint a centered label on a rounded background, or in an outline."""
    t = theme.tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen if background else QPen(t.color("ctl"), 1))
    painter.setBrush(background or Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)
    painter.setPen(t.color(token))
    painter.setFont(theme.ui_font(11, MEDIUM))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), label)
    painter.restore()
