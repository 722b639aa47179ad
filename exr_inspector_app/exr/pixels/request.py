"""Validation of pixel requests: resolves part, channels and level, and reports what cannot be decoded."""

from __future__ import annotations

from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.layers import has_alpha, is_luminance_chroma, picture_channels
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.model import ExrFile, Part

_FLATTENED = "Deep samples are shown flattened."
_NEAREST = "Deep samples without alpha: the nearest sample of each pixel is shown."
_CONVERTED = "Luminance/chroma is shown as RGB."


class PixelRequestError(Exception):
    """The pixels cannot be decoded; the text is one sentence for the user."""


def read_file(path: str) -> ExrFile:
    """Return the header of a file.

    Raises:
        PixelRequestError: No part can be read.
    """
    file = inspect_file(path)
    if not file.parts:
        raise PixelRequestError(file.errors[0].message if file.errors else "The file has no parts.")
    return file


def parts_with_pixels(path: str, index: int | None) -> tuple[Part, ...]:
    """Return the part with this index, or all parts with pixels for None.

    Raises:
        PixelRequestError: There is no such part, or it has no pixels.
    """
    if index is not None:
        return (require_part(path, index),)
    return tuple(part for part in read_file(path).parts if has_pixels(part))


def require_part(path: str, index: int) -> Part:
    """Return one part of a file.

    Raises:
        PixelRequestError: There is no such part, or it has no pixels.
    """
    parts = read_file(path).parts
    if not 0 <= index < len(parts):
        raise PixelRequestError(f"There is no part {index}; the file has {len(parts)}.")
    part = parts[index]
    if not has_pixels(part):
        raise PixelRequestError(f"Part {index} has no pixels: channels or data window missing.")
    return part


def channels_to_decode(part: Part, requested: tuple[str, ...]) -> tuple[str, ...]:
    """Return the requested channels, by default those of the part's first picture.

    Raises:
        PixelRequestError: A channel of luminance/chroma is requested on its own.
    """
    names = picture_channels(part)
    refused = [name for name in requested if name not in names] if is_luminance_chroma(part.channels) else []
    if refused:
        raise PixelRequestError(f"{quote(refused[0])}: luminance and chroma can only be read as RGB.")
    return requested or names


def has_pixels(part: Part) -> bool:
    """Return True if a part has channels and a data window that is not empty."""
    box = part.data_window
    return bool(part.channels) and box is not None and box.width > 0 and box.height > 0


def conversion_warning(part: Part) -> str:
    """Return a sentence if the pixels of a part are not shown as they are stored, else ""."""
    if part.is_deep:
        return _FLATTENED if has_alpha(part.channels) else _NEAREST
    return _CONVERTED if is_luminance_chroma(part.channels) else ""


def mip_level_for(part: Part, max_size: tuple[int, int]) -> tuple[int, int]:
    """Return the smallest mip level that is not smaller than `max_size`, or (0, 0) for a part without mip levels."""
    box, level = part.data_window, 0
    if part.is_tiled and part.level_mode == "mipmap_levels" and box is not None:
        while box.width >> level + 1 >= max_size[0] or box.height >> level + 1 >= max_size[1]:
            level += 1
    return level, level
