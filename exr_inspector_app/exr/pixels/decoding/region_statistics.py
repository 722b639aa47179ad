"""Statistics of the channels of a region, from the chunks that it touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from exr_inspector_app.exr.pixels.decoding.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.decoding.strip_reader import STRIP_BYTES, ChunkFallback, ImageReader, Strip, read_box
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Box2i, ChannelStats


def measure_region(
    image: ImageReader, region: Box2i, part_index: int, names: Sequence[str], heartbeat: Callable[[], None]
) -> list[ChannelStats]:
    """Return the exact statistics of all channels of a reader inside a region.

    Args:
        image: Reader of a level of the part.
        region: Pixels of the level; what lies outside of it is ignored.
        part_index: Index of the part, for the rows.
        names: Names of the channels of the reader, in its order.
        heartbeat: Called after each strip.

    Raises:
        PixelRequestError: The region is outside of the level.
    """
    box = intersect(region, image.box)
    if box is None:
        raise PixelRequestError("The region is outside the data window.", "usage")
    fallback = ChunkFallback(image)
    accumulators = [ChannelAccumulator() for _ in names]
    for chunks in _chunk_boxes(image, box):
        strip = _crop(read_box(fallback, chunks), chunks, box)
        for index, accumulator in enumerate(accumulators):
            accumulator.add(strip, box.min_x, index)
        heartbeat()
    return [total.stats(part_index, name) for name, total in zip(names, accumulators, strict=True)]


def level_region(region: Box2i, data: Box2i, level: Box2i) -> Box2i:
    """Return the pixels of a level that a region of the data window at full size covers."""
    across, down = level.width / data.width, level.height / data.height
    return Box2i(
        level.min_x + int((region.min_x - data.min_x) * across),
        level.min_y + int((region.min_y - data.min_y) * down),
        level.min_x + int((region.max_x - data.min_x) * across),
        level.min_y + int((region.max_y - data.min_y) * down),
    )


def level_pixel(position: tuple[int, int], data: Box2i, level: Box2i) -> tuple[int, int] | None:
    """Return the pixel of a level at a pixel of the data window at full size, or None outside of it."""
    column = int((position[0] + 0.5 - data.min_x) * level.width / data.width)
    row = int((position[1] + 0.5 - data.min_y) * level.height / data.height)
    is_inside = 0 <= column < level.width and 0 <= row < level.height
    return (level.min_x + column, level.min_y + row) if is_inside else None


def intersect(first: Box2i, second: Box2i) -> Box2i | None:
    """Return the pixels that both boxes have, or None if they have no common ones."""
    corner = (max(first.min_x, second.min_x), max(first.min_y, second.min_y))
    end = (min(first.max_x, second.max_x), min(first.max_y, second.max_y))
    return Box2i(*corner, *end) if corner[0] <= end[0] and corner[1] <= end[1] else None


def _chunk_boxes(image: ImageReader, box: Box2i) -> Iterator[Box2i]:
    """Yield boxes of whole chunks from top to bottom, as wide as the region, of about STRIP_BYTES."""
    (across, down), level = image.chunk_size, image.box
    left = box.min_x - (box.min_x - level.min_x) % across
    top = box.min_y - (box.min_y - level.min_y) % down
    right = min(left + -(-(box.max_x + 1 - left) // across) * across - 1, level.max_x)
    row_bytes = np.dtype(image.dtype).itemsize * (right - left + 1) * down * image.channel_count
    step = down * max(1, STRIP_BYTES // row_bytes)
    for y in range(top, box.max_y + 1, step):
        end = -(-(min(y + step, box.max_y + 1) - y) // down) * down
        yield Box2i(left, y, right, min(y + end - 1, level.max_y))


def _crop(strip: Strip, chunks: Box2i, box: Box2i) -> Strip:
    """Return the pixels of a strip that are inside the region."""
    common = intersect(chunks, box)
    assert common is not None
    top, left = common.min_y - chunks.min_y, common.min_x - chunks.min_x
    rows = strip.rows[top : top + common.height, left : left + common.width]
    missing = [intersect(lost, common) for lost in strip.missing]
    return Strip(common.min_y, rows, tuple(lost for lost in missing if lost is not None))
