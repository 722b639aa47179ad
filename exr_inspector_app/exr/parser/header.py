"""The parts of which the bytes at the start of a file tell, each attribute decoded."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.parser.attribute_types import (
    LIST_TYPES,
    MAX_CHANNELS,
    MAX_LIST_ITEMS,
    AttributeValueError,
    clear_channel_cache,
    count_items,
    decode_value,
    encode_raw,
)
from exr_inspector_app.exr.parser.header_cache import HeaderCache, TrieNode
from exr_inspector_app.exr.parser.part_summary import MULTI_PART, PartSummary, summarize
from exr_inspector_app.model import Attribute, Problem, Value

MAGIC = b"v/1\x01"
MAX_HEADER_BYTES = 32 * 1024 * 1024  # bytes; Cryptomatte manifests of whole cities stay below
MAX_PARTS = 10_000
MAX_ATTRIBUTES = 100_000  # of all parts
MAX_FAILED_LISTS = 8  # lists that are read in vain, which may take half a second each
MAX_NAME_BYTES = 255

_INT = Struct("<i")
_SPAN = MAX_NAME_BYTES + 1  # a name and its NUL


class IncompleteHeaderError(Exception):
    """The header goes on behind the bytes that are here; at least `size` bytes are needed."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Header(NamedTuple):
    """All parts, where the last header ends (None where it has no end), and what is wrong."""

    version: int  # with its flags
    parts: list[PartSummary]
    attributes: list[tuple[Attribute, ...]]  # of each part
    end: int | None
    problems: list[Problem]


_known = HeaderCache()


class _Reader:
    """The bytes that are here, how many the file has, and what is wrong with them so far."""

    def __init__(self, data: bytes, size: int, last: bool, version: int) -> None:
        self.data = data
        self.size = size
        self.last = last  # no more bytes will come
        self.version = version
        self.items = self.refused = 0  # in the lists and manifests that were decoded; those that were in vain
        self.attributes = self.channels = 0
        self.alike: dict[bytes, Attribute] = {}  # what parts behind may have too, as they mostly do
        self.problems: list[Problem] = []

    def problem(self, code: str, text: str, part: int, name: str | None, at: int) -> None:
        self.problems.append(Problem(code, text, part, name, at))

    def is_full(self, found: Sequence[Attribute], of: PartSummary) -> bool:
        """True where a part holds more than the parts before it have left of what one file may have."""
        self.attributes += len(found)
        self.channels += len(of.channels)
        return self.attributes > MAX_ATTRIBUTES or self.channels > MAX_CHANNELS

    def short(self, end: int, part: int, name: str | None, start: int) -> None:
        """The bytes up to `end` are not here: More where they can be had, otherwise a problem."""
        have = len(self.data)
        if have < self.size and end <= self.size:
            if not self.last:
                raise IncompleteHeaderError(end)
            told = f"The header of part {part} goes on behind the first {have:,} bytes, all that were read."
            self.problem("header-unseen", told, part, name, start)
            return
        told = f"The file ends at byte {self.size:,}, within the header of part {part}; write it again."
        self.problem("header-truncated", told, part, name, start)


def parse_header(data: bytes, size: int, last: bool = False) -> Header:
    """The headers in `data`, the first bytes (8 at least) of a file of `size` bytes.

    Raises More where they go on, unless these are the `last` bytes that can be had. Values are shared between
    files and not to be changed.
    """
    version = _INT.unpack_from(data, 4)[0]
    if version & 0xFF not in (1, 2):
        text = f"This is OpenEXR version {version & 0xFF}; versions 1 and 2 can be read."
        return Header(version, [], [], None, [Problem("unknown-version", text, byte_offset=4)])
    reader = _Reader(data, size, last, version)
    multi = bool(version & MULTI_PART)
    parts: list[PartSummary] = []
    attributes: list[tuple[Attribute, ...]] = []
    at: int | None = 8
    while at is not None:
        if multi and parts and data[at : at + 1] == b"\0":
            return Header(version, parts, attributes, at + 1, reader.problems)
        if len(parts) == MAX_PARTS:
            told = f"More than {MAX_PARTS:,} parts; the rest is left out."
            reader.problem("too-many-parts", told, MAX_PARTS, None, at)
            break
        start = at
        found, of, at = _part(reader, at, len(parts))
        if reader.is_full(found, of):
            told = f"Part {len(parts)} has too many channels or attributes; it and those behind it are left out."
            reader.problem("too-many-attributes", told, len(parts), None, start)
            return Header(version, parts, attributes, None, reader.problems)
        if found or at is not None or not parts:
            parts.append(of)
            attributes.append(tuple(found))
        if at is not None and not multi:
            return Header(version, parts, attributes, at, reader.problems)
    return Header(version, parts, attributes, None, reader.problems)


def clear_cache() -> None:
    """The next header is read as if it were the first one."""
    _known.forget()
    clear_channel_cache()


def _part(reader: _Reader, at: int, part: int) -> tuple[list[Attribute], PartSummary, int | None]:
    """One part and where its header ends; None where the bytes end or make no sense."""
    data, before = reader.data, len(reader.problems)
    found: list[Attribute] = []
    marks: list[int] = []
    place = _known.start(reader.version, part)
    while True:
        place, start = _known.follow(place, data, at, found, marks)
        if data.startswith(b"\0", start):
            at = start
            break
        place, end = _attribute(reader, start, part, place, found, marks)
        if end is None:
            return found, summarize(found, reader.version, part), None
        at = end
    if len(reader.problems) > before:
        return found, summarize(found, reader.version, part), at + 1
    return found, _known.outline(place, marks, found, reader.version, part), at + 1


