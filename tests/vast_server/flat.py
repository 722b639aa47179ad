"""Flatbuffer reader: ten times as fast as the generated classes for filters with thousands of literals."""

from __future__ import annotations

import struct
from typing import Any

OFFSET, VTABLE, SLOT = struct.Struct("<I"), struct.Struct("<i"), struct.Struct("<H")


class Flat:
    """Table at an offset of a buffer; fields go by their number in the schema."""

    __slots__ = ("data", "offset", "size", "vtable")

    def __init__(self, data: bytes, offset: int) -> None:
        self.data, self.offset = data, offset
        self.vtable = offset - VTABLE.unpack_from(data, offset)[0]
        self.size = SLOT.unpack_from(data, self.vtable)[0]

    @classmethod
    def root(cls, data: bytes) -> Flat:
        """Return the root table of a buffer."""
        return cls(data, OFFSET.unpack_from(data)[0])

    def find(self, field: int) -> int:
        """Return the offset of a field, or 0 if it is absent."""
        slot = 4 + 2 * field
        offset = SLOT.unpack_from(self.data, self.vtable + slot)[0] if slot < self.size else 0
        return self.offset + offset if offset else 0

    def number(self, field: int, form: str = "B") -> Any:
        """Return a number or a boolean in a `struct` format, or 0 if it is absent."""
        offset = self.find(field)
        return struct.unpack_from(f"<{form}", self.data, offset)[0] if offset else 0

    def table(self, field: int) -> Flat:
        """Return the table that a field refers to."""
        return Flat(self.data, self.follow(self.find(field)))

    def tables(self, field: int) -> list[Flat]:
        """Return the tables of a vector."""
        start, count = self.vector(field)
        return [Flat(self.data, self.follow(start + 4 * index)) for index in range(count)]

    def text(self, field: int) -> bytes:
        """Return the bytes of a text or of a byte vector."""
        start, count = self.vector(field)
        return self.data[start : start + count]

    def vector(self, field: int) -> tuple[int, int]:
        """Return the offset and the length of a vector."""
        offset = self.find(field)
        if not offset:
            return 0, 0
        offset = self.follow(offset)
        return offset + 4, OFFSET.unpack_from(self.data, offset)[0]

    def follow(self, offset: int) -> int:
        """Return the target of the offset stored at `offset`."""
        return int(offset + OFFSET.unpack_from(self.data, offset)[0])
