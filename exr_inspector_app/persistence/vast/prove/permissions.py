"""Probes of the key's permissions in the schema of the program; all their writes are rolled back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

import pyarrow as pa
from vastdb import errors

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import ConnectionLostError
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction

_KEY = "probe of `vast prove`"


def _try(scratch: Scratch, action: str, call: Callable[[Transaction], Any]) -> str:
    """Run an action in the program's own tables, and roll it back."""
    database = Database(scratch.origin, scratch.database.session, scratch.timeout)
    transaction: AbstractContextManager[Transaction] = database.transaction()
    try:
        with transaction as open_transaction:
            open_transaction.tables.verify(open_transaction)
            call(open_transaction)
    except ConnectionLostError as error:
        raise UnprovenError("The tables do not exist yet; run `exr-inspector vast init`.") from error
    except Exception as error:
        if isinstance(error, errors.Forbidden) or isinstance(error.__cause__, errors.Forbidden):
            raise RefutedError(f"The key may not {action} in {scratch.origin.location}.") from error
        if isinstance(error.__cause__, errors.HttpError) and error.__cause__.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            cause = error.__cause__
            raise UnprovenError(f"The server refuses it for another reason ({cause.status}, {cause.code}).") from error
        raise
    return f"The key may {action} in {scratch.origin.location}."


def _read(scratch: Scratch) -> str:
    return _try(scratch, "read", lambda transaction: list(transaction.batches("files", ["file_id"], limit=1)))


def _insert_row(transaction: Transaction) -> pa.Table:
    transaction.insert("files", rows_of("files", _KEY))
    condition = transaction.tables.columns("files").file_id == _KEY
    return transaction.rows("files", ["file_id"], [condition], row_ids=True)


def _insert(scratch: Scratch) -> str:
    return _try(scratch, "insert", _insert_row)


def _update(scratch: Scratch) -> str:
    def call(transaction: Transaction) -> None:
        rows = _insert_row(transaction)
        counts = pa.array([2] * len(rows), pa.int32())
        transaction.update("files", pa.table({ROW_ID: rows[ROW_ID], "inspection_count": counts}))

    return _try(scratch, "update", call)


def _delete(scratch: Scratch) -> str:
    return _try(scratch, "delete", lambda transaction: transaction.delete("files", _insert_row(transaction)))


def _create(scratch: Scratch) -> str:
    name = scratch.vast.schema

    def call(transaction: Transaction) -> None:
        vast = scratch.origin
        scratch.api.create_table(vast.bucket, vast.schema, name, schema.SCHEMA_INFO, txid=transaction.id)

    return _try(scratch, "create tables", call)


def _drop(scratch: Scratch) -> str:
    name = scratch.vast.schema

    def call(transaction: Transaction) -> None:
        vast = scratch.origin
        scratch.api.create_table(vast.bucket, vast.schema, name, schema.SCHEMA_INFO, txid=transaction.id)
        scratch.api.drop_table(vast.bucket, vast.schema, name, txid=transaction.id)

    return _try(scratch, "drop tables", call)


_ADMINISTRATOR = "an administrator does this"
FACTS = (
    Fact("permission.read", "May the key read the tables?", _read),
    Fact("permission.insert", "May the key insert rows of files?", _insert, "this key can only search"),
    Fact("permission.update", "May the key update rows of files?", _update,
         "sizes and dates of known files stay as they were"),
    Fact("permission.delete", "May the key delete rows of files?", _delete, "duplicates stay until `vast mend`"),
    Fact("permission.create", "May the key create tables?", _create, _ADMINISTRATOR),
    Fact("permission.drop", "May the key drop tables?", _drop, _ADMINISTRATOR),
)  # fmt: skip
