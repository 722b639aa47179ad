"""Decoder of the `idmanifest` attribute: the object names of the ids in deep pixels.

Layout: the uncompressed size (uint64; uint32 in early versions), then zlib data. Uncompressed: uint32
version (0); a string list whose strings begin with the number of bytes they share with the previous one (two
bytes after a string longer than 255); a table of ranges that orders the strings by use; then the groups:
channels, components, lifetime, hash and encoding scheme, and ids (each the difference to the previous one) with
one string per component.

Source: OpenEXR, IDManifest, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

import zlib
from struct import Struct, unpack_from

from exr_inspector_app.typing_forms import Any

MAX_MANIFEST_BYTES = 32 * 1024 * 1024  # uncompressed; a manifest of a quarter million names has about 10 MB
MAX_MANIFEST_OBJECTS = (
    1_000_000  # objects that a manifest becomes: strings, names of ids, and these, which become several each
)
_ID_OBJECTS, _GROUP_OBJECTS = 2, 10  # approximate
LIFETIMES = ["frame", "shot", "stable"]
_PAIR = Struct("<ii")
_ID_FORMS = {0: Struct("<Q"), 1: Struct("<I")}


class ManifestLimitError(Exception):
    """Manifest over a limit of this program; the text is the reason, for the end of a sentence."""


def decode_id_manifest(data: bytes) -> dict[str, Any]:
    """Decode a manifest.

    Args:
        data: Bytes of the attribute's value.

    Returns:
        The uncompressed size, and the groups, each with its table from id (as text) to names.

    Raises:
        ManifestLimitError: The manifest is larger than MAX_MANIFEST_BYTES or MAX_MANIFEST_OBJECTS.
        ValueError: The bytes are not a manifest.
        IndexError: The bytes end too early, or a name is missing.
        struct.error: The bytes end too early.
    """
    (size,) = unpack_from("<I", data)
    # zlib data never begins with zeros: these are the upper half of a size of eight bytes.
    head = 8 if data[4:8] == bytes(4) else 4
    if size > MAX_MANIFEST_BYTES:
        raise ManifestLimitError(f"it is larger than {MAX_MANIFEST_BYTES // 2**20:,} MB, which is the limit")
    try:
        plain = zlib.decompressobj().decompress(data[head:], size + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(plain) != size:
        raise ValueError("size")
    reader = ManifestReader(plain)
    if reader.uint() != 0:
        raise ValueError("version")
    names = _order_by_use(reader, _expand_prefixes(reader.strings()))
    return {
        "uncompressed_size": size,
        "groups": [_read_group(reader, names) for _ in range(reader.count(_GROUP_OBJECTS))],
    }


def count_objects(groups: list[dict[str, Any]]) -> int:
    """Return the approximate number of Python objects in the groups of a manifest, as it is counted while decoding."""
    return sum(
        _GROUP_OBJECTS
        + len(group["channels"])
        + len(group["components"])
        + len(group["table"]) * (_ID_OBJECTS + len(group["components"]))
        for group in groups
    )


class ManifestReader:
    """Sequential reader of the uncompressed bytes; its methods raise ValueError or IndexError at their end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.objects = 0

    def take(self, size: int) -> bytes:
        """Read `size` bytes."""
        piece = self.data[self.at : self.at + size]
        if size < 0 or len(piece) < size:
            raise ValueError("end")
        self.at += size
        return piece

    def uint(self) -> int:
        """Read a uint32."""
        return int.from_bytes(self.take(4), "little")

    def spend(self, objects: int) -> None:
        """Count objects that will be created; raises ValueError above MAX_MANIFEST_OBJECTS in all."""
        self.objects += objects
        if self.objects > MAX_MANIFEST_OBJECTS:
            raise ManifestLimitError(f"it has more than {MAX_MANIFEST_OBJECTS:,} values, which is the limit")

    def count(self, objects_each: int = 1) -> int:
        """Read the number of items that follow, of at least one byte and `objects_each` Python objects each."""
        number = self.uint()
        self.spend(objects_each * number)
        if number > len(self.data) - self.at:
            raise ValueError("count")
        return number

    def variable(self) -> int:
        """Read an integer of seven bits per byte, least significant first."""
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
        """Read a list of strings: their number, all lengths, then their bytes."""
        lengths = [self.variable() for _ in range(self.count())]
        return [self.take(length) for length in lengths]

    def text(self) -> str:
        """Read a string and its length."""
        return _text(self.take(self.uint()))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _expand_prefixes(strings: list[bytes]) -> list[bytes]:
    """Insert the bytes that each string shares with the previous one."""
    expanded: list[bytes] = strings[:1]
    total = 0
    for string in strings[1:]:
        previous = expanded[-1]
        head = 2 if len(previous) > 255 else 1
        common = int.from_bytes(string[:head], "big")
        total += common
        if len(string) < head or common > len(previous) or total > MAX_MANIFEST_BYTES:
            raise ValueError("prefix")
        expanded.append(previous[:common] + string[head:])
    return expanded


def _order_by_use(reader: ManifestReader, strings: list[bytes]) -> list[str]:
    """Return the strings in the order by which the groups number them."""
    is_ordered = bytearray(len(strings))
    names: list[str] = []
    steps = 0
    for _ in range(reader.count(0)):
        first, last = _PAIR.unpack(reader.take(8))
        steps += last - first + 1
        if not 0 <= first <= last < len(strings) or steps > MAX_MANIFEST_OBJECTS:  # ranges may overlap, within limits
            raise ValueError("range")
        for index in range(first, last + 1):
            if not is_ordered[index]:
                is_ordered[index] = 1
                names.append(_text(strings[index]))
    return names


def _read_group(reader: ManifestReader, names: list[str]) -> dict[str, Any]:
    """Read one group of channels with its table of ids."""
    channels = [_text(name) for name in reader.strings()]
    components = [_text(name) for name in reader.strings()]
    lifetime = reader.take(1)[0]
    hash_scheme, encoding_scheme = reader.text(), reader.text()
    form = _ID_FORMS.get(reader.take(1)[0])
    table: dict[str, list[str]] = {}
    value = 0
    count = reader.count(_ID_OBJECTS)
    reader.spend(count * len(components))
    for _ in range(count):
        value += form.unpack(reader.take(form.size))[0] if form else reader.variable()
        table[str(value)] = [names[reader.variable()] for _ in components]
    return {
        "channels": channels,
        "components": components,
        "lifetime": LIFETIMES[lifetime] if lifetime < len(LIFETIMES) else f"unknown ({lifetime})",
        "hash_scheme": hash_scheme,
        "encoding_scheme": encoding_scheme,
        "table": table,
    }
