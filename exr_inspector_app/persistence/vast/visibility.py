"""Visibility rules for readers: one row of each file and of each child, and the newest file of each path.

The visible row of a file is the one with the smallest (attempt_id, row id). An attempt has equal rows where a gateway
has sent a request twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Filter, StoredFile
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_local, source_columns
from exr_inspector_app.persistence.vast.filter_expr import to_expressions
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Expression, Transaction

KEY_COLUMNS = ("file_id", "attempt_id", "file_path_normalized", "inspection_timestamp")
CHILD_TABLES = ("parts", "channels", "attributes")
FILE_ORDER = {"parts": "part_index", "channels": "position", "attributes": "position"}
_MAX_PATH_LOOKUPS = 2000  # paths queried by name; for more of them the keys of a table that is not much larger are read
_MAX_TABLE_RATIO = 3  # of the rows of that table to these paths


def visible_rows(rows: pa.Table) -> pa.Table:
    """Return the row of `files` of the smallest attempt of each file; of equal rows the smallest row id."""
    names = ["file_id", "attempt_id", *([ROW_ID] if ROW_ID in rows.column_names else [])]
    return _first_per_key(rows.sort_by([(name, "ascending") for name in names]), "file_id")


def distinct_children(rows: pa.Table, table: str) -> pa.Table:
    """Return one of each set of equal rows of a child table, in file order.

    The rows need file_id, attempt_id and the column of FILE_ORDER. Rows without a position are kept.
    """
    order = FILE_ORDER[table]
    names = ["file_id", "attempt_id", order, *([ROW_ID] if ROW_ID in rows.column_names else [])]
    ordered = rows.sort_by([(name, "ascending") for name in names])
    if len(ordered) < 2:
        return ordered
    is_new = pc.is_null(ordered[order].combine_chunks()[1:])
    for name in names[:3]:
        column = ordered[name].combine_chunks()
        is_new = pc.or_(is_new, pc.fill_null(pc.not_equal(column[1:], column[:-1]), True))
    return ordered.filter(pa.concat_arrays([pa.array([True]), is_new]))


def duplicate_rows(rows: pa.Table) -> list[str]:
    """Return the ids of files that have several of the rows of `files`."""
    counts = rows.group_by("file_id").aggregate([("attempt_id", "count")])
    return [row["file_id"] for row in counts.to_pylist() if row["attempt_id_count"] > 1]


def latest_per_path(files: pa.Table) -> pa.Table:
    """Return those of the visible rows that have the newest header of their path."""
    order = [("file_path_normalized", "ascending"), ("inspection_timestamp", "descending"), ("file_id", "ascending")]
    return _first_per_key(files.sort_by(order), "file_path_normalized")


def matching_keys(
    transaction: Transaction,
    where: Filter,
    history: bool,
    derived: DerivedFilter,
    extra_columns: Sequence[str] = (),
    also: Sequence[Expression] = (),
) -> pa.Table:
    """Return KEY_COLUMNS and `extra_columns` of the files that match; current headers only unless `history`.

    Args:
        transaction: Snapshot to read.
        where: Conditions on columns of `files` and derived columns.
        history: Include files whose path has a newer header.
        derived: Evaluator of the conditions that the server cannot check.
        extra_columns: Further columns of the result.
        also: Further conditions that the server checks.
    """
    capabilities = transaction.tables.capabilities
    pushed_down = tuple(condition for condition in where if not is_local(condition, capabilities))
    remaining = tuple(condition for condition in where if is_local(condition, capabilities))
    sources = source_columns([condition.column for condition in remaining])
    columns = list(dict.fromkeys([*KEY_COLUMNS, *extra_columns, *sources]))
    conditions = to_expressions(pushed_down, transaction.tables.columns("files"))
    if conditions is None:
        return pa.schema([schema.FILES.field(name) for name in columns]).empty_table()
    conditions = [*conditions, *also]
    matching = transaction.rows("files", columns, conditions)
    candidates = versions_of(transaction, matching, columns) if conditions and len(matching) else matching
    visible = visible_rows(candidates)
    visible = visible if history else latest_per_path(visible)
    return derived.apply(visible.filter(is_among(visible, matching)) if conditions else visible, remaining)


def versions_of(transaction: Transaction, matching: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return all rows of the paths of some rows: a row is visible, and the newest, by rows that a filter excluded."""
    paths = pc.unique(matching["file_path_normalized"]).to_pylist()
    if len(paths) > _MAX_PATH_LOOKUPS:
        total = transaction.tables.row_count(transaction.sdk, "files")
        if total <= _MAX_TABLE_RATIO * len(paths):
            return transaction.rows("files", columns)
    return transaction.rows_by_key("files", columns, "file_path_normalized", paths)


def read_files(
    transaction: Transaction, keys: pa.Table, columns: Sequence[str] = schema.FILE_COLUMNS
) -> list[dict[str, Any]]:
    """Return columns of the rows of `files` that the keys identify, in the order of the keys."""
    files = transaction.rows_by_key("files", columns, "file_id", keys["file_id"].to_pylist())
    rows = {(row["file_id"], row["attempt_id"]): row for row in files.to_pylist()}
    pairs = zip(keys["file_id"].to_pylist(), keys["attempt_id"].to_pylist(), strict=True)
    return [rows[pair] for pair in pairs if pair in rows]  # a server may contradict itself


def read_stored_file(transaction: Transaction, file_id: str) -> StoredFile | None:
    """Return one file with its children, or None if it is not published."""
    column = transaction.tables.columns("files").file_id
    files = visible_rows(transaction.rows("files", schema.FILE_COLUMNS, [column == file_id])).to_pylist()
    if not files:
        return None
    attempt_id = files[0]["attempt_id"]
    return StoredFile(files[0], *(_read_children(transaction, table, file_id, attempt_id) for table in CHILD_TABLES))


def _read_children(transaction: Transaction, table: str, file_id: str, attempt_id: str) -> list[dict[str, Any]]:
    """Return a file's rows of a child table in file order."""
    columns = transaction.tables.columns(table)
    conditions = [columns.file_id == file_id, columns.attempt_id == attempt_id]
    rows = transaction.rows(table, schema.TABLES[table].names, conditions)
    return list(distinct_children(rows, table).to_pylist())


def is_among(rows: pa.Table | pa.RecordBatch, keys: pa.Table) -> pa.Array:
    """Return a mask of the rows whose file_id and attempt_id occur in `keys`."""
    own, others = (pc.binary_join_element_wise(side["file_id"], side["attempt_id"], "/") for side in (rows, keys))
    return pc.is_in(own, value_set=others.combine_chunks())


def _first_per_key(ordered: pa.Table, key: str) -> pa.Table:
    """Return the first of each run of rows with the same key."""
    values = ordered[key].combine_chunks()
    if not len(values):
        return ordered
    is_new = np.asarray(pc.not_equal(values[1:], values[:-1]))
    return ordered.filter(pa.array(np.concatenate([[True], is_new])))
