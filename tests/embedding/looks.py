"""Procedural scenes and variants of them, to measure retrieval by appearance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]
Random = np.random.Generator

WIDTH, HEIGHT = 256, 144


def scene(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """Return a linear image that resembles a render: sky, ground, shaded objects, lamps and texture."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    pixels = _backdrop(random, x, y)
    pixels *= 1 + 0.25 * _texture(random, height, width)[..., None]
    for _ in range(int(random.integers(3, 9))):
        pixels = _add_object(random, pixels, x, y)
    for _ in range(int(random.integers(0, 4))):
        cx, cy, size = random.uniform(0, width / height), random.uniform(0, 1), random.uniform(0.01, 0.06)
        glow = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / size**2)[..., None]
        pixels = pixels + glow * _hue(random, 0.4) * random.uniform(2, 20)
    return np.asarray(np.maximum(pixels, 0) * 2.0 ** random.uniform(-2, 2), np.float32)


def _backdrop(random: Random, x: Pixels, y: Pixels) -> Pixels:
    """Return a sky over ground, a lit wall, or a dark room."""
    kind = int(random.integers(3))
    if kind == 0:
        horizon = random.uniform(0.3, 0.7) + random.uniform(-0.1, 0.1) * np.sin(x * random.uniform(1, 6))
        sky = _hue(random, 0.5) * (0.3 + (1 - y))[..., None]
        ground = _hue(random, 0.6) * (0.05 + 0.3 * y)[..., None]
        return np.where((y < horizon)[..., None], sky, ground).astype(np.float32)
    lit = np.exp(-((x - random.uniform(0, 1.7)) ** 2 + (y - random.uniform(0, 1)) ** 2) / random.uniform(0.1, 1))
    level = 0.4 if kind == 1 else 0.02
    return np.asarray(_hue(random, 0.5) * (level + random.uniform(0.1, 1) * lit)[..., None], np.float32)


def _add_object(random: Random, pixels: Pixels, x: Pixels, y: Pixels) -> Pixels:
    """Return the image with a ball or a slab over it that is lit from one side."""
    cx, cy, size = random.uniform(0, 1.8), random.uniform(0.1, 0.9), random.uniform(0.06, 0.3)
    turn = random.uniform(0, np.pi)
    u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
    v = -(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)
    stretch = random.uniform(0.5, 2)
    inside = (np.hypot(u, v * stretch) < size) if random.random() < 0.5 else (np.abs(u) < size) & (np.abs(v) < size / 2)
    angle = random.uniform(0, 2 * np.pi)
    shade = np.clip(0.5 + 0.5 * (u * np.cos(angle) + v * np.sin(angle)) / size, 0.03, 1)
    color = _hue(random, 0.8) * random.uniform(0.05, 1.2)
    return np.where(inside[..., None], color * shade[..., None], pixels).astype(np.float32)


def _hue(random: Random, strength: float) -> Pixels:
    """Return a color of luminance near 1."""
    color = 1 + strength * random.uniform(-1, 1, 3)
    return np.asarray(color / color.mean(), np.float32)


def _texture(random: Random, height: int, width: int) -> Pixels:
    """Return noise of several sizes between -1 and 1, (height, width)."""
    noise = np.zeros((height, width))
    for size in (4, 9, 20):
        coarse = random.uniform(-1, 1, (size, size * 2))
        rows = np.linspace(0, size - 1.001, height)
        columns = np.linspace(0, 2 * size - 1.001, width)
        r, c = rows.astype(int)[:, None], columns.astype(int)[None, :]
        fr, fc = (rows % 1)[:, None], (columns % 1)[None, :]
        noise += (coarse[r, c] * (1 - fr) + coarse[r + 1, c] * fr) * (1 - fc) + (
            coarse[r, c + 1] * (1 - fr) + coarse[r + 1, c + 1] * fr
        ) * fc
    return np.asarray(noise / 3, np.float32)


def _half_size(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    return pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, -1).mean((1, 3))


def _crop(pixels: Pixels, left: float, top: float) -> Pixels:
    """Return the image without a tenth of its width and height, from the sides in these proportions."""
    height, width = pixels.shape[:2]
    y, x = int(height * 0.1 * top), int(width * 0.1 * left)
    return pixels[y : y + int(height * 0.9), x : x + int(width * 0.9)]


def _lossy(pixels: Pixels) -> Pixels:
    """Return the image after coarse compression: quantized cosine transform of blocks of 8 by 8."""
    height, width = pixels.shape[0] // 8 * 8, pixels.shape[1] // 8 * 8
    waves = np.array([[np.cos(np.pi * (2 * n + 1) * k / 16) for n in range(8)] for k in range(8)])
    waves /= np.sqrt((waves**2).sum(1, keepdims=True))
    encoded = np.cbrt(pixels[:height, :width]).reshape(height // 8, 8, width // 8, 8, -1)
    coded = np.einsum("ky,lx,iyjxc->ikjlc", waves, waves, encoded, optimize=True)
    coded = np.round(coded * 12) / 12
    decoded = np.einsum("ky,lx,ikjlc->iyjxc", waves, waves, coded, optimize=True)
    return np.asarray(np.maximum(decoded, 0).reshape(height, width, -1) ** 3, np.float32)


def _graded(pixels: Pixels) -> Pixels:
    """Return the image slightly warmer and with more contrast."""
    return np.asarray(np.maximum(pixels, 0) ** 1.1 * np.array([1.1, 1.0, 0.9], np.float32), np.float32)


def _noisy(pixels: Pixels) -> Pixels:
    noise = np.random.default_rng(7).normal(0, 1, pixels.shape)
    return np.asarray(np.maximum(pixels + noise * (0.02 * pixels.mean() + 0.08 * pixels), 0), np.float32)


VARIANTS: dict[str, Callable[[Pixels], Pixels]] = {
    "two stops brighter": lambda pixels: pixels * 4,
    "two stops darker": lambda pixels: pixels / 4,
    "half size": _half_size,
    "compressed": _lossy,
    "cropped in the middle": lambda pixels: _crop(pixels, 0.5, 0.5),
    "cropped to the corner": lambda pixels: _crop(pixels, 1.0, 0.0),
    "graded": _graded,
    "noisy": _noisy,
}


def average_precision(scores: npt.NDArray[np.float32], relevant: npt.NDArray[np.bool_]) -> float:
    """Return the mean precision at the rank of each relevant item."""
    sorted_relevant = relevant[np.argsort(-scores, kind="stable")]
    ranks = np.flatnonzero(sorted_relevant) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).mean())
