"""What happens to rows that are there: refreshed, counted, mended, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES, visible_rows

_CHILD_TABLES = (*CHILD_TABLES, "previews")
_COUNT_COLUMNS = ("file_id", "attempt_id", "publish_id", "inspection_count", "last_inspected")


def update_changed(transaction: Transaction, changed: Sequence[Record]) -> None:
    """Size, date and completeness of files that have been written on under the same header.

    What a record does not know (only the first bytes were seen) stays as it was.
    """
    if not changed:
        return
    facts = {one.identity.file_id: one.payload["file"] for one in changed}
    names = ("size_bytes", "mtime", "is_complete")
    found = transaction.rows_of("files", ["file_id", *names], "file_id", list(facts), row_ids=True)
    transaction.update("files", _with_values(found, names, lambda row, name: facts[row["file_id"]].get(name), "files"))
    parts = encode.parts_table(changed, None).select(["file_id", "part_index", "chunks_present"]).to_pylist()
    counts = {(row["file_id"], row["part_index"]): row["chunks_present"] for row in parts}
    listed = ["file_id", "part_index", "chunks_present"]
    found = transaction.rows_of("parts", listed, "file_id", list(facts), row_ids=True)

    def chunks(row: Mapping[str, Any], _: str) -> Any:
        return counts.get((row["file_id"], row["part_index"]))

    transaction.update("parts", _with_values(found, ["chunks_present"], chunks, "parts"))
    transaction.delete("previews", transaction.rows_of("previews", ["file_id"], "file_id", list(facts), row_ids=True))


def count_republish(transaction: Transaction, times: Mapping[str, str]) -> None:
    """One more inspection, at these times, of files that another publish had inserted."""
    found = transaction.rows_of("files", _COUNT_COLUMNS, "file_id", list(times), row_ids=True)

    def counted(row: Mapping[str, Any], name: str) -> Any:
        more = {"inspection_count": (row["inspection_count"] or 0) + 1}
        more["last_inspected"] = max(row["last_inspected"] or "", times[row["file_id"]])
        return more[name]

    transaction.update("files", _with_values(found, ["inspection_count", "last_inspected"], counted, "files"))


def remove_duplicates(database: Database, file_ids: Sequence[str]) -> int:
    """Each of the files has the rows of its winner only afterwards; returns how many rows of `files` were removed.

    The winner counts the publishes that lost against it: it has been met by them, and undo leaves it alone. It is
    written in the same transaction, so that nobody removes the winner while its losers go.
    """

    def work(transaction: Transaction) -> int:
        found = transaction.rows_of("files", _COUNT_COLUMNS, "file_id", file_ids, row_ids=True)
        best = {row["file_id"]: row for row in visible_rows(found).to_pylist()}
        is_best = [best[row["file_id"]]["attempt_id"] == row["attempt_id"] for row in found.to_pylist()]
        losers = found.filter(pc.invert(pa.array(is_best, pa.bool_())))
        if not len(losers):
            return 0
        _add_loser_counts(transaction, found.filter(pa.array(is_best, pa.bool_())), losers)
        transaction.delete("files", losers)
        marks = {(row["file_id"], row["attempt_id"]) for row in losers.to_pylist()}
        for table in _CHILD_TABLES:
            owned = transaction.rows_of(
                table, ["file_id", "attempt_id"], "file_id", losers["file_id"].to_pylist(), row_ids=True
            )
            lost = [(row["file_id"], row["attempt_id"]) in marks for row in owned.to_pylist()]
            transaction.delete(table, owned.filter(pa.array(lost, pa.bool_())))
        return len(losers)

    return database.write(work, lambda *_: True)


def _add_loser_counts(transaction: Transaction, best: pa.Table, losers: pa.Table) -> None:
    """The winners with the inspections of other publishes that lost added to theirs."""
    beaten: dict[str, list[dict[str, Any]]] = {}
    for row in losers.to_pylist():
        beaten.setdefault(row["file_id"], []).append(row)

    def counted(row: Mapping[str, Any], name: str) -> Any:
        others = [one for one in beaten.get(row["file_id"], ()) if one["publish_id"] != row["publish_id"]]
        if name == "inspection_count":
            return (row[name] or 0) + sum(one[name] or 0 for one in others)
        return max([row[name] or "", *(one[name] or "" for one in others)])

    touched = best.filter(pc.is_in(best["file_id"], value_set=losers["file_id"].combine_chunks()))
    transaction.update("files", _with_values(touched, ["inspection_count", "last_inspected"], counted, "files"))


def delete_files(transaction: Transaction, file_ids: Sequence[str]) -> int:
    """The files are gone with all rows of all attempts; returns how many there were."""
    found = transaction.rows_of("files", ["file_id"], "file_id", file_ids, row_ids=True)
    if not len(found):
        return 0
    there = pc.unique(found["file_id"]).to_pylist()
    transaction.delete("files", found)
    for table in _CHILD_TABLES:
        transaction.delete(table, transaction.rows_of(table, ["file_id"], "file_id", there, row_ids=True))
    return len(there)


def undoable_file_ids(transaction: Transaction, publish_id: str) -> list[str]:
    """The files that this publish inserted and that no other has met since."""
    column = transaction.tables.columns("files").publish_id
    mine = transaction.rows("files", ["file_id"], [column == publish_id])["file_id"].to_pylist()
    if not publish_id or not mine:  # no id names no publish
        return []
    found = transaction.rows_of("files", _COUNT_COLUMNS, "file_id", mine)
    met = {row["file_id"] for row in found.to_pylist() if row["publish_id"] != publish_id}
    once = {row["file_id"] for row in visible_rows(found).to_pylist() if row["inspection_count"] == 1}
    return sorted(once - met)


def _with_values(found: pa.Table, names: Sequence[str], value: Any, table: str) -> pa.Table:
    """Row ids with other values in some columns; a value of None leaves what was there."""
    listed = found.to_pylist()
    columns = {ROW_ID: found[ROW_ID]}
    for name in names:
        values = [row[name] if (fresh := value(row, name)) is None else fresh for row in listed]
        columns[name] = pa.array(values, schema.TABLES[table].field(name).type)
    return pa.table(columns)
