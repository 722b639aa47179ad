"""Image reader that counts decoded pixels against the budget of its request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exr_inspector_app.exr.pixels.decoding.budget_meter import BudgetMeter
from exr_inspector_app.exr.pixels.decoding.strip_reader import ImageReader, Rows
from exr_inspector_app.model import Box2i


class MeteredImage:
    """Decorator of a reader; see `ImageReader`."""

    def __init__(self, image: ImageReader, meter: BudgetMeter, heartbeat: Callable[[], None]) -> None:
        self._image, self._meter = image, meter
        self._heartbeat = heartbeat  # of each read: the chunks of a damaged strip are decoded one by one
        self.box, self.chunk_size = image.box, image.chunk_size
        self.channel_count, self.dtype = image.channel_count, image.dtype
        self._pixel_bytes = image.channel_count * np.dtype(image.dtype).itemsize

    def read(self, box: Box2i) -> Rows | None:
        """Return the pixels of whole chunks, or None if any of them cannot be decoded.

        Raises:
            BudgetExceededError: The budget of the request is used.
            RequestCancelledError: The parent has cancelled the request.
        """
        self._heartbeat()
        pixels = self._decoded_pixels(box)
        self._meter.charge(pixels, pixels * self._pixel_bytes)
        return self._image.read(box)

    def _decoded_pixels(self, box: Box2i) -> int:
        """Return the pixels of the chunks that a box touches: OpenEXR unpacks tiles far beyond the image in full."""
        across, down = self.chunk_size
        left, top = (box.min_x - self.box.min_x) // across, (box.min_y - self.box.min_y) // down
        right, bottom = (box.max_x - self.box.min_x) // across, (box.max_y - self.box.min_y) // down
        return (right - left + 1) * across * (bottom - top + 1) * down

    def is_absent(self, box: Box2i) -> bool:
        """Return True if no chunk of a box is in the file."""
        return self._image.is_absent(box)
