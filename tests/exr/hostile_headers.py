"""Headers that are made to cost as much memory or time as possible; each maker takes a count that scales it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from tests.exr_files import MAGIC, attribute, exr_bytes, part_header, string
from tests.exr_files.values import manifest
from tests.exr_files.writing import MULTI_PART

MIB = 1024 * 1024


def many_parts(mebibytes: int = 30) -> bytes:
    """Make equal parts of 3,000 channels each."""
    part = part_header(channels=[f"{n:x}" for n in range(3000)], attributes={"name": string("a"), "type": string("b")})
    return MAGIC + struct.pack("<I", 2 | MULTI_PART) + part * (mebibytes * MIB // len(part)) + b"\0"


def many_attributes(count: int = 50_001) -> bytes:
    """Make two parts with `count` integers each, and without required attributes."""
    part = b"".join(attribute(f"{n:x}", "int", b"abcd") for n in range(count)) + b"\0"
    return MAGIC + struct.pack("<I", 2 | MULTI_PART) + part * 2 + b"\0"


def many_texts(count: int = 99_900) -> bytes:
    """Make a valid file with `count` short texts."""
    return exr_bytes(({"attributes": {f"a{n:x}": string(f"value {n} of {n % 7}") for n in range(count)}},))


def many_paths(count: int = 2000) -> bytes:
    """Make a valid file with `count` long paths; every letter of their folders may begin a hash."""
    return exr_bytes(({"attributes": {f"a{n:x}": string(f"/{n:05}/x/" + "a" * 500) for n in range(count)}},))


def many_strings(count: int = 600_000) -> bytes:
    """Make two lists of `count` strings of two characters each."""
    vector = ("stringvector", b"".join(struct.pack("<i", 2) + b"%02x" % (n % 256) for n in range(count)))
    return exr_bytes(({"attributes": {f"a{n}": vector for n in range(2)}},))


def many_ids(count: int = 240_000) -> bytes:
    """Make two manifests of `count` IDs with one name each."""
    names = b"".join(b"\0%06x" % n for n in range(count))
    lengths = b"\7" * count
    texts = struct.pack("<II", 0, count) + lengths + names + struct.pack("<Iii", 1, 0, count - 1)
    numbers = b"".join(b"\1" + bytes([n & 127 | 128, n >> 7 & 127 | 128, n >> 14]) for n in range(count))
    group = bytes(4) + struct.pack("<I", 1) + b"\4name" + b"\0" + bytes(8) + b"\2" + struct.pack("<I", count)
    value = manifest(texts + struct.pack("<I", 1) + group + numbers)
    return exr_bytes(({"attributes": {"one": value, "two": value}},))


def huge_value(mebibytes: int = 31) -> bytes:
    """Make a value of an unknown type that fills the header."""
    return exr_bytes(({"attributes": {"huge": ("studio:thing", bytes(mebibytes * MIB))}},))


def zip_bomb(mebibytes: int = 64) -> bytes:
    """Make a manifest that claims four gigabytes and unpacks to zeros."""
    packed = zlib.compress(bytes(mebibytes * MIB), 9)
    return exr_bytes(({"attributes": {"m": ("idmanifest", struct.pack("<I", 2**32 - 1) + packed)}},))


def many_chunks(count: int = 4 * MIB) -> bytes:
    """Make chunks of one line that were never written."""
    lines = part_header(data_window=(0, 0, 0, count - 1))
    return MAGIC + struct.pack("<I", 2) + lines + bytes(8 * count + 64)


def many_channels(count: int = 50_000) -> bytes:
    """Make a valid file with the maximum number of channels."""
    channels = [f"l{n // 3:05}.{'RGB'[n % 3]}" for n in range(count)]
    return exr_bytes(({"width": 1, "height": 1, "channels": channels},))


MAKERS: tuple[Callable[[], bytes], ...] = (
    many_channels,
    many_parts,
    many_attributes,
    many_texts,
    many_paths,
    many_strings,
    many_ids,
    huge_value,
    zip_bomb,
    many_chunks,
)
