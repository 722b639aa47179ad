"""Difference of two decoded pictures: error figures, the largest error and the first changed pixel.

NaN equals NaN, and an infinity equals itself. A pixel where another value is NaN or infinite counts as changed,
and is left out of the means. PSNR is that of a signal with the peak 1.0, https://en.wikipedia.org/wiki/PSNR.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.model import Box2i

Floats: TypeAlias = npt.NDArray[np.float32]
Position: TypeAlias = tuple[int, int]

DEFAULT_STEP = 1e-3  # above which a pixel counts as changed
NO_OVERLAP = "The data windows do not overlap."
_STRIP_VALUES = 1 << 20  # measured at once, as float64
_MAX_WHOLE = 2.0**32  # above every uint
_MIN_STOPS = 0.05  # of a change of brightness that is reported


@dataclass(frozen=True, slots=True)
class DifferenceFigures:
    """Error metrics between two pictures, over all compared channels.

    Attributes:
        box: The compared pixels, in the coordinates of the data windows.
        pixel_count: Number of compared pixels; missing ones do not count.
        changed_count: Pixels with a difference above the step in any channel.
        non_finite_count: Changed pixels where a NaN or an infinity differs.
        mae: Mean absolute error.
        rmse: Root mean square error.
        max_error: Largest difference of finite values.
        max_at: x and y of it; None without a difference.
        first: x and y of the first changed pixel from the top left; None without a changed pixel.
        stops: Change of brightness of the changed pixels from the first to the second picture, if both have light.
        is_equal: Every value is the same.
        value_count: Number of finite values in the means.
    """

    box: Box2i
    pixel_count: int
    changed_count: int
    non_finite_count: int
    mae: float
    rmse: float
    max_error: float
    max_at: Position | None
    first: Position | None
    stops: float | None
    is_equal: bool
    value_count: int = 0

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in dB; infinite without an error."""
        return -20 * math.log10(self.rmse) if self.rmse else math.inf

    @property
    def max_text(self) -> str:
        """Largest difference for the user: all digits of a difference of IDs, else four."""
        is_whole = self.max_error.is_integer() and self.max_error < _MAX_WHOLE
        return f"{self.max_error:.0f}" if is_whole else f"{self.max_error:.4g}"

    @property
    def changed_share(self) -> float:
        """Share of the pixels that changed, from 0 to 1."""
        return self.changed_count / self.pixel_count if self.pixel_count else 0.0

    @property
    def changed_percent(self) -> str:
        """Changed share in percent; a change never reads 0, and only a change of all pixels reads 100."""
        percent = 100 * self.changed_share
        if 0 < percent < 0.1:
            return "<0.1"
        return ">99.9" if 99.9 < percent < 100 else f"{percent:.1f}"


def overlap(first: Box2i, second: Box2i) -> Box2i:
    """Return the common pixels of two boxes.

    Raises:
        PixelsError: The boxes do not overlap.
    """
    box = Box2i(
        max(first.min_x, second.min_x),
        max(first.min_y, second.min_y),
        min(first.max_x, second.max_x),
        min(first.max_y, second.max_y),
    )
    if box.width < 1 or box.height < 1:
        raise PixelsError(NO_OVERLAP)
    return box


def crop(picture: Picture, box: Box2i) -> Floats:
    """Return the pixels of a box, (height, width, channels), as a view; a reduced picture has fewer than the box."""
    data, (across, down) = picture.data_window, picture.scale
    height, width = picture.pixels.shape[:2]
    left, top = round((box.min_x - data.min_x) / across), round((box.min_y - data.min_y) / down)
    right, bottom = (
        left + max(1, round(box.width / across)),
        top + max(1, round(box.height / down)),
    )
    return picture.pixels[top : min(bottom, height), left : min(right, width)]


def mean_difference(a: float, b: float) -> float | None:
    """Return the change of brightness in stops between two sums of light, None if it is small or has no meaning."""
    if not (a > 0 and b > 0 and math.isfinite(a) and math.isfinite(b)):
        return None
    stops = math.log2(b / a)
    return stops if abs(stops) >= _MIN_STOPS else None


