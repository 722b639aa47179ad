"""OpenEXR file of a render that has just started: a complete header and no chunks."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from tests.exr_files import CODES, LINES, MAGIC, attribute, channel_list, integer, real, string, vector

_TILED, _DEEP = 0x200, 0x800


def file_bytes(
    channels: Sequence[tuple[str, str]],
    attributes: Mapping[str, tuple[str, bytes]],
    width: int,
    height: int,
    *,
    overscan: int = 0,
    compression: str = "zip",
    tile: int = 0,
    deep: bool = False,
) -> bytes:
    """Return the bytes of a single-part file of any type with an empty chunk offset table."""
    listed = {
        "channels": ("chlist", channel_list(channels)),
        "compression": ("compression", bytes([CODES[compression]])),
        "dataWindow": vector("box2i", -overscan, -overscan, width + overscan - 1, height + overscan - 1),
        "displayWindow": vector("box2i", 0, 0, width - 1, height - 1),
        "lineOrder": ("lineOrder", b"\0"),
        "pixelAspectRatio": real(1.0),
        "screenWindowCenter": vector("v2f", 0.0, 0.0),
        "screenWindowWidth": real(1.0),
        **attributes,
    }
    wide, high = width + 2 * overscan, height + 2 * overscan
    count = -(-wide // tile) * -(-high // tile) if tile else -(-high // LINES[compression])
    if tile:
        listed["tiles"] = ("tiledesc", struct.pack("<IIB", tile, tile, 0))
    if deep:
        listed["type"] = string("deeptile" if tile else "deepscanline")
        listed["version"], listed["chunkCount"] = integer(1), integer(count)
        listed["name"] = string("deep")
    flags = 2 | (_DEEP if deep else _TILED if tile else 0)
    header = b"".join(attribute(name, kind, raw) for name, (kind, raw) in listed.items())
    return MAGIC + struct.pack("<I", flags) + header + b"\0" + bytes(8 * count)
