"""Memory size of inspected files and records, estimated, for the limits of folders of large headers."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from exr_inspector_app.model import ExrFile, StoredValue
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exr_inspector_app.contracts import Record

# Measured with files of 50,000 channels or 100,000 attributes.
_FILE_CHANNEL_BYTES, _FILE_ATTRIBUTE_BYTES = 700, 350
_RECORD_CHANNEL_BYTES, _RECORD_ATTRIBUTE_BYTES = 1300, 250
_ROW_BYTES, _TEXT_COPIES = 1000, 8
_CONTAINER_COPIES = 2  # the text of a list of channels takes a quarter of the list
_ORDINARY_BYTES = 150_000  # record and rows of 40 channels and 30 attributes, of which a transaction has a thousand
_ITEM_BYTES = 64
_SHORT = 16  # items of a list, such as a matrix, that need not be counted


def file_size(file: ExrFile) -> int:
    """Return the memory of an inspected file in bytes; large values that stay in the file do not count."""
    attributes = [row.value for part in file.parts for row in part.attributes]
    return (
        _FILE_CHANNEL_BYTES * file.channel_count + _FILE_ATTRIBUTE_BYTES * len(attributes) + _large_values(attributes)
    )


def record_size(record: Record) -> int:
    """Return the memory of a record in bytes, with the texts that it shares with its file."""
    channels, attributes = len(record.payload["channels"]), _attributes(record)
    return _RECORD_CHANNEL_BYTES * channels + _RECORD_ATTRIBUTE_BYTES * len(attributes) + _large_values(attributes)


def transaction_size(record: Record) -> int:
    """Return the memory in bytes that a record takes beyond an ordinary one, with its rows, until a commit."""
    channels, attributes = len(record.payload["channels"]), _attributes(record)
    rows = (_RECORD_CHANNEL_BYTES + _ROW_BYTES) * channels + (_RECORD_ATTRIBUTE_BYTES + _ROW_BYTES) * len(attributes)
    texts, containers = _large_texts(attributes), _large_containers(attributes)
    values = texts * (1 + _TEXT_COPIES) + containers * (1 + _CONTAINER_COPIES)
    return max(rows - _ORDINARY_BYTES, 0) + values


def _attributes(record: Record) -> list[Any]:
    return [row["value"] for part in record.payload["attributes"]["parts"] for row in part]


def _large_values(values: Sequence[Any]) -> int:
    """Return the bytes of the texts and containers among values that are not small."""
    return _large_texts(values) + _large_containers(values)


def _large_texts(values: Sequence[Any]) -> int:
    return sum([sys.getsizeof(value) for value in values if type(value) is str and len(value) > _ITEM_BYTES])


def _large_containers(values: Sequence[Any]) -> int:
    return sum(
        [
            _container_size(value)
            for value in values
            if (type(value) is list and len(value) > _SHORT) or type(value) is dict
        ]
    )


def _container_size(value: Any) -> int:
    if isinstance(value, StoredValue):
        return 0
    if isinstance(value, str):
        return sys.getsizeof(value)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return _ITEM_BYTES + sum(map(_container_size, items))
