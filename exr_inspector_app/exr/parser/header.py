"""Header parser: from the bytes at the start of a file to parts with decoded attributes.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

from struct import Struct

from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.parser import last_reads
from exr_inspector_app.exr.parser.attribute_types import (
    LIST_TYPES,
    MAX_CHANNELS,
    MAX_LIST_ITEMS,
    AttributeValueError,
    clear_channel_cache,
    count_items,
    decode_value,
    encode_raw,
    raw_value_head,
)
from exr_inspector_app.exr.parser.header_cache import MAX_ATTRIBUTE_BYTES, MAX_VARIANT_BYTES, HeaderCache, TrieNode
from exr_inspector_app.exr.parser.part_summary import MULTI_PART, PartSummary, clear_channels, summarize
from exr_inspector_app.exr.source.value_reader import MIN_STORED_BYTES, stored_value
from exr_inspector_app.exr.validation.channel_checks import clear_cache as clear_channel_checks
from exr_inspector_app.model import Attribute, Problem, Value
from exr_inspector_app.named_tuple import NamedTuple

MAGIC = b"v/1\x01"
MAX_HEADER_BYTES = 32 * 1024 * 1024  # Cryptomatte manifests of whole cities stay below
MAX_PARTS = 10_000
MAX_ATTRIBUTES = 100_000  # of all parts
MAX_FAILED_LISTS = 8  # each may take half a second before it fails
MAX_NAME_BYTES = 255

_INT = Struct("<i")
_new_tuple = tuple.__new__  # faster than the constructor of a named tuple
_NAME_BYTES = MAX_NAME_BYTES + 1  # a name and its NUL


class IncompleteHeaderError(Exception):
    """The header continues beyond the bytes that were read; at least `size` bytes from the start are needed."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Header(NamedTuple):
    """Parsed headers of all parts."""

    version: int  # with its flags
    parts: list[PartSummary]
    attributes: list[tuple[Attribute, ...]]  # of each part
    end: int | None  # the byte after the last header; None for a header that has no end
    problems: list[Problem]
    is_new: bool  # no earlier header shared its summaries, so that parsing it took long


_cache = HeaderCache()


def parse_header(data: bytes, size: int, is_final: bool = False) -> Header:
    """Parse the headers at the start of a file.

    Args:
        data: First bytes of the file, 8 at least.
        size: Size of the file in bytes.
        is_final: True if no more bytes than `data` can be read.

    Returns:
        The headers. Their values are shared between files and must not be changed.

    Raises:
        IncompleteHeaderError: The headers continue beyond `data`, and `is_final` is False.
    """
    return HeaderParser(data, size, is_final).parse()


def clear_cache() -> None:
    """Clear all caches of headers, so that the next one is parsed as if it were the first one."""
    for clear in (_cache.clear, clear_channel_cache, clear_channels, clear_channel_checks, last_reads.clear):
        clear()


