"""Framed image: an image reduced within the display window of its part, black where it has no pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.sampled_image import FrameSampler, frame_dtype
from exr_inspector_app.exr.pixels.decoding.strip_reader import (
    ImageReader,
    ReducedImage,
    merge_boxes,
    read_strips,
    reduction_factor,
)
from exr_inspector_app.model import Box2i, Part

_MIN_OVERLAP = 0.01  # of the data window; with less, a display window shows nothing of the picture
MAX_DECODED_PIXELS = 64_000_000
_MAX_FRAME_SIDE = 2**17  # pixels of a display window; a larger one is a mistake


class FramedImage(NamedTuple):
    """Reduced pixels of a frame.

    Attributes:
        pixels: (height, width, channels) float32; float64 for whole numbers, unless they are means.
        frame: The display window in pixels of the level; the data window if the two hardly overlap.
        window: The frame at full size.
        factor: Pixels of the level per pixel.
        missing: Boxes of the level that are not in the file or cannot be decoded.
    """

    pixels: npt.NDArray[np.floating[Any]]
    frame: Box2i
    window: Box2i
    factor: int
    missing: tuple[Box2i, ...]


def read_framed(
    image: ImageReader,
    part: Part,
    max_size: tuple[int, int],
    heartbeat: Callable[[], None],
    *,
    means: bool,
    max_pixels: int = MAX_DECODED_PIXELS,
) -> FramedImage:
    """Decode an image into its frame.

    Args:
        image: Reader of channels of one level.
        part: The part.
        max_size: Width and height to fit.
        heartbeat: Called after each strip.
        means: True for means of blocks, False for the first pixel of each block.
        max_pixels: Pixels to decode; of a larger image, some rows of chunks are decoded.

    Returns:
        The pixels of the frame; overscan is cropped.

    Raises:
        PixelRequestError: One row of chunks has more than `max_pixels`.
    """
    frame, window = _frames(part, image.box)
    factor = reduction_factor((frame.width, frame.height), max_size)
    shape = (-(-frame.height // factor), -(-frame.width // factor), image.channel_count)
    pixels: npt.NDArray[np.floating[Any]] = np.zeros(shape, frame_dtype(image, means=means))
    crop = _intersect(image.box, frame)
    assert crop is not None
    if image.box.width * image.box.height > max_pixels:
        sampler = FrameSampler(image, crop, frame, factor, means=means)
        pixels = sampler.read(max_pixels, heartbeat)
        return FramedImage(pixels, frame, window, factor, sampler.missing)
    # The blocks of the frame that the image touches; the image may begin within a block.
    left, top = (crop.min_x - frame.min_x) // factor, (crop.min_y - frame.min_y) // factor
    right, bottom = (crop.max_x - frame.min_x) // factor + 1, (crop.max_y - frame.min_y) // factor + 1
    start_x, start_y = frame.min_x + left * factor, frame.min_y + top * factor
    size = (
        min(frame.max_x + 1, frame.min_x + right * factor) - start_x,
        min(frame.max_y + 1, frame.min_y + bottom * factor) - start_y,
    )
    reduced = ReducedImage(size, factor, pixels[top:bottom, left:right], means=means)
    missing: list[Box2i] = []
    for strip in read_strips(image):
        missing += strip.missing
        first, end = max(strip.y, crop.min_y), min(strip.y + len(strip.rows), crop.max_y + 1)
        if first < end and not strip.is_missing:
            rows = strip.rows[first - strip.y : end - strip.y]
            rows = rows[:, crop.min_x - image.box.min_x : crop.max_x + 1 - image.box.min_x]
            before = crop.min_x - start_x
            after = size[0] - crop.width - before
            reduced.add(first - start_y, np.pad(rows, ((0, 0), (before, after), (0, 0))) if before or after else rows)
        heartbeat()
    reduced.finish()
    return FramedImage(pixels, frame, window, factor, tuple(merge_boxes(missing)))


def _frames(part: Part, level: Box2i) -> tuple[Box2i, Box2i]:
    """Return the display window in pixels of a level and at full size, or the data window if it is implausible."""
    data, display = part.data_window or level, part.display_window
    if display is None or not (0 < display.width <= _MAX_FRAME_SIDE and 0 < display.height <= _MAX_FRAME_SIDE):
        return level, data
    across, down = level.width / data.width, level.height / data.height
    left = level.min_x + round((display.min_x - data.min_x) * across)
    top = level.min_y + round((display.min_y - data.min_y) * down)
    width, height = max(1, round(display.width * across)), max(1, round(display.height * down))
    frame = Box2i(left, top, left + width - 1, top + height - 1)
    overlap = _intersect(level, frame)
    is_visible = overlap and overlap.width * overlap.height >= _MIN_OVERLAP * level.width * level.height
    return (frame, display) if is_visible else (level, data)


def _intersect(a: Box2i, b: Box2i) -> Box2i | None:
    box = Box2i(max(a.min_x, b.min_x), max(a.min_y, b.min_y), min(a.max_x, b.max_x), min(a.max_y, b.max_y))
    return box if box.width > 0 and box.height > 0 else None
