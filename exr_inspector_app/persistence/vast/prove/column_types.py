"""Probes of column types: vectors, lists, nulls, and values that must come back as they were written."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of
from exr_inspector_app.text.format import pluralize

_TEXTS = (
    "Grüße",
    "e\u0301 is not \u00e9",
    "日本語",
    "🎬 shot",
    "",
    " two  blanks ",
    "a\"b\\c'd%e_f",
    "line\nfeed\ttab",
)


def _fixed_size_list(scratch: Scratch) -> str:
    return _create(scratch, schema.vector_type(8))


def _list(scratch: Scratch) -> str:
    return _create(scratch, pa.list_(pa.float32()))


def _create(scratch: Scratch, kind: pa.DataType) -> str:
    """Create a table with a column of a type, and roll back."""
    columns = pa.schema([pa.field("key", pa.string()), pa.field("value", kind)])
    vast = scratch.vast
    with scratch.transaction() as transaction:
        scratch.api.create_table(vast.bucket, vast.schema, "types", columns, txid=transaction.id)
        stored = scratch.api.list_all_columns(
            vast.bucket, vast.schema, "types", sorted_columns=False, txid=transaction.id
        )
    if stored.field("value").type != kind:
        raise RefutedError(f"The column is stored as {stored.field('value').type}.")
    return f"A column of {kind} is stored."


def _vector_bits(scratch: Scratch) -> str:
    column = "channel_fingerprint"
    size = schema.CHANNELS.field(column).type.list_size
    vector = [(-1.0) ** number / (number + 3) for number in range(size - 2)] + [1e-38, -0.0]
    return _round_trip(scratch, "channels", column, [vector])


def _null_vector(scratch: Scratch) -> str:
    return _round_trip(scratch, "channels", "channel_fingerprint", [None])


def _text(scratch: Scratch) -> str:
    return _round_trip(scratch, "parts", "part_name", list(_TEXTS))


def _numbers(scratch: Scratch) -> str:
    _round_trip(scratch, "attributes", "value_int", [-(2**63), 2**63 - 1])
    return _round_trip(scratch, "attributes", "value_float", [1 / 3, -0.0, 5e-324, 1.7976931348623157e308])


def _binary(scratch: Scratch) -> str:
    return _round_trip(scratch, "previews", "thumbnail", [bytes(range(256)), b""])


def _nulls(scratch: Scratch) -> str:
    _round_trip(scratch, "parts", "part_name", [None, ""])
    return _round_trip(scratch, "parts", "is_tiled", [None, True, False])


def _round_trip(scratch: Scratch, table: str, column: str, values: list[Any]) -> str:
    """Store one row per value, and compare the values read back, bit for bit."""
    expected = pa.array(values, schema.TABLES[table].field(column).type)
    keys = [scratch.new_key() for _ in values]
    parts = [rows_of(table, key, **{column: expected.slice(n, 1)}) for n, key in enumerate(keys)]
    with scratch.transaction() as transaction:
        transaction.insert(table, pa.concat_tables(parts))
        scratch.commit(transaction)
    for number, key in enumerate(keys):
        read = scratch.read(table, key, column)[column].combine_chunks()
        if repr(read.to_pylist()) != repr(expected.slice(number, 1).to_pylist()):
            raise RefutedError(f"Value {number + 1} of {table}.{column} comes back changed.")
    return f"Unchanged: {pluralize(len(values), 'value')} of {expected.type}."


FACTS = (
    Fact("types.fixed_size_list", "Are there vectors of fixed length?", _fixed_size_list,
         "vectors are stored as lists and compared on the client"),
    Fact("types.list", "Are there lists of any length?", _list, "vectors need a fixed length"),
    Fact("types.vector_bits", "Do vectors come back bit for bit?", _vector_bits),
    Fact("types.null_vector", "Can a vector be null?", _null_vector, "pictures without structure have no thumbnail"),
    Fact("types.text", "Does text come back unchanged?", _text),
    Fact("types.numbers", "Do the largest and smallest numbers come back unchanged?", _numbers),
    Fact("types.binary", "Do bytes come back unchanged?", _binary),
    Fact("types.nulls", "Is null apart from an empty text and from false?", _nulls),
)  # fmt: skip
