"""Probes of status 409 and of concurrent writers of one row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from vastdb import errors

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.errors import WriteConflictError, translate_errors
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of, rows_with_key
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction


def _missing_bucket(scratch: Scratch) -> str:
    name = f"{scratch.vast.schema.replace('_', '-')}-missing"
    return _expect(errors.NotFound, lambda: scratch.api.list_schemas(bucket=name))


def _plain_bucket(scratch: Scratch) -> str:
    name = scratch.options.plain_bucket
    if not name:
        raise UnprovenError("Not asked; name a bucket without database with --plain-bucket.")
    return _expect(errors.Conflict, lambda: scratch.api.list_schemas(bucket=name))


def _existing_schema(scratch: Scratch) -> str:
    vast = scratch.vast
    with scratch.transaction() as transaction:
        return _expect(
            errors.Conflict, lambda: scratch.api.create_schema(vast.bucket, vast.schema, txid=transaction.id)
        )


def _existing_table(scratch: Scratch) -> str:
    vast, columns = scratch.vast, schema.SCHEMA_INFO
    with scratch.transaction() as transaction:
        return _expect(
            errors.Conflict,
            lambda: scratch.api.create_table(vast.bucket, vast.schema, "schema_info", columns, txid=transaction.id),
        )


def _expect(kind: type[errors.HttpError], call: Callable[[], Any]) -> str:
    """Return a sentence if the call fails with this class of status."""
    try:
        call()
    except errors.Forbidden:
        raise
    except errors.HttpError as error:
        answer = f"Answered with {error.status} ({error.code})."
        if isinstance(error, kind):
            return answer
        raise RefutedError(answer) from error
    raise RefutedError("Accepted.")


def _open_writer(scratch: Scratch) -> str:
    key = scratch.add("parts", width=[1])
    with scratch.transaction() as first, scratch.transaction() as second:
        update_width(first, key, 2)
        return _lose(scratch, second, key, before_commit=lambda: scratch.commit(first))


def _committed_writer(scratch: Scratch) -> str:
    key = scratch.add("parts", width=[1])
    with scratch.transaction() as second:
        rows_with_key(second, "parts", key)  # a snapshot may be taken at the first read
        with scratch.transaction() as first:
            update_width(first, key, 2)
            scratch.commit(first)
        return _lose(scratch, second, key)


def _lose(scratch: Scratch, second: Transaction, key: str, before_commit: Callable[[], None] = lambda: None) -> str:
    """Return at which request the second writer of a row fails."""
    try:
        update_width(second, key, 3)
    except WriteConflictError:
        return "The second writer gets 409 at the write."
    before_commit()
    try:
        with translate_errors(scratch.vast):
            scratch.commit(second)
    except WriteConflictError:
        return "The second writer gets 409 at the commit."
    raise RefutedError("Both writers succeed, and the last one wins.")


def _concurrent_inserts(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as first, scratch.transaction() as second:
        for transaction in (first, second):
            transaction.insert("parts", rows_of("parts", key))
        scratch.commit(first)
        scratch.commit(second)
    count = len(scratch.read("parts", key))
    if count != 2:
        raise RefutedError(f"{count} rows remain of two.")
    return "Both rows are stored; there are no unique keys."


def update_width(transaction: Transaction, key: str, width: int) -> None:
    """Update the width of the rows of `parts` with a key."""
    rows = rows_with_key(transaction, "parts", key, row_ids=True)
    transaction.update("parts", pa.table({ROW_ID: rows[ROW_ID], "width": pa.array([width] * len(rows), pa.int32())}))


FACTS = (
    Fact("conflict.missing_bucket", "Is a missing bucket answered with 404?", _missing_bucket, "the sentence differs"),
    Fact("conflict.plain_bucket", "Is a bucket without database answered with 409?", _plain_bucket,
         "the sentence differs"),
    Fact("conflict.schema", "Is creating a schema that exists answered with 409?", _existing_schema,
         "the tables are looked up before they are created"),
    Fact("conflict.table", "Is creating a table that exists answered with 409?", _existing_table,
         "the tables are looked up before they are created"),
    Fact("conflict.open_writer", "Does the second of two open writers of a row fail?", _open_writer,
         "duplicates are removed by every publish and by `vast mend`"),
    Fact("conflict.committed_writer", "Does a writer fail whose row was changed since its snapshot?",
         _committed_writer, "duplicates are removed by every publish and by `vast mend`"),
    Fact("conflict.inserts", "Can two transactions insert the same key?", _concurrent_inserts,
         "the second publisher tries again"),
)  # fmt: skip
