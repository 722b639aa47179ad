"""Hatch pattern for missing and unknown regions."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_STEP = 7.0  # px between the lines


def paint_hatch(
    painter: QPainter, rect: QRectF, background: QColor | None, line: QColor, edge: QColor | None = None
) -> None:
    """Fill a rectangle with diagonal lines whose spacing does not depend on its position or size."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    if background is not None:
        painter.fillRect(rect, background)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1))
    visible = painter.clipBoundingRect() & rect
    offset = (visible.left() + visible.top()) // _STEP * _STEP
    while offset < visible.right() + visible.bottom():
        top, bottom = visible.top(), visible.bottom()
        painter.drawLine(QPointF(offset - top, top), QPointF(offset - bottom, bottom))
        offset += _STEP
    painter.restore()
    if edge is not None:
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
