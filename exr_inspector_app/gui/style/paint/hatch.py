"""Hatch pattern for missing and unknown regions."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_STEP = 7.0  # px between the lines


def hatched(painter: QPainter, rect: QRectF, ground: QColor | None, line: QColor, edge: QColor | None = None) -> None:
    """A hatch of the same step wherever it is, inside the rectangle."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    if ground is not None:
        painter.fillRect(rect, ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1))
    seen = painter.clipBoundingRect() & rect
    first = (seen.left() + seen.top()) // _STEP * _STEP
    at = first
    while at < seen.right() + seen.bottom():
        painter.drawLine(QPointF(at - seen.top(), seen.top()), QPointF(at - seen.bottom(), seen.bottom()))
        at += _STEP
    painter.restore()
    if edge is not None:
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
