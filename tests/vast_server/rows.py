"""Calls on rows: insert, update, delete and query."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from .database import Database
from .limits import check_predicate
from .relation import read_query
from .stream import Split, answer
from .tables import Table
from .wire import ROW_ID, Call, RefusalError, Reply

EXTERNAL_ID = "vastdb_rowid"
HIGHEST_ID = np.uint64((1 << 40) - 1)  # of ids that descend
NO_ROWS = np.empty(0, dtype=np.uint64)


def insert(database: Database, call: Call) -> Reply:
    """Insert rows and return their ids."""
    table = database.view(call.transaction).table(call.table)
    rows = table.conform(read_rows(call.body))
    if not database.personality.has_null_vectors:
        check_null_vectors(rows)
    external = EXTERNAL_ID in rows.column_names
    ids = rows.column(EXTERNAL_ID).to_numpy().astype(np.uint64) if external else table.ids.take(rows.num_rows)
    if not external and not database.personality.ascending_ids:
        ids = HIGHEST_ID - ids

    def operation(own: Table) -> Table:
        return replace(own.insert(own.conform(rows), ids), external_ids=own.external_ids or external)

    change(database, call, NO_ROWS, operation)
    kind = pa.decimal128(38, 0) if table.wide_ids else pa.uint64()
    batch = pa.record_batch([pa.array(ids).cast(kind)], names=[ROW_ID])
    return Reply((batch.schema.serialize(), batch.serialize(), b"\xff\xff\xff\xff\x00\x00\x00\x00"))


def check_null_vectors(rows: pa.Table) -> None:
    """Refuse null in a column of vectors."""
    for column in rows.columns:
        if pa.types.is_fixed_size_list(column.type) and column.null_count:
            raise RefusalError(400, "TabularNullVector", "a vector cannot be null")


def update(database: Database, call: Call) -> Reply:
    """Update cells of rows by id."""
    table = database.view(call.transaction).table(call.table)
    if table.index is not None and not database.personality.updates_indexed:
        raise RefusalError(400, "TabularUnsupportedOperation", "rows of a table with a vector index cannot be updated")
    given = read_rows(call.body)
    ids, rows = row_ids(given), table.conform(given)
    if len(ids) and rows.num_columns:
        change(database, call, ids, lambda own: own.update(own.conform(rows), ids))
    return Reply()


def delete(database: Database, call: Call) -> Reply:
    """Delete rows by id."""
    ids = row_ids(read_rows(call.body))
    change(database, call, ids, lambda own: own.delete(ids))
    return Reply()


def query(database: Database, call: Call) -> Reply:
    """Send the rows of a split that match a filter."""
    check_predicate(len(call.body), database.personality.max_predicate)
    table = database.view(call.transaction).table(call.table)
    parsed = read_query(call.body, table)
    if database.personality.refuses_substrings and b"match_substring" in call.body:
        raise RefusalError(400, "TabularUnsupportedPredicate", "match_substring is not supported")
    pages = answer(parsed, Split.of(call), table, database.shuffled)
    return Reply(tuple(pages), chunked=True)


def change(database: Database, call: Call, ids: np.ndarray[Any, Any], operation: Any) -> None:
    """Apply an operation to the table of a call, with locks on the rows."""
    key = call.table
    database.change(call.transaction, key, ids, lambda catalog: catalog.change(key, operation))


def read_rows(body: bytes) -> pa.Table:
    """Parse the rows of a request's body."""
    try:
        return pa.ipc.open_stream(body).read_all()
    except pa.ArrowInvalid as error:
        raise RefusalError(400, "InvalidArgument", f"the body is no Arrow stream: {error}") from error


def row_ids(rows: pa.Table) -> np.ndarray[Any, Any]:
    """Return the ids column of rows."""
    if ROW_ID not in rows.column_names:
        raise RefusalError(400, "InvalidArgument", f"the rows have no column {ROW_ID}")
    return rows.column(ROW_ID).cast(pa.uint64()).to_numpy()
