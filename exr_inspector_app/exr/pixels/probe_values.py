"""Values of all channels of a file at one pixel, with the samples of deep pixels."""

from __future__ import annotations

from typing import NamedTuple

MAX_SAMPLES = 512  # of one deep pixel that are reported


class DeepPixel(NamedTuple):
    """Samples of a pixel of a deep part, in stored order.

    Attributes:
        channels: Full names of the channels.
        samples: One row per sample, at most MAX_SAMPLES, with a value per channel.
        total: Number of samples in the file.
    """

    channels: tuple[str, ...]
    samples: tuple[tuple[float, ...], ...]
    total: int


class PartValues(NamedTuple):
    """Values of one part at a pixel.

    Attributes:
        part_index: Index of the part.
        channels: Full names as decoded: R, G and B for luminance and chroma.
        values: One per channel, of deep parts after flattening; () if the pixel cannot be decoded.
        deep: Samples of a deep part, or None.
        problem: Sentence why there are no values: the pixel is outside the data window, missing or damaged.
    """

    part_index: int
    channels: tuple[str, ...]
    values: tuple[float, ...]
    deep: DeepPixel | None
    problem: str
