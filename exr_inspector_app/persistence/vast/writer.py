"""Writer for published rows: updates, republish counters, duplicate removal and deletes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.row_updates import update_rows
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES, visible_rows

_COUNT_COLUMNS = ("file_id", "attempt_id", "publish_id", "inspection_count", "last_inspected")

Row = Mapping[str, Any]


def update_changed(transaction: Transaction, records: Sequence[Record]) -> None:
    """Update size, date and completeness of files that grew under the same header, and drop their previews.

    A value missing in a record (only the first bytes were read) keeps its stored value.
    """
    if not records:
        return
    facts = {record.identity.file_id: record.payload["file"] for record in records}
    ids = list(facts)
    names = ("size_bytes", "mtime", "is_complete")
    files = transaction.rows_by_key("files", ["file_id", *names], "file_id", ids, row_ids=True)
    new_facts = _with_values(files, names, lambda row, name: facts[row["file_id"]].get(name), "files")
    update_rows(transaction, "files", files, new_facts)
    encoded = encode.parts_table(records, None).select(["file_id", "part_index", "chunks_present"]).to_pylist()
    chunks = {(row["file_id"], row["part_index"]): row["chunks_present"] for row in encoded}
    columns = ["file_id", "part_index", "chunks_present"]
    parts = transaction.rows_by_key("parts", columns, "file_id", ids, row_ids=True)

    def chunks_present(row: Row, _: str) -> Any:
        return chunks.get((row["file_id"], row["part_index"]))

    update_rows(transaction, "parts", parts, _with_values(parts, ["chunks_present"], chunks_present, "parts"))
    transaction.delete("previews", transaction.rows_by_key("previews", ["file_id"], "file_id", ids, row_ids=True))


def count_republish(transaction: Transaction, records: Sequence[Record]) -> None:
    """Increment the inspection count of files of other publishes, and update the time of their last inspection."""
    times = {record.identity.file_id: record.inspected_at for record in records}
    files = transaction.rows_by_key("files", _COUNT_COLUMNS, "file_id", list(times), row_ids=True)

    def incremented(row: Row, name: str) -> Any:
        values = {"inspection_count": (row["inspection_count"] or 0) + 1}
        values["last_inspected"] = max(row["last_inspected"] or "", times[row["file_id"]])
        return values[name]

    counts = _with_values(files, ["inspection_count", "last_inspected"], incremented, "files")
    update_rows(transaction, "files", files, counts)


def update_notes(transaction: Transaction, notes: Mapping[str, str | None]) -> None:
    """Replace the notes of files, by file_id."""
    files = transaction.rows_by_key("files", ["file_id"], "file_id", list(notes), row_ids=True)
    values = [notes[file_id] for file_id in files["file_id"].to_pylist()]
    update_rows(transaction, "files", files, pa.table({ROW_ID: files[ROW_ID], "note": pa.array(values, pa.string())}))


def remove_duplicates(database: Database, file_ids: Sequence[str]) -> int:
    """Delete all rows of the files but the visible ones, and the children of other attempts.

    The visible row also counts the publishes whose rows are deleted, so that undo does not remove a file that another
    publish inserted as well. It is updated in the same transaction, so that a concurrent delete of it conflicts.

    Returns:
        The number of rows of `files` that were deleted.
    """

    def work(transaction: Transaction) -> int:
        files = transaction.rows_by_key("files", _COUNT_COLUMNS, "file_id", file_ids, row_ids=True)
        winners = visible_rows(files)
        losers = files.filter(pc.invert(pc.is_in(files[ROW_ID], value_set=winners[ROW_ID].combine_chunks())))
        if not len(losers):
            return 0
        _add_loser_counts(transaction, winners, losers)
        transaction.delete("files", losers)
        kept = {(row["file_id"], row["attempt_id"]) for row in winners.to_pylist()}
        keys = {(row["file_id"], row["attempt_id"]) for row in losers.to_pylist()} - kept
        for table in CHILD_TABLES:
            owned = transaction.rows_by_key(
                table, ["file_id", "attempt_id"], "file_id", losers["file_id"].to_pylist(), row_ids=True
            )
            is_loser = [(row["file_id"], row["attempt_id"]) in keys for row in owned.to_pylist()]
            transaction.delete(table, owned.filter(pa.array(is_loser, pa.bool_())))
        return len(losers)

    return database.write(work, lambda *_: True)


def _add_loser_counts(transaction: Transaction, winners: pa.Table, losers: pa.Table) -> None:
    """Add the inspection counts of losing rows of other publishes to the winning rows."""
    losers_by_id: dict[str, list[dict[str, Any]]] = {}
    for row in losers.to_pylist():
        losers_by_id.setdefault(row["file_id"], []).append(row)

    def combined(row: Row, name: str) -> Any:
        others = [loser for loser in losers_by_id.get(row["file_id"], ()) if loser["publish_id"] != row["publish_id"]]
        if name == "inspection_count":
            return (row[name] or 0) + sum(loser[name] or 0 for loser in others)
        return max([row[name] or "", *(loser[name] or "" for loser in others)])

    affected = winners.filter(pc.is_in(winners["file_id"], value_set=losers["file_id"].combine_chunks()))
    counts = _with_values(affected, ["inspection_count", "last_inspected"], combined, "files")
    update_rows(transaction, "files", affected, counts)


def delete_files(transaction: Transaction, file_ids: Sequence[str]) -> int:
    """Delete all rows of the files, of every attempt, and return the number of files that existed."""
    files = transaction.rows_by_key("files", ["file_id"], "file_id", file_ids, row_ids=True)
    if not len(files):
        return 0
    existing = pc.unique(files["file_id"]).to_pylist()
    transaction.delete("files", files)
    for table in (*CHILD_TABLES, "previews"):
        transaction.delete(table, transaction.rows_by_key(table, ["file_id"], "file_id", existing, row_ids=True))
    return len(existing)


def undoable_file_ids(transaction: Transaction, publish_id: str) -> list[str]:
    """Return the files that this publish inserted and that no other publish has contained since."""
    column = transaction.tables.columns("files").publish_id
    own_ids = transaction.rows("files", ["file_id"], [column == publish_id])["file_id"].to_pylist()
    if not publish_id or not own_ids:  # an empty id identifies no publish
        return []
    rows = transaction.rows_by_key("files", _COUNT_COLUMNS, "file_id", own_ids)
    shared = {row["file_id"] for row in rows.to_pylist() if row["publish_id"] != publish_id}
    published_once = {row["file_id"] for row in visible_rows(rows).to_pylist() if row["inspection_count"] == 1}
    return sorted(published_once - shared)


def _with_values(rows: pa.Table, names: Sequence[str], value: Callable[[Row, str], Any], table: str) -> pa.Table:
    """Return the row ids with new values of some columns; a `value` of None keeps the stored one."""
    listed = rows.to_pylist()
    columns = {ROW_ID: rows[ROW_ID]}
    for name in names:
        values = [row[name] if (new := value(row, name)) is None else new for row in listed]
        columns[name] = pa.array(values, schema.TABLES[table].field(name).type)
    return pa.table(columns)
