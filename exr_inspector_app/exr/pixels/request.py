"""Which parts, channels and level of a file are meant by what the decoder is asked, and what cannot be had."""

from __future__ import annotations

from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.layers import has_alpha, is_luminance_chroma, picture_channels
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.model import ExrFile, Part

_FLATTENED = "The deep samples are shown flattened."
_NEAREST = "No alpha, so no composite: the nearest deep sample of each pixel is shown."


class PixelRequestError(Exception):
    """The pixels cannot be had; the text is the sentence for the person."""


def read_file(path: str) -> ExrFile:
    """The header; raises Refused where it has no part."""
    file = inspect_file(path)
    if not file.parts:
        raise PixelRequestError(file.errors[0].message if file.errors else "The file has no parts.")
    return file


def parts_with_pixels(path: str, index: int | None) -> tuple[Part, ...]:
    """One part, or all that have pixels."""
    if index is not None:
        return (require_part(path, index),)
    return tuple(part for part in read_file(path).parts if has_pixels(part))


def require_part(path: str, index: int) -> Part:
    """One part of a file; raises Refused where it is not there or has no pixels."""
    parts = read_file(path).parts
    if not 0 <= index < len(parts):
        raise PixelRequestError(f"There is no part {index}; the file has {len(parts)}.")
    part = parts[index]
    if not has_pixels(part):
        raise PixelRequestError(f"Part {index} has no pixels: its header lacks channels or a data window.")
    return part


def channels_to_decode(part: Part, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The channels to decode: those that are asked for, else the part's first picture; raises Refused."""
    names = picture_channels(part)
    lacking = [name for name in asked if name not in names] if is_luminance_chroma(part.channels) else []
    if lacking:
        told = "beside luminance and chroma only the colours that they stand for can be had"
        raise PixelRequestError(f"{quote(lacking[0])} cannot be decoded: {told}.")
    return asked or names


def has_pixels(part: Part) -> bool:
    box = part.data_window
    return bool(part.channels) and box is not None and box.width > 0 and box.height > 0


def warning(part: Part) -> str:
    """A sentence where a part is not shown as it is stored."""
    if part.is_deep:
        return _FLATTENED if has_alpha(part.channels) else _NEAREST
    return "Luminance and chroma are shown as the colours they stand for." if is_luminance_chroma(part.channels) else ""


def level_for(part: Part, most: tuple[int, int]) -> tuple[int, int]:
    """The smallest level of a mip-mapped part that is no smaller than the picture to make."""
    box, level = part.data_window, 0
    if part.is_tiled and part.level_mode == "mipmap_levels" and box is not None:
        while box.width >> level + 1 >= most[0] or box.height >> level + 1 >= most[1]:
            level += 1
    return level, level
