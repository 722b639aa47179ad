"""Statistics of the channels of a flat part, in the memory of one strip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from exr_inspector_app.exr.pixels.decoding.deep_statistics import can_measure_samples, measure_samples
from exr_inspector_app.exr.pixels.decoding.probe_reading import PartOpener
from exr_inspector_app.exr.pixels.decoding.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.decoding.strip_reader import ImageReader, read_strips
from exr_inspector_app.exr.pixels.request import channels_to_measure, parts_with_pixels
from exr_inspector_app.model import ChannelStats


def measure_parts(
    path: str, part_index: int | None, opener: PartOpener, heartbeat: Callable[[], None]
) -> Iterator[ChannelStats]:
    """Yield the statistics of the channels of one part, or of all parts with pixels for None.

    Args:
        path: The file.
        part_index: Index of the part.
        opener: Opens channels of a level of a part of the file.
        heartbeat: Called after each strip.

    Raises:
        PixelRequestError: There is no such part, or it cannot be decoded.
    """
    for part in parts_with_pixels(path, part_index):
        if can_measure_samples(part):
            yield from measure_samples(path, part, heartbeat)
        else:
            names = channels_to_measure(part)
            yield from measure_part(opener(path, part, (0, 0), names), part.index, names, heartbeat)


def measure_part(
    image: ImageReader, part_index: int, names: Sequence[str], heartbeat: Callable[[], None]
) -> list[ChannelStats]:
    """Return the statistics of all channels of a reader, which has them in the order of `names`.

    Args:
        image: Reader of the part at full size.
        part_index: Index of the part, for the rows.
        names: Names of the channels.
        heartbeat: Called after each strip.
    """
    accumulators = [ChannelAccumulator() for _ in names]
    for strip in read_strips(image):
        for index, accumulator in enumerate(accumulators):
            if strip.is_missing:
                accumulator.add_lost(strip.missing[0])
            else:
                accumulator.add(strip, image.box.min_x, index)
        heartbeat()
    return [total.stats(part_index, name) for name, total in zip(names, accumulators, strict=True)]