def _attribute(
    reader: _Reader, start: int, part: int, place: TrieNode, found: list[Attribute], marks: list[int]
) -> tuple[TrieNode, int | None]:
    """Adds the attribute at `start`, unless it is left out; the place behind it, and where it ends.

    None of an end that cannot be told.
    """
    data = reader.data
    for head in place.heads:
        if data.startswith(head[0], start):
            break
    else:
        names = _names(reader, start, part)
        if names is None:
            return place, None
        head = _known.head(place, *names)
    before_size, name, kind, _, _ = head
    value = start + len(before_size) + 4
    if value > len(data):
        reader.short(value, part, None, start)
        return place, None
    length: int = _INT.unpack_from(data, value - 4)[0]
    end = value + length
    if length < 0 or end > len(data) or len(found) == MAX_ATTRIBUTES:
        _no_value(reader, length, end, part, name, start, len(found))
        return place, None
    try:
        one = _read(reader, name, kind, start, value, end)
    except AttributeValueError as error:
        found += _bad_value(reader, Attribute(name, kind, data[value:end]), error, part, start)
        return place, end  # not kept: what is wrong is to be told of the next file too
    mark, place = _known.see(place, head, data[start:end], one)
    found.append(one)
    if mark:
        marks.append(mark)
    return place, end


def _names(reader: _Reader, start: int, part: int) -> tuple[bytes, str, str] | None:
    """The bytes of the name and the type at `start`, and both as text; None where none stand there."""
    data = reader.data
    name_end = data.find(b"\0", start, start + _SPAN)
    type_end = data.find(b"\0", name_end + 1, name_end + 1 + _SPAN) if name_end > 0 else -1
    if type_end < 0:
        _no_name(reader, start, name_end, part)
        return None
    name = str(data[start:name_end], "utf-8", "surrogateescape")
    return data[start : type_end + 1], name, str(data[name_end + 1 : type_end], "utf-8", "surrogateescape")


def _read(reader: _Reader, name: str, kind: str, start: int, value: int, end: int) -> Attribute:
    """The attribute from `start` to `end`, whose value begins at `value`; BadValue where the bytes make none.

    Parts share what has the same bytes, lists aside, which are counted for each.
    """
    data = reader.data
    if kind in LIST_TYPES or (kind == "chlist" and name != "channels"):  # those of `channels` are counted by part
        return Attribute(name, kind, _list(reader, kind, data[value:end]))
    if not reader.version & MULTI_PART:
        return Attribute(name, kind, decode_value(kind, data[value:end]))
    whole = data[start:end]
    one = reader.alike.get(whole)
    if one is None:
        one = reader.alike[whole] = Attribute(name, kind, decode_value(kind, data[value:end]))
    return one


def _list(reader: _Reader, kind: str, data: bytes) -> Value:
    """The value of an attribute that is a list; raises BadValue where all lists together would be too long."""
    if reader.refused == MAX_FAILED_LISTS:
        raise AttributeValueError(f"{MAX_FAILED_LISTS} lists before it could not be read, and no more are tried")
    try:
        value = decode_value(kind, data)
        count = count_items(kind, value)
        if reader.items + count > MAX_LIST_ITEMS:
            raise AttributeValueError(f"with it all lists together would have more than {MAX_LIST_ITEMS:,} values")
    except AttributeValueError:
        reader.refused += 1
        raise
    reader.items += count
    return value


def _no_name(reader: _Reader, start: int, name_end: int, part: int) -> None:
    """No name and type stand at `start`: the bytes end, or they are something else."""
    have = len(reader.data)
    begins = start if name_end < 0 else name_end + 1
    if have - begins < _SPAN:
        reader.short(min(begins + _SPAN, max(reader.size, have + 1)), part, None, start)
    else:
        told = f"At byte {start:,} in part {part} stands no attribute name; the rest of the header is lost."
        reader.problem("header-damaged", told, part, None, start)


def _no_value(reader: _Reader, length: int, end: int, part: int, name: str, start: int, before: int) -> None:
    """The value of an attribute is not here, cannot be anywhere, or is one too many."""
    if before == MAX_ATTRIBUTES:
        told = f"Part {part} has more than {MAX_ATTRIBUTES:,} attributes; the rest is left out."
        reader.problem("too-many-attributes", told, part, name, start)
    elif length < 0 or end > MAX_HEADER_BYTES:
        told = f"{quote(name)} in part {part} claims {length:,} bytes; the rest of the header is lost."
        reader.problem("attribute-size", told, part, name, start)
    else:
        reader.short(end, part, name, start)


def _bad_value(
    reader: _Reader, one: Attribute, error: AttributeValueError, part: int, start: int
) -> tuple[Attribute, ...]:
    """An attribute whose bytes do not fit its type is left out; a manifest is kept raw."""
    if one.type == "idmanifest":
        told = f"{quote(one.name)} in part {part} is kept as it is: {error}."
        reader.problem("manifest-damaged", told, part, one.name, start)
        return (one._replace(value=encode_raw(one.value)),)
    told = f"{quote(one.name)} in part {part} is left out: {error}."
    reader.problem("attribute-value", told, part, one.name, start)
    return ()
