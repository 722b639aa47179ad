"""Reader of all values at one pixel, part by part, in batches of channels that bound the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from exr_inspector_app.exr.layers import is_subsampled
from exr_inspector_app.exr.pixels.decoding.budget_meter import BudgetExceededError
from exr_inspector_app.exr.pixels.decoding.deep_statistics import can_measure_samples, read_pixel_samples
from exr_inspector_app.exr.pixels.decoding.strip_reader import ImageReader, read_pixel
from exr_inspector_app.exr.pixels.probe_values import MAX_SAMPLES, DeepPixel, PartValues
from exr_inspector_app.exr.pixels.request import PixelRequestError, channels_to_measure, parts_with_pixels
from exr_inspector_app.model import Box2i, Part

PartOpener: TypeAlias = Callable[[str, Part, tuple[int, int], tuple[str, ...]], ImageReader]
Position: TypeAlias = tuple[int, int]  # x and y in the data window at full size

_MAX_BATCH_BYTES = 256 * 2**20  # of the decoded chunk of the pixel, which is unpacked again for each batch
_OUTSIDE = "outside the data window"
_MISSING = "not in the file, or damaged"


def read_values(
    path: str, position: Position, opener: PartOpener, heartbeat: Callable[[], None]
) -> Iterator[PartValues]:
    """Yield the values of all parts with pixels.

    Args:
        path: The file.
        position: The pixel.
        opener: Opens channels of a level of a part of the file.
        heartbeat: Called between batches; it raises an error if the request is cancelled or over its budget.

    Raises:
        BudgetExceededError: The budget of the request is used.
        PixelRequestError: No part can be read.
    """
    for part in parts_with_pixels(path, None):
        heartbeat()
        assert part.data_window is not None
        if not _contains(part.data_window, position):
            yield PartValues(part.index, (), (), None, _OUTSIDE)
            continue
        try:
            yield _read_part(path, part, position, opener, heartbeat)
        except BudgetExceededError:
            raise
        except PixelRequestError as error:
            yield PartValues(part.index, (), (), None, str(error))


def _read_part(
    path: str, part: Part, position: Position, opener: PartOpener, heartbeat: Callable[[], None]
) -> PartValues:
    deep = _read_samples(path, part, position)
    names = _stored_names(part)
    values: list[float] = []
    for batch in _batches(path, part, names, opener):
        heartbeat()
        pixel = read_pixel(opener(path, part, (0, 0), batch), *position)
        if pixel is None:
            return PartValues(part.index, names, (), deep, _MISSING)
        values += map(float, pixel)
    return PartValues(part.index, names, tuple(values), deep, "")


def _stored_names(part: Part) -> tuple[str, ...]:
    """Return the names of the channels as stored, also where pictures show luminance and chroma as RGB."""
    if part.is_tiled or part.is_deep or not any(map(is_subsampled, part.channels)):
        return channels_to_measure(part)
    return tuple(dict.fromkeys(channel.name for channel in part.channels))


def _batches(path: str, part: Part, names: tuple[str, ...], opener: PartOpener) -> Iterator[tuple[str, ...]]:
    """Yield the names in batches whose decoded chunk fits _MAX_BATCH_BYTES; those of deep parts together."""
    across, down = opener(path, part, (0, 0), names[:1]).chunk_size
    count = len(names) if part.is_deep else max(1, _MAX_BATCH_BYTES // (8 * across * down))
    for start in range(0, len(names), count):
        yield names[start : start + count]


def _read_samples(path: str, part: Part, position: Position) -> DeepPixel | None:
    """Return the samples of a deep part, at most MAX_SAMPLES; None for flat and damaged ones."""
    samples = read_pixel_samples(path, part, position) if can_measure_samples(part) else None
    if samples is None:
        return None
    columns = [array[:MAX_SAMPLES].tolist() for array in samples.values()]
    count = max(map(len, samples.values()), default=0)
    rows = zip(*columns, strict=True)
    return DeepPixel(tuple(samples), tuple(tuple(map(float, row)) for row in rows), count)


def _contains(box: Box2i, position: Position) -> bool:
    return box.min_x <= position[0] <= box.max_x and box.min_y <= position[1] <= box.max_y