class DifferenceMeter:
    """Accumulator of the difference of two pictures, fed channel by channel.

    It holds the largest error of every pixel over its channels, (height, width) float32; infinite where a NaN or an
    infinity differs.
    """

    def __init__(self, box: Box2i, shape: tuple[int, int], scale: tuple[float, float], step: float) -> None:
        """Create a meter.

        Args:
            box: The compared pixels of the files.
            shape: Height and width of the pictures, fewer than those of the box if they are reduced.
            scale: Pixels of the box per pixel of the pictures, across and down.
            step: Difference above which a pixel counts as changed.
        """
        self.errors: Floats = np.zeros(shape, np.float32)
        self._box, self._scale, self._step = box, scale, step
        self._valid: npt.NDArray[np.bool_] | None = None
        self._total = self._squares = 0.0
        self._count = 0
        self._max, self._max_index = 0.0, -1
        self._light = [0.0, 0.0]  # of the changed finite values
        self._is_equal = True

    def exclude(self, missing: tuple[Box2i, ...]) -> None:
        """Leave out pixels that are missing in one of the files; called before `add`."""
        if not missing:
            return
        if self._valid is None:
            self._valid = np.ones(self.errors.shape, np.bool_)
        for box in missing:
            left, right = (max(0, math.floor((x - self._box.min_x) / self._scale[0])) for x in (box.min_x, box.max_x))
            top, bottom = (max(0, math.floor((y - self._box.min_y) / self._scale[1])) for y in (box.min_y, box.max_y))
            if box.max_x >= self._box.min_x and box.max_y >= self._box.min_y:
                self._valid[top : bottom + 1, left : right + 1] = False

    def add(self, a: npt.NDArray[Any], b: npt.NDArray[Any]) -> None:
        """Measure one channel of both pictures, each (height, width) of numbers that float64 holds."""
        rows = max(1, _STRIP_VALUES // max(1, a.shape[1]))
        for top in range(0, a.shape[0], rows):
            self._add_strip(top, a[top : top + rows], b[top : top + rows])

    def _add_strip(self, top: int, a: npt.NDArray[Any], b: npt.NDArray[Any]) -> None:
        valid = None if self._valid is None else self._valid[top : top + len(a)]
        if valid is None and np.array_equal(a, b):  # most layers of two versions are
            self._count += int(np.count_nonzero(np.isfinite(a)))
            return
        x, y = a.astype(np.float64), b.astype(np.float64)
        finite = np.isfinite(x) & np.isfinite(y)
        with np.errstate(invalid="ignore"):
            error = np.where(finite, np.abs(y - x), 0.0)
        odd = ~finite & (x != y) & ~(np.isnan(x) & np.isnan(y))
        if valid is not None:
            error[~valid] = 0.0
            odd &= valid
            finite &= valid
        self._count += int(np.count_nonzero(finite))
        if not (error.any() or odd.any()):
            return
        self._is_equal = False
        self._total += float(error.sum())
        self._squares += float(np.square(error).sum())
        at = int(error.argmax())
        if error.flat[at] > self._max:
            self._max, self._max_index = float(error.flat[at]), top * a.shape[1] + at
        changed = error > self._step
        self._light[0] += float(x[changed].sum())
        self._light[1] += float(y[changed].sum())
        error[odd] = np.inf
        target = self.errors[top : top + len(a)]
        np.maximum(target, error.astype(np.float32), out=target)

    def figures(self) -> DifferenceFigures:
        """Return the metrics of all channels so far."""
        odd_count = int(np.count_nonzero(np.isinf(self.errors)))
        changed = self.errors > np.float32(self._step)
        changed_count = int(np.count_nonzero(changed))
        first = int(changed.argmax()) if changed_count else -1
        valid_count = self.errors.size if self._valid is None else int(np.count_nonzero(self._valid))
        return DifferenceFigures(
            box=self._box,
            pixel_count=valid_count,
            changed_count=changed_count,
            non_finite_count=odd_count,
            mae=self._total / self._count if self._count else 0.0,
            rmse=math.sqrt(self._squares / self._count) if self._count else 0.0,
            max_error=self._max,
            max_at=self._position(self._max_index),
            first=self._position(first),
            stops=mean_difference(*self._light),
            is_equal=self._is_equal,
            value_count=self._count,
        )

    def _position(self, index: int) -> Position | None:
        """Return x and y of a pixel in the coordinates of the files."""
        if index < 0:
            return None
        row, column = divmod(index, self.errors.shape[1])
        return self._box.min_x + int(column * self._scale[0]), self._box.min_y + int(row * self._scale[1])


def measure_difference(
    a: Picture, b: Picture, channels: list[tuple[int, int]], step: float = DEFAULT_STEP
) -> tuple[DifferenceMeter, Floats, Floats]:
    """Measure two decoded pictures on their common pixels.

    Args:
        a: The reference.
        b: The picture that is compared with it.
        channels: Indexes of the common channels in both pictures.
        step: Difference above which a pixel counts as changed.

    Returns:
        The meter, and the common pixels of both pictures as views.

    Raises:
        PixelsError: They have no common pixels, or not the same scale.
    """
    box = overlap(a.data_window, b.data_window)
    if any(abs(x - y) > 0.01 * x for x, y in zip(a.scale, b.scale, strict=True)):
        raise PixelsError("The pictures are reduced by different factors and cannot be compared.")
    first, second = crop(a, box), crop(b, box)
    height, width = (min(sizes) for sizes in zip(first.shape[:2], second.shape[:2], strict=True))
    if not height or not width:
        raise PixelsError(NO_OVERLAP)
    first, second = first[:height, :width], second[:height, :width]
    meter = DifferenceMeter(box, (height, width), a.scale, step)
    meter.exclude((*a.missing, *b.missing))
    for index, other in channels:
        meter.add(first[..., index], second[..., other])
    return meter, first, second


def describe_windows(a: Box2i | None, b: Box2i | None) -> str:
    """Return a sentence if data windows differ, else ""."""
    if a is None or b is None or a == b:
        return ""
    box = overlap(a, b)
    sizes = " and ".join(_format_box(window) for window in (a, b))
    return f"The data windows differ ({sizes}); compared where they overlap, {_format_box(box)}."


def _format_box(box: Box2i) -> str:
    origin = f" at {box.min_x}, {box.min_y}" if (box.min_x, box.min_y) != (0, 0) else ""
    return f"{box.width} × {box.height}{origin}"
