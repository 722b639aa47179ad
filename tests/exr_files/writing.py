"""Writer of OpenEXR files byte by byte: scan lines and tiles, flat and deep, of one part or several.

Pixels are zeros, stored uncompressed in chunks of any compression; readers accept that for chunks of the full size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.exr_files.values import Attributes, attribute, channel_list, integer, real, string, tile_description, vector

MAGIC = b"v/1\x01"
CODES = {"none": 0, "rle": 1, "zips": 2, "zip": 3, "piz": 4, "pxr24": 5, "b44": 6, "b44a": 7, "dwaa": 8,
         "dwab": 9, "htj2k256": 10, "htj2k32": 11, "lj2k": 12, "zstd": 13}  # fmt: skip
LINES = {"none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32, "dwaa": 32,
         "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1}  # fmt: skip
SIZES = {"uint": 4, "half": 2, "float": 4}
TILED, LONG_NAMES, DEEP, MULTI_PART = 0x200, 0x400, 0x800, 0x1000

Window = tuple[int, int, int, int]


class Tiles(NamedTuple):
    """Tile size, level mode and rounding of a part."""

    x: int = 4
    y: int = 4
    mode: str = "one_level"
    up: bool = False


def part_header(
    *,
    width: int = 8,
    height: int = 8,
    channels: Sequence[str | tuple[str, str]] = ("B", "G", "R"),
    sampling: Mapping[str, int] | None = None,
    compression: str = "none",
    data_window: Window | None = None,
    display_window: Window | None = None,
    attributes: Attributes | None = None,
    kind: str = "scanlineimage",
    tiles: Tiles | None = None,
) -> bytes:
    """Return the attributes of one part and the NUL at their end; flat scan lines have no type."""
    data = data_window or (0, 0, width - 1, height - 1)
    listed: dict[str, tuple[str, bytes]] = {
        "channels": ("chlist", channel_list(channels, sampling)),
        "compression": ("compression", bytes([CODES[compression]])),
        "dataWindow": vector("box2i", *data),
        "displayWindow": vector("box2i", *(display_window or data)),
        "lineOrder": ("lineOrder", b"\0"),
        "pixelAspectRatio": real(1.0),
        "screenWindowCenter": vector("v2f", 0.0, 0.0),
        "screenWindowWidth": real(1.0),
        **({"tiles": tile_description(*tiles)} if tiles else {}),
        **({"type": string(kind), "version": integer(1)} if kind.startswith("deep") else {}),
        **(attributes or {}),
    }
    return b"".join(attribute(name, kind, raw) for name, (kind, raw) in listed.items()) + b"\0"


def exr_bytes(
    parts: Sequence[Mapping[str, Any]] = ({},), *, present: int | None = None, flags: int = 0, version: int = 2
) -> bytes:
    """Return a file (`parts` as for `part_header`); with `present` the last part has only that number of chunks."""
    multi = len(parts) > 1 or bool(flags & MULTI_PART)
    headers, bodies = [], []
    for number, facts in enumerate(parts):
        body = _chunks(facts, number if multi else None)
        if multi:
            kind = facts.get("kind", "scanlineimage")
            named = {"name": string(f"part{number}"), "type": string(kind), "chunkCount": integer(len(body))}
            facts = {**facts, "attributes": {**named, **facts.get("attributes", {})}}
        headers.append(part_header(**facts))
        bodies.append(body)
    flags |= MULTI_PART if multi else _flags(parts[0])
    head = MAGIC + struct.pack("<I", version | flags) + b"".join(headers) + (b"\0" if multi else b"")
    return head + _with_table(bodies, len(head), present)


def _flags(facts: Mapping[str, Any]) -> int:
    """Return the flags of a file with one part."""
    kind = facts.get("kind", "scanlineimage")
    return {"tiledimage": TILED, "deepscanline": DEEP, "deeptile": DEEP}.get(kind, 0)


def _with_table(bodies: Sequence[Sequence[bytes]], start: int, present: int | None) -> bytes:
    """Return the offset tables and the chunks that are `present`."""
    at = start + 8 * sum(map(len, bodies))
    tables, pixels = bytearray(), bytearray()
    for number, body in enumerate(bodies):
        written = body if present is None or number < len(bodies) - 1 else body[:present]
        for index in range(len(body)):
            tables += struct.pack("<Q", at if index < len(written) else 0)
            if index < len(written):
                pixels += written[index]
                at += len(written[index])
    return bytes(tables + pixels)


def _chunks(facts: Mapping[str, Any], part: int | None) -> list[bytes]:
    """Return the chunks of one part, in the order of its table."""
    head = b"" if part is None else struct.pack("<i", part)
    deep = facts.get("kind", "scanlineimage").startswith("deep")
    body = _deep_pixels if deep else _flat_pixels
    return [head + position + body(facts, box) for position, box in _places(facts)]


def _window(facts: Mapping[str, Any]) -> Window:
    return facts.get("data_window") or (0, 0, facts.get("width", 8) - 1, facts.get("height", 8) - 1)


def _places(facts: Mapping[str, Any]) -> Iterator[tuple[bytes, Window]]:
    """Yield the position of each chunk of a part, as bytes of its head, and the window of its pixels."""
    left, top, right, bottom = _window(facts)
    if facts.get("tiles") is None:
        lines = LINES[facts.get("compression", "none")]
        for y in range(top, bottom + 1, lines):
            yield struct.pack("<i", y), (left, y, right, min(y + lines - 1, bottom))
        return
    tiles = Tiles(*facts["tiles"])
    for level_x, level_y in _levels(right - left + 1, bottom - top + 1, tiles):
        width, height = _level(right - left + 1, level_x, tiles.up), _level(bottom - top + 1, level_y, tiles.up)
        for y in range(-(-height // tiles.y)):
            for x in range(-(-width // tiles.x)):
                box = (x * tiles.x, y * tiles.y, min((x + 1) * tiles.x, width) - 1, min((y + 1) * tiles.y, height) - 1)
                yield struct.pack("<4i", x, y, level_x, level_y), box


def _levels(width: int, height: int, tiles: Tiles) -> list[tuple[int, int]]:
    """Return the levels of a part in the order of its table."""

    def count(size: int) -> int:
        return next(n for n in range(40) if _level(size, n, tiles.up) == 1) + 1

    if tiles.mode == "one_level":
        return [(0, 0)]
    if tiles.mode == "mipmap_levels":
        return [(n, n) for n in range(count(max(width, height)))]
    return [(x, y) for y in range(count(height)) for x in range(count(width))]


def _level(size: int, n: int, up: bool) -> int:
    return max(1, -(-size // 2**n) if up else size // 2**n)


def _flat_pixels(facts: Mapping[str, Any], box: Window) -> bytes:
    """Return the zeros of some pixels, with their size first."""
    left, top, right, bottom = box
    size = 0
    for channel in facts.get("channels", ("B", "G", "R")):
        name, kind = (channel, "half") if isinstance(channel, str) else channel
        step = (facts.get("sampling") or {}).get(name, 1)
        across, down = right // step - (left - 1) // step, bottom // step - (top - 1) // step
        size += SIZES[kind] * across * down
    return struct.pack("<i", size) + bytes(size)


def _deep_pixels(facts: Mapping[str, Any], box: Window) -> bytes:
    """Return one sample of zeros for every pixel, with the table of counts first."""
    across, down = box[2] - box[0] + 1, box[3] - box[1] + 1
    table = struct.pack(f"<{across}i", *range(1, across + 1)) * down
    sizes = [
        SIZES["half" if isinstance(channel, str) else channel[1]] for channel in facts.get("channels", ("B", "G", "R"))
    ]
    size = across * down * sum(sizes)
    return struct.pack("<QQQ", len(table), size, size) + table + bytes(size)


def write_exr(path: Path | str, *, present: int | None = None, parts: Any = None, **facts: Any) -> Path:
    """Write a small file of one part (`facts` as for `part_header`) or of several; return its path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(exr_bytes(parts or (facts,), present=present))
    return path
