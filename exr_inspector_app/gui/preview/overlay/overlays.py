"""Overlay painters of the canvas: windows with labels, missing regions, the probe, and messages.

The canvas has the same grey in both themes, so the overlays always use the colors of the dark theme.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.view_transform import ViewTransform
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.paint.hatch import paint_hatch
from exr_inspector_app.model import Box2i

OVERSCAN_SHADE = QColor(0, 0, 0, 153)  # overscan: 60 % darker
_PILL = QColor(0, 0, 0, 190)
_WHITE = QColor(255, 255, 255, 235)


def paint_windows(painter: QPainter, view: ViewTransform, windows: tuple[Box2i, Box2i], room: QRectF | None) -> None:
    """Paint a data window that differs from the display window: this one solid, that one dashed, overscan shaded.

    Args:
        painter: Painter of the canvas.
        view: View transform of the image.
        windows: Data and display window.
        room: Where the labels with their sizes are; None for frames without labels.
    """
    data, display = windows
    if data == display:
        return
    outer, inner = view.rect(data), view.rect(display)
    overscan = QPainterPath()
    overscan.addRect(outer)
    visible = QPainterPath()
    visible.addRect(inner)
    painter.fillPath(overscan.subtracted(visible), OVERSCAN_SHADE)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _paint_frame(painter, inner, QPen(_WHITE, 1))
    _paint_frame(painter, outer, QPen(_WHITE, 1, Qt.PenStyle.CustomDashLine))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if room is not None:
        _paint_labels(painter, outer, inner, data, display, room)


def _paint_labels(painter: QPainter, outer: QRectF, inner: QRectF, data: Box2i, display: Box2i, room: QRectF) -> None:
    """Paint the sizes of both windows; the data window's label moves inside if the labels would overlap."""
    display_label = strings.display_window(_format_size(display))
    display_box = _place_pill(QPointF(inner.left() + 8, inner.top() + 8), display_label, room)
    origin = f"{_format_signed(data.min_x)}, {_format_signed(data.min_y)}"
    data_label = strings.data_window(_format_size(data), origin if (data.min_x, data.min_y) != (0, 0) else "")
    position = QPointF(outer.left(), outer.top() - 24)
    if _place_pill(position, data_label, room).intersects(display_box):
        position = QPointF(outer.left() + 8, max(outer.top() + 8, display_box.bottom() + 4))
    paint_pill(painter, position, data_label, room)
    paint_pill(painter, display_box.topLeft(), display_label, room)


def paint_pill(painter: QPainter, position: QPointF, label: str, room: QRectF) -> None:
    """Paint a white label on a black pill, kept inside `room`."""
    box = _place_pill(position, label, room)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PILL)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(_WHITE)
    painter.setFont(theme.ui_font(11, theme.MEDIUM))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), label)


def paint_missing(painter: QPainter, view: ViewTransform, boxes: Iterable[Box2i], room: QRectF) -> None:
    """Hatch regions that are not in the file."""
    background, line = theme.DARK.color("canvas"), theme.DARK.color("ctl")
    for box in boxes:
        rect = view.rect(box)
        if rect.intersects(room):
            paint_hatch(painter, rect & room, background, line)


def paint_probe(painter: QPainter, center: QPointF) -> None:
    """Paint crosshairs around the pixel of the readout."""
    for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(_WHITE, 1)):
        painter.setPen(pen)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            inner = QPointF(center.x() + 4 * x, center.y() + 4 * y)
            outer = QPointF(center.x() + 11 * x, center.y() + 11 * y)
            painter.drawLine(inner, outer)


def paint_message(painter: QPainter, room: QRectF, glyph: str, title: str, detail: str) -> None:
    """Paint the message that replaces a missing image."""
    center = room.center()
    icons.paint_color(painter, glyph, QRectF(center.x() - 12, center.y() - 58, 24, 24), theme.DARK.t2)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    width = min(room.width() - 48, 460)
    painter.setFont(theme.ui_font(13, theme.SEMIBOLD))
    painter.setPen(theme.DARK.color("t1"))
    painter.drawText(QRectF(center.x() - width / 2, center.y() - 24, width, 20), flags, title)
    painter.setFont(theme.ui_font(12))
    painter.setPen(theme.DARK.color("t2"))
    painter.drawText(QRectF(center.x() - width / 2, center.y() + 2, width, 120), flags, detail)


def _place_pill(position: QPointF, label: str, room: QRectF) -> QRectF:
    """Return the rectangle of a pill at a position, moved inside `room`."""
    width = QFontMetricsF(theme.ui_font(11, theme.MEDIUM)).horizontalAdvance(label) + 12
    left = min(max(position.x(), room.left() + 4), max(room.right() - width - 4, room.left() + 4))
    top = min(max(position.y(), room.top() + 4), room.bottom() - 24)
    return QRectF(round(left), round(top), width, 20)


def _paint_frame(painter: QPainter, rect: QRectF, pen: QPen) -> None:
    """Paint a line just outside the rectangle."""
    if pen.style() == Qt.PenStyle.CustomDashLine:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawRect(QRectF(round(rect.left()), round(rect.top()), round(rect.width()), round(rect.height())))


def _format_size(box: Box2i) -> str:
    return f"{box.width} × {box.height}"


def _format_signed(number: int) -> str:
    return f"−{-number}" if number < 0 else f"{number}"
