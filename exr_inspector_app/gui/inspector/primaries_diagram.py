"""Chromaticity diagram: color primaries in the CIE xy plane, with Rec.709 for comparison and a table of values."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.style import paint, theme

DIAGRAM_SIZE = 112  # px
_REC_709 = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
# The spectral locus every 20 nm or so, 380 to 700 nm (CIE 1931, 2 degrees).
_LOCUS = (
    (0.1741, 0.0050), (0.1714, 0.0051), (0.1644, 0.0109), (0.1440, 0.0297), (0.1241, 0.0578), (0.0913, 0.1327),
    (0.0454, 0.2950), (0.0082, 0.5384), (0.0139, 0.7502), (0.0743, 0.8338), (0.1547, 0.8059), (0.2296, 0.7543),
    (0.3016, 0.6923), (0.3731, 0.6245), (0.4441, 0.5547), (0.5125, 0.4866), (0.5752, 0.4242), (0.6270, 0.3725),
    (0.6915, 0.3083), (0.7347, 0.2653),
)  # fmt: skip
_AXIS_MIN, _AXIS_SPAN = -0.1, 1.1  # of x and y, enough for ACES2065-1
_COLUMNS = (76.0, 138.0)  # px, right edges of x and y
_NAMES = (("R", "red"), ("G", "green"), ("B", "blue"), ("W", "t1"))


def paint_primaries(painter: QPainter, rect: QRectF, pairs: tuple[tuple[float, float], ...]) -> None:
    """Paint the diagram and, to its right, the table of chromaticities.

    Args:
        painter: Painter of the cell.
        rect: Cell rectangle.
        pairs: CIE xy of red, green, blue, and white.
    """
    painter.save()
    _paint_plot(painter, QRectF(rect.left(), rect.top(), DIAGRAM_SIZE, DIAGRAM_SIZE), pairs)
    painter.restore()
    _paint_table(painter, QRectF(rect.left() + DIAGRAM_SIZE + 12, rect.top(), 140, DIAGRAM_SIZE), pairs)


def _paint_plot(painter: QPainter, rect: QRectF, pairs: tuple[tuple[float, float], ...]) -> None:
    t = theme.tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(t.color("canvas"))
    painter.drawRoundedRect(rect, 4, 4)
    clip = QPainterPath()
    clip.addRoundedRect(rect, 4, 4)
    painter.setClipPath(clip)

    def to_point(x: float, y: float) -> QPointF:
        return QPointF(
            rect.left() + (x - _AXIS_MIN) / _AXIS_SPAN * rect.width(),
            rect.bottom() - (y - _AXIS_MIN) / _AXIS_SPAN * rect.height(),
        )

    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("#5A5A5A"), 1))
    painter.drawPolygon(QPolygonF([to_point(*pair) for pair in _LOCUS]))
    painter.setPen(QPen(QColor("#8A8A8A"), 1, Qt.PenStyle.DashLine))
    painter.drawPolygon(QPolygonF([to_point(*pair) for pair in _REC_709]))
    painter.setPen(QPen(QColor("#E6E6E6"), 1.2))
    corners = [to_point(*_clamp(pair)) for pair in pairs]
    painter.drawPolygon(QPolygonF(corners[:3]))
    painter.drawLine(corners[3] - QPointF(3, 0), corners[3] + QPointF(3, 0))
    painter.drawLine(corners[3] - QPointF(0, 3), corners[3] + QPointF(0, 3))
    painter.setPen(QPen(QColor("#171717"), 1))
    for corner, color in zip(corners[:3], ("#E28E88", "#8ABD90", "#86A9E0"), strict=True):
        painter.setBrush(QColor(color))
        painter.drawEllipse(corner, 3.5, 3.5)


def _clamp(pair: tuple[float, float]) -> tuple[float, float]:
    """Bound a chromaticity to a range that Qt can draw; files may hold any float, NaN too."""
    x, y = (value if -10 < value < 10 else 10.0 for value in pair)
    return x, y


def _paint_table(painter: QPainter, rect: QRectF, pairs: tuple[tuple[float, float], ...]) -> None:
    font = theme.mono_font(12)
    for right, title in zip(_COLUMNS, "xy", strict=True):
        box = QRectF(rect.left(), rect.top(), right, 18)
        paint.text(painter, box, title, theme.mono_font(11), "t3", "right")
    for down, ((letter, token), pair) in enumerate(zip(_NAMES, pairs, strict=True), 1):
        top = rect.top() + 19 * down
        paint.text(painter, QRectF(rect.left(), top, 12, 18), letter, theme.mono_font(12, theme.MEDIUM), token)
        for right, value in zip(_COLUMNS, pair, strict=True):
            paint.text(painter, QRectF(rect.left() + 14, top, right - 14, 18), f"{value:.5g}", font, "t1", "right")
    paint.text(
        painter, QRectF(rect.left(), rect.bottom() - 18, 150, 18), strings.REC_709_LEGEND, theme.ui_font(11), "t3"
    )
