"""Words on a small ground: chips, badges, and the names of keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.style.paint.text import text
from exr_inspector_app.gui.style.theme import MEDIUM

CHIP_HEIGHT, BADGE_HEIGHT = 20, 14
_OUTLINED = {"outline": "t1", "quiet": "t2"}  # the token of the words
_FILLED = {"neutral": ("chip", "t2"), "solid": ("fill", "on_fill")}  # the tokens of the ground and of the words


def chip_width(words: str) -> float:
    """The width of a chip with these words."""
    return QFontMetricsF(theme.ui(11, MEDIUM)).horizontalAdvance(words) + 12


def chip(painter: QPainter, left: float, middle: float, words: str, kind: str = "neutral") -> float:
    """A chip: `neutral`, `outline`, `quiet` (outline in second rank), `solid`, or a tint's token; its right edge."""
    t = theme.tokens()
    rect = QRectF(left, middle - CHIP_HEIGHT / 2, chip_width(words), CHIP_HEIGHT)
    if kind in _OUTLINED:
        rect.adjust(0.5, 0.5, -0.5, -0.5)
        _words_in(painter, rect, 4, words, _OUTLINED[kind], None)
    elif kind in _FILLED:
        ground, token = _FILLED[kind]
        _words_in(painter, rect, 4, words, token, t.color(ground))
    else:
        _words_in(painter, rect, 4, words, kind, t.tint(kind, t.chip_tint))
    return rect.right()


def badge_width(words: str) -> float:
    """The width of a badge with these words."""
    return max(QFontMetricsF(theme.ui(11, MEDIUM)).horizontalAdvance(words) + 8, BADGE_HEIGHT)


def badge(painter: QPainter, left: float, middle: float, words: str, token: str) -> float:
    """A small tinted count or defect; returns its right edge."""
    t = theme.tokens()
    rect = QRectF(left, middle - BADGE_HEIGHT / 2, badge_width(words), BADGE_HEIGHT)
    _words_in(painter, rect, 3, words, token, t.tint(token, t.badge_tint))
    return rect.right()


def key_width(words: str) -> float:
    """The width of a key's frame."""
    return QFontMetricsF(theme.ui(11, MEDIUM)).horizontalAdvance(words) + 11


def key(painter: QPainter, right: float, middle: float, words: str) -> None:
    """The name of a key in a quiet frame that ends at `right`."""
    t = theme.tokens()
    width = key_width(words)
    box = QRectF(round(right - width) + 0.5, round(middle) - 8.5, round(width) - 1, 17)
    painter.setPen(t.color("line2"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3.5, 3.5)
    text(painter, box.adjusted(5, 0, 2, 0), words, theme.ui(11, MEDIUM), "t2")


def _words_in(painter: QPainter, rect: QRectF, radius: float, words: str, token: str, ground: QColor | None) -> None:
    """Words in the middle of a rounded ground, or of an outline where there is none."""
    t = theme.tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen if ground else QPen(t.color("ctl"), 1))
    painter.setBrush(ground or Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)
    painter.setPen(t.color(token))
    painter.setFont(theme.ui(11, MEDIUM))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), words)
    painter.restore()
