"""The `idmanifest` attribute: which object names the ids in the pixels stand for.

Layout: the size once uncompressed (uint64; uint32 in early versions), then zlib data. Uncompressed: uint32
version (0); a string list whose strings begin with the number of bytes they share with the one before (two
bytes behind a string longer than 255); a table of ranges that orders the strings by use; then the groups:
channels, components, lifetime, hash and encoding scheme, and ids (each the difference to the one before) with
one string a component.
Source: OpenEXR, IDManifest.
"""

from __future__ import annotations

import zlib
from struct import Struct, unpack_from
from typing import Any

MAX_MANIFEST_BYTES = 32 * 1024 * 1024  # bytes once uncompressed; a manifest of a quarter million names has about 10 MB
MAX_MANIFEST_OBJECTS = (
    1_000_000  # objects that a manifest becomes: strings, names of ids, and these, which become several each
)
_ID, _GROUP = 2, 10
LIFETIMES = ["frame", "shot", "stable"]
_PAIR = Struct("<ii")
_ID_FORMS = {0: Struct("<Q"), 1: Struct("<I")}


def decode_id_manifest(data: bytes) -> dict[str, Any]:
    """The groups of a manifest, each with its table of id (as text) to names.

    ValueError, IndexError or struct.error where the bytes are no manifest or more than 32 MB of names.
    """
    (size,) = unpack_from("<I", data)
    # No zlib data begins with zeros: these are the upper half of a size of eight bytes.
    head = 8 if data[4:8] == bytes(4) else 4
    if size > MAX_MANIFEST_BYTES:
        raise ValueError("too large")
    try:
        plain = zlib.decompressobj().decompress(data[head:], size + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(plain) != size:
        raise ValueError("size")
    walk = ManifestReader(plain)
    if walk.uint() != 0:
        raise ValueError("version")
    names = _ordered(walk, _expanded(walk.strings()))
    return {"uncompressed_size": size, "groups": [_group(walk, names) for _ in range(walk.count(_GROUP))]}


def count_objects(groups: list[dict[str, Any]]) -> int:
    """How many objects the groups of a manifest are, about, as they are counted while it is read."""
    return sum(
        _GROUP + len(one["channels"]) + len(one["components"]) + len(one["table"]) * (_ID + len(one["components"]))
        for one in groups
    )


class ManifestReader:
    """Takes one value after the other from the uncompressed bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.objects = 0

    def take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        if size < 0 or len(piece) < size:
            raise ValueError("end")
        self.at += size
        return piece

    def uint(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def spend(self, objects: int) -> None:
        """So many more objects are made; all of a manifest are no more than MOST, whatever its bytes claim."""
        self.objects += objects
        if self.objects > MAX_MANIFEST_OBJECTS:
            raise ValueError("count")

    def count(self, each: int = 1) -> int:
        """A number of things that become `each` objects and take a byte or more of what is left."""
        number = self.uint()
        self.spend(each * number)
        if number > len(self.data) - self.at:
            raise ValueError("count")
        return number

    def variable(self) -> int:
        """An integer of seven bits a byte, least significant first."""
        value = shift = 0
        while shift < 64:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("integer")

    def strings(self) -> list[bytes]:
        lengths = [self.variable() for _ in range(self.count())]
        return [self.take(length) for length in lengths]

    def text(self) -> str:
        return _text(self.take(self.uint()))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _expanded(listed: list[bytes]) -> list[bytes]:
    """The strings with what they share with the one before put in again."""
    whole: list[bytes] = listed[:1]
    total = 0
    for piece in listed[1:]:
        before = whole[-1]
        head = 2 if len(before) > 255 else 1
        common = int.from_bytes(piece[:head], "big")
        total += common
        if len(piece) < head or common > len(before) or total > MAX_MANIFEST_BYTES:
            raise ValueError("prefix")
        whole.append(before[:common] + piece[head:])
    return whole


def _ordered(walk: ManifestReader, listed: list[bytes]) -> list[str]:
    """The strings in the order in which the groups count them."""
    seen = bytearray(len(listed))
    names: list[str] = []
    steps = 0
    for _ in range(walk.count(0)):
        first, last = _PAIR.unpack(walk.take(8))
        steps += last - first + 1
        if not 0 <= first <= last < len(listed) or steps > MAX_MANIFEST_OBJECTS:  # ranges may overlap, not for ever
            raise ValueError("range")
        for place in range(first, last + 1):
            if not seen[place]:
                seen[place] = 1
                names.append(_text(listed[place]))
    return names


def _group(walk: ManifestReader, names: list[str]) -> dict[str, Any]:
    """One group of channels and what their ids stand for."""
    channels = [_text(name) for name in walk.strings()]
    components = [_text(name) for name in walk.strings()]
    lifetime = walk.take(1)[0]
    hash_scheme, encoding_scheme = walk.text(), walk.text()
    form = _ID_FORMS.get(walk.take(1)[0])
    table: dict[str, list[str]] = {}
    value = 0
    count = walk.count(_ID)
    walk.spend(count * len(components))
    for _ in range(count):
        value += form.unpack(walk.take(form.size))[0] if form else walk.variable()
        table[str(value)] = [names[walk.variable()] for _ in components]
    return {
        "channels": channels,
        "components": components,
        "lifetime": LIFETIMES[lifetime] if lifetime < len(LIFETIMES) else f"unknown ({lifetime})",
        "hash_scheme": hash_scheme,
        "encoding_scheme": encoding_scheme,
        "table": table,
    }
