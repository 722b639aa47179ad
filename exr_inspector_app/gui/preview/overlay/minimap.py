"""Minimap: canvas layer with the whole image and the visible part of it while the image is larger than the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPen

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.color.display_transform import ViewSettings
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.region_renderer import RegionRequest, RenderedRegion, render_region
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

KIND = "Minimap"
MAX_SIZE, INSET = QSizeF(160, 110), 12  # px
MIN_CANVAS = (360, 240)  # px, width and height below which it would cover too much
_SHADE, _EDGE, _WHITE = QColor(0, 0, 0, 100), QColor(255, 255, 255, 80), QColor(255, 255, 255, 235)


class Minimap(CanvasLayer):
    """Layer in the corner of the canvas; a click or a drag in it moves the view."""

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._requested: tuple[MipPyramid, ViewSettings] | None = None
        self._shown: RenderedRegion | None = None
        self.is_enabled = True

    def box(self, canvas: Canvas) -> QRectF | None:
        """Return its place on the canvas, or None where it is not shown."""
        data = canvas.data_window
        if not self.is_enabled or data is None or canvas.width() < MIN_CANVAS[0] or canvas.height() < MIN_CANVAS[1]:
            return None
        image = canvas.view.rect(data)
        if image.width() <= canvas.width() + 1 and image.height() <= canvas.height() + 1:
            return None
        size = image.size().scaled(MAX_SIZE, Qt.AspectRatioMode.KeepAspectRatio)
        size = QSizeF(max(round(size.width()), 8), max(round(size.height()), 8))
        return QRectF(QPointF(canvas.width() - INSET - size.width(), INSET), size)

    def press(self, event: QMouseEvent, canvas: Canvas) -> bool:
        """Move the view to a point in the map."""
        box = self.box(canvas)
        is_inside = box is not None and box.contains(event.position()) and event.button() == Qt.MouseButton.LeftButton
        if is_inside:
            self.move(event, canvas)
        return is_inside

    def move(self, event: QMouseEvent, canvas: Canvas) -> None:
        """Move the view with the pointer."""
        box, data = self.box(canvas), canvas.data_window
        if box is None or data is None:
            return
        point = event.position() - box.topLeft()
        x, y = (min(max(share, 0.0), 1.0) for share in (point.x() / box.width(), point.y() / box.height()))
        position = canvas.view.to_canvas(data.min_x + x * data.width, data.min_y + y * data.height)
        canvas.move_view(QPointF(canvas.width() / 2, canvas.height() / 2) - position)

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the image with all but the visible part darkened."""
        box, pyramid, data = self.box(canvas), canvas.pyramid, canvas.data_window
        if box is None or pyramid is None or data is None:
            return
        self._request(pyramid, canvas)
        painter.fillRect(box, QColor(0, 0, 0))
        if self._shown is not None and self._shown.request.pyramid is pyramid:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._shown.image)
            painter.restore()
        image = canvas.view.rect(data)
        across, down = box.width() / image.width(), box.height() / image.height()
        visible = QRectF(
            box.left() - image.left() * across,
            box.top() - image.top() * down,
            canvas.width() * across,
            canvas.height() * down,
        )
        shade, lit = QPainterPath(), QPainterPath()
        shade.addRect(box)
        lit.addRect(visible & box)
        painter.fillPath(shade.subtracted(lit), _SHADE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, frame in ((QPen(_EDGE, 1), box), (QPen(_WHITE, 1), visible & box)):
            painter.setPen(pen)
            painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))

    def _request(self, pyramid: MipPyramid, canvas: Canvas) -> None:
        """Render the image in the smallest level, unless it is rendered or requested."""
        key = (pyramid, canvas.settings)
        if self._requested is not None and self._requested[0] is pyramid and self._requested[1] == key[1]:
            return
        self._requested = key
        level = len(pyramid.levels) - 1
        request = RegionRequest(pyramid, level, (0, 0, *pyramid.levels[level].size), canvas.settings)

        def work(stop: StopCheck) -> RenderedRegion | None:
            return render_region(request, stop, is_quick=True)

        def succeed(region: RenderedRegion | None) -> None:
            self._shown = region
            canvas.update()

        def fail(_sentence: str) -> None:
            """Show the visible part on black."""

        self._tasks.run(KIND, work, succeed, fail, supersede=True)