class HeaderParser:
    """Resumable parser of the headers of one file.

    After an IncompleteHeaderError, `supply` more bytes and call `parse` again: it continues at the attribute that was
    incomplete, so that a long header is parsed once however many reads it takes. Not thread-safe; the cache that all
    parsers share is.
    """

    # The state of a first part; in the class, since every file needs a parser.
    _index = _problems_before = 0
    _attribute_count = _channel_count = 0  # of the parts that are complete
    _list_items = _failed_lists = 0
    _part_start = _at = 8
    _node: TrieNode | None = None  # None before the first attribute
    _is_new = False
    path = ""  # of the file on disk, in which large values stay; "" keeps them in memory

    def __init__(self, data: bytes, size: int, is_final: bool = False) -> None:
        self._data = data
        self._size = size
        self._is_final = is_final
        self._version: int = _INT.unpack_from(data, 4)[0]
        self._is_multi_part = self._version & MULTI_PART != 0
        self._parts: list[PartSummary] = []
        self._part_attributes: list[tuple[Attribute, ...]] = []
        self._problems: list[Problem] = []
        self._attributes: list[Attribute] = []
        self._ids: list[int] = []  # in the cache
        if self._is_multi_part:
            self._shared_attributes: dict[bytes, Attribute] = {}  # later parts mostly have the same ones

    def supply(self, data: bytes, size: int, is_final: bool) -> None:
        """Replace the bytes of the file by more of them; the arguments are those of `parse_header`."""
        self._data = data
        self._size = size
        self._is_final = is_final

    def parse(self) -> Header:
        """Parse from the current position; the result and the errors are those of `parse_header`."""
        if self._version & 0xFF not in (1, 2):
            message = f"Unsupported OpenEXR version: {self._version & 0xFF}. Supported are 1 and 2."
            self._problems.append(Problem("unknown-version", message, byte_offset=4))
            return self._header(None)
        while True:
            at = self._at
            if self._is_multi_part and self._index and at == self._part_start and self._data.startswith(b"\0", at):
                return self._header(at + 1)
            if self._index == MAX_PARTS:
                self._report(
                    "too-many-parts", f"More than {MAX_PARTS:,} parts, the limit; the rest is skipped.", None, at
                )
                return self._header(None)
            summary, end = self._parse_part()
            if end is not None and not self._is_multi_part:
                self._parts.append(summary)
                self._part_attributes.append(tuple(self._attributes))
                return self._header(end)
            if self._is_over_limit(summary):
                message = (
                    f"Part {self._index} exceeds the limit of channels or attributes; it and later parts are skipped."
                )
                self._report("too-many-attributes", message, None, self._part_start)
                return self._header(None)
            if self._attributes or end is not None or not self._parts:
                self._parts.append(summary)
                self._part_attributes.append(tuple(self._attributes))
            if end is None:
                return self._header(end)
            self._begin_part(end)

    def _header(self, end: int | None) -> Header:
        return _new_tuple(
            Header, (self._version, self._parts, self._part_attributes, end, self._problems, self._is_new)
        )

    def _begin_part(self, start: int) -> None:
        self._index = len(self._parts)
        self._part_start = self._at = start
        self._attributes = []
        self._ids = []
        self._node = None
        self._problems_before = len(self._problems)

    def _is_over_limit(self, summary: PartSummary) -> bool:
        """Count a part; return True if all parts together hold more than one file may have."""
        self._attribute_count += len(self._attributes)
        self._channel_count += len(summary.channels)
        return self._attribute_count > MAX_ATTRIBUTES or self._channel_count > MAX_CHANNELS

    def _parse_part(self) -> tuple[PartSummary, int | None]:
        """Parse the attributes of the current part; return its summary and where its header ends, None for nowhere."""
        data, attributes, ids = self._data, self._attributes, self._ids
        node, at, index = self._node, self._at, self._index
        if node is None:
            node = _cache.root(self._version, index)
        while True:
            node, at = _cache.match(node, data, at, attributes, ids)
            if data.startswith(b"\0", at):
                break
            self._node, self._at = node, at  # to resume here
            node, end = self._parse_attribute(node, at)
            if end is None:
                return summarize(attributes, self._version, index), None
            at = end
        if self._problems and len(self._problems) > self._problems_before:
            self._is_new = True
            return summarize(attributes, self._version, index), at + 1
        summary = node.summaries.get(tuple(ids))
        if summary is None:
            self._is_new = True
            summary = _cache.add_summary(node, ids, attributes, self._version, index)
        return summary, at + 1

    def _parse_attribute(self, node: TrieNode, start: int) -> tuple[TrieNode, int | None]:
        """Append the attribute at byte `start`, unless it is invalid; return the next node and where it ends.

        None means an end that cannot be determined.
        """
        data = self._data
        for head in node.heads:
            if data.startswith(head[0], start):
                break
        else:
            prefix = self._parse_prefix(start)
            if prefix is None:
                return node, None
            head = node.heads_by_prefix.get(prefix) or _cache.new_head(prefix, *_decode_names(prefix))
        prefix, name, kind, _, _ = head
        value_start = start + len(prefix) + 4
        if value_start > len(data):
            self._report_short(value_start, None, start)
            return node, None
        length: int = _INT.unpack_from(data, value_start - 4)[0]
        end = value_start + length
        if length < 0 or end > len(data) or len(self._attributes) == MAX_ATTRIBUTES:
            self._report_no_value(length, end, name, start)
            return node, None
        is_cacheable = end - start <= MAX_ATTRIBUTE_BYTES
        encoded = data[start:end] if is_cacheable else b""  # others may have megabytes, which are not copied again
        known = node.variants.get(encoded) if len(encoded) <= MAX_VARIANT_BYTES else None
        if known is not None:
            _, _, attribute, number, node = known
            self._attributes.append(attribute)
            if number:
                self._ids.append(number)
            return node, end
        try:
            attribute = self._read_attribute(name, kind, start, value_start, end)
        except AttributeValueError as error:
            self._add_invalid(Attribute(name, kind, data[value_start:end]), error, start)
            return node, end  # not cached, so that the next file reports the problem too
        number, node = _cache.add(node, head, encoded if is_cacheable else None, attribute)
        self._attributes.append(attribute)
        if number:
            self._ids.append(number)
        return node, end

    def _parse_prefix(self, start: int) -> bytes | None:
        """Return the bytes of the name and the type at `start`, with their NULs; report a problem for None."""
        data = self._data
        name_end = data.find(b"\0", start, start + _NAME_BYTES)
        type_end = data.find(b"\0", name_end + 1, name_end + 1 + _NAME_BYTES) if name_end > 0 else -1
        if type_end < 0:
            self._report_no_name(start, name_end)
            return None
        return data[start : type_end + 1]

    def _read_attribute(self, name: str, kind: str, start: int, value_start: int, end: int) -> Attribute:
        """Decode the attribute from `start` to `end`; raises AttributeValueError.

        Parts share attributes that have the same bytes, except for lists, which count for each part.
        """
        data = self._data
        if end - value_start >= MIN_STORED_BYTES and self.path:
            head = raw_value_head(kind, data, value_start, end)
            if head is not None:
                return Attribute(name, kind, stored_value(self.path, data, head[1], end, head[0]))
        if kind in LIST_TYPES or (kind == "chlist" and name != "channels"):  # those of `channels` are counted by part
            return Attribute(name, kind, self._decode_list(kind, data[value_start:end]))
        if not self._is_multi_part:
            return _new_tuple(Attribute, (name, kind, decode_value(kind, data[value_start:end])))
        encoded = data[start:end]
        attribute = self._shared_attributes.get(encoded)
        if attribute is None:
            attribute = Attribute(name, kind, decode_value(kind, data[value_start:end]))
            self._shared_attributes[encoded] = attribute
        return attribute

    def _decode_list(self, kind: str, data: bytes) -> Value:
        """Decode a list; raises AttributeValueError, also if all lists together have more than MAX_LIST_ITEMS."""
        if self._failed_lists == MAX_FAILED_LISTS:
            raise AttributeValueError(f"not decoded after {MAX_FAILED_LISTS} lists that failed")
        try:
            value = decode_value(kind, data)
            count = count_items(kind, value)
            if self._list_items + count > MAX_LIST_ITEMS:
                raise AttributeValueError(f"all lists together have more than {MAX_LIST_ITEMS:,} values, the limit")
        except AttributeValueError:
            self._failed_lists += 1
            raise
        self._list_items += count
        return value

    def _add_invalid(self, attribute: Attribute, error: AttributeValueError, start: int) -> None:
        """Report an attribute whose bytes do not fit its type; only a manifest is added, as raw bytes."""
        name = quote(attribute.name)
        if attribute.type == "idmanifest":
            message = f"{name} in part {self._index} is shown undecoded: {error}."
            self._report("manifest-damaged", message, attribute.name, start)
            self._attributes.append(attribute._replace(value=encode_raw(attribute.value)))
        else:
            message = f"{name} in part {self._index} is left out: {error}."
            self._report("attribute-value", message, attribute.name, start)

    def _report(self, code: str, message: str, name: str | None, at: int) -> None:
        self._problems.append(Problem(code, message, self._index, name, at))

    def _report_no_name(self, start: int, name_end: int) -> None:
        """Report that no name and type are at `start`: the bytes end, or they are something else."""
        have = len(self._data)
        first = start if name_end < 0 else name_end + 1
        if have - first < _NAME_BYTES:
            self._report_short(min(first + _NAME_BYTES, max(self._size, have + 1)), None, start)
        else:
            message = f"The header of part {self._index} is damaged at byte {start:,}; later attributes cannot be read."
            self._report("header-damaged", message, None, start)

    def _report_no_value(self, length: int, end: int, name: str, start: int) -> None:
        """Report a value that was not read yet, that cannot be in any file, or that is one too many."""
        if len(self._attributes) == MAX_ATTRIBUTES:
            message = f"Part {self._index} has more than {MAX_ATTRIBUTES:,} attributes, the limit; the rest is skipped."
            self._report("too-many-attributes", message, name, start)
        elif length < 0 or end > MAX_HEADER_BYTES:
            where = f"{quote(name)} in part {self._index}"
            message = f"Invalid size of {where}: {length:,} bytes. Later attributes cannot be read."
            self._report("attribute-size", message, name, start)
        else:
            self._report_short(end, name, start)

    def _report_short(self, end: int, name: str | None, start: int) -> None:
        """Report that the bytes up to `end` are missing; raises IncompleteHeaderError where they can be read."""
        have = len(self._data)
        if have < self._size and end <= self._size:
            if not self._is_final:
                raise IncompleteHeaderError(end)
            message = f"The header of part {self._index} continues beyond the {have:,} bytes that were read."
            self._report("header-unseen", message, name, start)
            return
        where = f"the header of part {self._index} (byte {self._size:,})"
        message = f"The file is cut off in {where}. Render or copy it again."
        self._report("header-truncated", message, name, start)


def _decode_names(prefix: bytes) -> tuple[str, str]:
    """Return the name and the type of an attribute as text."""
    name, kind, _ = prefix.split(b"\0")
    return str(name, "utf-8", "surrogateescape"), str(kind, "utf-8", "surrogateescape")
