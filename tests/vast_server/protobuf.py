"""Protobuf codec for the query engine: varints, eight-byte numbers and length-delimited fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Value = int | bytes | str


def message(*fields: tuple[int, Value]) -> bytes:
    """Encode a message, with numbers as varints and other values length-delimited."""
    return b"".join(encoded(number, value) for number, value in fields)


def encoded(number: int, value: Value) -> bytes:
    """Encode one field."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """Encode a number as a varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def fields(data: bytes) -> dict[int, Any]:
    """Decode the fields of a message; of a repeated field, the last value."""
    return dict(parsed(data))


def parsed(data: bytes) -> Iterator[tuple[int, Value]]:
    """Yield the fields of a message."""
    offset = 0
    while offset < len(data):
        key, offset = read_varint(data, offset)
        if key & 7 == 0:
            value, offset = read_varint(data, offset)
            yield key >> 3, value
        elif key & 7 == 1:
            yield key >> 3, int.from_bytes(data[offset : offset + 8], "little")
            offset += 8
        elif key & 7 == 2:
            size, offset = read_varint(data, offset)
            yield key >> 3, data[offset : offset + size]
            offset += size
        else:
            raise ValueError(f"wire type {key & 7} is not known")


def read_varint(data: bytes, offset: int) -> tuple[int, int]:
    """Decode a varint; return its value and the offset after it."""
    value = shift = 0
    while True:
        byte = data[offset]
        value, shift, offset = value | (byte & 0x7F) << shift, shift + 7, offset + 1
        if byte < 0x80:
            return value, offset
