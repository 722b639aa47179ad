"""As much of protobuf as the query engine speaks: varints, eight-byte numbers and length-delimited fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Value = int | bytes | str


def message(*fields: tuple[int, Value]) -> bytes:
    """A message of these fields, numbers as varints and the rest length-delimited."""
    return b"".join(encoded(number, value) for number, value in fields)


def encoded(number: int, value: Value) -> bytes:
    """One field."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A number of as many bytes as it needs."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def fields(data: bytes) -> dict[int, Any]:
    """The fields of a message; of a repeated one, the last."""
    return dict(parsed(data))


def parsed(data: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message, one by one."""
    place = 0
    while place < len(data):
        key, place = read_varint(data, place)
        if key & 7 == 0:
            value, place = read_varint(data, place)
            yield key >> 3, value
        elif key & 7 == 1:
            yield key >> 3, int.from_bytes(data[place : place + 8], "little")
            place += 8
        elif key & 7 == 2:
            size, place = read_varint(data, place)
            yield key >> 3, data[place : place + size]
            place += size
        else:
            raise ValueError(f"wire type {key & 7} is not known")


def read_varint(data: bytes, place: int) -> tuple[int, int]:
    """A number and the place after it."""
    value = shift = 0
    while True:
        byte = data[place]
        value, shift, place = value | (byte & 0x7F) << shift, shift + 7, place + 1
        if byte < 0x80:
            return value, place
