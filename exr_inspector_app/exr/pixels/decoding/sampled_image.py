"""Sampled image: a frame of a very large picture from a few rows of its chunks, spread evenly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.strip_reader import ImageReader, Rows
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Box2i

TOO_LARGE = "Too large for a thumbnail."


def frame_dtype(image: ImageReader, *, means: bool) -> type[np.float32] | type[np.float64]:
    """Return the type of the pixels of a frame: one that holds every ID, and float32 for means."""
    return np.float64 if image.dtype is np.float64 and not means else np.float32


class FrameSampler:
    """Sampler of an image within a frame that is reduced by a whole factor."""

    def __init__(self, image: ImageReader, crop: Box2i, frame: Box2i, factor: int, *, means: bool) -> None:
        """Create a sampler.

        Args:
            image: Reader of channels of one level.
            crop: The pixels of the image that are in the frame.
            frame: The frame, in pixels of the level.
            factor: Pixels of the level per pixel of the result, across and down.
            means: True for means of blocks, False for the first pixel of each block.
        """
        self._image, self._crop, self._frame, self._factor, self._means = image, crop, frame, factor, means
        self._missing: list[Box2i] = []
        self._count = 0

    def read(self, max_pixels: int, heartbeat: Callable[[], None]) -> npt.NDArray[np.floating[Any]]:
        """Return the pixels of the frame, those between the samples as in the nearest sample.

        Args:
            max_pixels: Pixels to decode at most.
            heartbeat: Called after each read.

        Raises:
            PixelRequestError: One row of chunks has more.
        """
        image, crop, frame, n = self._image, self._crop, self._frame, self._factor
        lines = image.chunk_size[1]
        count = max_pixels // (image.box.width * lines)
        if count < 1:
            raise PixelRequestError(TOO_LARGE, "limit")
        first, last = ((y - image.box.min_y) // lines for y in (crop.min_y, crop.max_y))
        step = -(-(last - first + 1) // count)
        shape = (-(-frame.height // n), -(-frame.width // n), image.channel_count)
        sums: npt.NDArray[np.floating[Any]] = np.zeros(shape, frame_dtype(image, means=self._means))
        weights = np.zeros(shape[0], np.int64)
        rows = range(first, last + 1, step)
        self._count = len(rows)
        for row in rows:
            self._add(row, sums, weights)
            heartbeat()
        sampled = np.flatnonzero(weights)
        sums[sampled] /= weights[sampled, None, None]
        top, bottom = (crop.min_y - frame.min_y) // n, (crop.max_y - frame.min_y) // n
        targets = np.arange(top, bottom + 1)
        right = np.searchsorted(sampled, targets).clip(0, len(sampled) - 1)
        left = (right - 1).clip(0)
        is_left = targets - sampled[left] <= abs(sampled[right] - targets)
        sums[top : bottom + 1] = sums[np.where(is_left, sampled[left], sampled[right])]
        return sums

    @property
    def missing(self) -> tuple[Box2i, ...]:
        """Samples that are not in the file or cannot be decoded; the whole image if that is true of all."""
        return (self._image.box,) if len(self._missing) == self._count else tuple(self._missing)

    def _add(self, row: int, sums: npt.NDArray[np.floating[Any]], weights: npt.NDArray[np.int64]) -> None:
        """Add the lines of one row of chunks to the rows of the frame in which they lie."""
        image, crop, n = self._image, self._crop, self._factor
        y = image.box.min_y + row * image.chunk_size[1]
        box = Box2i(image.box.min_x, y, image.box.max_x, min(y + image.chunk_size[1] - 1, image.box.max_y))
        rows = None if image.is_absent(box) else image.read(box)
        if rows is None:
            self._missing.append(box)
        line, end = max(box.min_y, crop.min_y), min(box.max_y, crop.max_y) + 1
        while line < end:
            target = (line - self._frame.min_y) // n
            stop = min(end, self._frame.min_y + (target + 1) * n) if self._means else line + 1
            if self._means or not weights[target]:
                weights[target] += stop - line
                if rows is not None:
                    self._add_lines(rows[line - box.min_y : stop - box.min_y], sums[target])
            line = stop if self._means else self._frame.min_y + (target + 1) * n

    def _add_lines(self, lines: Rows, target: npt.NDArray[np.floating[Any]]) -> None:
        image, crop, frame, n = self._image, self._crop, self._frame, self._factor
        lines = lines[:, crop.min_x - image.box.min_x : crop.max_x + 1 - image.box.min_x]
        before = crop.min_x - frame.min_x
        if not self._means:
            samples = lines[0, -before % n :: n]
            target[-(-before // n) : -(-before // n) + len(samples)] = samples
            return
        with np.errstate(invalid="ignore", over="ignore"):
            line = np.add.reduce(lines, axis=0, dtype=np.float32)
            starts = np.maximum(np.arange(before // n * n - before, len(line), n), 0)
            blocks = np.add.reduceat(line, starts, axis=0)
        columns = np.arange(len(blocks)) + before // n
        widths = np.minimum(n, frame.width - columns * n)
        target[columns] += blocks / widths[:, None]
