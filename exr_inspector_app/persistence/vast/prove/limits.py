"""Probes of limits: sizes of texts, requests and inserts."""

from __future__ import annotations

import pyarrow as pa

from exr_inspector_app.persistence.vast import transaction as transaction_module
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of, rows_with_key

_MANY_ROWS = 50_000


def _cell(scratch: Scratch) -> str:
    size = transaction_module.MAX_CELL_BYTES
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        text = pa.array(["x" * size], pa.string())
        transaction.insert("attributes", rows_of("attributes", key, value_text=text))
        read = rows_with_key(transaction, "attributes", key, "value_text")["value_text"].to_pylist()
    if [len(value or "") for value in read] != [size]:
        raise RefutedError("A long text comes back cut.")
    return f"A text of {size // 1024} KB is stored."


def _body(scratch: Scratch) -> str:
    size = transaction_module.MAX_INSERT_BYTES
    cell = 64 * 1024
    count = (size - 64 * 1024) // cell
    with scratch.transaction() as transaction:
        texts = pa.array(["x" * cell] * count, pa.string())
        transaction.insert("attributes", rows_of("attributes", scratch.new_key(), count, value_text=texts))
    return f"A request of {count * cell / 1e6:.1f} MB is accepted."


def _rows(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        rows = pa.table({"key": [key] * _MANY_ROWS, "value": [""] * _MANY_ROWS})
        transaction.insert("schema_info", rows)
        condition = transaction.tables.columns("schema_info").key == key
        count = len(transaction.rows("schema_info", ["key"], [condition]))
    if count != _MANY_ROWS:
        raise RefutedError(f"{count:,} of {_MANY_ROWS:,} rows are stored.")
    return f"{_MANY_ROWS:,} rows are inserted by one request and read back."


FACTS = (
    Fact("limits.cell", "Can a text have 100 KB?", _cell),
    Fact("limits.body", "Can a request have 4 MB?", _body),
    Fact("limits.rows", "Can a request insert 50,000 rows?", _rows),
)
