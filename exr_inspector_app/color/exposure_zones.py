"""False color of exposure: one color per range of stops around 1.0, to judge light apart from color."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.tone_table import list_half_values

Bytes = npt.NDArray[np.uint8]


class ExposureZone(NamedTuple):
    """Range of luminance."""

    end: float  # upper end, in stops around 1.0
    color: str  # #RRGGBB, sRGB
    name: str


ZONES = (
    ExposureZone(-10.0, "#1B1033", "black"),
    ExposureZone(-7.5, "#3B2A86", "deep shadow"),
    ExposureZone(-5.0, "#2F62B5", "shadow"),
    ExposureZone(-3.25, "#2D8C8C", "below middle"),
    ExposureZone(-1.75, "#808080", "middle grey"),
    ExposureZone(-0.75, "#5FA052", "above middle"),
    ExposureZone(0.0, "#D9C64A", "bright"),
    ExposureZone(2.0, "#DD8436", "above 1.0"),
    ExposureZone(99.0, "#D0423C", "far above 1.0"),
)


@lru_cache(maxsize=8)
def make_zone_table(exposure: float) -> Bytes:
    """Return the index into `ZONES` of each half code, taken as luminance."""
    return find_zones(list_half_values(), exposure)


def find_zones(luminance: npt.NDArray[np.floating[Any]], exposure: float) -> Bytes:
    """Return the index into `ZONES` of each luminance, exposed by some stops; NaN is black."""
    values = np.nan_to_num(luminance, nan=0.0, posinf=65504.0, neginf=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        stops = np.where(values > 0, np.log2(np.maximum(values, 1e-8)) + exposure, -99.0)
    return np.searchsorted([zone.end for zone in ZONES[:-1]], stops, side="right").astype(np.uint8)


def zone_colors(luminance: npt.NDArray[np.floating[Any]], exposure: float) -> Bytes:
    """Return the color of the zone of each luminance, (..., 3) uint8."""
    colors = np.array([list(bytes.fromhex(zone.color[1:])) for zone in ZONES], np.uint8)
    return np.asarray(colors[find_zones(luminance, exposure)], np.uint8)
