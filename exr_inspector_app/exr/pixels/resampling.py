"""Resampling of decoded pixels to any smaller size: means over the area of each new pixel, or nearest pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def resample(pixels: npt.NDArray[Any], size: tuple[int, int], *, means: bool) -> npt.NDArray[Any]:
    """Return pixels, (height, width, channels), at another size; means are float32.

    Args:
        pixels: Linear pixels or data; NaN and infinities spread to the new pixels that they touch.
        size: Width and height, at least 1.
        means: True for means, False for the pixel at the center of each new one, as for IDs.
    """
    for axis, count in ((1, size[0]), (0, size[1])):
        if pixels.shape[axis] != count:
            pixels = _mean_along(pixels, axis, count) if means else _pick_along(pixels, axis, count)
    return pixels


def _pick_along(pixels: npt.NDArray[Any], axis: int, count: int) -> npt.NDArray[Any]:
    centers = (np.arange(count) + 0.5) * pixels.shape[axis] / count
    return np.asarray(np.take(pixels, centers.astype(np.intp), axis=axis))


def _mean_along(pixels: Floats, axis: int, count: int) -> Floats:
    """Return means over the areas [i, i + 1) * step of an axis; pixels at the ends of an area count in part."""
    length = pixels.shape[axis]
    edges = np.arange(count + 1) * length / count
    first = np.minimum(edges[:-1].astype(np.intp), length - 1)
    last = np.minimum(np.ceil(edges[1:]).astype(np.intp), length) - 1
    shape = [count if index == axis else 1 for index in range(3)]
    total: npt.NDArray[np.float64] | None = None
    for offset in range(int((last - first).max()) + 1):
        at = np.minimum(first + offset, last)
        covered = np.minimum(at + 1, edges[1:]) - np.maximum(at, edges[:-1])
        weights = np.where(first + offset <= last, covered, 0) * count / length
        part = np.where(weights.reshape(shape) > 0, np.take(pixels, at, axis=axis), 0) * weights.reshape(shape)
        total = part if total is None else total + part
    return np.asarray(total, np.float32)
