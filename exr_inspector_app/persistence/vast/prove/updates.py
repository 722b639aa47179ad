"""Probes of updates and deletes, above all in `files`, the table with a vector index."""

from __future__ import annotations

import pyarrow as pa

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_with_key
from exr_inspector_app.persistence.vast.tables import VECTOR_INDEXES
from exr_inspector_app.persistence.vast.transaction import ROW_ID

INSERT_ONCE = "insert.once"  # id of the fact
_SECOND_AXIS = 1


def _vector_index(scratch: Scratch) -> str:
    column = VECTOR_INDEXES["files"].column
    with scratch.transaction() as transaction:
        index = transaction.tables.vector_index(transaction.sdk, "files")
    if index is None:
        raise RefutedError("The table files has no vector index.")
    return f"The table files has an index on {column}."


def _insert_once(scratch: Scratch) -> str:
    if scratch.copies != 1:
        raise RefutedError(f"{scratch.copies} rows are stored of one; a gateway may repeat requests.")
    return "A row that is inserted is stored once."


def _update(scratch: Scratch, table: str, column: str, value: object) -> str:
    """Update one column of a committed row, commit, and read it again."""
    key = scratch.add(table)
    kind = schema.TABLES[table].field(column).type
    with scratch.transaction() as transaction:
        rows = rows_with_key(transaction, table, key, row_ids=True)
        transaction.update(table, pa.table({ROW_ID: rows[ROW_ID], column: pa.array([value] * len(rows), kind)}))
        scratch.commit(transaction)
    if scratch.read(table, key, column)[column].to_pylist() != [value]:
        raise RefutedError(f"An update of {column} is accepted, but its value does not change.")
    return f"{column} of {table} is updated."


def _update_indexed(scratch: Scratch) -> str:
    return _update(scratch, "files", "inspection_count", 2)


def _update_plain(scratch: Scratch) -> str:
    return _update(scratch, "parts", "chunks_present", 2)


def _update_vector(scratch: Scratch) -> str:
    return _update(scratch, "channels", "channel_fingerprint", _axis("channels", "channel_fingerprint"))


def _update_indexed_vector(scratch: Scratch) -> str:
    column = VECTOR_INDEXES["files"].column
    return _update(scratch, "files", column, _axis("files", column))


def _axis(table: str, column: str) -> list[float]:
    """Return a unit vector that no other probe uses."""
    vector = [0.0] * schema.TABLES[table].field(column).type.list_size
    vector[_SECOND_AXIS] = 1.0
    return vector


def _delete(scratch: Scratch, table: str) -> str:
    """Delete a row that another transaction has committed."""
    key = scratch.add(table)
    with scratch.transaction() as transaction:
        transaction.delete(table, rows_with_key(transaction, table, key, row_ids=True))
        scratch.commit(transaction)
    if len(scratch.read(table, key)):
        raise RefutedError(f"A delete in {table} is accepted, but the row stays.")
    return f"A row of {table} is deleted."


def _delete_indexed(scratch: Scratch) -> str:
    return _delete(scratch, "files")


def _delete_plain(scratch: Scratch) -> str:
    return _delete(scratch, "channels")


def _rewrite_indexed(scratch: Scratch) -> str:
    """Delete a row and insert it again in one transaction, as the fallback of updates does."""
    key = scratch.add("files")
    with scratch.transaction() as transaction:
        rows = rows_with_key(transaction, "files", key, *schema.FILES.names[1:], row_ids=True)
        transaction.delete("files", rows)
        transaction.insert("files", rows.select(schema.FILES.names).cast(schema.FILES))
        scratch.commit(transaction)
    if (count := len(scratch.read("files", key))) != 1:
        raise RefutedError(f"{count} rows remain of one.")
    return "A row of files is replaced in one transaction."


FACTS = (
    Fact(INSERT_ONCE, "Is a row stored once that is inserted once?", _insert_once,
         "duplicates are removed by every publish and by `vast mend`"),
    Fact("index.vector", "Can a table have a vector index?", _vector_index, "vectors are compared without an index"),
    Fact("update.indexed", "Can other columns of a table with a vector index be updated?", _update_indexed,
         "the rows are deleted and inserted again"),
    Fact("update.indexed_vector", "Can the column with the vector index be updated?", _update_indexed_vector,
         "the rows are deleted and inserted again"),
    Fact("update.plain", "Can columns of a table without index be updated?", _update_plain,
         "the rows are deleted and inserted again"),
    Fact("update.vector", "Can a vector without index be updated?", _update_vector,
         "the rows are deleted and inserted again"),
    Fact("delete.indexed", "Can rows of a table with a vector index be deleted?", _delete_indexed),
    Fact("delete.plain", "Can rows of a table with vectors be deleted?", _delete_plain),
    Fact("update.rewrite", "Can a row be deleted and inserted again in one transaction?", _rewrite_indexed),
)  # fmt: skip
