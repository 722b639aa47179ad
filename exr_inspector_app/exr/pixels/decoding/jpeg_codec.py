"""JPEG codec of thumbnails, in the worker process; no other format is ever decoded from memory."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES
from exr_inspector_app.exr.pixels.decoding.jpeg_header import JpegError, jpeg_size
from exr_inspector_app.exr.pixels.decoding.oiio_names import take_error
from exr_inspector_app.exr.pixels.decoding.strip_reader import ReducedImage, reduction_factor
from exr_inspector_app.exr.pixels.request import PixelRequestError

Image = npt.NDArray[np.uint8]  # (height, width, 3), sRGB
_COMMENT_BYTES = 256  # stored thumbnails get a comment
_FULL, _HALF = "4:4:4", "4:2:0"  # resolution of the chroma
# The canvas next to a thumbnail shows full-resolution colors; half of it is off by 150 steps at colored edges.
_QUALITIES = (
    *((quality, _FULL) for quality in (100, 98, 96, 94, 92, 90, 85, 80)),
    *((quality, _HALF) for quality in (80, 65, 45, 20, 10, 5)),
)
_INVALID = "The thumbnail cannot be shown: {}."


def encode_jpeg(image: Image) -> bytes:
    """Return an image as the best JPEG that leaves room for a comment within MAX_THUMBNAIL_BYTES."""
    data = b""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "thumbnail.jpg")
        for quality, chroma in _QUALITIES:
            buffer = oiio.ImageBuf(np.ascontiguousarray(image))
            buffer.specmod().attribute("Compression", f"jpeg:{quality}")
            buffer.specmod().attribute("jpeg:subsampling", chroma)
            if not buffer.write(path):
                raise PixelRequestError(f"Cannot write the thumbnail: {take_error(buffer)}.")
            with open(path, "rb") as file:
                data = file.read()
            if len(data) <= MAX_THUMBNAIL_BYTES - _COMMENT_BYTES:
                break
    return data


def decode_jpeg(data: bytes, max_size: tuple[int, int]) -> Image:
    """Return the pixels of a JPEG whose markers are those of a thumbnail, reduced by a whole factor to fit a size.

    Raises:
        PixelRequestError: The bytes are something else, or damaged.
    """
    try:
        width, height = jpeg_size(data)
    except JpegError as error:
        raise PixelRequestError(_INVALID.format(error)) from None
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "thumbnail.jpg")  # the Python module has no reader of memory
        with open(path, "wb") as file:
            file.write(data)
        image = np.broadcast_to(_read(path, (height, width)), (height, width, 3))
    factor = reduction_factor((width, height), max_size)
    return image if factor == 1 else _reduce(image, factor)


def _reduce(image: Image, factor: int) -> Image:
    height, width = image.shape[:2]
    pixels = np.empty((-(-height // factor), -(-width // factor), 3), np.float32)
    reduced = ReducedImage((width, height), factor, pixels, means=True)
    reduced.add(0, image.astype(np.float32))
    reduced.finish()
    return np.rint(pixels).astype(np.uint8)


def _read(path: str, shape: tuple[int, int]) -> Image:
    """Return the pixels of a JPEG file, with one or three channels."""
    oiio.attribute("try_all_readers", 0)  # otherwise a damaged JPEG is opened as any other format
    try:
        image: Any = oiio.ImageInput.open(path)
    finally:
        oiio.attribute("try_all_readers", 1)  # files without extension
    if image is None:
        raise PixelRequestError(_INVALID.format(take_error(oiio)))
    spec = image.spec()
    is_expected = image.format_name() == "jpeg" and (spec.height, spec.width) == shape and spec.nchannels in (1, 3)
    pixels = image.read_image(0, 0, 0, spec.nchannels, oiio.UINT8) if is_expected else None
    if pixels is None:
        raise PixelRequestError(_INVALID.format(take_error(image)))
    return np.asarray(pixels, np.uint8).reshape(*shape, -1)
