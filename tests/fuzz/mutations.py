"""Mutations of valid files: flipped bits, cuts, huge sizes, bytes moved, repeated and removed, and their structure."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random

from tests.fuzz.structure import STRUCTURE

NUMBERS = [0, 1, 2, 255, 256, 32767, 65535, 2**24, 2**30, 2**31 - 1, -1, -2, -(2**31), -(2**31) + 1]
LONG_NUMBERS = [0, 1, 7, 8, 2**31, 2**32, 2**40, 2**63 - 1, 2**63, 2**64 - 1]
WORDS = [
    *[b"\0", b"\0\0\0\0", b"channels\0chlist\0", b"type\0string\0", b"deeptile", b"tiledimage", b"deepscanline"],
    *[b"dataWindow\0box2i\0", b"tiles\0tiledesc\0", b"compression\0compression\0", b"idmanifest\0", b"preview\0"],
    *[b"stringvector\0", b"floatvector\0", b"v/1\x01", b"\x02\x10\0\0", b"\x02\x02\0\0", b"\x02\x08\0\0"],
]

KINDS = [b"chlist", b"box2i", b"tiledesc", b"string", b"int", b"compression", b"idmanifest", b"preview"]

Mutation = Callable[[Random, bytearray, int], None]  # changes the bytes; the number is where the header ends


def mutate(random: Random, sound: bytes, header: int, other: bytes) -> bytes:
    """Return a file damaged in one to four ways, rarely joined to another one."""
    data = bytearray(sound)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        if data:
            random.choice(MUTATIONS)(random, data, min(header, len(data)))
    if random.random() < 0.02:
        data = data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other)) :]
    return bytes(data)


def _place(random: Random, data: bytearray, header: int) -> int:
    """Return a position, mostly in the header and the table after it, where damage has most effect."""
    near = min(len(data), header + 512)
    return random.randrange(near if random.random() < 0.9 and near else len(data))


def _flip(random: Random, data: bytearray, header: int) -> None:
    for _ in range(random.choice((1, 1, 2, 8))):
        data[_place(random, data, header)] ^= 1 << random.randrange(8)


def _byte(random: Random, data: bytearray, header: int) -> None:
    data[_place(random, data, header)] = random.randrange(256)


def _cut(random: Random, data: bytearray, header: int) -> None:
    del data[_place(random, data, header) :]


def _number(random: Random, data: bytearray, header: int) -> None:
    at = _place(random, data, header)
    data[at : at + 4] = struct.pack("<I", random.choice(NUMBERS) & 0xFFFFFFFF)


def _long_number(random: Random, data: bytearray, header: int) -> None:
    at = header + 8 * random.randrange(8)  # an entry of the table
    data[at : at + 8] = struct.pack("<Q", random.choice(LONG_NUMBERS))


def _value(random: Random, data: bytearray, header: int) -> None:
    """Change the size or the first numbers of a value whose type decides how the file is read."""
    kind = random.choice(
        (b"chlist", b"box2i", b"tiledesc", b"string", b"int", b"compression", b"idmanifest", b"preview")
    )
    at = data.find(b"\0" + kind + b"\0", random.randrange(max(header, 1)))
    if at >= 0:
        at += len(kind) + 2 + 4 * random.randrange(6)
        data[at : at + 4] = struct.pack("<I", random.choice(NUMBERS) & 0xFFFFFFFF)


def _remove(random: Random, data: bytearray, header: int) -> None:
    at = _place(random, data, header)
    del data[at : at + random.randrange(1, 64)]


def _double(random: Random, data: bytearray, header: int) -> None:
    at = _place(random, data, header)
    piece = data[at : at + random.randrange(1, 256)]
    data[at:at] = piece * random.choice((1, 1, 2, 100))


def _word(random: Random, data: bytearray, header: int) -> None:
    at, word = _place(random, data, header), random.choice(WORDS)
    data[at : at + len(word) * random.randrange(2)] = word


MUTATIONS: list[Mutation] = [
    *[_flip, _byte, _cut, _number, _long_number, _value, _value, _remove, _double, _word],
    *STRUCTURE,
]
