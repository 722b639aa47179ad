"""Display transform of data layers: IDs, depth, normals, vectors and masks to colors that show their shapes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.display_transform import Colors, Pixels

_MAX_DEPTH = 1e9  # renderers store 1e10, 1e30 or Infinity where there is no surface
_LOW_PERCENTILE, _HIGH_PERCENTILE = 1.0, 99.0


Range: TypeAlias = tuple[float, float]


def to_data_colors(pixels: Pixels, kind: str, limits: Range | None = None) -> Colors:
    """Return colors that show the shapes of a data layer; they are no colors of the scene, and never managed.

    Args:
        pixels: (height, width, 1 to 4 channels) as stored.
        kind: Kind of `model.Picture`, none of `COLOR_KINDS`.
        limits: Low and high value that are shown; None for the default look. IDs have no range.

    Returns:
        (height, width, 3) uint8.
    """
    match kind:
        case "cryptomatte" | "id":
            return to_id_colors(pixels if kind == "cryptomatte" else pixels[..., :1])
        case "depth":
            return to_depth_grays(pixels[..., 0], limits)
    if limits is not None:
        low, high = limits
        return _quantize((_triples(pixels) - np.float32(low)) / np.float32(max(high - low, 1e-12)))
    match kind:
        case "normal":
            return to_normal_colors(pixels)
        case "mask":
            return _quantize(np.repeat(np.nan_to_num(pixels[..., :1]), 3, axis=2))
    return to_magnitude_colors(pixels if kind == "vector" or pixels.shape[2] > 2 else pixels[..., :1])


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


def to_depth_grays(depth: Pixels, limits: Range | None = None) -> Colors:
    """Return grays of a depth channel, (height, width): near is bright, and no surface is black."""
    has_surface = np.isfinite(depth) & (np.abs(depth) < _MAX_DEPTH) & (depth != 0)
    if not has_surface.any():
        return np.zeros((*depth.shape, 3), np.uint8)
    low, high = limits or np.percentile(depth[has_surface], (_LOW_PERCENTILE, _HIGH_PERCENTILE))
    distance = np.clip((np.where(has_surface, depth, high) - low) / max(high - low, 1e-12), 0, 1)
    grays = np.where(has_surface, 1 - 0.85 * distance, 0)  # the farthest surface differs from none
    return _quantize(np.repeat(grays[..., None], 3, axis=2))


def to_normal_colors(pixels: Pixels) -> Colors:
    """Return normals from -1 to 1 as colors from 0 to 1, as normal maps are stored; no normal is black."""
    vectors = _triples(pixels)
    is_signed = bool((vectors < -0.01).any())
    colors = np.where(vectors.any(axis=2, keepdims=True), 0.5 + 0.5 * vectors, np.float32(0)) if is_signed else vectors
    return _quantize(colors)


def to_magnitude_colors(pixels: Pixels) -> Colors:
    """Return vectors or other data by the absolute value of each component, the largest ones bright."""
    vectors = np.abs(_triples(pixels))
    vectors[vectors >= _MAX_DEPTH] = 0
    top = float(np.percentile(vectors[vectors > 0], _HIGH_PERCENTILE)) if vectors.any() else 1.0
    return _quantize(vectors / np.float32(max(top, 1e-12)))


def _triples(pixels: Pixels) -> Pixels:
    """Return finite pixels of three components: one is gray, two have no third."""
    finite = np.nan_to_num(pixels[..., :3].astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if finite.shape[2] == 1:
        return np.repeat(finite, 3, axis=2)
    return np.pad(finite, ((0, 0), (0, 0), (0, 3 - finite.shape[2])))


def _quantize(colors: npt.NDArray[np.floating[Any]]) -> Colors:
    return np.asarray(np.rint(255 * np.clip(colors, 0, 1)), np.uint8)
