"""Painter of the scale at the canvas edge: the color map of a data layer with its range, or the zones of false color.

The canvas has the same grey in both themes, so the scale always uses the colors of the dark theme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from exr_inspector_app.color.exposure_zones import ZONES
from exr_inspector_app.exr.pixels.color_maps import ENTRIES, color_table
from exr_inspector_app.exr.pixels.data_colors import FARTHEST, share_of_value
from exr_inspector_app.exr.pixels.data_looks import DataLook, Mapping
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.data_scale import MIN_WIDTH, Scale
from exr_inspector_app.gui.preview.overlay import overlays
from exr_inspector_app.gui.style import theme

_BAR, _GAP, _INSET = 12, 28, 32  # px: width of the bar, between image and bar, above and below it
_MIN_HEIGHT, _TICK, _MIN_TICK_DISTANCE = 60, 5, 20
_LABEL_WIDTH = 220  # px of the size of the data window, above the image at the left
_EDGE = QColor(255, 255, 255, 41)
_PLATE = QColor(0, 0, 0, 150)


def paint_scale(painter: QPainter, scale: Scale, picture: QRectF, room: QRectF) -> None:
    """Paint the scale to the right of the image, or over its right edge, with the caption below the image."""
    _paint_caption(painter, scale.caption, picture, room)
    if not scale.room:
        return
    left = min(picture.right() + _GAP, room.right() - scale.room + 16)
    top = max(picture.top(), room.top() + _INSET)
    bottom = min(picture.bottom(), room.bottom() - _INSET - 28)
    if bottom - top < _MIN_HEIGHT:
        top, bottom = room.top() + _INSET, room.bottom() - _INSET - 28
    if bottom - top < _MIN_HEIGHT or room.width() < MIN_WIDTH:
        return
    if picture.right() > left - 12:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRect(QRectF(left - 12, room.top(), room.right() - left + 12, room.height()))
    bar = QRectF(round(left) + 0.5, round(top) + 0.5, _BAR, round(bottom - top))
    if scale.look is None:
        _paint_zones(painter, bar)
    elif scale.look.channel_count == 1 or len(scale.letters) == 1:
        _paint_map(painter, bar, scale.look, scale.probe)
    else:
        _paint_components(painter, bar, scale.look, scale.letters)
    if scale.look is not None:
        title = " ".join(scale.letters)[:14]
        _text(painter, QRectF(bar.left() - 2, bar.top() - 24, scale.room, 16), title, "t1")


def _paint_caption(painter: QPainter, caption: str, picture: QRectF, room: QRectF) -> None:
    """Paint the caption below the image, or above it, or as a pill where the image fills the canvas."""
    metrics = QFontMetricsF(theme.ui_font(12))
    lines = _wrap(caption, metrics, room.width() - 24)
    caption, width = "\n".join(lines), max(map(metrics.horizontalAdvance, lines)) + 2
    height = 16.0 * len(lines)
    is_below = picture.bottom() + height + 10 <= room.bottom()
    has_room_above = picture.top() - height - 8 >= room.top() and picture.width() >= width + _LABEL_WIDTH
    if not (is_below or has_room_above):
        caption = lines[0]
        overlays.paint_pill(painter, QPointF(room.right(), room.bottom() - 32), caption, room)
        return
    left = max(min(picture.right(), room.right() - 12) - width, room.left() + 12)
    top = picture.bottom() + 8 if is_below else picture.top() - height - 6
    painter.setFont(theme.ui_font(12))
    painter.setPen(theme.DARK.color("t2"))
    painter.drawText(QRectF(left, top, width, height + 4), int(Qt.AlignmentFlag.AlignLeft), caption)


def _wrap(caption: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """Return the caption in lines that fit, broken after commas."""
    lines = [""]
    for phrase in caption.split(", "):
        longer = f"{lines[-1]}, {phrase}" if lines[-1] else phrase
        if lines[-1] and metrics.horizontalAdvance(longer) > width:
            lines[-1] += ","
            lines.append(phrase)
        else:
            lines[-1] = longer
    return lines


def _paint_map(painter: QPainter, bar: QRectF, look: DataLook, probe: float | None) -> None:
    """Paint the color map, its ends, ticks at round values, and the value under the pointer."""
    is_depth = look.mapping is Mapping.DEPTH  # its light end, the near one, is on top
    table = color_table(look.color_map)
    first = round(FARTHEST * (ENTRIES - 1)) if is_depth else 0
    image = QImage(1, ENTRIES - first, QImage.Format.Format_RGB888)
    for row, (red, green, blue) in enumerate(table[first:][::-1].tolist()):
        image.setPixelColor(0, row, QColor(red, green, blue))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(bar, image)
    _frame(painter, bar)

    def place(value: float) -> float:
        share = share_of_value(value, look)
        share = (share - FARTHEST) / (1 - FARTHEST) if is_depth else share
        return bar.bottom() - share * bar.height()

    ends = (look.low, look.high)
    for value in (*ends, *_round_values(look.low, look.high)):
        is_end = value in ends
        y = place(value)
        if is_end or min(y - bar.top(), bar.bottom() - y) >= _MIN_TICK_DISTANCE:
            _paint_tick(painter, bar, y, strings.format_tick(value), "t1" if is_end else "t2")
    if probe is not None and math.isfinite(probe):
        _paint_pointer(painter, QPointF(bar.left() - 3, place(probe)))
    if is_depth:
        _paint_none(painter, bar)


def _paint_components(painter: QPainter, bar: QRectF, look: DataLook, letters: Sequence[str]) -> None:
    """Paint one bar per component, in red, green and blue, and the ends of a range that they share."""
    across = 8.0
    for index in range(look.channel_count):
        column = QRectF(bar.left() + index * (across + 3), bar.top(), across, bar.height())
        for step in range(64):
            share = 1 - (step + 0.5) / 64
            color = [0, 0, 0]
            color[index] = round(255 * share)
            cell = QRectF(column.left(), column.top() + step * column.height() / 64, across, column.height() / 64 + 0.6)
            painter.fillRect(cell, QColor(*color))
        _frame(painter, column)
    right = bar.left() + look.channel_count * (across + 3) - 3
    shared = QRectF(bar.left(), bar.top(), right - bar.left(), bar.height())
    if look.axes:
        return
    middle = (look.low + look.high) / 2
    for value, y in ((look.high, bar.top()), (middle, bar.center().y()), (look.low, bar.bottom())):
        _paint_tick(painter, shared, y, strings.format_tick(value), "t2" if value == middle else "t1")


def _paint_zones(painter: QPainter, bar: QRectF) -> None:
    """Paint a swatch and the name of each zone, the brightest on top."""
    height = min(bar.height() / len(ZONES), 26.0)
    for row, zone in enumerate(reversed(ZONES)):
        y = bar.top() + row * height
        swatch = QRectF(bar.left(), y, _BAR, height - 2)
        painter.fillRect(swatch, QColor(zone.color))
        _frame(painter, swatch)
        _text(painter, QRectF(bar.right() + 8, y, 96, height - 2), zone.name, "t1")


def _paint_tick(painter: QPainter, bar: QRectF, y: float, label: str, token: str) -> None:
    painter.setPen(QPen(theme.DARK.color("t2"), 1))
    painter.drawLine(QPointF(bar.right() + 2, round(y) + 0.5), QPointF(bar.right() + 2 + _TICK, round(y) + 0.5))
    _text(painter, QRectF(bar.right() + _TICK + 7, y - 8, 90, 16), label, token)


def _paint_pointer(painter: QPainter, tip: QPointF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.DARK.color("t1"))
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-7, -4), tip + QPointF(-7, 4)]))


def _paint_none(painter: QPainter, bar: QRectF) -> None:
    """Paint the swatch of pixels without a value."""
    swatch = QRectF(bar.left(), bar.bottom() + 14, 10, 10)
    painter.fillRect(swatch, QColor(0, 0, 0))
    painter.setPen(QPen(theme.DARK.color("edge"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(swatch)
    _text(painter, QRectF(swatch.right() + 8, swatch.top() - 3, 60, 16), strings.NONE, "t2")


def _frame(painter: QPainter, bar: QRectF) -> None:
    painter.setPen(QPen(_EDGE, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)


def _text(painter: QPainter, room: QRectF, text: str, token: str) -> None:
    painter.setFont(theme.ui_font(11))
    painter.setPen(theme.DARK.color(token))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


def _round_values(low: float, high: float) -> list[float]:
    """Return about five round values between low and high, without them."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return []
    step = 10.0 ** math.floor(math.log10(span / 5))
    step *= next((factor for factor in (1, 2, 5) if span / (factor * step) <= 6), 10)
    first = math.floor(low / step) + 1
    values = [(first + index) * step for index in range(8)]
    return [round(value, 12) for value in values if low < value < high]
