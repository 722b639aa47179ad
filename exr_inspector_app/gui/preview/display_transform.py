"""Display transform: exposure, gamma, and display curve as one lookup table over half-float codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from exr_inspector_app.gui.preview.mip_pyramid import Bytes, Floats, PyramidLevel, list_half_values

CHECKERBOARD_GREYS = (48, 72)  # 8-bit greys behind transparent pixels
_CHECKERBOARD_SQUARE = 8  # px


class DisplayTransform(StrEnum):
    """Transfer function of the display, or false color by range of stops."""

    SRGB = "sRGB"
    LINEAR = "Linear"
    REC709 = "Rec.709"
    FALSE = "False color"


# Upper end of each zone in stops around 1.0, its color, and its name.
ZONES = (
    (-10.0, "#1B1033", "black"),
    (-7.5, "#3B2A86", "deep shadow"),
    (-5.0, "#2F62B5", "shadow"),
    (-3.25, "#2D8C8C", "below middle"),
    (-1.75, "#808080", "middle grey"),
    (-0.75, "#5FA052", "above middle"),
    (0.0, "#D9C64A", "bright"),
    (2.0, "#DD8436", "above 1.0"),
    (99.0, "#D0423C", "far above 1.0"),
)


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """View settings of the preview, chosen by the user."""

    exposure: float = 0.0  # stops
    gamma: float = 1.0
    display: DisplayTransform = DisplayTransform.SRGB
    channels: str = "RGB"  # enabled ones of R, G, B, and A


@dataclass(frozen=True, slots=True, eq=False)
class DisplayImage:
    """8-bit image: (height, width, 3) RGB, or (height, width) grey values or indexes into `ZONES`."""

    pixels: Bytes
    is_zones: bool = False


def render_level(level: PyramidLevel, settings: ViewSettings) -> DisplayImage:
    """Return a level as 8-bit image with view settings applied."""
    if settings.channels == "A" and level.alpha is not None:
        return DisplayImage(_look_up(make_tone_table(0.0, 1.0, DisplayTransform.LINEAR), level.alpha))
    if settings.display is DisplayTransform.FALSE:
        return DisplayImage(_look_up(make_zone_table(settings.exposure), level.luminance), is_zones=True)
    table = make_tone_table(settings.exposure, settings.gamma, settings.display)
    colors = [letter for letter in "RGB" if letter in settings.channels]
    if level.colors.shape[2] == 1:
        pixels = _look_up(table, level.colors[..., 0])
    elif len(colors) == 1:
        pixels = _look_up(table, level.colors[..., "RGB".index(colors[0])])
    else:
        pixels = _look_up(table, level.colors)
        for index, letter in enumerate("RGB"):
            if letter not in colors:
                pixels[..., index] = 0
    if "A" in settings.channels and level.alpha is not None:
        pixels = _blend_over_checkerboard(
            pixels, _look_up(make_tone_table(0.0, 1.0, DisplayTransform.LINEAR), level.alpha)
        )
    return DisplayImage(pixels)


@lru_cache(maxsize=8)
def make_tone_table(exposure: float, gamma: float, display: DisplayTransform) -> Bytes:
    """Return the display value (0 to 255) of each half code; NaN is black, infinity white."""
    values = np.nan_to_num(list_half_values(), nan=0.0, posinf=65504.0, neginf=0.0)
    light = np.clip(values * np.float32(2.0**exposure), 0, None)
    if gamma != 1.0:
        light = light ** np.float32(1 / gamma)
    light = np.clip(light, 0, 1)
    if display is DisplayTransform.SRGB:
        light = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    elif display is DisplayTransform.REC709:
        light = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    return _to_bytes(light)


@lru_cache(maxsize=8)
def make_zone_table(exposure: float) -> Bytes:
    """Return the index into `ZONES` of each half code, taken as luminance."""
    values = np.nan_to_num(list_half_values(), nan=0.0, posinf=65504.0, neginf=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        stops = np.where(values > 0, np.log2(np.maximum(values, 1e-8)) + exposure, -99.0)
    return np.searchsorted([end for end, _, _ in ZONES[:-1]], stops, side="right").astype(np.uint8)


def _to_bytes(light: Floats) -> Bytes:
    return np.round(light * 255).astype(np.uint8)


def _look_up(table: Bytes, codes: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> Bytes:
    """Return the table entry of every code; all codes are in range, so bounds checks are skipped."""
    out = np.empty(codes.shape, np.uint8)
    np.take(table, codes, out=out, mode="clip")
    return out


def _blend_over_checkerboard(pixels: Bytes, alpha: Bytes) -> Bytes:
    """Return premultiplied colors composited over a checkerboard."""
    rows, columns = (np.arange(size) // _CHECKERBOARD_SQUARE % 2 for size in alpha.shape)
    checker = np.where(rows[:, None] ^ columns, CHECKERBOARD_GREYS[1], CHECKERBOARD_GREYS[0]).astype(np.uint16)
    background = checker * (255 - alpha.astype(np.uint16)) // 255
    if pixels.ndim == 3:
        background = background[..., None]
    return np.minimum(pixels + background, 255).astype(np.uint8)
