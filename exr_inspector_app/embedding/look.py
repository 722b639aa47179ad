"""The look embedding: 256 numbers of what a picture looks like, for finding it again in another version.

| numbers | what they hold                                                                            |
|---------|-------------------------------------------------------------------------------------------|
| 64      | structure: log luminance, blurred to 8 x 8, less its mean                                  |
| 128     | edges: how strong the gradients of log luminance are in 8 directions, in each of 4 x 4 cells |
| 48      | colour: mean of Oklab's a and b and deviation of the chroma in each of 4 x 4 cells         |
| 16      | tones: how often each of 16 steps of two stops around the middle occurs                    |

The picture is made small and its exposure is taken out first (the mean of log luminance is the middle), so that
a brighter, larger or otherwise compressed version has nearly the same vector. Blurred cells overlap, so that a
crop of a tenth moves little. Nothing is learned and nothing is random: the same picture gives the same numbers.
Source: log luminance and tone as in Reinhard et al. (2002); edges as in Dalal and Triggs (2005); Oklab by
Ottosson (2020).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import LOOK_DIM, Vector
from exr_inspector_app.errors import VectorEmbeddingError

Plane = npt.NDArray[np.float32]

SIZE = 64  # pixels of the small picture, across and down
_CELLS, _EDGE_CELLS, _DIRECTIONS, _TONES = 8, 4, 8, 16
# How much each part counts, and the length below which it is no more than noise and stays short.
_PARTS = {"structure": (0.55, 1.0), "edges": (0.55, 0.2), "colour": (0.5, 0.05), "tones": (0.2, 0.1)}
_FLOOR, _RANGE = 2.0**-12, 8.0  # what counts as black beside bright; stops that are told apart
_REC709 = np.array([0.2126, 0.7152, 0.0722], np.float32)
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], np.float32)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], np.float32)  # fmt: skip


def look_embedding(pixels: Plane) -> Vector:
    """The unit vector, shape (256,), of linear pixels, shape (height, width, channels): R, G, B first, or one grey.

    Raises VectorEmbeddingError for an array without pixels. Values that are not finite or negative count as black.
    """
    if pixels.ndim != 3 or not pixels.size:
        raise VectorEmbeddingError(f"A look needs pixels of height, width and channels; this has {pixels.shape}.")
    colours = small(_three(pixels))
    light = colours @ _REC709
    bright = float(np.quantile(light, 0.99))  # the very brightest may be one infinite pixel
    logs = np.log2(np.maximum(light, max(bright * _FLOOR, 1e-12)))
    middle = float(logs.mean())
    stops = np.clip(logs - middle, -_RANGE, _RANGE).astype(np.float32)
    parts = {
        "structure": pooled(stops, _CELLS).ravel(),
        "edges": _edges(stops),
        "colour": _colour(colours * np.float32(0.18 * 2.0**-middle)),
        "tones": _tones(stops),
    }
    vector = np.concatenate([weight * _shortened(parts[name], least) for name, (weight, least) in _PARTS.items()])
    assert vector.shape == (LOOK_DIM,)
    return _shortened(vector, 1e-6)


def small(colours: Plane) -> Plane:
    """The picture at SIZE by SIZE: means of blocks, or the nearest pixels where it is smaller."""
    for axis in (0, 1):
        count = colours.shape[axis]
        if count < SIZE:
            colours = np.take(colours, np.arange(SIZE) * count // SIZE, axis=axis)
            continue
        starts = np.arange(SIZE) * count // SIZE
        sums = np.add.reduceat(colours, starts, axis=axis)
        sizes = np.diff(np.append(starts, count)).astype(np.float32)
        colours = (sums / sizes.reshape([-1 if place == axis else 1 for place in range(3)])).astype(np.float32)
    return colours


def pooled(plane: Plane, cells: int) -> Plane:
    """Means under a grid of overlapping bells, (cells, cells) and any further axes of the plane."""
    bells = _bells(plane.shape[0], cells)
    return np.asarray(np.einsum("iy,jx,yx...->ij...", bells, bells, plane, optimize=True), np.float32)


def _bells(size: int, cells: int) -> Plane:
    """One row a cell: how much each pixel counts for it."""
    centres = (np.arange(cells) + 0.5) * size / cells
    away = (np.arange(size) + 0.5 - centres[:, None]) / (0.6 * size / cells)
    weights = np.exp(-0.5 * away**2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _three(pixels: Plane) -> Plane:
    """Red, green and blue without what no eye sees."""
    colours = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.clip(np.nan_to_num(colours, nan=0.0, posinf=65504.0, neginf=0.0), 0.0, 65504.0)


def _edges(stops: Plane) -> Vector:
    """The strengths of the gradients by cell and direction; a direction and its opposite are told apart."""
    blurred = pooled(stops, SIZE // 2)  # noise and compression live in single pixels
    down, across = np.gradient(blurred)
    strength = np.minimum(np.hypot(down, across), 1.5)
    turn = (np.arctan2(down, across) / (2 * np.pi) * _DIRECTIONS) % _DIRECTIONS
    lower = np.floor(turn).astype(int) % _DIRECTIONS
    share = (turn - np.floor(turn))[..., None]
    ways = np.eye(_DIRECTIONS, dtype=np.float32)
    planes = strength[..., None] * ((1 - share) * ways[lower] + share * ways[(lower + 1) % _DIRECTIONS])
    cells = np.sqrt(pooled(planes.astype(np.float32), _EDGE_CELLS))
    return np.asarray((cells - cells.mean()).ravel(), np.float32)


def _colour(exposed: Plane) -> Vector:
    """Oklab's a and b and the deviation of the chroma by cell, of a picture whose middle is middle grey."""
    toned = exposed / (1 + exposed)
    lab = np.cbrt(toned @ _TO_LMS.T) @ _TO_LAB.T
    plane = lab[..., 1:]
    means = pooled(plane, _EDGE_CELLS)
    squares = pooled(plane**2, _EDGE_CELLS)
    deviation = np.sqrt(np.maximum(squares - means**2, 0).sum(axis=2, keepdims=True))
    return np.asarray(np.concatenate([means, deviation], axis=2).ravel(), np.float32)


def _tones(stops: Plane) -> Vector:
    """How often each step of the range occurs, softly binned, beside an even spread."""
    place = (np.clip(stops, -_RANGE, _RANGE) + _RANGE) / (2 * _RANGE) * (_TONES - 1)
    lower = np.minimum(place.astype(int), _TONES - 2)
    share = (place - lower).ravel()
    counts = np.bincount(lower.ravel(), 1 - share, _TONES) + np.bincount(lower.ravel() + 1, share, _TONES)
    return np.asarray(counts / counts.sum() - 1 / _TONES, np.float32)


def _shortened(vector: Vector, least: float) -> Vector:
    """The vector at length one, or shorter where it was shorter than `least`."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), least), np.float32)
