"""Look embedding: 256 numbers that describe the appearance of an image, to find other versions of it.

| numbers | content                                                                                    |
|---------|--------------------------------------------------------------------------------------------|
| 64      | structure: log luminance, blurred to 8 x 8, minus its mean                                  |
| 128     | edges: strength of the gradients of log luminance in 8 directions, in each of 4 x 4 cells   |
| 48      | color: mean of Oklab's a and b and deviation of the chroma in each of 4 x 4 cells           |
| 16      | tones: soft histogram of 16 bins around the middle, minus a uniform one                     |

The image is first reduced to 64 x 64 pixels, and its exposure is removed by subtracting the mean of log luminance,
so that a brighter, larger or recompressed version has nearly the same vector. Cells overlap, so that a crop of ten
percent changes little. Nothing is learned or random: equal images have equal vectors.

Sources: log luminance and tone as in Reinhard et al., Photographic Tone Reproduction for Digital Images (2002,
https://doi.org/10.1145/566654.566575); edges as in Dalal and Triggs, Histograms of Oriented Gradients for Human
Detection (2005, https://doi.org/10.1109/CVPR.2005.177); Oklab by Ottosson (2020,
https://bottosson.github.io/posts/oklab/).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import LOOK_DIM, Vector
from exr_inspector_app.errors import VectorEmbeddingError

Plane = npt.NDArray[np.float32]

SIZE = 64  # pixels of the reduced image, across and down
_CELLS, _EDGE_CELLS, _DIRECTIONS, _TONES = 8, 4, 8, 16
# Weight of each section, and the length below which it is mere noise and is not scaled up.
_SECTIONS = {"structure": (0.55, 1.0), "edges": (0.55, 0.2), "color": (0.5, 0.05), "tones": (0.2, 0.1)}
_BLACK_RATIO = 2.0**-12  # of the brightness that counts as black
_FLAT_RATIO = 0.01  # of the brightest value: differences below it are rounding or compression
_RANGE_STOPS = 8.0  # around the middle
_REC709 = np.array([0.2126, 0.7152, 0.0722], np.float32)
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], np.float32)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], np.float32)  # fmt: skip


def look_embedding(pixels: Plane) -> Vector:
    """Return the embedding of an image's appearance.

    Args:
        pixels: (height, width, channels) float32, linear, of any size; R, G, B first, or gray. Alpha is ignored.
            NaN and negative values count as black, larger values and Infinity as 65504.

    Returns:
        Unit vector, (256,) float32.

    Raises:
        VectorEmbeddingError: The array has no pixels or another number of axes.
    """
    if pixels.ndim != 3 or not pixels.size:
        raise VectorEmbeddingError(f"An image needs height, width and channels, not the shape {pixels.shape}.")
    colors = reduce_image(_to_rgb(pixels))
    luminance = colors @ _REC709
    bright = float(np.quantile(luminance, 0.99))  # the maximum may be a single infinite pixel
    logs = np.log2(np.maximum(luminance, max(bright * _BLACK_RATIO, 1e-12)))
    middle = float(logs.mean())
    stops = np.clip(logs - middle, -_RANGE_STOPS, _RANGE_STOPS).astype(np.float32)
    sections = {
        "structure": pool(stops, _CELLS).ravel(),
        "edges": _edges(stops),
        "color": _color(colors * np.float32(0.18 * 2.0**-middle)),
        "tones": _tones(stops),
    }
    vector = np.concatenate([weight * _scale(sections[name], least) for name, (weight, least) in _SECTIONS.items()])
    assert vector.shape == (LOOK_DIM,)
    return _scale(vector, 1e-6)


def has_structure(pixels: Plane) -> bool:
    """Return whether an image shows anything: one color, black included, would be like every other flat image.

    Args:
        pixels: As for `look_embedding`.
    """
    colors = reduce_image(_to_rgb(pixels))
    spread = float(np.ptp(colors, axis=(0, 1)).max())
    return spread > _FLAT_RATIO * max(float(colors.max()), 1e-6)


def reduce_image(colors: Plane) -> Plane:
    """Return the image, (height, width, channels), at SIZE by SIZE: means of blocks, or nearest pixels if smaller."""
    for axis in (0, 1):
        count = colors.shape[axis]
        if count < SIZE:
            colors = np.take(colors, np.arange(SIZE) * count // SIZE, axis=axis)
            continue
        starts = np.arange(SIZE) * count // SIZE
        sums = np.add.reduceat(colors, starts, axis=axis)
        sizes = np.diff(np.append(starts, count)).astype(np.float32)
        colors = (sums / sizes.reshape([-1 if index == axis else 1 for index in range(3)])).astype(np.float32)
    return colors


def pool(plane: Plane, cells: int) -> Plane:
    """Return the Gaussian-weighted means of overlapping cells, (cells, cells, ...) for a plane (size, size, ...)."""
    bells = _gaussians(plane.shape[0], cells)
    return np.asarray(np.einsum("iy,jx,yx...->ij...", bells, bells, plane, optimize=True), np.float32)


def _gaussians(size: int, cells: int) -> Plane:
    """Return the weight of each pixel for each cell, (cells, size)."""
    centers = (np.arange(cells) + 0.5) * size / cells
    distances = (np.arange(size) + 0.5 - centers[:, None]) / (0.6 * size / cells)
    weights = np.exp(-0.5 * distances**2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _to_rgb(pixels: Plane) -> Plane:
    """Return R, G and B, finite and within the range of half."""
    colors = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.clip(np.nan_to_num(colors, nan=0.0, posinf=65504.0, neginf=0.0), 0.0, 65504.0)


def _edges(stops: Plane) -> Vector:
    """Return the strengths of the gradients by cell and direction; opposite directions differ."""
    blurred = pool(stops, SIZE // 2)  # noise and compression artifacts are single pixels
    down, across = np.gradient(blurred)
    strength = np.minimum(np.hypot(down, across), 1.5)
    turn = (np.arctan2(down, across) / (2 * np.pi) * _DIRECTIONS) % _DIRECTIONS
    lower = np.floor(turn).astype(int) % _DIRECTIONS
    share = (turn - np.floor(turn))[..., None]
    units = np.eye(_DIRECTIONS, dtype=np.float32)
    planes = strength[..., None] * ((1 - share) * units[lower] + share * units[(lower + 1) % _DIRECTIONS])
    cells = np.sqrt(pool(planes.astype(np.float32), _EDGE_CELLS))
    return np.asarray((cells - cells.mean()).ravel(), np.float32)


def _color(exposed: Plane) -> Vector:
    """Return Oklab's a and b and the deviation of the chroma by cell, of an image exposed to middle gray."""
    toned = exposed / (1 + exposed)
    lab = np.cbrt(toned @ _TO_LMS.T) @ _TO_LAB.T
    plane = lab[..., 1:]
    means = pool(plane, _EDGE_CELLS)
    squares = pool(plane**2, _EDGE_CELLS)
    deviation = np.sqrt(np.maximum(squares - means**2, 0).sum(axis=2, keepdims=True))
    return np.asarray(np.concatenate([means, deviation], axis=2).ravel(), np.float32)


def _tones(stops: Plane) -> Vector:
    """Return the soft histogram of the stops, minus a uniform one."""
    position = (np.clip(stops, -_RANGE_STOPS, _RANGE_STOPS) + _RANGE_STOPS) / (2 * _RANGE_STOPS) * (_TONES - 1)
    lower = np.minimum(position.astype(int), _TONES - 2)
    share = (position - lower).ravel()
    counts = np.bincount(lower.ravel(), 1 - share, _TONES) + np.bincount(lower.ravel() + 1, share, _TONES)
    return np.asarray(counts / counts.sum() - 1 / _TONES, np.float32)


def _scale(vector: Vector, min_length: float) -> Vector:
    """Return the vector at length 1, or shorter if it was shorter than `min_length`."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), min_length), np.float32)
