"""Probes of names: columns that are added, tables that are renamed, projections, pages of lists, and statistics."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from vastdb.util import serialize_record_batch

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch
from exr_inspector_app.persistence.vast.transaction import Transaction

_PROJECTION = "by_key"


def _table(transaction: Transaction, scratch: Scratch, name: str) -> Any:
    return transaction.sdk.bucket(scratch.vast.bucket).schema(scratch.vast.schema).table(name)


def _create(transaction: Transaction, scratch: Scratch, name: str) -> Any:
    vast = scratch.vast
    scratch.api.create_table(vast.bucket, vast.schema, name, schema.SCHEMA_INFO, txid=transaction.id)
    return _table(transaction, scratch, name)


def _insert(transaction: Transaction, scratch: Scratch, name: str, keys: list[str]) -> None:
    body = serialize_record_batch(pa.table({"key": keys, "value": keys}, schema=schema.SCHEMA_INFO))
    scratch.api.insert_rows(scratch.vast.bucket, scratch.vast.schema, name, body, transaction.id)


def _add_column(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        table = _create(transaction, scratch, "grown")
        _insert(transaction, scratch, "grown", ["old"])
        table.add_column(pa.schema([pa.field("added", pa.float64())]))
        rows = _table(transaction, scratch, "grown").select(["key", "added"]).read_all()
    if rows.to_pylist() != [{"key": "old", "added": None}]:
        raise RefutedError("The old rows do not have the new column as null.")
    return "A column is added to a table with rows; their value is null."


def _rename(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        _create(transaction, scratch, "before").rename("after")
        if _table(transaction, scratch, "after").name != "after":
            raise RefutedError("The table does not have the new name.")
    return "A table is renamed."


def _drop(scratch: Scratch) -> str:
    vast = scratch.vast
    with scratch.transaction() as transaction:
        _create(transaction, scratch, "dropped")
        scratch.commit(transaction)
    with scratch.transaction() as transaction:
        scratch.api.drop_table(vast.bucket, vast.schema, "dropped", txid=transaction.id)
        scratch.commit(transaction)
    with scratch.transaction() as transaction:
        if "dropped" in transaction.sdk.bucket(vast.bucket).schema(vast.schema).tablenames():
            raise RefutedError("The table is still listed.")
    return "A dropped table is listed no more."


def _create_projection(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        table = _create(transaction, scratch, "projected")
        table.create_projection(_PROJECTION, ["key"], ["value"])
        names = [projection.name for projection in table.projections()]
    if _PROJECTION not in names:
        raise RefutedError("A new projection is not listed.")
    return "A projection is created and listed."


def _use_projection(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        table = _create(transaction, scratch, "looked_up")
        table.create_projection(_PROJECTION, ["key"], ["value"])
        keys = [f"key {number}" for number in range(100)]
        _insert(transaction, scratch, "looked_up", keys)
        scratch.commit(transaction)
    with scratch.transaction() as transaction:
        table = _table(transaction, scratch, "looked_up")
        rows = table.select(["key", "value"], table["key"].isin(keys[:3])).read_all()
    if sorted(rows["value"].to_pylist()) != keys[:3]:
        raise RefutedError("A look-up in a table with a projection misses rows.")
    return "A look-up in a table with a projection finds its rows."


def _pages(scratch: Scratch) -> str:
    vast = scratch.vast
    table_names: list[str] = []
    with scratch.transaction() as transaction:
        key, truncated = 0, True
        while truncated and len(table_names) <= len(schema.TABLES):
            _, _, tables, key, truncated, _ = scratch.api.list_tables(
                vast.bucket, vast.schema, txid=transaction.id, max_keys=2, next_key=key
            )
            table_names += [table.name for table in tables]
    distinct = set(table_names)
    if not distinct.issuperset(schema.TABLES) or len(table_names) != len(distinct):
        raise RefutedError("Pages of a list repeat or miss tables.")
    return f"{len(table_names)} tables are listed by pages of two."


def _statistics(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        before = transaction.tables.row_count(transaction.sdk, "previews")
    scratch.add("previews", 3)
    with scratch.transaction() as transaction:
        added = transaction.tables.row_count(transaction.sdk, "previews") - before
    if added != 3:
        raise RefutedError(f"The statistics count {added} of 3 new rows.")
    return "The statistics count rows once they are committed."


FACTS = (
    Fact("names.add_column", "Can a column be added to a table with rows?", _add_column),
    Fact("names.rename_table", "Can a table be renamed?", _rename, "migrations copy the rows"),
    Fact("names.drop_table", "Is a dropped table gone?", _drop),
    Fact("names.pages", "Are long lists of tables complete?", _pages),
    Fact("names.statistics", "Do statistics count new rows at once?", _statistics, "counts are called approximate"),
    Fact("projection.create", "Can a table have a projection?", _create_projection, "look-ups read the whole table"),
    Fact("projection.use", "Are look-ups right in a table with a projection?", _use_projection,
         "the tables get no projections"),
)  # fmt: skip
