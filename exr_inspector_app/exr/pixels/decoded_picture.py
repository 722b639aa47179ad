"""Decoded pictures and thumbnails: pixels in shared memory with their place in the file, from a reply of the worker."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES
from exr_inspector_app.exr.pixels.level_reduction import SpecialCounts, reduced_shape
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.pixel_types import padded_bytes, view_pixels
from exr_inspector_app.exr.pixels.shared_memory import Floats
from exr_inspector_app.exr.pixels.worker_protocol import (
    LayersReply,
    PictureDescription,
    PictureDraft,
    PictureReply,
    RgbReply,
    ThumbnailReply,
)
from exr_inspector_app.model import Box2i
from exr_inspector_app.model import Picture as Selection
from exr_inspector_app.text.escape import escape_control

MAX_WARNING_CHARS = 1000
MAX_DRAFT_SIDE = 1280  # px
_JPEG_START = b"\xff\xd8\xff"


@dataclass(frozen=True, eq=False)
class Picture:
    """Decoded pixels of one level of one part.

    Attributes:
        pixels: (height, width, channels), scene-linear as stored, alpha premultiplied as OpenEXR defines it
            (https://openexr.com/en/latest/TechnicalIntroduction.html). Row 0 is the top line of the data window,
            column 0 its left edge. float32, with uint values converted, exact up to 2**24; float16 or uint32 if all
            channels have that type and the request keeps it. Missing pixels are 0; NaN and infinities stay. Lives in
            shared memory until the array and all views of it are released.
        channels: Full names in the order of the last axis; R, G and B for luminance and chroma.
        data_window: Of the file at full size, in its own coordinates (y grows downward, both corners included).
        display_window: As `data_window`.
        scale: Full-size pixels per pixel of `pixels`, across and down.
        factor: Pixels of the level per pixel of `pixels`, across and down. Blocks are averaged; IDs and uint
            channels take the first pixel of each block.
        missing: Regions of the data window, at full size, that are not in the file or cannot be decoded.
        warning: Sentence on a conversion, such as of luminance/chroma to RGB, else "".
        selection: The part, layer and kind of data that was decoded.
        reduced: Means of blocks of the pixels, in their type, if the request wants a level and they may be averaged.
        special: Numbers of special values, if the request wants them.
        is_draft: True if only some rows were decoded, and all others are copies of them.
    """

    pixels: npt.NDArray[Any]
    channels: tuple[str, ...]
    data_window: Box2i
    display_window: Box2i
    scale: tuple[float, float]
    factor: int
    missing: tuple[Box2i, ...]
    warning: str
    selection: Selection | None = None
    reduced: npt.NDArray[Any] | None = None
    special: SpecialCounts | None = None
    is_draft: bool = False


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """Thumbnail of the picture of a file or of a part, within its display window.

    Attributes:
        data: JPEG of at most 48 KB, sRGB (IEC 61966-2-1), with square pixels, alpha ignored. Colors are exposed to
            middle gray; data layers show their shapes; pixels outside the data window are black.
        size: Width and height of the JPEG in pixels.
        picture: Linear light of Rec.709 before exposure, or data as stored; its `data_window` is the display window.
    """

    data: bytes
    size: tuple[int, int]
    picture: Picture


@dataclass(frozen=True, slots=True)
class RgbImage:
    """Decoded thumbnail.

    Attributes:
        width: Pixels across.
        height: Pixels down.
        data: sRGB bytes (IEC 61966-2-1), 3 per pixel, rows from top to bottom without padding.
    """

    width: int
    height: int
    data: bytes


def to_rgb_image(reply: RgbReply, max_size: tuple[int, int]) -> RgbImage:
    """Return the image of a reply to a request for an image that fits `max_size`.

    Raises:
        ProtocolError: It is larger, or the pixels are not those of its size.
    """
    width, height = reply.size
    if not (0 < width <= max_size[0] and 0 < height <= max_size[1]) or len(reply.pixels) != 3 * width * height:
        raise ProtocolError(f"an image of {width} x {height} in {len(reply.pixels)} bytes")
    return RgbImage(width, height, reply.pixels)


def to_thumbnail(reply: ThumbnailReply, pixels: Floats | None) -> Thumbnail:
    """Return the thumbnail of a reply and of the shared memory that the worker has filled in.

    Raises:
        ProtocolError: It is no small JPEG, or the memory does not have the size of the picture.
    """
    if not reply.jpeg.startswith(_JPEG_START) or len(reply.jpeg) > MAX_THUMBNAIL_BYTES or min(reply.size) < 1:
        raise ProtocolError("a thumbnail that is no small JPEG")
    return Thumbnail(reply.jpeg, reply.size, to_picture(reply, pixels))


def to_picture(reply: PictureReply, pixels: Floats | None) -> Picture:
    """Return the picture of a reply and of the shared memory that the worker has filled in.

    Raises:
        ProtocolError: The memory does not have the size of the picture.
    """
    stored, reduced = _require_memory(reply, pixels)
    return replace(_describe(reply, stored), reduced=reduced, special=reply.special)


def to_draft(draft: PictureDraft, pixels: Floats | None) -> Picture:
    """Return a reduced copy of the decoded rows; rows that are not decoded yet repeat the nearest one.

    Raises:
        ProtocolError: The memory does not have the size of the picture.
    """
    stored, _ = _require_memory(draft, pixels)
    step = -(-max(stored.shape[:2]) // MAX_DRAFT_SIDE)
    rows = np.arange(0, stored.shape[0], step) + step // 2
    known = np.concatenate([np.arange(first, end) for first, end in draft.rows])
    above = np.searchsorted(known, rows).clip(0, len(known) - 1)
    below = (above - 1).clip(0)
    nearest = np.where(abs(known[above] - rows) < abs(known[below] - rows), known[above], known[below])
    picked, places = np.unique(nearest, return_inverse=True)  # most rows are copies of a few
    reduced = np.ascontiguousarray(stored[picked, ::step])[places]
    return replace(_describe(replace(draft, factor=draft.factor * step), reduced), is_draft=True)


def to_layers(reply: LayersReply, pixels: Floats | None) -> tuple[Picture, ...]:
    """Return the pictures of a reply and of the shared memory that the worker has filled in.

    Raises:
        ProtocolError: A layer is not within the memory.
    """
    pictures = []
    for layer in reply.layers:
        size = padded_bytes(math.prod(layer.shape), layer.pixel_type)
        if pixels is None or layer.offset + size > pixels.nbytes or layer.shape[2] != len(layer.selection.channels):
            raise ProtocolError(f"a layer of shape {layer.shape} in other memory")
        stored = view_pixels(pixels[layer.offset // 4 :], layer.shape, layer.pixel_type)
        pictures.append(
            Picture(
                pixels=stored,
                channels=layer.selection.channels,
                data_window=reply.data_window,
                display_window=reply.display_window,
                scale=(reply.data_window.width / layer.shape[1], reply.data_window.height / layer.shape[0]),
                factor=1,
                missing=reply.missing,
                warning=escape_control(layer.warning)[:MAX_WARNING_CHARS],
                selection=layer.selection,
            )
        )
    return tuple(pictures)


def _require_memory(
    reply: PictureDescription, pixels: Floats | None
) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    """Return the pixels of a picture in shared memory, and those of its reduced level.

    Raises:
        ProtocolError: The memory does not have their size.
    """
    size, small = padded_bytes(math.prod(reply.shape), reply.pixel_type), reduced_shape(reply.shape, reply.step)
    level_size = padded_bytes(math.prod(small), reply.pixel_type) if reply.step > 1 else 0
    if pixels is None or pixels.nbytes != size + level_size:
        raise ProtocolError(f"a picture of shape {reply.shape} in other memory")
    level = view_pixels(pixels[size // 4 :], small, reply.pixel_type) if level_size else None
    return view_pixels(pixels, reply.shape, reply.pixel_type), level


def _describe(reply: PictureDescription, pixels: npt.NDArray[Any]) -> Picture:
    data, level, factor = reply.data_window, reply.level_window, reply.factor
    return Picture(
        pixels=pixels,
        channels=reply.channels,
        data_window=data,
        display_window=reply.display_window,
        scale=(factor * data.width / level.width, factor * data.height / level.height),
        factor=factor,
        missing=tuple(_to_full_size(box, level, data) for box in reply.missing),
        warning=escape_control(reply.warning)[:MAX_WARNING_CHARS],
        selection=reply.selection,
    )


def _to_full_size(box: Box2i, level: Box2i, data: Box2i) -> Box2i:
    """Return the box of a level in the coordinates of the data window."""
    across, down = data.width / level.width, data.height / level.height
    return Box2i(
        data.min_x + int((box.min_x - level.min_x) * across),
        data.min_y + int((box.min_y - level.min_y) * down),
        min(data.max_x, data.min_x + math.ceil((box.max_x + 1 - level.min_x) * across) - 1),
        min(data.max_y, data.min_y + math.ceil((box.max_y + 1 - level.min_y) * down) - 1),
    )
