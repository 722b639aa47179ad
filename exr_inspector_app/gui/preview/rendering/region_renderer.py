"""Region renderer: job that converts the visible region of an image to the colors of the display.

One region is rendered at a time in a worker thread, and the newest request follows. A slow view is shown by its baked
cube first; the exact region replaces it unless a newer request arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage

from exr_inspector_app.color.exposure_zones import ZONES
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.preview.color.display_transform import (
    DisplayImage,
    ViewSettings,
    make_processor,
    render_level,
    render_packed,
)
from exr_inspector_app.gui.preview.rendering.mip_pyramid import Bytes, MipPyramid
from exr_inspector_app.gui.preview.rendering.region_geometry import count_pixels, visible_box
from exr_inspector_app.gui.preview.view_transform import ViewTransform
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

REGION_KIND, EXACT_KIND = "Region", "Exact region"
MAX_PIXELS_WHILE_DRAGGING = 520_000  # rendered while a slider is dragged
_ROWS_PER_STEP = 64  # between two checks of whether the region is still needed


@dataclass(frozen=True, slots=True, eq=False)
class RegionRequest:
    """Region of a level of an image: pixels from (left, top) up to, without, (right, bottom)."""

    pyramid: MipPyramid
    level: int
    box: tuple[int, int, int, int]  # left, top, right, bottom
    settings: ViewSettings
    is_dragging: bool = False  # the baked cube of a slow view suffices

    def covers(self, other: RegionRequest) -> bool:
        """Return True if this region holds all pixels of another one, with the same settings."""
        left, top, right, bottom = self.box
        return (
            self.pyramid is other.pyramid
            and (self.level, self.settings) == (other.level, other.settings)
            and (left <= other.box[0] and top <= other.box[1] and right >= other.box[2] and bottom >= other.box[3])
        )


def visible_region(
    pyramid: MipPyramid,
    settings: ViewSettings,
    view: ViewTransform,
    size: tuple[int, int],
    pixel_ratio: float,
    *,
    is_dragging: bool,
) -> RegionRequest | None:
    """Return the visible pixels of an image in the level for its zoom, or None outside of the canvas.

    Args:
        pyramid: The image.
        settings: View settings to render it with.
        view: View transform of the canvas.
        size: Width and height of the canvas in logical pixels.
        pixel_ratio: Screen pixels per logical pixel.
        is_dragging: A slider is being dragged; fewer pixels suffice.
    """
    level = pyramid.level_for(view.scale * pixel_ratio * max(pyramid.picture.scale))
    box = visible_box(view, size, pyramid, level)
    while box and is_dragging and count_pixels(box) > MAX_PIXELS_WHILE_DRAGGING:
        if level + 1 == len(pyramid.levels):
            break
        level += 1
        box = visible_box(view, size, pyramid, level)
    return RegionRequest(pyramid, level, box, settings, is_dragging) if box else None


@dataclass(frozen=True, slots=True, eq=False)
class RenderedRegion:
    """Colors of a region."""

    request: RegionRequest
    image: QImage
    is_exact: bool


class RegionRenderer(QObject):
    """Owner of the region that is shown, and of the requests for the next one."""

    rendered = Signal()
    failed = Signal(str)  # the sentence why the view cannot be shown

    def __init__(self, tasks: TaskRunner, parent: QObject, name: str = "") -> None:
        """Create a renderer.

        Args:
            tasks: Runs the conversion.
            parent: Parent object.
            name: Distinguishes its tasks from those of other renderers.
        """
        super().__init__(parent)
        self._tasks = tasks
        self._region_kind, self._exact_kind = (f"{kind} {name}".strip() for kind in (REGION_KIND, EXACT_KIND))
        self._running: RegionRequest | None = None
        self._next: RegionRequest | None = None
        self._refined: RegionRequest | None = None  # whose exact region is being rendered
        self._failed: ViewSettings | None = None
        self.shown: RenderedRegion | None = None

    @property
    def is_rendering(self) -> bool:
        """True if `rendered` or `failed` follows."""
        return self._running is not None

    def show(self, needed: RegionRequest, wider: RegionRequest) -> None:
        """Render a region unless it is shown or being rendered.

        Args:
            needed: The visible region.
            wider: The region to render in its place, with a margin.
        """
        if needed.settings == self._failed:
            return
        if self.shown is not None and self.shown.request.covers(needed):
            self._next = None
            if not (self.shown.is_exact or needed.is_dragging):
                self._refine(self.shown.request)
            return
        newest = self._next or self._running
        if newest is not None and newest.covers(needed):
            return
        self._tasks.drop(self._exact_kind)
        self._refined = None
        if self._running is not None:
            self._next = wider
            return
        self._start(wider)

    def clear(self) -> None:
        """Drop the image and all requests."""
        self._tasks.drop(self._region_kind)
        self._tasks.drop(self._exact_kind)
        self.shown = self._running = self._next = self._refined = self._failed = None

    def _start(self, request: RegionRequest) -> None:
        self._running = request

        def work(stop: StopCheck) -> RenderedRegion | None:
            return render_region(request, stop, is_quick=True)

        self._tasks.run(self._region_kind, work, self._on_rendered, self._on_failed)

    def _refine(self, request: RegionRequest) -> None:
        """Render the exact region, which a newer request stops."""
        if self._refined is not None and self._refined.covers(request):
            return
        self._refined = request

        def work(stop: StopCheck) -> RenderedRegion | None:
            return render_region(request, stop, is_quick=False)

        self._tasks.run(self._exact_kind, work, self._on_rendered, self._on_failed, supersede=True)

    def _on_rendered(self, region: RenderedRegion | None) -> None:
        is_refined = region is not None and region.request is self._refined
        if is_refined:
            self._refined = None
        else:
            self._running = None
        following, self._next = self._next, None
        if region is not None:
            self.shown = region
            if following is None and not (region.is_exact or region.request.is_dragging):
                self._refine(region.request)
        if following is not None:
            self._start(following)
        self.rendered.emit()

    def _on_failed(self, sentence: str) -> None:
        failed = self._running or self._refined
        self._failed = failed.settings if failed else None
        self._running = self._next = self._refined = None
        self.failed.emit(sentence)


def render_region(request: RegionRequest, stop: StopCheck, *, is_quick: bool) -> RenderedRegion | None:
    """Return the colors of a region, None if `stop` returned True.

    Raises:
        ConfigError: The configuration cannot convert to the view.
    """
    processor = make_processor(request.settings, is_quick=is_quick)
    level = request.pyramid.levels[request.level].region(*request.box)
    packed = render_packed(level, request.settings, processor)
    if packed is not None:
        return RenderedRegion(request, _make_image(DisplayImage(packed)), processor.is_exact)
    height = level.colors.shape[0]
    strips: list[Bytes] = []
    rendered = DisplayImage(np.empty((0, 0), np.uint8))
    step = height if processor.is_exact and not processor.is_slow else _ROWS_PER_STEP
    for top in range(0, height, max(1, step)):
        if stop():
            return None
        rows = level.region(0, top, level.colors.shape[1], min(top + step, height))
        rendered = render_level(rows, request.settings, processor)
        strips.append(rendered.pixels)
    pixels = strips[0] if len(strips) == 1 else np.concatenate(strips)
    rendered = replace(rendered, pixels=np.ascontiguousarray(pixels))
    return RenderedRegion(request, _make_image(rendered), processor.is_exact)


def _make_image(rendered: DisplayImage) -> QImage:
    """Return an image in the format that is painted without a conversion."""
    pixels = rendered.pixels
    height, width = pixels.shape[:2]
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
    elif pixels.ndim == 3:
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    elif not rendered.is_zones:
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    else:
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable([QColor(zone.color).rgba() for zone in ZONES])
    return image.convertToFormat(QImage.Format.Format_RGB32)
