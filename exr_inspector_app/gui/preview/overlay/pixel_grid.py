"""Canvas layer of the pixel grid and of the values inside the pixels, which a worker thread renders."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy.typing as npt
from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.pixels.value_text import shorten_value
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.objects_job import pair_ranks
from exr_inspector_app.gui.preview.overlay.marks_layer import MarksLayer, ShownMarks
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.region_renderer import RenderedRegion
from exr_inspector_app.gui.preview.view_transform import ViewTransform
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

VALUES_KIND = "Values in the pixels"
MIN_PIXEL_SIDE = 24.0  # minimum size of a pixel of the file, in logical px, for the grid
MIN_FONT, MAX_FONT = 7, 13  # px
_LINES = (QPen(QColor(0, 0, 0, 120), 1), QPen(QColor(255, 255, 255, 36), 1))  # of the edges, and inside of them
_PADDING = 6  # px, left and right of a value together
_MAX_ID_LINES = 4  # of the first two ranks
_MARGIN = 3  # px, above and below all values together
_DARK, _LIGHT = QColor(16, 16, 16), QColor(240, 240, 240)


class _Request(NamedTuple):
    """Image of the values for one view of one rendered region."""

    pyramid: MipPyramid
    region: RenderedRegion
    view: ViewTransform
    size: QSize
    ratio: float
    marks: ShownMarks  # which cover the colors of their pixels

    def is_same(self, other: _Request | None) -> bool:
        """Return True if the other image would be the same."""
        if other is None or self.region is not other.region:
            return False
        return self.marks.is_same(other.marks) and self[2:5] == other[2:5]


class PixelGrid(CanvasLayer):
    """Layer that draws lines between large pixels; the values appear as soon as the view rests."""

    def __init__(self, tasks: TaskRunner, marks: MarksLayer, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._marks = tasks, marks
        self._types: dict[str, str] = {}
        self._requested: _Request | None = None
        self._shown: tuple[_Request, QImage] | None = None
        self.is_enabled = True

    def show_types(self, types: dict[str, str]) -> None:
        """Set the pixel types of the channels, by which the values become text."""
        self._types, self._shown, self._requested = types, None, None

    @property
    def is_settled(self) -> bool:
        """True if the values of the newest view are shown."""
        return self._requested is None or (self._shown is not None and self._requested.is_same(self._shown[0]))

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the grid, and the values if they are rendered for this view."""
        pyramid = canvas.pyramid
        if pyramid is None or not self.is_enabled:
            return
        across, down = pyramid.picture.scale
        side = min(canvas.view.scale * canvas.view.aspect * across, canvas.view.scale * down)
        if side < MIN_PIXEL_SIDE:
            self._requested = None
            return
        _paint_lines(painter, canvas, pyramid)
        region, picture = canvas.renderer.shown, pyramid.picture
        if region is None or region.request.pyramid is not pyramid or region.request.level:
            return
        if picture.factor > 1 or picture.is_draft:  # these are not the values of the file
            return
        request = _Request(
            pyramid, region, canvas.view, canvas.size(), canvas.devicePixelRatioF(), self._marks.shown_over(pyramid)
        )
        if self._shown is not None and request.is_same(self._shown[0]):
            painter.drawImage(QPointF(0, 0), self._shown[1])
        elif not request.is_same(self._requested):
            self._render(request, canvas)

    def _render(self, request: _Request, canvas: Canvas) -> None:
        self._requested, types = request, self._types

        def work(stop: StopCheck) -> QImage | None:
            return render_values(request, types, stop)

        def succeed(image: QImage | None) -> None:
            if image is not None and request is self._requested:
                self._shown = (request, image)
                canvas.update()

        def fail(_sentence: str) -> None:
            """Show the grid without values."""

        self._tasks.run(VALUES_KIND, work, succeed, fail, supersede=True)


def visible_pixels(canvas_size: QSize, view: ViewTransform, pyramid: MipPyramid) -> tuple[int, int, int, int]:
    """Return the first column and row of the image on the canvas, and the ends, which are not included."""
    picture = pyramid.picture
    (across, down), (height, width) = picture.scale, picture.pixels.shape[:2]
    start = view.to_canvas(picture.data_window.min_x, picture.data_window.min_y)
    step_x, step_y = view.scale * view.aspect * across, view.scale * down
    left, top = max(0, math.floor(-start.x() / step_x)), max(0, math.floor(-start.y() / step_y))
    right = min(width, math.ceil((canvas_size.width() - start.x()) / step_x))
    return left, top, right, min(height, math.ceil((canvas_size.height() - start.y()) / step_y))


