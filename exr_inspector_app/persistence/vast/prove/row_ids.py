"""Probes of row ids: returned, unique, ascending, and their type."""

from __future__ import annotations

import pyarrow as pa

from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of, rows_with_key
from exr_inspector_app.persistence.vast.transaction import ROW_ID

_ROWS = 50


def _returned(scratch: Scratch) -> str:
    with scratch.transaction() as transaction:
        table = transaction.open_table("parts", for_row_ids=True)
        try:
            ids = table.insert(rows_of("parts", scratch.new_key(), 3))
        except (pa.ArrowException, ValueError, KeyError) as error:
            raise RefutedError("The answer to an insert has no row ids.") from error
    if len(set(ids.to_pylist())) != 3:
        raise RefutedError(f"{len(ids)} row ids are returned for 3 rows.")
    return "An insert returns one row id per row."


def _ids(scratch: Scratch, table: str, inserts: int) -> tuple[pa.DataType, list[int]]:
    """Insert rows by several requests of one transaction, and return their ids in the order of the rows."""
    key = scratch.new_key()
    column = "part_index" if table == "parts" else "inspection_count"
    with scratch.transaction() as transaction:
        for number in range(inserts):
            values = pa.array(range(number * _ROWS, (number + 1) * _ROWS), pa.int32())
            transaction.insert(table, rows_of(table, key, _ROWS, **{column: values}))
        scratch.commit(transaction)
    with scratch.transaction() as transaction:
        rows = rows_with_key(transaction, table, key, column, row_ids=True).sort_by(column)
    return rows.schema.field(ROW_ID).type, [int(value) for value in rows[ROW_ID].to_pylist()]


def _unique(scratch: Scratch) -> str:
    _, ids = _ids(scratch, "parts", 2)
    if len(set(ids)) != 2 * _ROWS:
        raise RefutedError(f"{len(set(ids))} different ids of {2 * _ROWS} rows.")
    return f"{len(ids)} rows have different ids."


def _ascending(scratch: Scratch) -> str:
    return _check_order(_ids(scratch, "parts", 1)[1], "one insert")


def _ascending_over_inserts(scratch: Scratch) -> str:
    return _check_order(_ids(scratch, "parts", 3)[1], "three inserts")


def _check_order(ids: list[int], source: str) -> str:
    if ids != sorted(ids):
        raise RefutedError(f"The ids of {source} do not ascend in the order of the rows.")
    return f"The ids of {source} ascend in the order of the rows."


def _decimal(scratch: Scratch) -> str:
    kind, _ = _ids(scratch, "files", 1)
    if not pa.types.is_decimal(kind):
        raise RefutedError(f"The row ids of files are {kind}.")
    return f"The row ids of files are {kind}."


def _kept_by_update(scratch: Scratch) -> str:
    key = scratch.add("parts", width=[1])
    ids = []
    for width in (2, 3):
        with scratch.transaction() as transaction:
            rows = rows_with_key(transaction, "parts", key, row_ids=True)
            ids.append(rows[ROW_ID].to_pylist())
            transaction.update("parts", pa.table({ROW_ID: rows[ROW_ID], "width": pa.array([width], pa.int32())}))
            scratch.commit(transaction)
    if ids[0] != ids[1]:
        raise RefutedError("An update changes the row id.")
    return "An update keeps the row id."


FACTS = (
    Fact("row_ids.returned", "Does an insert return row ids?", _returned, "they are not needed"),
    Fact("row_ids.unique", "Are row ids unique over inserts?", _unique),
    Fact("row_ids.ascending", "Do row ids ascend within an insert?", _ascending, "the order is stored as `position`"),
    Fact("row_ids.ascending_over_inserts", "Do row ids ascend over inserts?", _ascending_over_inserts,
         "the order is stored as `position`"),
    Fact("row_ids.decimal", "Are row ids decimals in a table with a vector index?", _decimal,
         "they are integers, as in other tables"),
    Fact("row_ids.kept", "Does an update keep the row id?", _kept_by_update, "row ids are read again"),
)  # fmt: skip
