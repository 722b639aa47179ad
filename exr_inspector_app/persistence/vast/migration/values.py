"""Values of the columns that version 2 added, for some files of a VAST Database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import StoredFile
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.migration import Describe, Description, frame_of, view_of
from exr_inspector_app.persistence.vast.id_ranges import IdRange
from exr_inspector_app.persistence.vast.migration.tables import FRAME
from exr_inspector_app.persistence.vast.row_updates import update_rows
from exr_inspector_app.persistence.vast.tables import VECTOR_INDEXES
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES

_UPDATED_AT_ONCE = 50_000  # rows of one request
_VECTORS = (*schema.VECTOR_COLUMNS, "look_embedding")

AttemptKey = tuple[str, str]  # file_id and attempt_id
Rows = list[dict[str, Any]]


def fill_files(transaction: Transaction, ids: IdRange | Sequence[str], describe: Describe) -> int:
    """Fill the new columns of files, their children and previews, of every attempt; return the number of files.

    Idempotent: positions that are set are not changed.
    """
    files = _rows(transaction, "files", ids).to_pylist()
    children = {table: _rows(transaction, table, ids) for table in CHILD_TABLES}
    grouped = {table: _by_attempt(_in_file_order(rows)) for table, rows in children.items()}
    described: dict[AttemptKey, Description] = {}
    updates: Rows = []
    for row in files:
        key = row["file_id"], row["attempt_id"]
        frame = frame_of(row["file_path_normalized"], row["sequence_key"], row["frame_number"])
        own = [grouped[table].get(key, []) for table in CHILD_TABLES]
        described[key] = describe(StoredFile({**row, "frame_number": frame}, *own))
        updates.append({ROW_ID: row[ROW_ID], **described[key]._asdict(), FRAME.name: frame})
    _update(transaction, "files", files, updates)
    views = {(key, row["part_index"]): row for key, rows in grouped["parts"].items() for row in rows}
    for table in ("channels", "attributes"):
        ordered = [row for rows in grouped[table].values() for row in rows]
        _update(transaction, table, ordered, _child_updates(table, grouped[table], views))
    _fill_previews(transaction, ids, described)
    return len(files)


def _rows(transaction: Transaction, table: str, ids: IdRange | Sequence[str]) -> pa.Table:
    """Return rows without vectors, with their row ids."""
    names = [name for name in transaction.tables.arrow_schema(table).names if name not in _VECTORS]
    if isinstance(ids, IdRange):
        return transaction.rows(table, names, ids.conditions(transaction, table), row_ids=True)
    return transaction.rows_by_key(table, names, "file_id", ids, row_ids=True)


def _in_file_order(rows: pa.Table) -> Rows:
    """Return rows in the order of their positions, or else of row ids, the only order that version 1 has."""
    listed: Rows = rows.sort_by(ROW_ID).to_pylist()
    if "position" in rows.column_names:
        listed.sort(key=lambda row: -1 if row["position"] is None else row["position"])
    return listed


def _by_attempt(rows: Rows) -> dict[AttemptKey, Rows]:
    grouped: dict[AttemptKey, Rows] = {}
    for row in rows:
        grouped.setdefault((row["file_id"], row["attempt_id"]), []).append(row)
    return grouped


def _child_updates(
    table: str, grouped: dict[AttemptKey, Rows], parts: dict[tuple[AttemptKey, int], dict[str, Any]]
) -> Rows:
    """Return the position, and of a channel the view, of every row that has none."""
    updates: Rows = []
    for key, rows in grouped.items():
        for position, row in enumerate(rows):
            if row["position"] is not None:
                continue
            update = {ROW_ID: row[ROW_ID], "position": position}
            if table == "channels":
                part = parts.get((key, row["part_index"]), {})
                update["view_name"] = view_of(row["channel_name"], part.get("multi_view"), part.get("view_name"))
            updates.append(update)
    return updates


def _fill_previews(
    transaction: Transaction, ids: IdRange | Sequence[str], described: dict[AttemptKey, Description]
) -> None:
    """Set the layer of each preview; of several previews of a file that of the smallest attempt remains."""
    previews = _rows(transaction, "previews", ids)
    layers: dict[str, str | None] = {}
    for (file_id, _), description in sorted(described.items()):
        layers.setdefault(file_id, description.picture_layer)
    kept: dict[str, dict[str, Any]] = {}
    for row in sorted(previews.to_pylist(), key=lambda row: (row["file_id"], row["attempt_id"])):
        kept.setdefault(row["file_id"], row)
    row_ids = {row[ROW_ID] for row in kept.values()}
    is_other = pa.array([row_id not in row_ids for row_id in previews[ROW_ID].to_pylist()], pa.bool_())
    transaction.delete("previews", previews.filter(is_other))
    updates = [{ROW_ID: row[ROW_ID], "picture_layer": layers.get(row["file_id"])} for row in kept.values()]
    _update(transaction, "previews", list(kept.values()), updates)


def _update(transaction: Transaction, table: str, owners: Rows, updates: Rows) -> None:
    """Update rows in requests of bounded size."""
    if not updates:
        return
    columns = transaction.tables.arrow_schema(table)
    ids = pa.table({"file_id": pa.array([row["file_id"] for row in owners], pa.string())})
    for start in range(0, len(updates), _UPDATED_AT_ONCE):
        chunk = updates[start : start + _UPDATED_AT_ONCE]
        arrays = {
            name: pa.array([row[name] for row in chunk], None if name == ROW_ID else columns.field(name).type)
            for name in chunk[0]
        }
        arrays[ROW_ID] = arrays[ROW_ID].cast(_row_id_type(transaction, table))
        update_rows(transaction, table, ids, pa.table(arrays))


def _row_id_type(transaction: Transaction, table: str) -> pa.DataType:
    """Return the type of row ids, which a vector index makes decimal."""
    has_index = table in VECTOR_INDEXES and transaction.tables.vector_index(transaction.sdk, table) is not None
    return pa.decimal128(38, 0) if has_index else pa.uint64()
