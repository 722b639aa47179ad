"""Minimal headers: the header of a temporary EXR file with chunks as they are stored in another file.

It has just the attributes that decoding needs, so that nothing else of a damaged header can keep a library from it.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack

from exr_inspector_app.exr.parser.attribute_types import COMPRESSIONS, PIXEL_TYPES
from exr_inspector_app.exr.parser.color_space import flatten_chromaticities
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.parser.part_summary import DEEP, LONG_NAMES, TILED
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Part

_MAX_SHORT_NAME_BYTES = 31  # longer names need a flag in the header


def minimal_header(part: Part, chunk_count: int) -> bytes:
    """Return the magic number and a header for the chunks of a part.

    Args:
        part: A part of one level; its data window becomes the display window.
        chunk_count: Number of its chunks.

    Raises:
        PixelRequestError: The compression or a pixel type is unknown.
    """
    assert part.data_window is not None
    if part.compression not in COMPRESSIONS:
        raise PixelRequestError(f"Cannot decode part {part.index}: unknown compression.")
    window = pack("<4i", *part.data_window)
    attributes = [
        ("channels", "chlist", _channel_list(part)),
        ("compression", "compression", bytes([COMPRESSIONS.index(part.compression)])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", pack("<f", 1)),
        ("screenWindowCenter", "v2f", pack("<2f", 0, 0)),
        ("screenWindowWidth", "float", pack("<f", 1)),
        *_chromaticities(part),
    ]
    if part.is_tiled:
        attributes.append(("tiles", "tiledesc", pack("<IIB", part.tile_width or 0, part.tile_height or 0, 0)))
    if part.is_deep:
        count = pack("<i", chunk_count)
        kind = b"deeptile" if part.is_tiled else b"deepscanline"
        attributes += [("chunkCount", "int", count), ("type", "string", kind), ("version", "int", pack("<i", 1))]
    flags = DEEP if part.is_deep else TILED if part.is_tiled else 0
    if any(len(_encode(channel.name)) > _MAX_SHORT_NAME_BYTES for channel in part.channels):
        flags |= LONG_NAMES
    encoded = (
        b"%s\0%s\0%s%s" % (_encode(name), _encode(kind), pack("<i", len(data)), data) for name, kind, data in attributes
    )
    return MAGIC + pack("<I", 2 | flags) + b"".join(encoded) + b"\0"


def _chromaticities(part: Part) -> Iterator[tuple[str, str, bytes]]:
    """Yield the attribute that turns luminance/chroma into RGB, if the part has it."""
    name = "chromaticities"
    for attribute in part.attributes:
        if (attribute.name, attribute.type) == (name, name):
            yield name, name, pack("<8f", *flatten_chromaticities(attribute.value))


def _channel_list(part: Part) -> bytes:
    """Return the value of the `channels` attribute."""
    data = b""
    for channel in part.channels:
        if channel.type not in PIXEL_TYPES:
            raise PixelRequestError(f"Cannot decode part {part.index}: unknown pixel type {channel.type}.")
        data += _encode(channel.name) + b"\0"
        data += pack("<iB3x", PIXEL_TYPES.index(channel.type), channel.p_linear)
        data += pack("<ii", channel.x_sampling, channel.y_sampling)
    return data + b"\0"


def _encode(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
