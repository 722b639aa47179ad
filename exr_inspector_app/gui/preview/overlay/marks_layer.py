"""Canvas layer of marked pixels, which are at least three device pixels wide at every zoom."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.overlay.pixel_marks import Mark, PixelMarks
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid

MIN_DEVICE_PIXELS = 3.0  # of a mark
MARK_COLORS = {  # the first one wins
    Mark.NAN: QColor(255, 0, 255),
    Mark.INF: QColor(255, 208, 0),
    Mark.NEGATIVE: QColor(0, 176, 255),
    Mark.CLIPPED: QColor(255, 64, 48),
}


class ShownMarks(NamedTuple):
    """Marks of one image, and the kinds of them that are shown."""

    marks: PixelMarks
    kinds: Mark

    def is_same(self, other: ShownMarks) -> bool:
        """Return True if the same pixels are covered in the same colors."""
        return self.marks is other.marks and self.kinds == other.kinds

    def covers(self, column: int, row: int) -> bool:
        """Return True if a mark covers a pixel of the image; all colors of marks are light."""
        return bool(self.marks.levels) and bool(int(self.marks.levels[0][row, column]) & self.kinds)


_NO_MARKS = ShownMarks(PixelMarks({}), Mark(0))


class MarksLayer(CanvasLayer):
    """Layer of the marks of one image; each kind can be hidden."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pyramid: MipPyramid | None = None
        self._marks = PixelMarks({})
        self.kinds = Mark(0)  # that are shown

    def show_marks(self, pyramid: MipPyramid | None, marks: PixelMarks) -> None:
        """Set the marks of an image."""
        self._pyramid, self._marks = pyramid, marks

    def shown_over(self, pyramid: MipPyramid) -> ShownMarks:
        """Return the marks over an image, which has none until they are found."""
        return ShownMarks(self._marks, self.kinds) if pyramid is self._pyramid else _NO_MARKS

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the marks in the smallest level whose pixels are large enough."""
        pyramid, levels = canvas.pyramid, self._marks.levels
        if pyramid is None or pyramid is not self._pyramid or not levels or not self.kinds:
            return
        across, down = pyramid.picture.scale
        ratio = canvas.devicePixelRatioF() * canvas.view.scale
        smallest = min(ratio * across * canvas.view.aspect, ratio * down)
        wanted = math.ceil(math.log2(MIN_DEVICE_PIXELS / smallest)) if smallest < MIN_DEVICE_PIXELS else 0
        level = min(wanted, len(levels) - 1)
        self._paint_level(painter, canvas, pyramid, level)

    def _paint_level(self, painter: QPainter, canvas: Canvas, pyramid: MipPyramid, level: int) -> None:
        """Paint the visible part of a level."""
        marks = self._marks.levels[level]
        height, width = marks.shape
        data, (across, down) = pyramid.picture.data_window, pyramid.picture.scale
        start = canvas.view.to_canvas(data.min_x, data.min_y)
        end = canvas.view.to_canvas(data.min_x + across * 2**level, data.min_y + down * 2**level)
        step_x, step_y = end.x() - start.x(), end.y() - start.y()
        left, top = max(0, math.floor(-start.x() / step_x)), max(0, math.floor(-start.y() / step_y))
        right = min(width, math.ceil((canvas.width() - start.x()) / step_x))
        bottom = min(height, math.ceil((canvas.height() - start.y()) / step_y))
        if left >= right or top >= bottom:
            return
        image = QImage(marks.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable([_color(Mark(bits) & self.kinds) for bits in range(16)])
        target = QRectF(
            start.x() + left * step_x, start.y() + top * step_y, (right - left) * step_x, (bottom - top) * step_y
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(target, image, QRectF(left, top, right - left, bottom - top))
        painter.restore()


def _color(marks: Mark) -> int:
    """Return the color of a pixel with these marks, transparent without any."""
    return next((color.rgba() for mark, color in MARK_COLORS.items() if mark & marks), 0)
