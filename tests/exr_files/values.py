"""Encoders of attribute values."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

KINDS = {"uint": 0, "half": 1, "float": 2}
LEVEL_MODES = {"one_level": 0, "mipmap_levels": 1, "ripmap_levels": 2}

Attributes = Mapping[str, tuple[str, bytes]]


def attribute(name: str | bytes, kind: str | bytes, data: bytes) -> bytes:
    """Return the bytes of an attribute in a header."""
    name = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
    kind = kind.encode() if isinstance(kind, str) else kind
    return name + b"\0" + kind + b"\0" + struct.pack("<i", len(data)) + data


def string(text: str) -> tuple[str, bytes]:
    return "string", text.encode("utf-8", "surrogateescape")


def integer(number: int) -> tuple[str, bytes]:
    return "int", struct.pack("<i", number)


def real(number: float) -> tuple[str, bytes]:
    return "float", struct.pack("<f", number)


def vector(kind: str, *numbers: float) -> tuple[str, bytes]:
    """Return a value of equal numbers, by the last letter of its type: v2f, m44f, box2i, chromaticities ..."""
    form = {"i": "i", "d": "d"}.get(kind[-1], "f")
    return kind, struct.pack(f"<{len(numbers)}{form}", *numbers)


def strings(*texts: str) -> tuple[str, bytes]:
    packed = [text.encode("utf-8", "surrogateescape") for text in texts]
    return "stringvector", b"".join(struct.pack("<i", len(item)) + item for item in packed)


def time_code(hours: int, minutes: int, seconds: int, frame: int) -> tuple[str, bytes]:
    def bcd(number: int) -> int:
        return number // 10 << 4 | number % 10

    packed = bcd(hours) << 24 | bcd(minutes) << 16 | bcd(seconds) << 8 | bcd(frame)
    return "timecode", struct.pack("<II", packed, 0)


def preview(width: int, height: int) -> tuple[str, bytes]:
    """Return a preview image in which every byte differs from the previous one."""
    return "preview", struct.pack("<II", width, height) + bytes(n % 251 for n in range(4 * width * height))


def tile_description(x: int, y: int, mode: str = "one_level", up: bool = False) -> tuple[str, bytes]:
    return "tiledesc", struct.pack("<IIB", x, y, LEVEL_MODES[mode] | up << 4)


def manifest(plain: bytes) -> tuple[str, bytes]:
    """Return an id manifest of these uncompressed bytes."""
    return "idmanifest", struct.pack("<I", len(plain)) + zlib.compress(plain)


def channel_list(channels: Sequence[str | tuple[str, str]], sampling: Mapping[str, int] | None = None) -> bytes:
    """Return the bytes of a chlist; a channel is a name (half) or a name and a type."""
    rows = bytearray()
    for item in channels:
        name, kind = (item, "half") if isinstance(item, str) else item
        step = (sampling or {}).get(name, 1)
        raw = name.encode("utf-8", "surrogateescape")
        rows += raw + b"\0" + struct.pack("<iB3xii", KINDS[kind], 0, step, step)
    return bytes(rows) + b"\0"
