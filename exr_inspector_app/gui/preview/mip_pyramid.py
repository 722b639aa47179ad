"""Mip pyramid of a decoded image, built once in a task so that display needs only table lookups.

Values are stored as 16-bit codes, the bits of half floats. There are 65,536 codes, so exposure, gamma, and display
curve are one small lookup table, independent of the image size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import REC709_WEIGHTS
from exr_inspector_app.color.tone_table import list_half_values
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.data_colors import DataLook, Mapping, measure_look
from exr_inspector_app.exr.pixels.decoded_picture import Picture

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]
Weights: TypeAlias = tuple[float, float, float]

PICKED_KINDS = frozenset(["cryptomatte", "id", "depth"])  # a mean of two surfaces would be neither
NAN, INF = 1, 2  # marks of non-finite pixels
MAX_LAST_LEVEL_SIDE = 640  # px; a level whose sides are not larger is the last one
FIRST_STOP, LAST_STOP, BINS_PER_STOP = -12, 6, 8  # of the histogram; stop 0 is the value 1.0
MAX_HISTOGRAM_SAMPLES = 2_000_000  # per channel, evenly spaced


@dataclass(frozen=True, slots=True, eq=False)
class PyramidLevel:
    """Image at one size: half codes of color, alpha, and luminance, and marks of non-finite pixels.

    A data layer has values as stored, too, and the look in which they are shown.
    """

    colors: Codes  # (height, width, 1 or 3)
    alpha: Codes | None  # (height, width)
    luminance: Codes
    non_finite: Bytes | None  # 0, NAN, or INF; None if every value is finite
    values: Floats | None = None  # (height, width, channels)
    look: DataLook | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.colors.shape[1], self.colors.shape[0]

    def region(self, left: int, top: int, right: int, bottom: int) -> PyramidLevel:
        """Return a view of the pixels from `left` and `top` up to, without, `right` and `bottom`."""
        box = (slice(top, bottom), slice(left, right))
        alpha = None if self.alpha is None else self.alpha[box]
        values = None if self.values is None else self.values[box]
        return PyramidLevel(self.colors[box], alpha, self.luminance[box], None, values, self.look)


@dataclass(frozen=True, slots=True, eq=False)
class MipPyramid:
    """Image pyramid; each level is half as wide and high as the previous one."""

    picture: Picture
    letters: tuple[str, ...]  # component name of each channel
    levels: tuple[PyramidLevel, ...]
    histogram: Floats  # (1 or 3, bins), share of values in each bin; of data over the range of the look
    nan_count: int  # values over all channels
    inf_count: int
    negative_count: int  # of colors; negative data are usual

    @property
    def look(self) -> DataLook | None:
        """Look of a data layer with its automatic range; None for colors."""
        return self.levels[0].look

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
    """Build levels, histogram, and non-finite marks of an image; takes about as long as decoding it.

    Args:
        picture: The decoded image.
        weights: Weights of R, G and B in its luminance.
    """
    pixels = picture.pixels
    letters = tuple(name.rpartition(".")[2] for name in picture.channels)
    finite = np.isfinite(pixels)
    marks = None
    nan_count = inf_count = 0
    if not finite.all():
        nan = np.isnan(pixels)
        nan_count = int(np.count_nonzero(nan))
        inf_count = int(np.count_nonzero(~finite)) - nan_count
        marks = np.where(nan.any(axis=2), NAN, np.where(finite.all(axis=2), 0, INF)).astype(np.uint8)
    kind = picture.selection.kind if picture.selection is not None else "colour"
    is_picked = kind in PICKED_KINDS
    look = None if kind in COLOR_KINDS else measure_look(pixels, kind)
    small = pixels if marks is None or is_picked else np.where(finite, pixels, np.float32(0))
    levels = [_encode_data(encode_level(pixels, letters, marks, weights), pixels, look)]
    while max(small.shape[:2]) > MAX_LAST_LEVEL_SIDE:
        small = pick_half(small) if is_picked else halve(small)
        marks = None if marks is None else _halve_marks(marks)
        levels.append(_encode_data(encode_level(small, letters, marks, weights), small, look))
    histogram = compute_histogram(levels[0].colors) if look is None else compute_data_histogram(pixels, look)
    negative_count = int(np.count_nonzero(pixels < 0)) if look is None else 0
    return MipPyramid(picture, letters, tuple(levels), histogram, nan_count, inf_count, negative_count)


def _encode_data(level: PyramidLevel, values: Floats, look: DataLook | None) -> PyramidLevel:
    return level if look is None else replace(level, values=values, look=look)


def is_black(picture: Picture) -> bool:
    """Return True if every color is 0 or NaN; alpha does not count."""
    pixels = picture.pixels[..., :3] if picture.pixels.shape[2] >= 3 else picture.pixels[..., :1]
    # A few lines suffice for nearly every image, and are read 60 times as fast.
    return not np.nan_to_num(pixels[::64]).any() and not np.nan_to_num(pixels).any()


def halve(pixels: Floats) -> Floats:
    """Return an image half as wide and high, each pixel the mean of four; a side of 1 stays."""
    for axis in (0, 1):
        size = pixels.shape[axis] // 2
        if size:
            first, second = (slice(start, 2 * size, 2) for start in (0, 1))
            before = (slice(None),) * axis
            pixels = (pixels[(*before, first)] + pixels[(*before, second)]) * np.float32(0.5)
    return pixels


def pick_half(pixels: Floats) -> Floats:
    """Return an image half as wide and high of every second pixel; a side of 1 stays."""
    height, width = (max(size // 2 * 2, 1) for size in pixels.shape[:2])
    return np.ascontiguousarray(pixels[:height:2, :width:2])


def compute_histogram(codes: Codes) -> Floats:
    """Return the share of each channel's values in each bin of stops; values out of range are not counted."""
    step = max(1, int(np.sqrt(codes.shape[0] * codes.shape[1] / MAX_HISTOGRAM_SAMPLES)))
    samples = codes[::step, ::step]
    shares = np.zeros((codes.shape[2], (LAST_STOP - FIRST_STOP) * BINS_PER_STOP), np.float32)
    bins, is_inside = _assign_bins()
    for channel in range(codes.shape[2]):
        counts = np.bincount(samples[..., channel].ravel(), minlength=65536)
        np.add.at(shares[channel], bins[is_inside], counts[is_inside])
    return shares / np.float32(max(1, samples.shape[0] * samples.shape[1]))


