"""Display processors: linear or encoded pixels of a file to the 8-bit colors of a display.

Every user of colors has the same path: file space, exposure, display and view. The canvas, the thumbnails, the look
embedding and the command `picture` call nothing else; see `help/color.md`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import rec709_matrix
from exr_inspector_app.color.configuration import COLORIMETRIC, Configuration
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.scene_light import to_rec709
from exr_inspector_app.color.space_names import LINEAR
from exr_inspector_app.color.tone_table import DisplayCurve, look_up, make_tone_table, to_codes

Pixels = npt.NDArray[np.float32] | npt.NDArray[np.float16]
Codes = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]

MAX_CACHED_PROCESSORS = 16


class DisplayProcessor(Protocol):
    """Conversion to the colors of a display; thread-safe."""

    @property
    def is_exact(self) -> bool:
        """False for an approximation that is shown while a control is dragged."""

    @property
    def is_slow(self) -> bool:
        """True if a region of the screen takes longer than a step of a drag."""

    def apply(self, colors: Pixels, exposure: float = 0.0, gamma: float = 1.0) -> Bytes:
        """Return the colors of the display.

        Args:
            colors: (height, width, 3) float32 or float16 in the space of the file.
            exposure: Stops, applied to linear light.
            gamma: Values above 1 make the middle brighter.

        Returns:
            (height, width, 3) uint8.
        """


@dataclass(frozen=True, slots=True)
class DisplayChoice:
    """Display and view; empty for the default ones of the configuration."""

    display: str = ""
    view: str = ""


class ColorimetricProcessor:
    """Absolute colorimetric conversion to Rec.709 and a display curve, where there is no configuration."""

    is_exact, is_slow = True, False

    def __init__(self, space: FileSpace, curve: DisplayCurve) -> None:
        self._space, self._curve = space, curve
        self.is_per_channel = space.curve == LINEAR and rec709_matrix(space.primaries) is None

    def apply(self, colors: Pixels, exposure: float = 0.0, gamma: float = 1.0) -> Bytes:
        """Return the colors of the display; see `DisplayProcessor`."""
        return self.apply_codes(to_codes(to_rec709(np.asarray(colors, np.float32), self._space)), exposure, gamma)

    def apply_codes(self, codes: Codes, exposure: float = 0.0, gamma: float = 1.0) -> Bytes:
        """Return the display values of light of Rec.709, of any shape, as half codes.

        If `is_per_channel`, they are those of the file's space too.
        """
        return look_up(make_tone_table(exposure, gamma, self._curve), codes)

    @property
    def neutral(self) -> ColorimetricProcessor:
        """Processor of grays, which have no primaries: white is the white of the display."""
        return ColorimetricProcessor(replace(self._space, primaries=None), self._curve)


_cache: OrderedDict[tuple[object, ...], DisplayProcessor] = OrderedDict()
_lock = threading.Lock()


def display_processor(
    space: FileSpace, choice: DisplayChoice, configuration: Configuration = COLORIMETRIC
) -> DisplayProcessor:
    """Return the processor from a file space to a display and view.

    Raises:
        ConfigError: The configuration has no such display or view, or cannot convert to it.
    """
    display, view = configuration.complete(choice.display, choice.view)

    def make() -> DisplayProcessor:
        if configuration.is_colorimetric:
            return ColorimetricProcessor(space, DisplayCurve(display))
        from exr_inspector_app.color.view_processor import make_view_processor  # loads OpenColorIO

        return make_view_processor(configuration, space, display, view)

    return _cached((configuration.identity, space, display, view), make)


def drag_processor(
    space: FileSpace, choice: DisplayChoice, configuration: Configuration = COLORIMETRIC
) -> DisplayProcessor:
    """Return a fast processor for the time of a drag: the exact one, or its baked cube if it is slow.

    Raises:
        ConfigError: As for `display_processor`.
    """
    exact = display_processor(space, choice, configuration)
    if not exact.is_slow:
        return exact
    from exr_inspector_app.color.baked_cube import BakedProcessor
    from exr_inspector_app.color.view_processor import ViewProcessor

    assert isinstance(exact, ViewProcessor)
    names = configuration.complete(choice.display, choice.view)
    return _cached((configuration.identity, space, *names, "baked"), lambda: BakedProcessor(exact))


def ready_processor(
    space: FileSpace, choice: DisplayChoice, configuration: Configuration = COLORIMETRIC
) -> DisplayProcessor | None:
    """Return the exact processor if that takes no time, None if it would have to be made first."""
    names = configuration.complete(choice.display, choice.view)
    if configuration.is_colorimetric:
        return ColorimetricProcessor(space, DisplayCurve(names[0]))
    with _lock:
        return _cache.get((configuration.identity, space, *names))


def _cached(key: tuple[object, ...], make: Callable[[], DisplayProcessor]) -> DisplayProcessor:
    """Return a processor of the cache, made outside of the lock if it is not there."""
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    processor = make()
    with _lock:
        _cache[key] = processor
        while len(_cache) > MAX_CACHED_PROCESSORS:
            _cache.popitem(last=False)
    return processor
