"""Display transform of data layers: IDs, depth, normals, vectors and masks to colors that show their shapes."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.color_maps import ENTRIES, ColorMap, color_table
from exr_inspector_app.exr.pixels.data_looks import DataLook, Mapping, Range, has_values, measure_look
from exr_inspector_app.exr.pixels.display_transform import Colors, Pixels
from exr_inspector_app.exr.pixels.id_colors import render_ids

NEAREST, FARTHEST = 1.0, 0.15  # place of surfaces on the color map; the farthest one differs from none


def to_data_colors(
    pixels: Pixels, kind: str, limits: Range | None = None, *, layer: str = "", color_map: ColorMap | None = None
) -> Colors:
    """Return colors that show the shapes of a data layer; they are no colors of the scene, and never managed.

    Args:
        pixels: (height, width, 1 or more channels) as stored.
        kind: Kind of `model.Picture`, none of `COLOR_KINDS`.
        limits: Low and high value that are shown; None for the default look. IDs have no range.
        layer: Name of the layer, as in `measure_look`.
        color_map: Of a single channel; None for that of the default look.

    Returns:
        (height, width, 3) uint8.
    """
    return apply_look(pixels, measure_look(pixels, kind, layer).with_limits(limits, color_map))


def apply_look(
    pixels: npt.NDArray[Any], look: DataLook, *, component: int | None = None, isolated: Set[int] = frozenset()
) -> Colors:
    """Return the colors of pixels, or of a region of them, in a look.

    Args:
        pixels: (height, width, channels) as stored.
        look: The look.
        component: The component to show alone, in the color map; None for all of them.
        isolated: IDs that are shown while others are dimmed; empty for all.

    Returns:
        (height, width, 3) uint8; pixels without a value are black.
    """
    shown = pixels[..., : look.channel_count]
    if look.mapping is Mapping.ID:
        return render_ids(shown, is_hash=look.is_hash, isolated=isolated)
    shown = shown.astype(np.float32, copy=False)
    has_value = has_values(shown, look)
    if look.channel_count == 1:
        component = 0
    indexes = range(look.channel_count) if component is None else [component]
    shares = np.stack([_shares(shown[..., index], look, index) for index in indexes], axis=2)
    if component is not None:
        table = color_table(look.color_map)
        colors = table[np.rint((ENTRIES - 1) * shares[..., 0]).astype(np.uint8)]
    else:
        colors = _to_rgb(shares, look)
    colors[~has_value] = 0
    return colors


def _shares(values: Pixels, look: DataLook, component: int) -> Pixels:
    """Return the place of each value on the color map, from 0 to 1; 0 for NaN."""
    low, high = look.axes[component] if look.axes else (look.low, look.high)
    scale = np.float32(1 / max(high - low, 1e-12))
    with np.errstate(invalid="ignore", over="ignore"):
        if look.mapping is Mapping.SIGNED and low < 0 < high:
            ends = np.where(values < 0, np.float32(-low), np.float32(high))
            shares = np.asarray(0.5 + 0.5 * np.clip(values / ends, -1, 1), np.float32)
        else:
            shares = np.asarray((np.clip(values, low, high) - np.float32(low)) * scale, np.float32)
    if look.mapping is Mapping.DEPTH:
        distance = 1 - shares if look.is_reversed else shares
        shares = NEAREST - (NEAREST - FARTHEST) * distance
    return np.asarray(np.clip(np.nan_to_num(shares), 0, 1), np.float32)


def _to_rgb(shares: Pixels, look: DataLook) -> Colors:
    """Return two or three components as red, green and blue; a missing third one is zero."""
    colors = np.zeros((*shares.shape[:2], 3), np.uint8)
    colors[..., : shares.shape[2]] = np.rint(255 * shares)
    if shares.shape[2] < 3 and look.mapping in (Mapping.SIGNED, Mapping.NORMAL):
        colors[..., 2] = 128
    return colors


def share_of_value(value: float, look: DataLook, component: int = 0) -> float:
    """Return the place of one value on the color map, from 0 to 1."""
    return float(_shares(np.array([value], np.float32), look, component)[0])
