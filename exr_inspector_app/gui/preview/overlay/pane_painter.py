"""Painter of the images of the canvas: one, or two side by side, with their marks, windows and probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from exr_inspector_app.gui.preview.comparison.second_image import Pane
from exr_inspector_app.gui.preview.overlay import overlays
from exr_inspector_app.gui.preview.overlay.non_finite_overlay import NonFiniteOverlay
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.region_geometry import canvas_rect
from exr_inspector_app.gui.preview.rendering.region_painter import paint_region

if TYPE_CHECKING:
    from exr_inspector_app.gui.preview.canvas import Canvas


class PanePainter:
    """Painter with a cache of the marks of non-finite pixels."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._non_finite = NonFiniteOverlay()

    def paint(self, painter: QPainter, pyramid: MipPyramid, room: QRectF) -> None:
        """Paint all images, then what lies over them."""
        canvas = self._canvas
        panes = canvas.second.panes(room, canvas.view, canvas.renderer)
        for pane in panes:
            painter.setClipRect(pane.clip)
            self._paint_region(painter, pane)
        for pane in panes:
            painter.setClipRect(pane.clip)
            if pane.has_overlays:
                self._paint_overlays(painter, pyramid, pane)
        painter.setClipping(False)
        canvas.second.paint_labels(painter, room)

    def _paint_region(self, painter: QPainter, pane: Pane) -> None:
        """Paint the pixels of an image, and its marks."""
        canvas, region = self._canvas, pane.renderer.shown
        if region is None:
            return
        paint_region(painter, pane.view, region, canvas.devicePixelRatioF(), is_fitted=canvas.is_fitted)
        request = region.request
        has_marks = canvas.shows_non_finite and request.pyramid is not canvas.pyramid  # of that one, a layer has them
        marks = self._non_finite.get(request.pyramid, request.level) if has_marks else None
        if marks is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            full_region = (0, 0, *request.pyramid.levels[request.level].size)
            painter.drawImage(canvas_rect(pane.view, full_region, request.pyramid, request.level), marks)

    def _paint_overlays(self, painter: QPainter, pyramid: MipPyramid, pane: Pane) -> None:
        """Paint missing regions, windows, layers and probe; layers have the coordinates of the canvas."""
        canvas, picture = self._canvas, pyramid.picture
        overlays.paint_missing(painter, pane.view, picture.missing, pane.clip)
        if canvas.shows_windows:
            room = None if canvas.second.is_active else pane.clip  # labels of compared images are there instead
            overlays.paint_windows(painter, pane.view, (picture.data_window, picture.display_window), room)
        if pane.layers_clip is not None:
            painter.save()
            painter.setClipRect(pane.layers_clip)
            painter.translate(pane.view.origin - canvas.view.origin)
            canvas.paint_layers(painter)
            painter.restore()
        if canvas.probe and canvas.is_probe_shown:
            overlays.paint_probe(painter, pane.view.to_canvas(canvas.probe[0] + 0.5, canvas.probe[1] + 0.5))
