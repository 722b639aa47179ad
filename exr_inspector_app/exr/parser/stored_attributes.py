"""Reader of attributes as stored: names, types and bytes of values, for copies that keep them byte for byte.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from exr_inspector_app.exr.parser.header import MAX_NAME_BYTES
from exr_inspector_app.exr.parser.header_reader import TYPICAL_HEADER_BYTES, read_header
from exr_inspector_app.exr.parser.part_summary import MULTI_PART
from exr_inspector_app.exr.source.file_source import FileSource

_FIRST_HEADER = 8  # bytes of the magic number and of the version
_MIN_BYTES = 9


class StoredAttribute(NamedTuple):
    """Attribute with its value as stored."""

    name: bytes
    kind: bytes
    value: bytes


def read_stored_attributes(path: str, part_index: int) -> list[StoredAttribute]:
    """Return the attributes of a part in file order, up to the first one that the header parser cannot pass.

    Args:
        path: Path of the file on disk.
        part_index: Index of the part.

    Raises:
        OSError: The file cannot be read.
    """
    with FileSource(path) as source:
        data = source.read(0, TYPICAL_HEADER_BYTES)
        if len(data) < _MIN_BYTES:
            return []
        data, header = read_header(source, data)
    return list(_split_part(data, part_index if header.version & MULTI_PART else 0))


def _split_part(data: bytes, part_index: int) -> Iterator[StoredAttribute]:
    """Yield the attributes of a part until the bytes end."""
    at = _FIRST_HEADER
    for index in range(part_index + 1):
        while not data.startswith(b"\0", at):
            name_end = data.find(b"\0", at, at + MAX_NAME_BYTES + 1)
            kind_end = data.find(b"\0", name_end + 1, name_end + MAX_NAME_BYTES + 2) if name_end > 0 else -1
            start = kind_end + 5
            size = int.from_bytes(data[kind_end + 1 : start], "little", signed=True)
            if kind_end < 0 or size < 0 or start + size > len(data):
                return
            if index == part_index:
                yield StoredAttribute(data[at:name_end], data[name_end + 1 : kind_end], data[start : start + size])
            at = start + size
        at += 1
