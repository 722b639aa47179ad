"""Mip pyramid of a decoded image: levels of stored pixels, reduced on demand, and the codes of the visible region.

Colors are shown by 16-bit codes, the bits of half floats. There are 65,536 codes, so exposure, gamma, and display
curve are one small lookup table, independent of the image size.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import REC709_WEIGHTS
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.data_looks import DataLook, measure_look
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.level_reduction import INF as INF
from exr_inspector_app.exr.pixels.level_reduction import NAN as NAN
from exr_inspector_app.exr.pixels.level_reduction import (
    PICKED_KINDS,
    Pixels,
    SpecialCounts,
    count_special,
    halve_marks,
    level_sizes,
    mark_non_finite,
    pick,
    reduce_means,
)
from exr_inspector_app.exr.pixels.level_reduction import (
    Bytes as Bytes,
)
from exr_inspector_app.gui.preview.rendering.value_histogram import compute_data_histogram, compute_histogram

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]
Weights: TypeAlias = tuple[float, float, float]

MAX_LAST_LEVEL_SIDE = 640  # px; a level whose sides are not larger is the last one
MAX_HISTOGRAM_SAMPLES = 100_000  # per channel, evenly spaced
MAX_DRAFT_SAMPLES = 10_000
MAX_LOOK_SAMPLES = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PyramidLevel:
    """Pixels of a region: half codes of color and alpha, and marks of non-finite pixels.

    A data layer has values as stored, too, and the look in which they are shown.
    """

    colors: Codes  # (height, width, 1 or 3)
    alpha: Codes | None  # (height, width)
    non_finite: Bytes | None  # 0, NAN, or INF; None if every value is finite
    values: Pixels | None = None  # (height, width, channels)
    look: DataLook | None = None
    weights: Weights = REC709_WEIGHTS  # of R, G and B in luminance
    packed: Codes | None = None  # (height, width, 4), colors and then alpha, where they are stored so

    @property
    def luminance(self) -> Codes:
        """Half codes of the luminance, (height, width)."""
        if self.colors.shape[2] == 1:
            return self.colors[..., 0]
        with np.errstate(over="ignore", invalid="ignore"):
            colors = self.colors.view(np.float16).astype(np.float32)
            return np.asarray((colors @ np.array(self.weights, np.float32)).astype(np.float16).view(np.uint16))

    def region(self, left: int, top: int, right: int, bottom: int) -> PyramidLevel:
        """Return a view of the pixels from `left` and `top` up to, without, `right` and `bottom`."""
        box = (slice(top, bottom), slice(left, right))
        alpha = None if self.alpha is None else self.alpha[box]
        values = None if self.values is None else self.values[box]
        packed = None if self.packed is None else self.packed[box]
        return replace(self, colors=self.colors[box], alpha=alpha, non_finite=None, values=values, packed=packed)


class MipLevel:
    """Level of an image, each half as wide and high as the one before; its pixels are reduced at the first use.

    Thread-safe. Everything but `size` and `non_finite` may take as long as decoding, and belongs in a worker thread.
    """

    def __init__(self, source: LevelSource, index: int, non_finite: Bytes | None) -> None:
        """Create a level of a source without reducing it."""
        self._source, self._index = source, index
        self.size = source.sizes[index]  # width and height in pixels
        self.non_finite = non_finite  # mark of each pixel: 0, NAN, or INF; None if every value is finite

    @property
    def pixels(self) -> Pixels:
        """The pixels, (height, width, channels), in the type of the file."""
        return self._source.pixels(self._index)

    @property
    def reduced(self) -> list[int]:
        """Indices of the levels of the image that are reduced already."""
        return self._source.reduced

    def reduce(self) -> None:
        """Reduce the level ahead of its first use."""
        self._source.pixels(self._index)

    def region(self, left: int, top: int, right: int, bottom: int) -> PyramidLevel:
        """Return the pixels from `left` and `top` up to, without, `right` and `bottom`."""
        source = self._source
        pixels = self.pixels[top:bottom, left:right]
        level = encode_level(pixels, source.letters, weights=source.weights)
        if source.look is None:
            return level
        is_whole = pixels.dtype == np.uint32  # float32 rounds IDs beyond 2**24
        values = pixels if is_whole else pixels.astype(np.float32, copy=False)
        return replace(level, values=values, look=source.look)


class LevelSource:
    """Pixels of all levels of an image."""

    def __init__(
        self, pixels: Pixels, letters: tuple[str, ...], weights: Weights, look: DataLook | None, *, is_picked: bool
    ) -> None:
        """Create a source of levels that are not reduced yet.

        Args:
            pixels: The image at full size.
            letters: Component name of each channel.
            weights: Weights of R, G and B in luminance.
            look: Look of a data layer.
            is_picked: True to take one pixel of each block rather than the mean.
        """
        self.letters, self.weights, self.look = letters, weights, look
        self.sizes = level_sizes(pixels.shape[1], pixels.shape[0], MAX_LAST_LEVEL_SIDE)
        self.is_finite = True
        self.is_picked = is_picked
        self._levels: dict[int, Pixels] = {0: pixels}
        self._lock = threading.Lock()

    @property
    def reduced(self) -> list[int]:
        """Indices of the levels that are reduced already."""
        return sorted(self._levels)

    def add(self, pixels: Pixels) -> None:
        """Add a level that is reduced already."""
        size = (pixels.shape[1], pixels.shape[0])
        if size in self.sizes:
            self._levels.setdefault(self.sizes.index(size), pixels)

    def pixels(self, index: int) -> Pixels:
        """Return the pixels of a level, from the nearest larger level that is there."""
        known = self._levels.get(index)
        if known is not None:
            return known
        if self.is_picked:
            return pick(self._levels[0], 2**index)
        with self._lock:
            if index not in self._levels:
                nearest = max(level for level in self._levels if level < index)
                self._levels[index] = reduce_means(
                    self._levels[nearest], 2 ** (index - nearest), is_finite=self.is_finite
                )
            return self._levels[index]


@dataclass(frozen=True, slots=True, eq=False)
class MipPyramid:
    """Image pyramid; each level is half as wide and high as the previous one."""

    picture: Picture
    letters: tuple[str, ...]  # component name of each channel
    levels: tuple[MipLevel, ...]
    histogram: Floats  # (1 or 3, bins), share of values in each bin; of data over the range of the look
    special: SpecialCounts  # zeros for a Cryptomatte, whose bits of hashes are no numbers
    look: DataLook | None = None  # of a data layer, with its automatic range; None for colors
    outside: tuple[float, float] = (0.0, 0.0)  # shares of colors below and above the histogram

    @property
    def nan_count(self) -> int:
        """Number of values over all channels that are NaN."""
        return self.special.nan

    @property
    def inf_count(self) -> int:
        """Number of infinite values over all channels."""
        return self.special.inf

    @property
    def negative_count(self) -> int:
        """Number of negative colors; negative data are usual."""
        return self.special.negative if self.look is None else 0

    @property
    def is_exact(self) -> bool:
        """True if the pixels are those of the file; numbers of mixed types may be rounded."""
        return self.picture.factor == 1 and self.picture.pixels.dtype != np.float32

    def reduce_like(self, other: MipPyramid) -> None:
        """Reduce the levels that another pyramid of the same size is shown in."""
        if self.levels[0].size == other.levels[0].size:
            for index in other.levels[0].reduced:
                self.levels[index].reduce()

    @property
    def size_bytes(self) -> int:
        """Memory of the pixels, and of the levels once they are all reduced."""
        return self.picture.pixels.nbytes * 4 // 3

    def level_for(self, scale: float, max_pixels: int | None = None) -> int:
        """Return the index of the smallest level that suffices for a scale.

        Args:
            scale: Screen pixels per pixel of level 0.
            max_pixels: Upper bound of the level's pixels, which takes precedence over `scale`.
        """
        index = 0
        while index + 1 < len(self.levels):
            width, height = self.levels[index].size
            is_enough = scale * 2 ** (index + 1) <= 1.0
            if not (is_enough or (max_pixels and width * height > max_pixels)):
                break
            index += 1
        return index


def build_pyramid(picture: Picture, weights: Weights = REC709_WEIGHTS) -> MipPyramid:
    """Return the pyramid of an image: counts and histogram are measured, levels are reduced on demand.

    Args:
        picture: The decoded image.
        weights: Weights of R, G and B in its luminance.
    """
    pixels = picture.pixels
    letters = tuple(name.rpartition(".")[2] for name in picture.channels)
    kind = picture.selection.kind if picture.selection is not None else "colour"
    layer = picture.selection.layer if picture.selection is not None else ""
    look = (
        None
        if kind in COLOR_KINDS
        else measure_look(pick_evenly(pixels, MAX_LOOK_SAMPLES).astype(np.float32), kind, layer)
    )
    counts = SpecialCounts()
    if kind != "cryptomatte":
        counts = picture.special or count_special(pixels)
    source = LevelSource(pixels, letters, weights, look, is_picked=kind in PICKED_KINDS)
    if picture.reduced is not None and not source.is_picked:
        source.add(picture.reduced)
    source.is_finite = not (counts.nan or counts.inf)
    marks = None if source.is_finite else mark_non_finite(pixels)
    levels = []
    for index in range(len(source.sizes)):
        marks = halve_marks(marks) if index and marks is not None else marks
        levels.append(MipLevel(source, index, marks))
    samples = pick_evenly(pixels, MAX_DRAFT_SAMPLES if picture.is_draft else MAX_HISTOGRAM_SAMPLES)
    outside = (0.0, 0.0)
    if look is None:
        histogram, outside = compute_histogram(encode_level(samples, letters).colors)
    else:
        histogram = compute_data_histogram(samples.astype(np.float32), look)
    return MipPyramid(picture, letters, tuple(levels), histogram, counts, look, outside)


def pick_evenly(pixels: Pixels, max_count: int) -> Pixels:
    """Return at most about `max_count` evenly spaced pixels."""
    step = max(1, int(np.ceil(np.sqrt(pixels.shape[0] * pixels.shape[1] / max_count))))
    return pixels[::step, ::step]


def is_black(picture: Picture) -> bool:
    """Return True if every color is 0 or NaN; alpha does not count."""
    pixels = picture.pixels[..., :3] if picture.pixels.shape[2] >= 3 else picture.pixels[..., :1]
    # A few pixels suffice for nearly every image, and are read 4,000 times as fast.
    return not any(np.nan_to_num(pixels[::step, ::step]).any() for step in (64, 1))


def _find_alpha(letters: tuple[str, ...]) -> int | None:
    """Return the index of the alpha channel among several channels, or None."""
    if len(letters) < 2:
        return None
    return next((index for index, letter in enumerate(letters) if letter.lower() in ("a", "alpha")), None)


def encode_level(
    pixels: Pixels, letters: tuple[str, ...], non_finite: Bytes | None = None, weights: Weights = REC709_WEIGHTS
) -> PyramidLevel:
    """Return the half codes of pixels.

    Args:
        pixels: (height, width, channels).
        letters: Component name of each channel; one may be alpha, two colors become red and green.
        non_finite: Marks of non-finite pixels, (height, width).
        weights: Weights of R, G and B in luminance.
    """
    alpha = _find_alpha(letters)
    with np.errstate(over="ignore", invalid="ignore"):
        codes = pixels.astype(np.float16, copy=False).view(np.uint16)
    indexes = [index for index in range(pixels.shape[2]) if index != alpha][:3]
    if len(indexes) == 2:
        colors = np.zeros((*codes.shape[:2], 3), np.uint16)  # two channels are red and green
        colors[..., :2] = codes[..., indexes]
    else:
        is_run = indexes[-1] - indexes[0] + 1 == len(indexes)
        colors = codes[..., indexes[0] : indexes[-1] + 1] if is_run else codes[..., indexes]
    alpha_codes = None if alpha is None else codes[..., alpha]
    packed = codes if alpha == 3 and codes.shape[2] == 4 else None
    return PyramidLevel(colors, alpha_codes, non_finite, weights=weights, packed=packed)
