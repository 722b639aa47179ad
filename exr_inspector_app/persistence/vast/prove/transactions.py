"""Probes of transactions: rollback, commit, expiry, snapshots, and reads of own writes."""

from __future__ import annotations

import time

import pyarrow as pa
from vastdb import errors

from exr_inspector_app.persistence.vast.prove.conflicts import update_width
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of, rows_with_key
from exr_inspector_app.persistence.vast.transaction import Transaction

_TABLES = ("files", "parts")


def _atomic_commit(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        for table in _TABLES:
            transaction.insert(table, rows_of(table, key))
        if before := _counts(scratch, key):
            raise RefutedError(f"Rows are visible before the commit: {before}.")
        scratch.commit(transaction)
    if _counts(scratch, key) != len(_TABLES):
        raise RefutedError("Rows are missing after the commit.")
    return "Rows of two tables appear with the commit, and not before."


def _rollback(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        for table in _TABLES:
            transaction.insert(table, rows_of(table, key))
    if remaining := _counts(scratch, key):
        raise RefutedError(f"{remaining} rows remain.")
    return "Nothing remains in either table."


def _rollback_after_commit(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        transaction.insert("parts", rows_of("parts", key))
        txid = transaction.id
        scratch.commit(transaction)
    try:
        scratch.api.rollback_transaction(txid)
    except errors.NotFound as error:
        return f"Answered with 404 ({error.code}); the rows stay."
    if not len(scratch.read("parts", key)):
        raise RefutedError("Accepted, and the committed rows are gone.")
    raise RefutedError("Accepted, although the rows stay.")


def _commit_after_rollback(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        transaction.insert("parts", rows_of("parts", key))
        scratch.api.rollback_transaction(transaction.id)
        try:
            scratch.commit(transaction)
        except errors.HttpError as error:
            return f"Answered with {error.status} ({error.code})."
    raise RefutedError("Accepted.")


def _keep_alive(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        scratch.api.get_transaction(transaction.id)
        txid = transaction.id
    try:
        scratch.api.get_transaction(txid)
    except errors.NotFound:
        return "An open transaction is found, an ended one is not."
    raise RefutedError("An ended transaction is still found.")


def _expiry(scratch: Scratch) -> str:
    seconds = scratch.options.idle_s
    if not seconds:
        raise UnprovenError("Not asked; wait for it with --idle SECONDS.")
    with scratch.transaction() as transaction:
        transaction.insert("parts", rows_of("parts", scratch.new_key()))
        time.sleep(seconds)
        try:
            scratch.commit(transaction)
        except errors.HttpError as error:
            raise RefutedError(f"Ended before {seconds:g} s: {error.status} ({error.code}).") from error
    return f"Still open after {seconds:g} s."


def _snapshot(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as reader:
        rows_with_key(reader, "parts", key)
        with scratch.transaction() as writer:
            for table in _TABLES:
                writer.insert(table, rows_of(table, key))
            scratch.commit(writer)
        seen = [table for table in _TABLES if len(rows_with_key(reader, table, key))]
    if seen:
        raise RefutedError(f"A later commit is visible in {' and '.join(seen)}.")
    return "A later commit is visible in none of two tables."


def _snapshot_of_updates(scratch: Scratch) -> str:
    key = scratch.add("parts", width=[1])
    with scratch.transaction() as reader:
        _width(reader, key)
        with scratch.transaction() as writer:
            update_width(writer, key, 2)
            scratch.commit(writer)
        if _width(reader, key) != [1]:
            raise RefutedError("A later update is visible.")
    return "A later update is not visible."


def _own_insert(scratch: Scratch) -> str:
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        transaction.insert("files", rows_of("files", key))
        if len(rows_with_key(transaction, "files", key)) != 1:
            raise RefutedError("An inserted row is not visible before the commit.")
    return "An inserted row is visible before the commit."


def _own_update(scratch: Scratch) -> str:
    key = scratch.add("parts", width=[1])
    with scratch.transaction() as transaction:
        update_width(transaction, key, 2)
        if _width(transaction, key) != [2]:
            raise RefutedError("An update is not visible before the commit.")
    return "An update is visible before the commit."


def _own_delete(scratch: Scratch) -> str:
    key = scratch.add("parts")
    with scratch.transaction() as transaction:
        transaction.insert("parts", rows_of("parts", key))
        transaction.delete("parts", rows_with_key(transaction, "parts", key, row_ids=True))
        if len(rows_with_key(transaction, "parts", key)):
            raise RefutedError("Deleted rows are visible before the commit.")
    return "Deleted rows, own and committed ones, are gone before the commit."


def _width(transaction: Transaction, key: str) -> list[int | None]:
    column: pa.ChunkedArray = rows_with_key(transaction, "parts", key, "width")["width"]
    return list(column.to_pylist())


def _counts(scratch: Scratch, key: str) -> int:
    """Return the number of committed rows with a key in both tables."""
    return sum(len(scratch.read(table, key)) for table in _TABLES)


FACTS = (
    Fact("transaction.atomic", "Is a commit over several tables atomic?", _atomic_commit),
    Fact("transaction.rollback", "Does a rollback discard everything?", _rollback),
    Fact("transaction.rollback_after_commit", "Is a rollback after the commit refused with 404?",
         _rollback_after_commit, "after a lost reply the rows are looked up before they are written again"),
    Fact("transaction.commit_after_end", "Is the commit of an ended transaction refused?", _commit_after_rollback),
    Fact("transaction.keep_alive", "Can a request find out whether a transaction is open?", _keep_alive,
         "long reads are repeated if their transaction ends"),
    Fact("transaction.idle", "Does an idle transaction stay open?", _expiry,
         "long reads keep their transaction alive"),
    Fact("transaction.snapshot", "Does a reader see one snapshot of all tables?", _snapshot),
    Fact("transaction.snapshot_of_updates", "Does a reader not see later updates?", _snapshot_of_updates),
    Fact("transaction.own_insert", "Are own inserted rows visible?", _own_insert),
    Fact("transaction.own_update", "Are own updates visible?", _own_update),
    Fact("transaction.own_delete", "Are own deletes visible, also of own rows?", _own_delete),
)  # fmt: skip
