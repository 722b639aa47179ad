"""What is painted over the picture: windows with their labels, missing regions, the probe, words.

The canvas is the same grey in both themes, so these colours are the dark theme's in both.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from exr_inspector_app.gui.preview.view_transform import ViewTransform
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.paint.hatch import hatched
from exr_inspector_app.model import Box2i

DIMMED = QColor(0, 0, 0, 153)  # overscan: 60 % darker
_PILL = QColor(0, 0, 0, 190)
_WHITE = QColor(255, 255, 255, 235)


def windows(painter: QPainter, view: ViewTransform, data: Box2i, display: Box2i, room: QRectF) -> None:
    """Data window dashed outside, display window solid, what is outside the display window dimmed."""
    outer, inner = view.rect(data), view.rect(display)
    if data != display:
        dim = QPainterPath()
        dim.addRect(outer)
        shown = QPainterPath()
        shown.addRect(inner)
        painter.fillPath(dim.subtracted(shown), DIMMED)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if data != display:
        _frame(painter, inner, QPen(_WHITE, 1))
    _frame(painter, outer, QPen(_WHITE, 1, Qt.PenStyle.CustomDashLine))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if data != display:
        _labels(painter, outer, inner, data, display, room)


def _labels(painter: QPainter, outer: QRectF, inner: QRectF, data: Box2i, display: Box2i, room: QRectF) -> None:
    """The sizes of both windows; the data window's goes inside where the other one is in its way."""
    told = f"Display window {_size(display)}"
    taken = _pill_box(QPointF(inner.left() + 8, inner.top() + 8), told, room)
    words = f"Data window {_size(data)}"
    if (data.min_x, data.min_y) != (0, 0):
        words += f" from {_signed(data.min_x)}, {_signed(data.min_y)}"
    at = QPointF(outer.left(), outer.top() - 24)
    if _pill_box(at, words, room).intersects(taken):
        at = QPointF(outer.left() + 8, max(outer.top() + 8, taken.bottom() + 4))
    pill(painter, at, words, room)
    pill(painter, taken.topLeft(), told, room)


def pill(painter: QPainter, at: QPointF, words: str, room: QRectF) -> None:
    """White words on a black pill, kept inside the room."""
    box = _pill_box(at, words, room)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PILL)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(_WHITE)
    painter.setFont(theme.ui(11, theme.MEDIUM))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), words)


def missing(painter: QPainter, view: ViewTransform, boxes: Iterable[Box2i], room: QRectF) -> None:
    """Regions that are not in the file."""
    ground, line = theme.DARK.color("canvas"), theme.DARK.color("ctl")
    for box in boxes:
        rect = view.rect(box)
        if rect.intersects(room):
            hatched(painter, rect & room, ground, line)


def probe(painter: QPainter, at: QPointF) -> None:
    """A cross around the pixel that the readout tells of."""
    for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(_WHITE, 1)):
        painter.setPen(pen)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(at.x() + 4 * x, at.y() + 4 * y), QPointF(at.x() + 11 * x, at.y() + 11 * y))


def words(painter: QPainter, room: QRectF, glyph: str, title: str, sentence: str) -> None:
    """What stands in place of a picture."""
    middle = room.center()
    icons.paint_color(painter, glyph, QRectF(middle.x() - 12, middle.y() - 58, 24, 24), theme.DARK.t2)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    width = min(room.width() - 48, 460)
    painter.setFont(theme.ui(13, theme.SEMIBOLD))
    painter.setPen(theme.DARK.color("t1"))
    painter.drawText(QRectF(middle.x() - width / 2, middle.y() - 24, width, 20), flags, title)
    painter.setFont(theme.ui(12))
    painter.setPen(theme.DARK.color("t2"))
    painter.drawText(QRectF(middle.x() - width / 2, middle.y() + 2, width, 120), flags, sentence)


def _pill_box(at: QPointF, words: str, room: QRectF) -> QRectF:
    """Where a pill goes that should begin at a point."""
    width = QFontMetricsF(theme.ui(11, theme.MEDIUM)).horizontalAdvance(words) + 12
    left = min(max(at.x(), room.left() + 4), max(room.right() - width - 4, room.left() + 4))
    top = min(max(at.y(), room.top() + 4), room.bottom() - 24)
    return QRectF(round(left), round(top), width, 20)


def _frame(painter: QPainter, rect: QRectF, pen: QPen) -> None:
    """A line just outside the rectangle."""
    if pen.style() == Qt.PenStyle.CustomDashLine:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawRect(QRectF(round(rect.left()), round(rect.top()), round(rect.width()), round(rect.height())))


def _size(box: Box2i) -> str:
    return f"{box.width} × {box.height}"


def _signed(number: int) -> str:
    return f"−{-number}" if number < 0 else f"{number}"
