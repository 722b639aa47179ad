"""Attributes that an export keeps: those of the source that are true of the new file, byte for byte.

An exported layer is one flat part of scan lines with some channels of the source, and possibly with a region of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from struct import unpack
from typing import BinaryIO

from exr_inspector_app.exr.cryptomatte import groups_of, rank_layers
from exr_inspector_app.exr.cryptomatte.metadata import PREFIX, is_declared
from exr_inspector_app.exr.parser.header import MAX_ATTRIBUTES, MAX_HEADER_BYTES, MAX_NAME_BYTES
from exr_inspector_app.exr.parser.part_summary import MULTI_PART
from exr_inspector_app.model import Part
from exr_inspector_app.services.exr_writer import RawAttribute

_OF_STORAGE = frozenset(
    "channels compression dataWindow lineOrder tiles type version chunkCount maxSamplesPerPixel deepImageState"
    " dwaCompressionLevel multiView".split()
)
_OF_PIXELS = frozenset(  # all channels of the source, or its bytes; an ACES container is not compressed
    "preview idManifest oiio:ConstantColor oiio:AverageColor oiio:SHA-1 SHA-1 acesImageContainerFlag".split()
)
_OF_WHOLE = frozenset(["envmap"])  # a region is no environment


def kept_attributes(
    path: str, part: Part, channels: Collection[str], out: Path, *, is_whole: bool
) -> list[RawAttribute]:
    """Return the attributes of a part that are true of an export of some of its channels.

    Args:
        path: The source; an attribute that cannot be read, and all after it, are left out.
        part: The part, from its header.
        channels: Full names of the exported channels.
        out: The new file; a manifest in a sidecar file is only named from the same folder.
        is_whole: The export has the data window of the source.
    """
    dropped = _OF_STORAGE | _OF_PIXELS | (frozenset() if is_whole else _OF_WHOLE)
    mattes = _matte_keys(part, channels)
    is_beside = out.absolute().parent == Path(path).absolute().parent
    kept: dict[bytes, RawAttribute] = {}
    for attribute in _read_part(path, part.index):
        name = attribute.name.decode("utf-8", "surrogateescape")
        if name in dropped or attribute.name in kept:
            continue
        if name.startswith(PREFIX):
            key, _, field = name.removeprefix(PREFIX).partition("/")
            if key not in mattes or (field == "manif_file" and not is_beside):
                continue
        kept[attribute.name] = attribute
    return list(kept.values())


def _matte_keys(part: Part, channels: Collection[str]) -> set[str]:
    """Return the keys of the Cryptomattes with exported channels."""
    groups = groups_of(part.attributes)
    exported = [channel for channel in part.channels if channel.name in channels]
    names = rank_layers(exported, [group.name for group in groups])
    return {group.key for group in groups if any(is_declared(name, [group.name]) for name in names)}


def _read_part(path: str, index: int) -> Iterator[RawAttribute]:
    """Yield the attributes of a part, until one that cannot be read."""
    try:
        with open(path, "rb") as file:
            file.seek(4)
            is_multi_part = bool(unpack("<I", file.read(4))[0] & MULTI_PART)
            for at in range(index + 1 if is_multi_part else 1):
                for attribute in _read_header(file):
                    if at == index or not is_multi_part:
                        yield attribute
    except (OSError, ValueError):
        return


def _read_header(file: BinaryIO) -> Iterator[RawAttribute]:
    """Yield the attributes of the next header.

    Raises:
        ValueError: The header is cut off, or too large.
    """
    for _ in range(MAX_ATTRIBUTES):
        name = _read_name(file)
        if not name:
            return
        kind = _read_name(file)
        size = int.from_bytes(file.read(4), "little", signed=True)
        if not 0 <= size <= MAX_HEADER_BYTES or file.tell() + size > MAX_HEADER_BYTES:
            raise ValueError("attribute too large")
        value = file.read(size)
        if len(value) < size:
            raise ValueError("header cut off")
        yield RawAttribute(name, kind, value)


def _read_name(file: BinaryIO) -> bytes:
    """Return the bytes before the next NUL.

    Raises:
        ValueError: The name is too long, or cut off.
    """
    start = file.tell()
    name, end, _ = file.read(MAX_NAME_BYTES + 1).partition(b"\0")
    if not end:
        raise ValueError("name without end")
    file.seek(start + len(name) + 1)
    return name
