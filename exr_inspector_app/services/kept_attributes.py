"""Attributes that an export keeps: those of the source that are true of the new file, byte for byte.

An exported layer is one flat part of scan lines with some channels of the source, and possibly with a region of it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from exr_inspector_app.exr.cryptomatte import groups_of, rank_layers
from exr_inspector_app.exr.cryptomatte.metadata import PREFIX, is_declared
from exr_inspector_app.exr.parser.stored_attributes import StoredAttribute, read_stored_attributes
from exr_inspector_app.model import Part

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
) -> list[StoredAttribute]:
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
    kept: dict[bytes, StoredAttribute] = {}
    try:
        attributes = read_stored_attributes(path, part.index)
    except OSError:
        attributes = []
    for attribute in attributes:
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
