"""Validation of pixel requests: resolves part, channels and level, and reports what cannot be decoded."""

from __future__ import annotations

from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.layer_groups import LayerGroup, layer_groups
from exr_inspector_app.exr.layers import color_names, decoded_names, has_alpha, luminance_names, luminance_prefixes
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.picture import ranked_pictures
from exr_inspector_app.model import ExrFile, Part, Picture

_FLATTENED = "Deep samples are shown flattened."
_NEAREST = "Deep samples without alpha: the nearest sample of each pixel is shown."
_CONVERTED = "Luminance/chroma is shown as RGB."


class PixelRequestError(Exception):
    """The pixels cannot be decoded; the text is one sentence for the user.

    Attributes:
        code: Code of the problem, which names its cause.
    """

    def __init__(self, sentence: str, code: str = "pixels") -> None:
        super().__init__(sentence)
        self.code = code


def read_file(path: str) -> ExrFile:
    """Return the header of a file.

    Raises:
        PixelRequestError: No part can be read.
    """
    file = inspect_file(path)
    if not file.parts:
        code, message = file.errors[0][:2] if file.errors else ("pixels", "The file has no parts.")
        raise PixelRequestError(message, code)
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
        raise PixelRequestError(f"There is no part {index}; the file has {len(parts)}.", "usage")
    part = parts[index]
    if not has_pixels(part):
        raise PixelRequestError(f"Part {index} has no pixels: channels or data window missing.")
    return part


def select_picture(path: str, index: int | None, channels: tuple[str, ...]) -> tuple[Part, Picture]:
    """Return the requested channels with their part, by default the picture of the part or of the whole file.

    Raises:
        PixelRequestError: There is no such part, it has no pixels, or luminance/chroma is requested on its own.
    """
    if not channels:
        return list_pictures(path, index)[0]
    part = require_part(path, index or 0)
    return part, select_layer(part, channels)


def select_layer(part: Part, channels: tuple[str, ...]) -> Picture:
    """Return channels of a part as a picture, with the kind of data of their layer.

    Raises:
        PixelRequestError: Luminance/chroma is requested on its own.
    """
    names = channels_to_decode(part, channels)
    group = next((group for group in layer_groups(part) if _holds(part, group, channels[0])), None)
    kind = group.kind.replace("color", "colour") if group else "colour"
    return Picture(part.index, part.view, group.layer if group else "", names, kind)


def _holds(part: Part, group: LayerGroup, name: str) -> bool:
    return name in group.channels or name in decoded_names(part.channels, group.channels)


def list_pictures(path: str, index: int | None) -> list[tuple[Part, Picture]]:
    """Return the displayable images of a part or of the whole file, the most likely one first; at least one item.

    Raises:
        PixelRequestError: There is no such part, or it has no pixels.
    """
    parts = parts_with_pixels(path, index)
    by_index = {part.index: part for part in parts}
    ranked = ranked_pictures(parts)
    if not ranked:
        part = require_part(path, 0)
        raise PixelRequestError(f"Part {part.index} has no picture.")
    return [
        (part, picture._replace(channels=channels_to_decode(part, picture.channels)))
        for picture in ranked
        for part in (by_index[picture.part_index],)
    ]


def channels_to_decode(part: Part, requested: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names under which channels are decoded: R, G and B in place of luminance and chroma.

    Raises:
        PixelRequestError: A channel of luminance/chroma is requested on its own.
    """
    names = decoded_names(part.channels, requested)
    for prefix in luminance_prefixes(part.channels):
        refused = [name for name in names if name in luminance_names(prefix)]
        if refused:
            raise PixelRequestError(f"{quote(refused[0])}: luminance and chroma can only be read as RGB.", "usage")
    return names


def channels_to_measure(part: Part) -> tuple[str, ...]:
    """Return the names of all channels, those of R, G, B and alpha first where luminance and chroma decode to them."""
    stored = dict.fromkeys(channel.name for channel in part.channels)
    first = [
        name
        for prefix in luminance_prefixes(part.channels)
        for name in (*luminance_names(prefix), f"{prefix}A")
        if name in stored
    ]
    return channels_to_decode(part, tuple(dict.fromkeys([*first, *stored])))


def has_pixels(part: Part) -> bool:
    """Return True if a part has channels and a data window that is not empty."""
    box = part.data_window
    return bool(part.channels) and box is not None and box.width > 0 and box.height > 0


def conversion_warning(part: Part, names: tuple[str, ...]) -> str:
    """Return a sentence if channels of a part are not shown as they are stored, else ""."""
    if part.is_deep:
        return _FLATTENED if has_alpha(part.channels) else _NEAREST
    converted = {name for prefix in luminance_prefixes(part.channels) for name in color_names(prefix)}
    return "" if converted.isdisjoint(names) else _CONVERTED


def mip_level_for(part: Part, max_size: tuple[int, int]) -> tuple[int, int]:
    """Return the smallest mip level that is not smaller than `max_size`, or (0, 0) for a part without mip levels."""
    box, level = part.data_window, 0
    if part.is_tiled and part.level_mode == "mipmap_levels" and box is not None:
        while box.width >> level + 1 >= max_size[0] or box.height >> level + 1 >= max_size[1]:
            level += 1
    return level, level
