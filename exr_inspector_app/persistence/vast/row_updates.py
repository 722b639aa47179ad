"""Updates of rows, with a fallback for servers that refuse to update a table."""

from __future__ import annotations

import logging
from typing import Any

import pyarrow as pa
from vastdb import errors

from exr_inspector_app.errors import VASTDatabaseError
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction

log = logging.getLogger(__name__)

_REFUSALS = (errors.BadRequest, errors.NotSupported, errors.NotImplemented, errors.MethodNotAllowed)
_FACTS = {"files": "update.indexed", "channels": "update.vector"}  # that determine whether a table can be updated


def update_rows(transaction: Transaction, table: str, owners: pa.Table, changes: pa.Table) -> None:
    """Update columns of rows; on a server that refuses updates, delete the rows and insert them again.

    Such a server is known by `vast prove`, or by its answer.

    Args:
        transaction: The transaction, in which both happen.
        table: Name of the table.
        owners: Rows of the table with their ROW_ID and file_id.
        changes: The columns to change with the ROW_ID of their rows, which are among `owners`.
    """
    if not len(changes):
        return
    if not transaction.tables.capabilities.lacks(_FACTS.get(table, "update.plain")):
        try:
            return transaction.update(table, changes)
        except VASTDatabaseError as error:
            if not isinstance(error.__cause__, _REFUSALS):
                raise
            log.info("Rows of %s are replaced, since updates are refused: %s", table, error.sentence)
    columns = transaction.tables.arrow_schema(table)
    file_ids = owners["file_id"].to_pylist()
    rows = transaction.rows_by_key(table, columns.names, "file_id", file_ids, row_ids=True)
    new = {row[ROW_ID]: row for row in changes.to_pylist()}
    ids = rows[ROW_ID].to_pylist()
    rows = rows.filter(pa.array([row_id in new for row_id in ids], pa.bool_()))
    replaced = [new[row_id] for row_id in ids if row_id in new]
    transaction.delete(table, rows)
    transaction.insert(table, _with_changes(rows, replaced, columns))


def _with_changes(rows: pa.Table, changes: list[dict[str, Any]], columns: pa.Schema) -> pa.Table:
    """Return the rows without their ids, with the changed values."""
    names = changes[0].keys() if changes else ()
    arrays = {
        field.name: pa.array([change[field.name] for change in changes], field.type)
        if field.name in names
        else rows[field.name]
        for field in columns
    }
    return pa.table(arrays, schema=columns)
