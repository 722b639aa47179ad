"""Outline of one object of an ID layer: where its pixels end on the canvas, finer than the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.pixels.id_colors import to_ids
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.rendering.mip_pyramid import Bytes, MipPyramid
from exr_inspector_app.gui.preview.view_transform import ViewTransform
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

if TYPE_CHECKING:
    from exr_inspector_app.gui.preview.canvas import Canvas

KIND = "Outline"
DARK, LIGHT = 1, 2  # marks of pixels at the outline
_COLORS = {DARK: QColor(0, 0, 0, 140), LIGHT: QColor(255, 255, 255)}
_OVERSAMPLING = 2  # of the screen, which smooths the edge
_LIGHT_WIDTH, _DARK_WIDTH = 1, 2  # px to each side of the edge
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OutlineRequest:
    """Object to outline, and the view of the canvas."""

    pyramid: MipPyramid
    number: int
    view: ViewTransform
    size: tuple[int, int]  # of the canvas in logical pixels
    pixel_ratio: float  # pixels of the outline per logical pixel


class ObjectOutline(CanvasLayer):
    """Canvas layer with the outline, which is traced in a worker thread; the newest request wins."""

    traced = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._requested: OutlineRequest | None = None
        self._shown: tuple[OutlineRequest, Bytes, QImage] | None = None
        self.number = 0  # ID of the object, 0 for none
        self.is_listed = False  # pointed at in the list, not on the canvas

    def show_object(self, number: int, *, is_listed: bool) -> None:
        """Outline an object; one that is pointed at on the canvas only while the pointer is there."""
        self.number, self.is_listed = number, is_listed

    @property
    def outlined(self) -> int:
        """ID of the object whose outline is on the canvas, 0 without one."""
        return self._shown[0].number if self._shown and self._shown[0] == self._requested else 0

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the outline, or request that of another object or view."""
        pyramid = canvas.pyramid
        is_visible = self.number and (self.is_listed or canvas.is_probe_shown)
        if not is_visible or pyramid is None or pyramid.look is None or pyramid.look.has_range:
            self._requested = None
            return
        size, ratio = (canvas.width(), canvas.height()), canvas.devicePixelRatioF()
        request = OutlineRequest(pyramid, self.number, canvas.view, size, ratio * _OVERSAMPLING)
        if request != self._requested:
            self._requested = request
            self._request(request)
        if self._shown is not None and self._shown[0] == request:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(0, 0, *size), self._shown[2])

    def _request(self, request: OutlineRequest) -> None:
        if self._tasks.is_closed:
            return

        def work(stop: StopCheck) -> Bytes:
            return trace_outline(request)

        def succeed(marks: Bytes) -> None:
            self._shown = (request, marks, _make_image(marks))
            self.traced.emit()

        def fail(_sentence: str) -> None:
            """Show the object without an outline."""

        self._tasks.run(KIND, work, succeed, fail, supersede=True)


def trace_outline(request: OutlineRequest) -> Bytes:
    """Return the marks of the pixels of the outline at the edge of an object: 0, DARK or LIGHT."""
    mask = _object_mask(request)
    outside = ~mask
    marks = np.zeros(mask.shape, np.uint8)
    for width, mark in ((_DARK_WIDTH, DARK), (_LIGHT_WIDTH, LIGHT)):
        steps = max(1, round(width * request.pixel_ratio))
        marks[_grow(mask, steps) & _grow(outside, steps)] = mark
    return marks


def _object_mask(request: OutlineRequest) -> Mask:
    """Return the mask of pixels of the outline that the object mostly covers."""
    picture, view, ratio = request.pyramid.picture, request.view, request.pixel_ratio
    shape = picture.pixels.shape
    starts = (view.origin.x(), view.origin.y())
    scales = (view.scale * view.aspect, view.scale)
    places = []
    for axis, count in enumerate((shape[1], shape[0])):
        positions = (np.arange(round(request.size[axis] * ratio)) + 0.5) / ratio
        origin = (picture.data_window.min_x, picture.data_window.min_y)[axis]
        pixels = np.floor(((positions - starts[axis]) / scales[axis] - origin) / picture.scale[axis])
        places.append(np.where((pixels >= 0) & (pixels < count), pixels, -1).astype(np.intp))
    columns, rows = places
    mask = np.zeros((len(rows), len(columns)), np.bool_)
    across, down = np.flatnonzero(columns >= 0), np.flatnonzero(rows >= 0)
    if not across.size or not down.size:
        return mask
    box = picture.pixels[rows[down[0]] : rows[down[-1]] + 1, columns[across[0]] : columns[across[-1]] + 1]
    step_down, step_across = (max(1, box.shape[0] // down.size), max(1, box.shape[1] // across.size))
    belongs = _belongs(box[::step_down, ::step_across], request)
    inner = ((rows[down] - rows[down[0]]) // step_down, (columns[across] - columns[across[0]]) // step_across)
    mask[np.ix_(down, across)] = belongs[np.ix_(*inner)]
    return mask


def _belongs(pixels: npt.NDArray[Any], request: OutlineRequest) -> Mask:
    look = request.pyramid.look
    if look is None or not look.is_hash:
        return np.asarray(to_ids(pixels[..., 0], is_hash=False) == request.number)
    own = np.zeros(pixels.shape[:2], np.float32)
    most = np.zeros(pixels.shape[:2], np.float32)
    for first in range(0, pixels.shape[2] - 1, 2):
        coverage = np.nan_to_num(pixels[..., first + 1], posinf=1.0, neginf=0.0)
        if not coverage.any():
            break  # higher ranks are empty, too
        ids = to_ids(pixels[..., first], is_hash=True)
        own += np.where(ids == request.number, coverage, 0)
        np.maximum(most, np.where(ids != 0, coverage, 0), out=most)
    return np.asarray((own > 0) & (own >= most))


def _grow(mask: Mask, steps: int) -> Mask:
    """Return the pixels within some steps of a mask, in a square."""
    grown = mask
    for axis in (0, 1):
        before = (slice(None),) * axis
        source = grown
        grown = source.copy()
        for step in range(1, steps + 1):
            grown[(*before, slice(step, None))] |= source[(*before, slice(None, -step))]
            grown[(*before, slice(None, -step))] |= source[(*before, slice(step, None))]
    return grown


def _make_image(marks: Bytes) -> QImage:
    """Return an image that uses the memory of the marks, which must outlive it."""
    height, width = marks.shape
    image = QImage(marks.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([0, *(_COLORS[mark].rgba() for mark in (DARK, LIGHT))])
    return image
