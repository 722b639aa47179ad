"""What a decoded picture is turned into once, in a task, so that every look at it is a table look-up.

Values become 16-bit codes, the bits of their half floats: 65,536 of them, so exposure, gamma and display
are one small table however large the picture is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoder import Picture

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]

NAN, INF = 1, 2  # marks of pixels that are no number
SMALLEST = 640  # pixels; a level that is not larger has none below it
FIRST_STOP, LAST_STOP, BINS_A_STOP = -12, 6, 8  # of the histogram, around 1.0
COUNTED = 2_000_000  # values of a channel that the histogram looks at, evenly spread
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec.709 luminance


@dataclass(frozen=True, slots=True, eq=False)
class PyramidLevel:
    """The picture at one size: half codes of its colours (1 or 3), of alpha and luminance, and its odd pixels."""

    colours: Codes  # (height, width, 1 or 3)
    alpha: Codes | None  # (height, width)
    luminance: Codes
    odd: Bytes | None  # 0, NAN or INF; None where every value is a number

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.colours.shape[1], self.colours.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class MipPyramid:
    """A picture ready to be shown: each level half as large as the one before."""

    picture: Picture
    letters: tuple[str, ...]  # what each channel is called in the readout
    levels: tuple[PyramidLevel, ...]
    histogram: Floats  # (1 or 3, bins), the share of values in each bin
    nan_count: int  # of values, over all channels that are shown
    inf_count: int

    def level_for(self, scale: float, most_pixels: int | None = None) -> int:
        """The smallest level with at least `scale` of its pixels a picture pixel, and not above `most_pixels`."""
        place = 0
        while place + 1 < len(self.levels):
            width, height = self.levels[place].size
            is_enough = scale * 2 ** (place + 1) <= 1.0
            if not (is_enough or (most_pixels and width * height > most_pixels)):
                break
            place += 1
        return place


def prepare(picture: Picture) -> MipPyramid:
    """The levels, histogram and odd values of a picture; takes about as long as decoding it."""
    pixels = picture.pixels
    letters = tuple(name.rpartition(".")[2] for name in picture.channels)
    finite = np.isfinite(pixels)
    odd = None
    nan_count = inf_count = 0
    if not finite.all():
        nan = np.isnan(pixels)
        nan_count = int(np.count_nonzero(nan))
        inf_count = int(np.count_nonzero(~finite)) - nan_count
        odd = np.where(nan.any(axis=2), NAN, np.where(finite.all(axis=2), 0, INF)).astype(np.uint8)
    levels = [level_of(pixels, letters, odd)]
    small = pixels if odd is None else np.where(finite, pixels, np.float32(0))
    while max(small.shape[:2]) > SMALLEST:
        small = halved(small)
        odd = None if odd is None else _halved_marks(odd)
        levels.append(level_of(small, letters, odd))
    return MipPyramid(picture, letters, tuple(levels), histogram(levels[0].colours), nan_count, inf_count)


def halved(pixels: Floats) -> Floats:
    """Half as wide and high, each pixel the mean of four; a side of one stays."""
    for axis in (0, 1):
        size = pixels.shape[axis] // 2
        if size:
            first, second = (slice(start, 2 * size, 2) for start in (0, 1))
            before = (slice(None),) * axis
            pixels = (pixels[(*before, first)] + pixels[(*before, second)]) * np.float32(0.5)
    return pixels


def histogram(codes: Codes) -> Floats:
    """The share of the values of each channel in each bin of stops around 1.0; values outside count nowhere."""
    step = max(1, int(np.sqrt(codes.shape[0] * codes.shape[1] / COUNTED)))
    looked_at = codes[::step, ::step]
    found = np.zeros((codes.shape[2], (LAST_STOP - FIRST_STOP) * BINS_A_STOP), np.float32)
    bins, inside = _bins()
    for channel in range(codes.shape[2]):
        counts = np.bincount(looked_at[..., channel].ravel(), minlength=65536)
        np.add.at(found[channel], bins[inside], counts[inside])
    return found / np.float32(max(1, looked_at.shape[0] * looked_at.shape[1]))


def half_values() -> Floats:
    """The number that each of the 65,536 codes stands for."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.arange(65536, dtype=np.uint16).view(np.float16), np.float32)


def _bins() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """The bin of each code, and which codes have one."""
    values = half_values()
    with np.errstate(divide="ignore", invalid="ignore"):
        stops = np.log2(values)
        inside = (stops >= FIRST_STOP) & (stops < LAST_STOP)
        bins = np.where(inside, (stops - FIRST_STOP) * BINS_A_STOP, 0).astype(np.intp)
    return bins, inside


def _alpha_place(letters: tuple[str, ...]) -> int | None:
    """Which of several channels is alpha, if any."""
    lowered = [one.lower() for one in letters]
    places = [place for place, one in enumerate(lowered) if one in ("a", "alpha")]
    return places[0] if places and len(letters) > 1 else None


def level_of(pixels: Floats, letters: tuple[str, ...], odd: Bytes | None = None) -> PyramidLevel:
    """The codes of pixels (height, width, channels) whose channels have these letters."""
    alpha = _alpha_place(letters)
    with np.errstate(over="ignore", invalid="ignore"):
        codes = pixels.astype(np.float16).view(np.uint16)
        places = [place for place in range(pixels.shape[2]) if place != alpha][:3]
        if len(places) == 1:
            colours = np.ascontiguousarray(codes[..., places])
            luminance = colours[..., 0]
        else:
            colours = np.zeros((*codes.shape[:2], 3), np.uint16)  # two channels are red and green
            for to, place in enumerate(places):
                colours[..., to] = codes[..., place]
            luminance = (pixels[..., places] @ _WEIGHTS[: len(places)]).astype(np.float16).view(np.uint16)
    own = None if alpha is None else np.ascontiguousarray(codes[..., alpha])
    return PyramidLevel(colours, own, luminance, odd)


def _halved_marks(marks: Bytes) -> Bytes:
    """Half as wide and high; one odd pixel of four is enough."""
    for axis in (0, 1):
        size = marks.shape[axis] // 2
        if size:
            first, second = (slice(start, 2 * size, 2) for start in (0, 1))
            before = (slice(None),) * axis
            marks = np.maximum(marks[(*before, first)], marks[(*before, second)])
    return marks
