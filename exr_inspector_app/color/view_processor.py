"""Display processor of an OpenColorIO configuration: file space to a linear space, exposure, display and view."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from exr_inspector_app.color.colorimetry import finite
from exr_inspector_app.color.configuration import Configuration
from exr_inspector_app.color.configuration_check import check_configuration
from exr_inspector_app.color.errors import UnusableConfigurationError
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.ocio_config import (
    OCIO_ERRORS,
    find_rec709,
    find_space,
    is_data,
    linear_space,
    reason_of,
    shows_data,
)
from exr_inspector_app.color.scene_light import to_rec709
from exr_inspector_app.errors import ConfigError

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.float32] | npt.NDArray[np.float16]
Bytes = npt.NDArray[np.uint8]

SLOW_NS_PER_PIXEL = 120  # of one processor: 775 x 460 pixels, a small canvas, take 43 ms
_SAMPLE_PIXELS = 4096
# Bradford-adapted Rec.709 to ACES2065-1, for configurations without linear Rec.709; S-2008-001 and ICC.1:2022, annex E.
_REC709_TO_ACES = np.array(
    [[0.4396330, 0.3829880, 0.1773790], [0.0897764, 0.8134394, 0.0967841], [0.0175412, 0.1115465, 0.8709123]],
    np.float32,
)


class ViewProcessor:
    """Exact processor of a display and view."""

    is_exact = True

    def __init__(self, configuration: Configuration, space: FileSpace, display: str, view: str) -> None:
        config = configuration.ocio
        self._space: FileSpace | None = None  # converted to Rec.709 first; None if the configuration knows the space
        self._matrix: Floats | None = None
        is_raw = shows_data(config, display, view)
        source = find_space(config, space)
        if source is None:
            self._space = None if is_raw else space
            source = find_rec709(config)
        if source is None:
            source, matrix = _interchange_space(config)
            self._matrix = None if is_raw else matrix
        if not configuration.is_checked:
            check_configuration(configuration.source, source, display, view)
        base = source if is_raw or is_data(config, source) else linear_space(config, source)
        self._to_linear = None if source == base else _cpu(config.getProcessor(source, base))
        processor = config.getProcessor(ocio.DisplayViewTransform(src=base, display=display, view=view))
        self.view_processor = _cpu(processor)
        self.is_slow = _nanoseconds_per_pixel(self.view_processor) > SLOW_NS_PER_PIXEL

    def apply(self, colors: Pixels, exposure: float = 0.0, gamma: float = 1.0) -> Bytes:
        """Return the colors of the display; see `DisplayProcessor`."""
        light = self.to_light(colors, exposure)
        apply_in_place(self.view_processor, light)
        return quantize(light, gamma)

    def to_light(self, colors: Pixels, exposure: float) -> Floats:
        """Return exposed linear light that `view_processor` takes, (height, width, 3) in separate memory."""
        light = np.array(finite(colors), np.float32, order="C")
        if self._space is not None:
            light = np.ascontiguousarray(to_rec709(light, self._space))
        if self._matrix is not None:
            light = np.ascontiguousarray(light @ self._matrix.T)
        if self._to_linear is not None:
            apply_in_place(self._to_linear, light)
        if exposure:
            light *= np.float32(2.0**exposure)
        return light


def make_view_processor(configuration: Configuration, space: FileSpace, display: str, view: str) -> ViewProcessor:
    """Return the processor of a display and view.

    Raises:
        ConfigError: The configuration cannot convert to it.
    """
    try:
        return ViewProcessor(configuration, space, display, view)
    except UnusableConfigurationError as error:
        reason = str(error)
    except OCIO_ERRORS as error:
        reason = reason_of(error)
    raise ConfigError(f"Cannot show {display}, {view}: {reason}. Choose another view.")


def apply_in_place(cpu: Any, colors: Floats) -> None:
    """Apply a CPU processor to colors, (height, width, 3) float32, in contiguous memory; releases the GIL."""
    if colors.size:
        cpu.apply(ocio.PackedImageDesc(colors, colors.shape[1], colors.shape[0], 3))


def quantize(colors: Floats, gamma: float) -> Bytes:
    """Return display values from 0 to 1 as bytes, after a gamma."""
    clipped = np.clip(np.nan_to_num(colors, copy=False), 0, 1)
    if gamma != 1.0:
        clipped = clipped ** np.float32(1 / gamma)
    return np.asarray(np.rint(clipped * np.float32(255)), np.uint8)


def _interchange_space(config: Any) -> tuple[str, Floats | None]:
    """Return a space that linear Rec.709 can be given in, with its matrix."""
    if config.hasRole(ocio.ROLE_INTERCHANGE_SCENE):
        return str(config.getRoleColorSpace(ocio.ROLE_INTERCHANGE_SCENE)), _REC709_TO_ACES
    for role in (ocio.ROLE_SCENE_LINEAR, ocio.ROLE_DEFAULT):
        if config.hasRole(role):
            return str(config.getRoleColorSpace(role)), None
    raise UnusableConfigurationError("it names no scene-linear color space")


def _cpu(processor: Any) -> Any:
    return processor.getDefaultCPUProcessor()


def _nanoseconds_per_pixel(cpu: Any) -> float:
    """Return the processor time of a view per pixel, measured on a gradient."""
    sample = np.linspace(0, 4, 3 * _SAMPLE_PIXELS, dtype=np.float32).reshape(64, -1, 3)
    apply_in_place(cpu, sample.copy())
    started = time.thread_time_ns()
    apply_in_place(cpu, sample)
    return (time.thread_time_ns() - started) / _SAMPLE_PIXELS
