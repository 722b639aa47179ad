"""Compact record of a large header: its channels, attributes and vectors are compressed, and expanded for each use.

A header of 49,000 channels takes 70 MB as a record, and one megabyte compressed.
"""

from __future__ import annotations

import marshal
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, cast
from weakref import WeakValueDictionary

import numpy as np

from exr_inspector_app.contracts import Identity, Record, Vector
from exr_inspector_app.contracts.records import Matrix
from exr_inspector_app.ingest.memory_size import file_size, record_size
from exr_inspector_app.model import ExrFile, Payload, StoredValue, from_payload, payload

MIN_COMPACT_BYTES = 2 * 2**20  # of a record or a file; smaller ones share their equal parts with other frames
MAX_EXPANDED_BYTES = 8 * 2**20  # of packed rows that stay expanded; as objects they take five times as much
_SECTIONS = ("channels", "attributes")
_LEVEL = 1  # of zlib: names and types of rows repeat


class PackedRows:
    """Compressed rows of the channels or the attributes of a payload. Immutable and safe to share between threads."""

    __slots__ = ("__weakref__", "_data", "_stored")

    def __init__(self, data: bytes, stored: dict[tuple[int, int], StoredValue]) -> None:
        self._data, self._stored = data, stored

    def expand(self) -> Any:
        """Return the rows, which the caller does not modify."""
        with _lock:
            if (known := _expanded.get(id(self))) is not None:
                _expanded.move_to_end(id(self))
                return known[1]
        plain = zlib.decompress(self._data)
        rows = marshal.loads(plain)  # noqa: S302  # written by this process
        for (part, index), value in self._stored.items():
            rows["parts"][part][index]["value"] = value
        with _lock:
            _expanded[id(self)] = len(plain), rows, self  # which keeps the id from another object
            while len(_expanded) > 1 and sum(size for size, *_ in _expanded.values()) > MAX_EXPANDED_BYTES:
                _expanded.popitem(last=False)
        return rows


_lock = threading.Lock()
_expanded: OrderedDict[int, tuple[int, Any, PackedRows]] = OrderedDict()  # the last used ones
_shared: WeakValueDictionary[bytes, PackedRows] = WeakValueDictionary()  # frames of a sequence have equal channels


def _pack(rows: Any) -> PackedRows:
    """Compress the channels or the attributes of a payload; values that stay in their file are left as they are."""
    stored: dict[tuple[int, int], StoredValue] = {}
    if isinstance(rows, dict):
        parts = [list(part) for part in rows["parts"]]
        for number, part in enumerate(parts):
            for index, row in enumerate(part):
                if isinstance(row["value"], StoredValue):
                    stored[number, index] = row["value"]
                    part[index] = {**row, "value": None}
        rows = {**rows, "parts": parts}
    data = zlib.compress(marshal.dumps(rows, 2), _LEVEL)  # version 2 gives equal rows equal bytes
    packed = PackedRows(data, stored)
    return packed if stored else _shared.setdefault(data, packed)


class CompactPayload(dict[str, Any]):
    """Payload whose channels and attributes are compressed; a plain dict for readers and encoders. Immutable."""

    __slots__ = ()
    __hash__ = None

    def __getitem__(self, key: str) -> Any:
        """Return an item."""
        value = super().__getitem__(key)
        return value.expand() if isinstance(value, PackedRows) else value

    def get(self, key: str, default: Any = None) -> Any:
        """Return an item, or `default`."""
        value = super().get(key, default)
        return value.expand() if isinstance(value, PackedRows) else value

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys; defined so that `dict(payload)` does not copy the memory of this object."""
        return super().__iter__()

    def values(self) -> Any:
        """Return the values, expanded."""
        return [self[key] for key in self]

    def items(self) -> Any:
        """Return the items, expanded."""
        return [(key, self[key]) for key in self]

    def __eq__(self, other: object) -> bool:
        """Return True for equal items."""
        return self is other or dict(self) == other

    def __ne__(self, other: object) -> bool:
        """Return True for other items."""
        return not self == other

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        """Copy and pickle as a plain dict."""
        return dict, (dict(self),)


def section_key(content: Payload, section: str) -> int:
    """Return the identity of a section of a payload, without expanding it: equal for records that share it."""
    return id(dict.__getitem__(cast("dict[str, Any]", content), section))


def _compact_payload(content: Payload) -> CompactPayload:
    items = cast("dict[str, Any]", content)
    return CompactPayload({**items, **{section: _pack(items[section]) for section in _SECTIONS}})


class CompactRecord(Record):
    """Record whose payload and channel vectors are compressed."""

    __slots__ = ("_packed_vectors", "_shape")

    def __init__(
        self,
        payload: Payload,
        identity: Identity,
        metadata_embedding: Vector,
        channel_fingerprint: Vector,
        channel_vectors: Matrix,
        inspected_at: str,
        is_on_disk: bool = False,
        note: str | None = None,
    ) -> None:
        """Compress a record; see `Record`."""
        compact = payload if isinstance(payload, CompactPayload) else _compact_payload(payload)
        vectors = np.ascontiguousarray(channel_vectors, np.float32)
        values = {
            "payload": compact,
            "identity": identity,
            "metadata_embedding": metadata_embedding,
            "channel_fingerprint": channel_fingerprint,
            "inspected_at": inspected_at,
            "is_on_disk": is_on_disk,
            "note": note,
            "_packed_vectors": zlib.compress(vectors.tobytes(), _LEVEL),  # a few of the 128 numbers are not zero
            "_shape": vectors.shape,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    _packed_vectors: bytes
    _shape: tuple[int, ...]

    @property
    def channel_vectors(self) -> Matrix:
        """Vectors of the channels, decompressed."""
        return np.frombuffer(zlib.decompress(self._packed_vectors), np.float32).reshape(self._shape)


def compact_record(record: Record) -> Record:
    """Return the record, compressed if it is large."""
    if isinstance(record, CompactRecord) or record_size(record) < MIN_COMPACT_BYTES:
        return record
    return CompactRecord(**{name: getattr(record, name) for name in Record.__dataclass_fields__})


class CompactFile(ExrFile):
    """File without the channels and attributes of its parts, and its compressed payload."""

    packed: CompactPayload | None = None


def compact_file(file: ExrFile) -> ExrFile:
    """Return the file, as a CompactFile if it is large."""
    if isinstance(file, CompactFile) or file_size(file) < MIN_COMPACT_BYTES:
        return file
    compact = CompactFile(*without_rows(file))
    compact.packed = _compact_payload(payload(file))
    return compact


def without_rows(file: ExrFile) -> ExrFile:
    """Return the file without the channels and attributes of its parts."""
    return file._replace(parts=tuple(part._replace(channels=(), attributes=()) for part in file.parts))


def expand_file(file: ExrFile | None) -> ExrFile | None:
    """Return the file with its channels and attributes."""
    packed = file.packed if isinstance(file, CompactFile) else None
    return file if packed is None else from_payload(cast("Payload", packed))
