"""Scale of the canvas: range and color map of a data layer, or the zones of false color, with their caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.pixels.data_looks import DataLook, Mapping
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.display_transform import DisplayTransform, ViewSettings
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid

MAP_ROOM, ZONE_ROOM = 104, 132  # px at the right edge, which a fitted image leaves free
MIN_WIDTH = 360  # px of a canvas with a scale
_REMARKS = {
    Mapping.DEPTH: strings.NEAR_IS_LIGHT,
    Mapping.SIGNED: strings.ZERO_IS_GREY,
    Mapping.NORMAL: strings.NONE_IS_BLACK,
    Mapping.AXES: strings.NONE_IS_BLACK,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Contents of the scale: a look and the names of its components, or the zones of false color without a look."""

    look: DataLook | None
    letters: tuple[str, ...] = ()
    probe: float | None = None  # value of the only component under the pointer

    @property
    def room(self) -> int:
        """Width in pixels that the scale takes; IDs have a caption only."""
        if self.look is None:
            return ZONE_ROOM
        return MAP_ROOM if self.look.has_range else 0

    @property
    def caption(self) -> str:
        """Text of the shown range."""
        return describe_range(self.look, self.letters) if self.look is not None else strings.FALSE_COLOR_CAPTION


def make_scale(pyramid: MipPyramid, settings: ViewSettings, probe: tuple[int, int] | None) -> Scale | None:
    """Return the scale of an image in its view settings; None for colors without false color."""
    if pyramid.look is None:
        return Scale(None) if settings.display is DisplayTransform.FALSE else None
    look = pyramid.look.with_limits(settings.limits, settings.color_map)
    enabled = [index for index, letter in enumerate("RGB") if letter in settings.channels]
    indexes = list(range(look.channel_count))
    if len(indexes) > 1 and len(enabled) == 1 and enabled[0] in indexes:
        indexes, look = enabled, look.of_component(enabled[0])
    value = _value_at(pyramid, probe, indexes[0]) if probe is not None and len(indexes) == 1 else None
    return Scale(look, tuple(pyramid.letters[index] for index in indexes if index < len(pyramid.letters)), value)


def _value_at(pyramid: MipPyramid, probe: tuple[int, int], channel: int) -> float | None:
    picture = pyramid.picture
    column = int((probe[0] + 0.5 - picture.data_window.min_x) / picture.scale[0])
    row = int((probe[1] + 0.5 - picture.data_window.min_y) / picture.scale[1])
    height, width = picture.pixels.shape[:2]
    return float(picture.pixels[row, column, channel]) if 0 <= row < height and 0 <= column < width else None


def describe_range(look: DataLook, letters: Sequence[str] = ()) -> str:
    """Return the range of a data layer, for the caption of its scale."""
    if not look.has_range:
        return strings.ONE_COLOR_PER_ID
    if look.low >= look.high and look.low == 0:
        return strings.NOTHING_TO_SHOW
    if look.axes:
        names = [*letters, *"XYZ"[len(letters) :]]
        ranges = [
            strings.axis_range(name, strings.format_bound(low), strings.format_bound(high))
            for name, (low, high) in zip(names, look.axes, strict=False)
        ]
        return strings.shown_axes(ranges, _REMARKS[Mapping.AXES])
    low, high = strings.format_bound(look.low), strings.format_bound(look.high)
    return strings.shown_range(low, high, _REMARKS.get(look.mapping, ""))
