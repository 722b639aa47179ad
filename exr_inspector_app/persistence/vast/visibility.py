"""What readers see of the tables: for each file the rows of its smallest attempt, and of each path the newest file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Filter, StoredFile
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_derived, source_columns
from exr_inspector_app.persistence.vast.filter_expr import to_expressions
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction

KEY_COLUMNS = ("file_id", "attempt_id", "file_path_normalized", "inspection_timestamp")
CHILD_TABLES = ("parts", "channels", "attributes")
_MAX_PATH_LOOKUPS = 2000  # files whose paths are looked up one by one; for more, the keys of all files are read


def visible_rows(rows: pa.Table) -> pa.Table:
    """Of rows of `files`, those of the smallest attempt of each file: what everybody takes for the file."""
    return _first_per_key(rows.sort_by([("file_id", "ascending"), ("attempt_id", "ascending")]), "file_id")


def duplicate_rows(rows: pa.Table) -> list[str]:
    """Of rows of `files`, the files that have more than one."""
    counts = rows.group_by("file_id").aggregate([("attempt_id", "count")])
    return [row["file_id"] for row in counts.to_pylist() if row["attempt_id_count"] > 1]


def latest_per_path(files: pa.Table) -> pa.Table:
    """Of winners, the newest header of each path."""
    order = [("file_path_normalized", "ascending"), ("inspection_timestamp", "descending"), ("file_id", "ascending")]
    return _first_per_key(files.sort_by(order), "file_path_normalized")


def matching_keys(
    transaction: Transaction, where: Filter, history: bool, told: DerivedFilter, more: Sequence[str] = ()
) -> pa.Table:
    """The keys, and more columns, of the files that match: current ones unless `history`."""
    pushed = tuple(one for one in where if not is_derived(one))
    here = tuple(one for one in where if is_derived(one))
    columns = list(dict.fromkeys([*KEY_COLUMNS, *more, *source_columns([one.column for one in here])]))
    conditions = to_expressions(pushed, transaction.tables.columns("files"))
    if conditions is None:
        return pa.schema([schema.FILES.field(name) for name in columns]).empty_table()
    matching = transaction.rows("files", columns, conditions)
    everything = matching
    if conditions and len(matching):
        # Whether a row is the newest, or its file's winner, its neighbours tell, which the filter may hide.
        paths = pc.unique(matching["file_path_normalized"]).to_pylist()
        if len(paths) <= _MAX_PATH_LOOKUPS:
            everything = transaction.rows_of("files", columns, "file_path_normalized", paths)
        else:
            everything = transaction.rows("files", columns)
    live = visible_rows(everything)
    live = live if history else latest_per_path(live)
    return told.meeting(live.filter(is_among(live, among=matching)) if conditions else live, here)


def read_files(
    transaction: Transaction, keys: pa.Table, columns: Sequence[str] = schema.FILE_COLUMNS
) -> list[dict[str, Any]]:
    """The columns of the files that the keys name, in their order."""
    found = transaction.rows_of("files", columns, "file_id", keys["file_id"].to_pylist())
    rows = {(row["file_id"], row["attempt_id"]): row for row in found.to_pylist()}
    names = zip(keys["file_id"].to_pylist(), keys["attempt_id"].to_pylist(), strict=True)
    return [rows[name] for name in names]


def read_stored_file(transaction: Transaction, file_id: str) -> StoredFile | None:
    """One file with its children."""
    column = transaction.tables.columns("files").file_id
    found = visible_rows(transaction.rows("files", schema.FILE_COLUMNS, [column == file_id])).to_pylist()
    if not found:
        return None
    attempt = found[0]["attempt_id"]
    return StoredFile(found[0], *(_read_children(transaction, table, file_id, attempt) for table in CHILD_TABLES))


def _read_children(transaction: Transaction, table: str, file_id: str, attempt: str) -> list[dict[str, Any]]:
    """The rows of one table that belong to a file, in file order: row ids grow in the order of an insert."""
    columns = transaction.tables.columns(table)
    mine = [columns.file_id == file_id, columns.attempt_id == attempt]
    rows = transaction.rows(table, schema.TABLES[table].names, mine, row_ids=True)
    return list(rows.sort_by(ROW_ID).drop_columns([ROW_ID]).to_pylist())


def is_among(rows: pa.Table | pa.RecordBatch, among: pa.Table) -> pa.Array:
    """Which rows stand, by file and attempt, among the others."""
    own, others = (pc.binary_join_element_wise(one["file_id"], one["attempt_id"], "/") for one in (rows, among))
    return pc.is_in(own, value_set=others.combine_chunks())


def _first_per_key(ordered: pa.Table, key: str) -> pa.Table:
    """The first of the rows that share a key, which stand together."""
    values = ordered[key].combine_chunks()
    if not len(values):
        return ordered
    others = np.asarray(pc.not_equal(values[1:], values[:-1]))
    return ordered.filter(pa.array(np.concatenate([[True], others])))