def compute_data_histogram(pixels: Floats, look: DataLook) -> Floats:
    """Return the share of each channel's values in equal bins over the range of a look; IDs have none."""
    step = max(1, int(np.sqrt(pixels.shape[0] * pixels.shape[1] / MAX_HISTOGRAM_SAMPLES)))
    samples = pixels[::step, ::step, : look.channel_count]
    samples = np.abs(samples) if look.mapping is Mapping.MAGNITUDE else samples
    # The histogram has rows for one channel or three.
    shares = np.zeros((1 if look.channel_count == 1 else 3, (LAST_STOP - FIRST_STOP) * BINS_PER_STOP), np.float32)
    # Equal bins of one value need some width, above the resolution of float32.
    middle, width = (look.low + look.high) / 2, max(look.high - look.low, 1e-6 * abs(look.high), 1e-12)
    if look.has_range:
        for channel in range(samples.shape[2]):
            values = samples[..., channel]
            values = values[np.isfinite(values)].astype(np.float64)
            counts, _ = np.histogram(values, shares.shape[1], (middle - width / 2, middle + width / 2))
            shares[channel] = counts
    return shares / np.float32(max(1, samples.shape[0] * samples.shape[1]))


def _assign_bins() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return the bin of each code, and a mask of the codes in range."""
    values = list_half_values()
    with np.errstate(divide="ignore", invalid="ignore"):
        stops = np.log2(values)
        is_inside = (stops >= FIRST_STOP) & (stops < LAST_STOP)
        bins = np.where(is_inside, (stops - FIRST_STOP) * BINS_PER_STOP, 0).astype(np.intp)
    return bins, is_inside


def _find_alpha(letters: tuple[str, ...]) -> int | None:
    """Return the index of the alpha channel among several channels, or None."""
    if len(letters) < 2:
        return None
    return next((index for index, letter in enumerate(letters) if letter.lower() in ("a", "alpha")), None)


def encode_level(
    pixels: Floats, letters: tuple[str, ...], non_finite: Bytes | None = None, weights: Weights = REC709_WEIGHTS
) -> PyramidLevel:
    """Return the half codes of pixels.

    Args:
        pixels: (height, width, channels) float32.
        letters: Component name of each channel; one may be alpha, two colors become red and green.
        non_finite: Marks of non-finite pixels, (height, width).
        weights: Weights of R, G and B in luminance.
    """
    alpha = _find_alpha(letters)
    with np.errstate(over="ignore", invalid="ignore"):
        codes = pixels.astype(np.float16).view(np.uint16)
        indexes = [index for index in range(pixels.shape[2]) if index != alpha][:3]
        if len(indexes) == 1:
            colors = np.ascontiguousarray(codes[..., indexes])
            luminance = colors[..., 0]
        else:
            colors = np.zeros((*codes.shape[:2], 3), np.uint16)  # two channels are red and green
            for target, index in enumerate(indexes):
                colors[..., target] = codes[..., index]
            shares = np.array(weights, np.float32)[: len(indexes)]
            luminance = (pixels[..., indexes] @ shares).astype(np.float16).view(np.uint16)
    alpha_codes = None if alpha is None else np.ascontiguousarray(codes[..., alpha])
    return PyramidLevel(colors, alpha_codes, luminance, non_finite)


def _halve_marks(marks: Bytes) -> Bytes:
    """Return marks half as wide and high; one marked pixel of four marks the result."""
    for axis in (0, 1):
        size = marks.shape[axis] // 2
        if size:
            first, second = (slice(start, 2 * size, 2) for start in (0, 1))
            before = (slice(None),) * axis
            marks = np.maximum(marks[(*before, first)], marks[(*before, second)])
    return marks
