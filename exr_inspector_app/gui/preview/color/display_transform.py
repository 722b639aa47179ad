"""Display transform: view settings of the preview, and levels rendered with them; runs in worker threads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np

from exr_inspector_app.color.configuration import COLORIMETRIC, Configuration
from exr_inspector_app.color.exposure_zones import make_zone_table
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.processor import (
    ColorimetricProcessor,
    DisplayChoice,
    DisplayProcessor,
    display_processor,
    drag_processor,
)
from exr_inspector_app.color.tone_table import DisplayCurve, list_half_values, look_up, make_tone_table, to_codes
from exr_inspector_app.exr.pixels.color_maps import ColorMap
from exr_inspector_app.exr.pixels.data_colors import apply_look
from exr_inspector_app.exr.pixels.data_looks import DataLook, Mapping, Range
from exr_inspector_app.gui.preview.rendering.mip_pyramid import Bytes, Codes, Floats, PyramidLevel

CHECKERBOARD_GREYS = (48, 72)  # 8-bit greys under transparent pixels
MIDDLE_GREY = 118  # 8-bit, 18 % in sRGB
LUMINANCE = "Y"  # in place of channels
_CHECKERBOARD_SQUARE = 8  # px


class DisplayTransform(StrEnum):
    """Transfer function of the display, or false color by range of stops."""

    SRGB = "sRGB"
    LINEAR = "Linear"
    REC709 = "Rec.709"
    FALSE = "False color"


class Background(StrEnum):
    """Background of transparent pixels while alpha is applied."""

    BLACK = "Black"
    GREY = "Grey"
    CHECKERBOARD = "Checkerboard"


@dataclass(frozen=True, slots=True)
class ColorSettings:
    """File space of the image, and the view that it is shown in.

    Data layers have the default: their values are shown as they are.
    """

    space: FileSpace = field(default_factory=FileSpace)
    choice: DisplayChoice = field(default_factory=DisplayChoice)  # of `configuration`
    configuration: Configuration = COLORIMETRIC


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """View settings of the preview, chosen by the user."""

    exposure: float = 0.0  # stops
    gamma: float = 1.0
    display: DisplayTransform = DisplayTransform.SRGB
    channels: str = "RGB"  # enabled ones of R, G, B, and A, or LUMINANCE
    color: ColorSettings = field(default_factory=ColorSettings)
    limits: Range | None = None  # values of a data layer that are shown; None for the automatic range
    color_map: ColorMap | None = None  # of a data channel; None for that of its look
    isolated: frozenset[int] = frozenset()  # IDs that are shown while others are dimmed; empty for all
    offset: float = 0.0  # added to colors before the exposure
    background: Background = Background.CHECKERBOARD

    @property
    def choice(self) -> DisplayChoice:
        """Display and view of the configuration, or the display of the toolbar in its absence."""
        if not self.color.configuration.is_colorimetric:
            return self.color.choice
        is_curve = self.display is not DisplayTransform.FALSE
        return DisplayChoice(self.display.value if is_curve else DisplayCurve.SRGB.value)


@dataclass(frozen=True, slots=True, eq=False)
class DisplayImage:
    """8-bit image: (height, width, 3) RGB, or (height, width) grey values or indexes into `ZONES`."""

    pixels: Bytes
    is_zones: bool = False


def make_processor(settings: ViewSettings, *, is_quick: bool = False) -> DisplayProcessor:
    """Return the processor of view settings, in a worker thread: it may load LUTs.

    Args:
        settings: The settings.
        is_quick: Return the baked cube of a slow view, as while a control is dragged.

    Raises:
        ConfigError: The configuration cannot convert to the view.
    """
    color = settings.color
    make = drag_processor if is_quick else display_processor
    return make(color.space, settings.choice, color.configuration)


def render_level(level: PyramidLevel, settings: ViewSettings, processor: DisplayProcessor) -> DisplayImage:
    """Return a level, or a region of one, as 8-bit image with view settings applied."""
    if settings.channels == "A" and level.alpha is not None:
        return DisplayImage(_linear_values(level.alpha))
    if level.look is not None and level.values is not None:
        return DisplayImage(_render_data(level.values, level.look, settings))
    level = _add_offset(level, settings.offset)
    if settings.display is DisplayTransform.FALSE:
        return DisplayImage(look_up(make_zone_table(settings.exposure), level.luminance), is_zones=True)
    colors = [letter for letter in "RGB" if letter in settings.channels]
    if level.colors.shape[2] == 1:
        pixels = _render_gray(level.colors[..., 0], settings, processor)
    elif settings.channels == LUMINANCE:
        pixels = _render_gray(level.luminance, settings, processor)
    elif len(colors) == 1:
        pixels = _render_gray(level.colors[..., "RGB".index(colors[0])], settings, processor)
    else:
        pixels = _render_colors(level.colors, settings, processor)
        for index, letter in enumerate("RGB"):
            if letter not in colors:
                pixels[..., index] = 0
    if "A" in settings.channels and level.alpha is not None:
        pixels = _blend_over(settings.background, pixels, _linear_values(level.alpha))
    return DisplayImage(pixels)


def render_packed(level: PyramidLevel, settings: ViewSettings, processor: DisplayProcessor) -> Bytes | None:
    """Return all colors of a level as (height, width, 4) with any alpha, or None if they need more than a table.

    A table over all values takes half the time of one over three of each four.
    """
    is_plain = set(settings.channels) == set("RGB") and not settings.offset
    if level.packed is None or level.look is not None or not is_plain or settings.display is DisplayTransform.FALSE:
        return None
    if not isinstance(processor, ColorimetricProcessor) or not processor.is_per_channel:
        return None
    return processor.apply_codes(level.packed, settings.exposure, settings.gamma)


def _render_data(values: Floats, look: DataLook, settings: ViewSettings) -> Bytes:
    """Return the colors of a data layer with the enabled components, a single one in the color map."""
    look = look.with_limits(settings.limits, settings.color_map)
    channels = "RGB" if settings.channels == LUMINANCE else settings.channels
    enabled = [index for index, letter in enumerate("RGB") if letter in channels]
    if look.mapping is Mapping.ID or look.channel_count == 1 or len(enabled) == 3:
        return apply_look(values, look, isolated=settings.isolated)
    if len(enabled) == 1 and enabled[0] < look.channel_count:
        return apply_look(values, look, component=enabled[0])
    pixels = apply_look(values, look)
    for index in {0, 1, 2}.difference(enabled):
        pixels[..., index] = 0
    return pixels


def _render_colors(codes: Codes, settings: ViewSettings, processor: DisplayProcessor) -> Bytes:
    if isinstance(processor, ColorimetricProcessor) and processor.is_per_channel:
        return processor.apply_codes(codes, settings.exposure, settings.gamma)
    return processor.apply(codes.view(np.float16), settings.exposure, settings.gamma)


def _render_gray(codes: Codes, settings: ViewSettings, processor: DisplayProcessor) -> Bytes:
    """Return one channel, (height, width), as grays of the display, with three channels if the view tints them."""
    if isinstance(processor, ColorimetricProcessor):
        neutral = processor.neutral
        if neutral.is_per_channel:
            return neutral.apply_codes(codes, settings.exposure, settings.gamma)
        processor = neutral
    grays = np.repeat(codes[..., None], 3, axis=2).view(np.float16)
    return processor.apply(grays, settings.exposure, settings.gamma)


def _linear_values(codes: Codes) -> Bytes:
    """Return values from 0 to 1, such as alpha, as bytes."""
    return look_up(make_tone_table(0.0, 1.0, DisplayCurve.LINEAR), codes)


def _add_offset(level: PyramidLevel, offset: float) -> PyramidLevel:
    if not offset:
        return level
    table = make_offset_table(offset)
    return replace(level, colors=table[level.colors])


@lru_cache(maxsize=8)
def make_offset_table(offset: float) -> Codes:
    """Return the code of each half value with an offset added."""
    with np.errstate(over="ignore", invalid="ignore"):
        return to_codes(list_half_values().astype(np.float32) + np.float32(offset))


def _blend_over(background: Background, pixels: Bytes, alpha: Bytes) -> Bytes:
    """Return premultiplied colors composited over a background."""
    if background is Background.BLACK:
        return pixels
    below = _make_background(background, alpha.shape) * (255 - alpha.astype(np.uint16)) // 255
    return np.minimum(pixels + (below[..., None] if pixels.ndim == 3 else below), 255).astype(np.uint8)


def _make_background(background: Background, shape: tuple[int, ...]) -> Codes:
    """Return the greys of a background, (height, width)."""
    if background is Background.GREY:
        return np.full(shape, MIDDLE_GREY, np.uint16)
    rows, columns = (np.arange(size) // _CHECKERBOARD_SQUARE % 2 for size in shape)
    return np.where(rows[:, None] ^ columns, CHECKERBOARD_GREYS[1], CHECKERBOARD_GREYS[0]).astype(np.uint16)
