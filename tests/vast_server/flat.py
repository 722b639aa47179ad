"""A flatbuffer read in place: ten times as quick as the generated classes, where a filter has thousands of literals."""

from __future__ import annotations

import struct
from typing import Any

OFFSET, VTABLE, SLOT = struct.Struct("<I"), struct.Struct("<i"), struct.Struct("<H")


class Flat:
    """A table at a place of a buffer; its fields go by the number they have in the schema."""

    __slots__ = ("data", "place", "size", "vtable")

    def __init__(self, data: bytes, place: int) -> None:
        self.data, self.place = data, place
        self.vtable = place - VTABLE.unpack_from(data, place)[0]
        self.size = SLOT.unpack_from(data, self.vtable)[0]

    @classmethod
    def root(cls, data: bytes) -> Flat:
        """The table that a buffer is."""
        return cls(data, OFFSET.unpack_from(data)[0])

    def find(self, field: int) -> int:
        """Where a field is; 0 when it is left out."""
        slot = 4 + 2 * field
        offset = SLOT.unpack_from(self.data, self.vtable + slot)[0] if slot < self.size else 0
        return self.place + offset if offset else 0

    def number(self, field: int, form: str = "B") -> Any:
        """A number or a boolean, as `struct` names it; 0 when it is left out."""
        place = self.find(field)
        return struct.unpack_from(f"<{form}", self.data, place)[0] if place else 0

    def table(self, field: int) -> Flat:
        """The table that a field points to."""
        return Flat(self.data, self.follow(self.find(field)))

    def tables(self, field: int) -> list[Flat]:
        """The tables of a vector."""
        start, count = self.vector(field)
        return [Flat(self.data, self.follow(start + 4 * index)) for index in range(count)]

    def text(self, field: int) -> bytes:
        """The bytes of a text or of a vector of bytes."""
        start, count = self.vector(field)
        return self.data[start : start + count]

    def vector(self, field: int) -> tuple[int, int]:
        """Where a vector starts, and its length."""
        place = self.find(field)
        if not place:
            return 0, 0
        place = self.follow(place)
        return place + 4, OFFSET.unpack_from(self.data, place)[0]

    def follow(self, place: int) -> int:
        """Where the offset at a place leads."""
        return int(place + OFFSET.unpack_from(self.data, place)[0])
