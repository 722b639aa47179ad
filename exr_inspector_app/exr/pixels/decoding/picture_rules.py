"""Rules of decoded pictures: which pixels may be averaged, their memory, and which are black."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.exr.pixels.shared_memory import Floats
from exr_inspector_app.model import Box2i, Part
from exr_inspector_app.model import Picture as Selection


def has_means(part: Part, selection: Selection) -> bool:
    """Return True if pixels may be averaged: those of IDs and uint channels may not."""
    types = {channel.name: channel.type for channel in part.channels}
    return selection.kind not in ("cryptomatte", "id") and all(types.get(name) != "uint" for name in selection.channels)


def part_bytes_per_pixel(part: Part) -> int:
    """Return the bytes of one pixel of all channels of a part, without regard to subsampling."""
    return sum(2 if channel.type == "half" else 4 for channel in part.channels)


def is_black(pixels: Floats) -> bool:
    """Return True if no pixel, (height, width, channels), has light or data; alpha does not count."""
    colors = pixels[..., :3] if pixels.shape[2] >= 3 else pixels[..., :1]
    return not np.nan_to_num(colors).any()


def require_pixels(part: Part, box: Box2i, missing: Sequence[Box2i]) -> None:
    """Raise PixelRequestError if nothing of the box of a level is in the file or can be decoded."""
    if list(missing) == [box]:
        raise PixelRequestError(f"Part {part.index}: none of the pixels are in the file, or none can be decoded.")
