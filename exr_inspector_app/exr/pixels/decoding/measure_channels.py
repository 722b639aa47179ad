"""Statistics of the channels of a flat part, in the memory of one strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exr_inspector_app.exr.pixels.decoding.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.decoding.strip_reader import ImageReader, read_strips
from exr_inspector_app.model import ChannelStats


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
