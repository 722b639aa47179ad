"""Default looks of data layers: mapping to colors, and automatic range of values.

Ranges are percentiles of evenly spaced pixels that have a value: NaN, infinities, the 1e10 or 1e30 of renderers, and
a far plane that stands apart do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.layer_groups import VectorRole, vector_role
from exr_inspector_app.exr.pixels.color_maps import ColorMap

Samples = npt.NDArray[np.floating[Any]]
Range: TypeAlias = tuple[float, float]

MAX_MEASURED = 2_000_000  # evenly spaced pixels for the automatic range
MAX_VALUE = 1e9  # renderers store 1e10, 1e30 or Infinity where there is no surface
_LOW_PERCENTILE, _HIGH_PERCENTILE = 1.0, 99.0
_INNER_PERCENTILES = (5.0, 95.0)
_MIN_SIGNED_SHARE = 0.05  # of the larger end; a smaller negative end is noise
_MIN_BALANCE = 0.1  # minimum ratio of the ends of a range of vectors, which is around zero; that of positions is not
_MIN_FAR_SHARE = 0.001  # of the pixels that have one largest value, if it is a far plane
_FAR_RATIO = 4.0  # between a far plane and the farthest surface


class Mapping(Enum):
    """Function from values of a data layer to colors."""

    ID = auto()  # one color per ID
    DEPTH = auto()  # near is bright
    NORMAL = auto()  # as `LINEAR`, and black without a normal
    LINEAR = auto()  # from the low to the high end of the color map
    SIGNED = auto()  # zero is the middle of the color map
    AXES = auto()  # as `LINEAR`, with a range for each component, and black without a position


@dataclass(frozen=True, slots=True)
class DataLook:
    """Look of a data layer: the mapping to colors and the values that are shown.

    Attributes:
        mapping: Function to colors.
        low: Value at its lower end.
        high: Value at its upper end; equal to `low` if nothing can be measured.
        channel_count: Channels that are shown, from the first one.
        axes: Range of each component of `Mapping.AXES`.
        far: Values from this one on are no surface.
        color_map: Of a single channel.
        is_hash: True for IDs that are hashes in the bits of floats, with their coverage.
        has_automatic_range: False after `with_limits`.
    """

    mapping: Mapping
    low: float
    high: float
    channel_count: int
    axes: tuple[Range, ...] = ()
    far: float = MAX_VALUE
    color_map: ColorMap = ColorMap.GREY
    is_hash: bool = False
    has_automatic_range: bool = True

    @property
    def has_range(self) -> bool:
        """True unless the colors are of IDs."""
        return self.mapping is not Mapping.ID

    @property
    def is_reversed(self) -> bool:
        """True for depth below zero, whose near end is the high one."""
        return self.mapping is Mapping.DEPTH and self.high <= 0 and self.low < self.high

    def of_component(self, index: int) -> DataLook:
        """Return the look of one component that is shown alone."""
        if not self.axes:
            return replace(self, channel_count=1)
        low, high = self.axes[index]
        return replace(self, mapping=Mapping.LINEAR, low=low, high=high, channel_count=1, axes=())

    def with_limits(self, limits: Range | None, color_map: ColorMap | None = None) -> DataLook:
        """Return the look that shows values from low to high in a color map; None keeps those of this look."""
        look = self if color_map is None or not self.has_range else replace(self, color_map=color_map)
        if limits is None or not self.has_range:
            return look
        mapping = look.mapping
        if mapping in (Mapping.AXES, Mapping.NORMAL) or (mapping is Mapping.SIGNED and not limits[0] < 0 < limits[1]):
            mapping = Mapping.LINEAR
        return replace(look, mapping=mapping, low=limits[0], high=limits[1], axes=(), has_automatic_range=False)


def measure_look(pixels: npt.NDArray[Any], kind: str, layer: str = "") -> DataLook:
    """Return the default look of a data layer, with the range of most of its values.

    Args:
        pixels: (height, width, 1 or more channels) as stored.
        kind: Kind of `model.Picture`, none of `COLOR_KINDS`.
        layer: Name of the layer, which distinguishes positions, motion and texture coordinates; values do for other
            names.
    """
    if kind in ("cryptomatte", "id"):
        is_hash = kind == "cryptomatte"
        return DataLook(Mapping.ID, 0.0, 0.0, pixels.shape[2] if is_hash else 1, is_hash=is_hash)
    step = max(1, int(np.ceil(np.sqrt(pixels.shape[0] * pixels.shape[1] / MAX_MEASURED))))
    samples = pixels[::step, ::step].astype(np.float32, copy=False)
    match kind:
        case "depth":
            return _depth_look(samples[..., 0])
        case "normal":
            is_signed = bool((_finite(samples) < -0.01).any())
            count = min(samples.shape[2], 3)
            return DataLook(Mapping.NORMAL if is_signed else Mapping.LINEAR, -1.0 if is_signed else 0.0, 1.0, count)
        case "mask":
            values = _finite(samples[..., :1])
            top = float(np.percentile(values, _HIGH_PERCENTILE)) if values.size else 1.0
            return DataLook(Mapping.LINEAR, 0.0, top if top > 1.5 else 1.0, 1)
    count = 1 if samples.shape[2] == 1 or (kind != "vector" and samples.shape[2] == 2) else min(samples.shape[2], 3)
    return _scalar_look(samples[..., 0]) if count == 1 else _vector_look(samples[..., :count], vector_role(layer))


def _depth_look(depth: Samples) -> DataLook:
    surfaces = _finite(depth)
    surfaces = surfaces[surfaces != 0]
    far = _far_plane(surfaces)
    surfaces = surfaces[np.abs(surfaces) < far]
    return DataLook(Mapping.DEPTH, *_depth_range(surfaces), 1, far=far)


def _depth_range(surfaces: Samples) -> Range:
    """Return the range of surfaces, at most three times the range of nearly all of them.

    Antialiased edges are mixed with the background; they would take most of the range.
    """
    low, high = _percentiles(surfaces)
    inner_low, inner_high = _percentiles(surfaces, _INNER_PERCENTILES)
    span = inner_high - inner_low
    return (max(low, inner_low - span), min(high, inner_high + span)) if span > 0 else (low, high)


def _far_plane(surfaces: Samples) -> float:
    """Return the depth of pixels without a surface: one value, much larger than all others."""
    if not surfaces.size:
        return MAX_VALUE
    distances = np.abs(surfaces)
    top = distances.max()
    is_top = distances == top
    nearer = distances[~is_top]
    is_plane = nearer.size and np.mean(is_top) >= _MIN_FAR_SHARE and top > _FAR_RATIO * nearer.max()
    return float(top) if is_plane else MAX_VALUE


def _scalar_look(samples: Samples) -> DataLook:
    """Return the look of one channel: around zero if it has both signs, else from zero unless that lies far off."""
    values = _finite(samples)
    low, high = _percentiles(values[values != 0])  # a small object before nothing has a range too
    top = max(abs(low), abs(high))
    if low < 0 < high and min(-low, high) > _MIN_SIGNED_SHARE * top:
        return DataLook(Mapping.SIGNED, -top, top, 1, color_map=ColorMap.DIVERGING)
    if high - low < 0.5 * top and low != high:
        return DataLook(Mapping.LINEAR, low, high, 1)
    low, high = min(low, 0.0), max(high, 0.0)
    return DataLook(Mapping.LINEAR, low, high if high > low else 1.0, 1)


def _vector_look(samples: Samples, role: VectorRole) -> DataLook:
    """Return the look of two or three components, by the role of their layer or else by their values."""
    count = samples.shape[2]
    has_value = _has_values(samples, MAX_VALUE) & samples.any(axis=2)  # zeros are no position, and no motion
    ranges = tuple(_percentiles(samples[..., index][has_value]) for index in range(count))
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    top = max(abs(low), abs(high))
    if role is VectorRole.COORDINATES or (role is VectorRole.UNKNOWN and low >= 0 and 0.2 < high <= 1.001):
        return DataLook(Mapping.LINEAR, min(0.0, np.floor(low)), max(1.0, np.ceil(high - 0.001)), count)
    is_around_zero = low < 0 < high and all(
        min(-start, end) >= _MIN_BALANCE * max(-start, end) for start, end in ranges if end > start
    )
    if role is VectorRole.MOTION or (role is VectorRole.UNKNOWN and is_around_zero):
        return DataLook(Mapping.SIGNED, -(top or 1.0), top or 1.0, count, color_map=ColorMap.DIVERGING)
    if all(start == end for start, end in ranges):
        low, high = min(low, 0.0), max(high, 0.0)
        return DataLook(Mapping.LINEAR, low, high if high > low else 1.0, count)
    return DataLook(Mapping.AXES, low, high, count, axes=ranges)


def has_values(pixels: npt.NDArray[Any], look: DataLook) -> npt.NDArray[np.bool_]:
    """Return the mask of pixels, (height, width, channels), with a value: a surface, a normal, a finite number."""
    has_value = _has_values(pixels, look.far)
    if look.mapping in (Mapping.DEPTH, Mapping.NORMAL, Mapping.AXES):
        has_value &= pixels.any(axis=2)
    return has_value


def _has_values(pixels: npt.NDArray[Any], far: float) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(pixels) < far).all(axis=2))  # False for NaN


def _finite(samples: Samples) -> Samples:
    with np.errstate(invalid="ignore"):
        values: Samples = samples[np.abs(samples) < MAX_VALUE]
    return values


def _percentiles(values: Samples, shares: Range = (_LOW_PERCENTILE, _HIGH_PERCENTILE)) -> Range:
    if not values.size:
        return 0.0, 0.0
    low, high = np.percentile(values, shares)
    return float(low), float(high)