def _paint_lines(painter: QPainter, canvas: Canvas, pyramid: MipPyramid) -> None:
    """Paint the edges of all visible pixels."""
    left, top, right, bottom = visible_pixels(canvas.size(), canvas.view, pyramid)
    data, (across, down) = pyramid.picture.data_window, pyramid.picture.scale
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    first = canvas.view.to_canvas(data.min_x + left * across, data.min_y + top * down)
    last = canvas.view.to_canvas(data.min_x + right * across, data.min_y + bottom * down)
    for offset, pen in enumerate(_LINES):
        painter.setPen(pen)
        for column in range(left, right + 1):
            x = math.floor(canvas.view.to_canvas(data.min_x + column * across, 0).x()) + offset
            painter.drawLine(QPointF(x, first.y()), QPointF(x, last.y()))
        for row in range(top, bottom + 1):
            y = math.floor(canvas.view.to_canvas(0, data.min_y + row * down).y()) + offset
            painter.drawLine(QPointF(first.x(), y), QPointF(last.x(), y))
    painter.restore()


def render_values(request: _Request, types: dict[str, str], stop: StopCheck) -> QImage | None:
    """Return an image of the values of the visible pixels, None if `stop` returned True."""
    image = QImage(request.size * request.ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(request.ratio)
    image.fill(Qt.GlobalColor.transparent)
    picture, view = request.pyramid.picture, request.view
    left, top, right, bottom = visible_pixels(request.size, view, request.pyramid)
    (across, down), data = picture.scale, picture.data_window
    side = QRectF(0, 0, view.scale * view.aspect * across, view.scale * down)
    pixel_types = [types.get(name, "float") for name in picture.channels]
    painter = QPainter(image)
    is_hash = request.pyramid.look is not None and request.pyramid.look.is_hash
    font, count = fit_lines(side.height(), min(len(pixel_types), _MAX_ID_LINES) if is_hash else len(pixel_types))
    pixel_types = pixel_types[:count]
    painter.setFont(font)
    chars = max(1, int((side.width() - _PADDING) / QFontMetricsF(font).horizontalAdvance("0")))
    is_stopped = False
    for row in range(top, bottom):
        is_stopped = stop()
        if is_stopped:
            break
        for column in range(left, right):
            corner = view.to_canvas(data.min_x + column * across, data.min_y + row * down)
            is_light = request.marks.covers(column, row) or _is_light(request.region, column, row)
            painter.setPen(_DARK if is_light else _LIGHT)
            values = picture.pixels[row, column, :count]
            text = _id_text(values, chars) if is_hash else _pixel_text(values, pixel_types, chars)
            painter.drawText(side.translated(corner), int(Qt.AlignmentFlag.AlignCenter), text)
    painter.end()
    return None if is_stopped else image


def fit_lines(height: float, count: int) -> tuple[QFont, int]:
    """Return the largest font in which lines fit into a pixel, and their number: the last ones are left out."""
    room = height - _MARGIN
    for size in range(MAX_FONT, MIN_FONT - 1, -1):
        font = theme.mono_font(size)
        spacing = QFontMetricsF(font).lineSpacing()
        if spacing * count <= room:
            break
    return font, min(count, max(1, int(room / spacing)))


def _pixel_text(values: npt.NDArray[Any], types: list[str], chars: int) -> str:
    """Return a line for each value."""
    return "\n".join(shorten_value(float(value), kind, chars) for value, kind in zip(values, types, strict=True))


def _id_text(values: npt.NDArray[Any], chars: int) -> str:
    """Return lines of the hashes of a Cryptomatte pixel in hex, each with its coverage below."""
    lines = []
    for number, share in pair_ranks(tuple(values)):
        digits = f"{number:08x}"
        lines += [digits if chars >= len(digits) else "…", shorten_value(share, "float", min(chars, len(digits)))]
    return "\n".join(lines)


def _is_light(region: RenderedRegion, column: int, row: int) -> bool:
    """Return True if the color of a pixel needs dark text."""
    left, top, right, bottom = region.request.box
    if not (left <= column < right and top <= row < bottom):
        return False
    color = region.image.pixelColor(column - left, row - top)
    return 0.2126 * color.red() + 0.7152 * color.green() + 0.0722 * color.blue() > 118
