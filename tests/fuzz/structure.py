"""Structure-aware mutations: attributes, counts, windows, levels, channels, and the offset table of a valid file."""

from __future__ import annotations

import struct
from random import Random
from typing import NamedTuple

MAX_ATTRIBUTES = 500  # that are walked
EXTREMES = [0, 1, -1, 2, 64, 1000, 65_535, 2**20, 2**24, 2**30, 2**31 - 1, -(2**31)]
OFFSETS = [0, 1, 8, 2**31, 2**32, 2**40, 2**63 - 1, 2**64 - 1]
TYPES = [b"int", b"float", b"string", b"box2i", b"chlist", b"preview", b"tiledesc", b"bytes", b"idmanifest", b"studio"]


class Span(NamedTuple):
    """Place of an attribute in the header."""

    start: int
    name: bytes
    kind: bytes
    value: int
    end: int


def attributes(data: bytearray, header: int) -> list[Span]:
    """Return the attributes of the first part, as far as they can be walked."""
    spans: list[Span] = []
    at = 8
    while at < header and data[at] and len(spans) < MAX_ATTRIBUTES:
        name_end = data.find(b"\0", at)
        kind_end = data.find(b"\0", name_end + 1)
        value = kind_end + 5
        if name_end < 0 or kind_end < 0 or value > header:
            break
        end = value + int.from_bytes(data[kind_end + 1 : value], "little")
        if end > header:
            break
        spans.append(Span(at, bytes(data[at:name_end]), bytes(data[name_end + 1 : kind_end]), value, end))
        at = end
    return spans


def _number(random: Random) -> bytes:
    return struct.pack("<I", random.choice(EXTREMES) & 0xFFFFFFFF)


def _span(random: Random, data: bytearray, header: int, *kinds: bytes) -> Span | None:
    spans = [span for span in attributes(data, header) if not kinds or span.kind in kinds]
    return random.choice(spans) if spans else None


def repeat_attribute(random: Random, data: bytearray, header: int) -> None:
    """Insert a copy of an attribute at another place, sometimes with another value."""
    span, place = _span(random, data, header), _span(random, data, header)
    if span and place:
        copy = data[span.start : span.end]
        if random.random() < 0.5 and span.end - span.value >= 4:
            copy[-4:] = _number(random)
        data[place.start : place.start] = copy * random.choice((1, 1, 1, 40))


def remove_attribute(random: Random, data: bytearray, header: int) -> None:
    """Remove an attribute."""
    if span := _span(random, data, header):
        del data[span.start : span.end]


def change_type(random: Random, data: bytearray, header: int) -> None:
    """Give an attribute another type."""
    if span := _span(random, data, header):
        start = span.start + len(span.name) + 1
        data[start : start + len(span.kind)] = random.choice(TYPES)


def change_size(random: Random, data: bytearray, header: int) -> None:
    """Give an attribute another size: near its own, or an extreme one."""
    if span := _span(random, data, header):
        near = span.end - span.value + random.choice((-8, -1, 1, 4, 8))
        data[span.value - 4 : span.value] = (
            struct.pack("<I", near & 0xFFFFFFFF) if random.random() < 0.5 else _number(random)
        )


def change_window(random: Random, data: bytearray, header: int) -> None:
    """Change one bound of a window, or make it empty, reversed or huge."""
    span = _span(random, data, header, b"box2i")
    if span and span.end - span.value == 16:
        at = span.value + 4 * random.randrange(4)
        data[at : at + 4] = _number(random)


def change_tiles(random: Random, data: bytearray, header: int) -> None:
    """Change the size of the tiles or the mode of the levels."""
    span = _span(random, data, header, b"tiledesc")
    if span and span.end - span.value == 9:
        if random.random() < 0.5:
            data[span.value + 8] = random.randrange(256)
        else:
            at = span.value + random.choice((0, 4))
            data[at : at + 4] = _number(random)


def change_count(random: Random, data: bytearray, header: int) -> None:
    """Change an integer, such as the number of chunks."""
    if span := _span(random, data, header, b"int"):
        data[span.value : span.value + 4] = _number(random)


def change_channels(random: Random, data: bytearray, header: int) -> None:
    """Change type or sampling of a channel, or list it twice."""
    span = _span(random, data, header, b"chlist")
    if not span:
        return
    name_end = data.find(b"\0", span.value, span.end)
    entry_end = name_end + 17
    if name_end < 0 or entry_end >= span.end:
        return
    if random.random() < 0.3:
        entry = data[span.value : entry_end]
        data[entry_end:entry_end] = entry
        size = span.end - span.value + len(entry)
        data[span.value - 4 : span.value] = struct.pack("<I", size)
    else:
        at = name_end + random.choice((1, 9, 13))
        data[at : at + 4] = _number(random)


def change_offset(random: Random, data: bytearray, header: int) -> None:
    """Let an entry of the offset table point to another chunk, into the header, or nowhere."""
    count = min(64, (len(data) - header) // 8)
    if count < 2:
        return
    at, other = (header + 8 * random.randrange(count) for _ in range(2))
    near = int.from_bytes(data[at : at + 8], "little") + random.choice((-8, -1, 1, 4, 8))
    choices = [bytes(data[other : other + 8]), struct.pack("<Q", near % 2**64), struct.pack("<Q", header // 2)]
    data[at : at + 8] = random.choice([*choices, struct.pack("<Q", random.choice(OFFSETS))])


def change_chunk(random: Random, data: bytearray, header: int) -> None:
    """Change the coordinates or the size at the head of a chunk."""
    count = min(64, (len(data) - header) // 8)
    if count < 1:
        return
    at = header + 8 * random.randrange(count)
    chunk = int.from_bytes(data[at : at + 8], "little") + 4 * random.randrange(7)
    if chunk + 4 <= len(data):
        data[chunk : chunk + 4] = _number(random)


def insert_hole(random: Random, data: bytearray, header: int) -> None:
    """Insert zeros between the table and the chunks, or after them, as in a file with holes."""
    at = random.choice((min(len(data), header + 512), len(data)))
    data[at:at] = bytes(random.choice((8, 4096, 1_000_000)))


STRUCTURE = [
    repeat_attribute, remove_attribute, change_type, change_size, change_window, change_window, change_tiles,
    change_count, change_channels, change_offset, change_offset, change_chunk, insert_hole,
]  # fmt: skip
