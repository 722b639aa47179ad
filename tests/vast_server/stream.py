"""Query response: a framed Arrow stream per sub-split and leaf, paged by row key."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from .filters import matching_rows
from .relation import Leaf, Query
from .tables import Table
from .wire import ROW_ID, Call, RefusalError

NO_MORE_ROWS = (1 << 48) - 1
COMPLETED = struct.pack("<I", 0xFFFFFFFE)
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
ROW_GROUP = 1 << 16
FEW_ROWS = 64  # that are sliced out one by one
ESTIMATE = 0xFFFFFFFF - 3  # split that requests the number of row groups
SHUFFLE = np.uint64(0x5851F42D4C95)  # odd, so that keys stay apart
KEYS = np.uint64((1 << 47) - 1)


@dataclass(frozen=True)
class Split:
    """Part of a table that a query requests, and the next row of each of its sub-splits."""

    number: int
    total: int
    row_groups: int
    sub_splits: int
    limit: int
    starts: dict[int, int]

    @classmethod
    def of(cls, call: Call) -> Split:
        """Parse the split in the headers."""
        number, total, groups = map(int, call.headers["tabular-split"].split(","))
        if int(call.headers.get("tabular-schedule-id") or 0) < 0:
            raise RefusalError(400, "InvalidArgument", "the priority is negative")
        count = int(call.headers["tabular-num-of-subsplits"])
        positions = (call.headers[f"tabular-start-row-id-{position}"].split(",") for position in range(count))
        starts = {int(position): int(row) for position, row in positions}
        return cls(number, total, groups, count, int(call.headers.get("tabular-limit-rows") or 1 << 17), starts)


def answer(query: Query, split: Split, table: Table, shuffled: bool) -> Iterator[bytes | pa.Buffer]:
    """Yield the pieces of the response body."""
    if split.number == ESTIMATE:
        groups = -(-table.data.num_rows // ROW_GROUP)
        yield from framed(0, NO_MORE_ROWS, pa.record_batch({"n": pa.nulls(groups)}).select([]))
    else:
        rows = matching_rows(query.filter, table)
        keys = table.row_ids[rows] * SHUFFLE & KEYS if shuffled else table.row_ids[rows]
        part = keys // np.uint64(ROW_GROUP * split.row_groups) % np.uint64(split.total * split.sub_splits)
        order = np.argsort(keys, kind="stable")
        order = order[part[order] // np.uint64(split.sub_splits) == split.number]
        rows, keys, sub_splits = rows[order], keys[order], part[order] % np.uint64(split.sub_splits)
        for number, start in split.starts.items():
            if start != NO_MORE_ROWS:
                own = np.flatnonzero((sub_splits == number) & (keys >= start))
                following = int(keys[own[split.limit]]) if len(own) > split.limit else NO_MORE_ROWS
                yield from columns(query, table, rows[own[: split.limit]], number, following)
    yield COMPLETED


def columns(
    query: Query, table: Table, rows: np.ndarray[Any, Any], number: int, following: int
) -> Iterator[bytes | pa.Buffer]:
    """Yield one page of a sub-split, leaf by leaf; a query for no column gets an empty batch with a length."""
    if not query.requested:
        yield from framed(number, following, pa.record_batch({"n": pa.nulls(len(rows))}).select([]))
        return
    names = list(dict.fromkeys(leaf.column for leaf in query.requested))
    taken = take(table.data.select(names), rows)
    for leaf in query.requested:
        values = as_array(taken.column(leaf.column))
        if leaf.column == ROW_ID:
            values = values.cast(leaf.kind)
        yield from framed(number, following, pa.record_batch([narrow(values, leaf)], names=[leaf.column]))


def take(data: pa.Table, rows: np.ndarray[Any, Any]) -> pa.Table:
    """Return rows by position; a filter before it avoids a copy of whole columns, which `Table.take` makes."""
    if 0 < len(rows) <= FEW_ROWS:
        few = pa.concat_tables([data.slice(row, 1) for row in rows.tolist()]).combine_chunks()
        return few.take(pa.array(range(len(rows))))  # a single slice would keep its offset
    if len(rows) * 4 > data.num_rows:
        return data.take(pa.array(rows)).combine_chunks()
    selected = np.zeros(data.num_rows, dtype=bool)
    selected[rows] = True
    return data.filter(pa.array(selected)).combine_chunks().take(pa.array(np.argsort(np.argsort(rows))))


def as_array(column: pa.ChunkedArray) -> pa.Array:
    """Convert a column of at most one chunk to an array."""
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def narrow(values: pa.Array, leaf: Leaf, depth: int = 1) -> pa.Array:
    """Return a nested column with one leaf: only the levels above it."""
    if depth == len(leaf.path):
        return values
    step, missing = leaf.path[depth], values.is_null()
    if isinstance(step, int):
        return pa.StructArray.from_arrays(
            [narrow(values.field(step), leaf, depth + 1)], names=[values.type.field(step).name], mask=missing
        )
    if step == "value":
        if not pa.types.is_nested(values.type.value_type):
            return values
        inner = narrow(values.values, leaf, depth + 1)
        if pa.types.is_fixed_size_list(values.type):
            return pa.FixedSizeListArray.from_arrays(inner, values.type.list_size, mask=missing)
    else:
        inner = entries(values, step, leaf, depth)
    return pa.ListArray.from_arrays(values.offsets, inner, mask=missing)


def entries(values: pa.MapArray, step: str, leaf: Leaf, depth: int) -> pa.Array:
    """Return the keys or the items of maps as structs with one field."""
    child = values.keys if step == "key" else values.items
    return pa.StructArray.from_arrays([narrow(child, leaf, depth + 1)], names=[step])


def framed(number: int, following: int, batch: pa.RecordBatch) -> Iterator[bytes | pa.Buffer]:
    """Yield a batch as a stream: schema, batch and end, each after the sub-split and its next row."""
    frame = struct.pack("<IQ", number, following)
    yield frame
    yield batch.schema.serialize()
    yield frame
    yield batch.serialize()
    yield frame
    yield END_OF_STREAM
