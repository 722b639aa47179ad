"""Second image of the canvas: the reference next to the shown image, or the difference of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QFontMetricsF, QPainter

from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.gui.preview.color.display_transform import ColorSettings, DisplayTransform, ViewSettings
from exr_inspector_app.gui.preview.overlay import overlays
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.region_geometry import with_margin
from exr_inspector_app.gui.preview.rendering.region_renderer import RegionRenderer, RegionRequest
from exr_inspector_app.gui.preview.view_transform import ViewTransform
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

RegionOf: TypeAlias = Callable[[MipPyramid, ViewSettings], RegionRequest | None]
DEFAULT_GAIN = 8.0
_PILL_GAP = 8  # px between the wipe line and the names


class Mode(StrEnum):
    """How two images are compared."""

    FLIP = "flip"
    WIPE = "wipe"
    SIDE = "side"
    DIFFERENCE = "difference"


class Pane(NamedTuple):
    """Region of the canvas that shows one of the images."""

    clip: QRectF
    view: ViewTransform
    renderer: RegionRenderer
    layers_clip: QRectF | None = None  # where layers, such as pixel values, lie over the image of the canvas
    has_overlays: bool = True


class SecondImage(QObject):
    """Owner of the images that the canvas shows next to its own, A before B; inactive without a reference."""

    changed = Signal()  # the image or its settings
    rendered = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._reference_renderer = RegionRenderer(tasks, self, "of the reference")
        self._difference_renderer = RegionRenderer(tasks, self, "of the difference")
        for renderer in (self._reference_renderer, self._difference_renderer):
            renderer.rendered.connect(self.rendered)
        self.reference: MipPyramid | None = None
        self.difference: MipPyramid | None = None
        self._space: FileSpace | None = None
        self.names = ("A", "B")
        self.note = ""  # about the compared image
        self.mode = Mode.WIPE
        self.gain = DEFAULT_GAIN
        self.wipe = 0.5  # share of the width at the left that shows the reference
        self.is_flipped = False

    # Content

    def show_reference(self, pyramid: MipPyramid | None, space: FileSpace | None, names: tuple[str, str]) -> None:
        """Set the reference with its file space, None for data; without a pyramid there is no comparison."""
        self.reference, self._space, self.names = pyramid, space, names
        if pyramid is None:
            self._reference_renderer.clear()
            self.is_flipped = False
        self.changed.emit()

    def show_difference(self, pyramid: MipPyramid | None) -> None:
        """Set the difference of both images, None while it is being computed."""
        self.difference = pyramid
        if pyramid is None:
            self._difference_renderer.clear()
        self.changed.emit()

    def set_mode(self, mode: Mode) -> None:
        """Compare in another way."""
        self.mode = mode
        self.changed.emit()

    def set_gain(self, gain: float) -> None:
        """Multiply the difference."""
        self.gain = gain
        self.changed.emit()

    def set_wipe(self, share: float) -> None:
        """Move the wipe line to a share of the width."""
        self.wipe = min(max(share, 0.0), 1.0)
        self.changed.emit()

    def set_flipped(self, is_flipped: bool) -> None:
        """Show the reference alone, or return to the mode."""
        if is_flipped != self.is_flipped and self.is_active:
            self.is_flipped = is_flipped
            self.changed.emit()

    @property
    def is_active(self) -> bool:
        """Whether there is a reference."""
        return self.reference is not None

    @property
    def is_split(self) -> bool:
        """Whether each image has half of the canvas."""
        return self.is_active and self.mode is Mode.SIDE and not self.is_flipped

    @property
    def has_wipe(self) -> bool:
        """Whether the wipe line is shown."""
        return self.is_active and self.mode is Mode.WIPE and not self.is_flipped

    @property
    def shows_difference(self) -> bool:
        """Whether the difference is shown in place of both images."""
        return self.is_active and self.mode is Mode.DIFFERENCE and not self.is_flipped

    # Rendering

    def reference_settings(self, shown: ViewSettings, pyramid: MipPyramid) -> ViewSettings:
        """Return the view settings of the reference: those of the shown image, with its range and an own file space.

        Args:
            shown: Settings of the shown image.
            pyramid: The shown image.
        """
        color = replace(shown.color, space=self._space) if self._space is not None else ColorSettings()
        limits = shown.limits
        if limits is None and pyramid.look is not None and pyramid.look.has_range:
            limits = (pyramid.look.low, pyramid.look.high)
        return replace(shown, color=color, limits=limits)

    def difference_settings(self, shown: ViewSettings) -> ViewSettings:
        """Return the view settings of the difference: gain in place of exposure, no color management."""
        is_false = shown.display is DisplayTransform.FALSE
        return ViewSettings(
            exposure=math.log2(self.gain),
            display=DisplayTransform.FALSE if is_false else DisplayTransform.SRGB,
            channels=shown.channels.replace("A", "") or "A",
        )

    def request(self, shown: ViewSettings, pyramid: MipPyramid, region_of: RegionOf) -> None:
        """Render the visible regions, also of hidden images, so that a flip is immediate."""
        for renderer, needed in self._needed(shown, pyramid, region_of):
            renderer.show(needed, replace(needed, box=with_margin(needed.box, needed.pyramid, needed.level)))

    def is_settled(self, shown: ViewSettings, pyramid: MipPyramid, region_of: RegionOf) -> bool:
        """Return True if the visible regions are exact and have the current view and settings."""
        return all(
            renderer.shown is not None and renderer.shown.is_exact and renderer.shown.request.covers(needed)
            for renderer, needed in self._needed(shown, pyramid, region_of)
        )

    def _needed(
        self, shown: ViewSettings, pyramid: MipPyramid, region_of: RegionOf
    ) -> list[tuple[RegionRenderer, RegionRequest]]:
        needed = []
        if self.reference is not None:
            region = region_of(self.reference, self.reference_settings(shown, pyramid))
            needed.append((self._reference_renderer, region))
        if self.shows_difference and self.difference is not None:
            needed.append((self._difference_renderer, region_of(self.difference, self.difference_settings(shown))))
        return [(renderer, region) for renderer, region in needed if region is not None]

    # Painting

    def panes(self, room: QRectF, view: ViewTransform, renderer: RegionRenderer) -> list[Pane]:
        """Return the images to paint with their places, in painting order.

        Args:
            room: The canvas.
            view: Its view transform.
            renderer: Renderer of the image of the canvas.
        """
        own = Pane(room, view, renderer, room)
        if not self.is_active:
            return [own]
        if self.is_flipped:
            return [Pane(room, view, self._reference_renderer)]
        if self.mode is Mode.WIPE:
            left = QRectF(room.left(), room.top(), round(room.width() * self.wipe), room.height())
            own = own._replace(layers_clip=room.adjusted(left.width(), 0, 0, 0))
            return [own, Pane(left, view, self._reference_renderer, has_overlays=False)]
        if self.mode is Mode.SIDE:
            half = self.half(room)
            right = half.translated(half.width(), 0)
            return [
                Pane(half, view, self._reference_renderer),
                Pane(right, view.translated(QPointF(half.width(), 0)), renderer, right),
            ]
        if self.mode is Mode.DIFFERENCE:
            return [Pane(room, view, self._difference_renderer)] if self.difference is not None else []
        return [own]

    @staticmethod
    def half(room: QRectF) -> QRectF:
        """Return the left half of the canvas."""
        return QRectF(room.left(), room.top(), math.floor(room.width() / 2), room.height())

    def paint_labels(self, painter: QPainter, room: QRectF) -> None:
        """Paint the names of the images: at the wipe line, or at the top of what shows them."""
        if not self.is_active:
            return
        a, b = self.names
        if self.note:
            overlays.paint_pill(painter, QPointF(room.left() + 12, room.bottom() - 56), self.note, room)
        font = QFontMetricsF(theme.ui_font(11, theme.MEDIUM))
        top = room.top() + 12
        if self.has_wipe or self.is_split:
            share = self.wipe if self.has_wipe else 0.5
            line = room.left() + round(room.width() * share)
            width = font.horizontalAdvance(a) + 12
            if line - width - _PILL_GAP >= room.left():
                overlays.paint_pill(painter, QPointF(line - width - _PILL_GAP, top), a, room)
            if line + font.horizontalAdvance(b) + 12 + _PILL_GAP <= room.right():
                overlays.paint_pill(painter, QPointF(line + _PILL_GAP, top), b, room)
            if self.is_split:
                painter.fillRect(QRectF(line, room.top(), 1, room.height()), theme.DARK.color("line2"))
            return
        label = a if self.is_flipped else f"B − A  × {self.gain:g}" if self.shows_difference else b
        overlays.paint_pill(painter, QPointF(room.left() + 12, top), label, room)
