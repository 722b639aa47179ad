"""From linear values to what a screen shows: exposure, gamma and display as one table over half codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from exr_inspector_app.gui.preview.mip_pyramid import Bytes, Floats, PyramidLevel, half_values

CHECKER = (48, 72)  # the two greys behind transparent pixels, 8 bits
_SQUARE = 8  # pixels of the chequer


class DisplayTransform(StrEnum):
    """How values become light: the curve of a screen, none, or a colour for each range of stops."""

    SRGB = "sRGB"
    LINEAR = "Linear"
    REC709 = "Rec.709"
    FALSE = "False colour"


# Upper end of each zone in stops around 1.0, its colour, and what it tells.
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
    """How a person wants to see the picture."""

    exposure: float = 0.0  # stops
    gamma: float = 1.0
    display: DisplayTransform = DisplayTransform.SRGB
    shown: str = "RGB"  # of R, G, B and A, those that are on


@dataclass(frozen=True, slots=True, eq=False)
class DisplayImage:
    """8-bit pixels: (height, width, 3) as RGB, or (height, width) as grey or as zones of false colour."""

    pixels: Bytes
    is_zones: bool = False


def develop(level: PyramidLevel, look: ViewSettings) -> DisplayImage:
    """The level as the look wants it."""
    if look.shown == "A" and level.alpha is not None:
        return DisplayImage(_through(curve(0.0, 1.0, DisplayTransform.LINEAR), level.alpha))
    if look.display is DisplayTransform.FALSE:
        return DisplayImage(_through(zones(look.exposure), level.luminance), is_zones=True)
    table = curve(look.exposure, look.gamma, look.display)
    colours = [letter for letter in "RGB" if letter in look.shown]
    if level.colours.shape[2] == 1:
        found = _through(table, level.colours[..., 0])
    elif len(colours) == 1:
        found = _through(table, level.colours[..., "RGB".index(colours[0])])
    else:
        found = _through(table, level.colours)
        for place, letter in enumerate("RGB"):
            if letter not in colours:
                found[..., place] = 0
    if "A" in look.shown and level.alpha is not None:
        found = _over_checker(found, _through(curve(0.0, 1.0, DisplayTransform.LINEAR), level.alpha))
    return DisplayImage(found)


@lru_cache(maxsize=8)
def curve(exposure: float, gamma: float, display: DisplayTransform) -> Bytes:
    """What each half code looks like, 0 to 255; NaN is black, infinity white."""
    values = np.nan_to_num(half_values(), nan=0.0, posinf=65504.0, neginf=0.0)
    light = np.clip(values * np.float32(2.0**exposure), 0, None)
    if gamma != 1.0:
        light = light ** np.float32(1 / gamma)
    light = np.clip(light, 0, 1)
    if display is DisplayTransform.SRGB:
        light = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    elif display is DisplayTransform.REC709:
        light = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    return _bytes(light)


@lru_cache(maxsize=8)
def zones(exposure: float) -> Bytes:
    """The place in ZONES of each half code as a luminance."""
    values = np.nan_to_num(half_values(), nan=0.0, posinf=65504.0, neginf=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        stops = np.where(values > 0, np.log2(np.maximum(values, 1e-8)) + exposure, -99.0)
    return np.searchsorted([end for end, _, _ in ZONES[:-1]], stops, side="right").astype(np.uint8)


def _bytes(light: Floats) -> Bytes:
    return np.round(light * 255).astype(np.uint8)


def _through(table: Bytes, codes: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> Bytes:
    """The table at every code; every code is inside, so nothing is checked."""
    out = np.empty(codes.shape, np.uint8)
    np.take(table, codes, out=out, mode="clip")
    return out


def _over_checker(found: Bytes, alpha: Bytes) -> Bytes:
    """Premultiplied colours over a chequer."""
    rows, columns = (np.arange(size) // _SQUARE % 2 for size in alpha.shape)
    checker = np.where(rows[:, None] ^ columns, CHECKER[1], CHECKER[0]).astype(np.uint16)
    behind = checker * (255 - alpha.astype(np.uint16)) // 255
    if found.ndim == 3:
        behind = behind[..., None]
    return np.minimum(found + behind, 255).astype(np.uint8)
