"""Display transform of data layers: IDs, depth, normals, vectors and masks to colors that show their shapes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.display_transform import Colors, Pixels

MAX_MEASURED = 2_000_000  # evenly spaced pixels for the automatic range
NEAREST_GRAY, FARTHEST_GRAY = 1.0, 0.15  # of surfaces; the farthest one differs from none
_MAX_DEPTH = 1e9  # renderers store 1e10, 1e30 or Infinity where there is no surface
_LOW_PERCENTILE, _HIGH_PERCENTILE = 1.0, 99.0


Range: TypeAlias = tuple[float, float]


class Mapping(Enum):
    """Function from values of a data layer to colors."""

    ID = auto()  # one color per ID
    DEPTH = auto()  # near is bright
    NORMAL = auto()  # as `LINEAR`, and black without a normal
    LINEAR = auto()  # low is black, high is white
    MAGNITUDE = auto()  # by the absolute values


@dataclass(frozen=True, slots=True)
class DataLook:
    """Look of a data layer: the mapping to colors and the values that are shown.

    Attributes:
        mapping: Function to colors.
        low: Value at its lower end.
        high: Value at its upper end; equal to `low` if nothing can be measured.
        channel_count: Channels that are shown, from the first one.
    """

    mapping: Mapping
    low: float
    high: float
    channel_count: int

    @property
    def has_range(self) -> bool:
        """True unless the colors are of IDs."""
        return self.mapping is not Mapping.ID

    def with_limits(self, limits: Range | None) -> DataLook:
        """Return the look that shows values from low to high, itself for None; IDs have no range."""
        if limits is None or not self.has_range:
            return self
        mapping = Mapping.DEPTH if self.mapping is Mapping.DEPTH else Mapping.LINEAR
        return replace(self, mapping=mapping, low=limits[0], high=limits[1])


def measure_look(pixels: Pixels, kind: str) -> DataLook:
    """Return the default look of a data layer, with the range that shows its shapes.

    Args:
        pixels: (height, width, 1 to 4 channels) as stored.
        kind: Kind of `model.Picture`, none of `COLOR_KINDS`.
    """
    step = max(1, int(np.ceil(np.sqrt(pixels.shape[0] * pixels.shape[1] / MAX_MEASURED))))
    samples = pixels[::step, ::step]
    match kind:
        case "cryptomatte" | "id":
            return DataLook(Mapping.ID, 0.0, 0.0, 2 if kind == "cryptomatte" else 1)
        case "depth":
            return DataLook(Mapping.DEPTH, *_depth_range(samples[..., 0]), 1)
        case "normal":
            is_signed = bool((_triples(samples) < -0.01).any())
            return DataLook(Mapping.NORMAL if is_signed else Mapping.LINEAR, -1.0 if is_signed else 0.0, 1.0, 3)
        case "mask":
            return DataLook(Mapping.LINEAR, 0.0, 1.0, 1)
    count = 3 if kind == "vector" or pixels.shape[2] > 2 else 1
    return DataLook(Mapping.MAGNITUDE, 0.0, _top_magnitude(samples[..., :count]), count)


def to_data_colors(pixels: Pixels, kind: str, limits: Range | None = None) -> Colors:
    """Return colors that show the shapes of a data layer; they are no colors of the scene, and never managed.

    Args:
        pixels: (height, width, 1 to 4 channels) as stored.
        kind: Kind of `model.Picture`, none of `COLOR_KINDS`.
        limits: Low and high value that are shown; None for the default look. IDs have no range.

    Returns:
        (height, width, 3) uint8.
    """
    return apply_look(pixels, measure_look(pixels, kind).with_limits(limits))


def apply_look(pixels: Pixels, look: DataLook) -> Colors:
    """Return the colors of pixels, (height, width, channels), or of a region of them, in a look."""
    shown = pixels[..., : look.channel_count]
    scale = np.float32(1 / max(look.high - look.low, 1e-12))
    match look.mapping:
        case Mapping.ID:
            return to_id_colors(shown)
        case Mapping.DEPTH:
            return to_depth_grays(shown[..., 0], (look.low, look.high))
        case Mapping.MAGNITUDE:
            return _quantize(_magnitudes(shown) * scale)
    colors = (np.clip(_triples(shown, infinity=None), look.low, look.high) - np.float32(look.low)) * scale
    if look.mapping is Mapping.NORMAL:
        colors[~shown.any(axis=2)] = 0
    return _quantize(np.nan_to_num(colors))


def to_id_colors(pixels: Pixels) -> Colors:
    """Return one color per ID, dark where the coverage of a Cryptomatte rank is low, and black for ID 0.

    Args:
        pixels: (height, width, 1 or more): the ID, for Cryptomatte as the bits of a float32; its coverage from 0 to 1.

    Returns:
        (height, width, 3) uint8, sRGB.
    """
    bits = np.ascontiguousarray(pixels[..., 0]).view(np.uint32)
    hue = (bits * np.uint32(2654435761)).astype(np.float32) / 2.0**32  # Knuth's multiplier spreads near IDs
    turns = hue[..., None] + np.array([0, 1 / 3, 2 / 3], np.float32)
    coverage = np.clip(pixels[..., 1], 0, 1) if pixels.shape[2] > 1 else np.ones_like(pixels[..., 0])
    coverage = np.where(bits == 0, 0, np.nan_to_num(coverage))
    colors = (0.52 + 0.30 * np.cos(2 * np.pi * turns)) * coverage[..., None]
    return np.asarray(np.rint(255 * colors), np.uint8)


def to_depth_grays(depth: Pixels, limits: Range) -> Colors:
    """Return grays of a depth channel, (height, width): near is bright, and no surface is black."""
    has_surface = _has_surface(depth)
    if not has_surface.any():
        return np.zeros((*depth.shape, 3), np.uint8)
    low, high = limits
    distance = np.clip((np.where(has_surface, depth, high) - low) / max(high - low, 1e-12), 0, 1)
    grays = np.where(has_surface, NEAREST_GRAY - (NEAREST_GRAY - FARTHEST_GRAY) * distance, 0)
    return _quantize(np.repeat(grays[..., None], 3, axis=2))


def _has_surface(depth: Pixels) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isfinite(depth) & (np.abs(depth) < _MAX_DEPTH) & (depth != 0))


def _depth_range(depth: Pixels) -> Range:
    surfaces = depth[_has_surface(depth)]
    if not surfaces.size:
        return 0.0, 0.0
    low, high = np.percentile(surfaces, (_LOW_PERCENTILE, _HIGH_PERCENTILE))
    return float(low), float(high)


def _top_magnitude(pixels: Pixels) -> float:
    vectors = _magnitudes(pixels)
    return float(np.percentile(vectors[vectors > 0], _HIGH_PERCENTILE)) if vectors.any() else 1.0


def _magnitudes(pixels: Pixels) -> Pixels:
    """Return the absolute value of each component; backgrounds have none."""
    vectors = np.abs(_triples(pixels))
    vectors[vectors >= _MAX_DEPTH] = 0
    return vectors


def _triples(pixels: Pixels, *, infinity: float | None = 0.0) -> Pixels:
    """Return pixels of three components: one is gray, two have no third.

    Args:
        pixels: (height, width, channels).
        infinity: Replaces infinities, and NaN too; None keeps all of them.
    """
    values = pixels[..., :3].astype(np.float32)
    if infinity is not None:
        values = np.nan_to_num(values, nan=infinity, posinf=infinity, neginf=infinity)
    if values.shape[2] == 1:
        return np.repeat(values, 3, axis=2)
    return np.pad(values, ((0, 0), (0, 0), (0, 3 - values.shape[2])))


def _quantize(colors: npt.NDArray[np.floating[Any]]) -> Colors:
    return np.asarray(np.rint(255 * np.clip(colors, 0, 1)), np.uint8)
