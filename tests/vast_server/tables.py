"""Immutable tables; every change returns a new one that shares unchanged columns."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .limits import check_cells, check_type
from .wire import ROW_ID, RefusalError

LOOK_UP_ROWS = 20_000  # fewer are scanned
CHUNKS = 32  # pieces a table may have before they are put together


class RowIds:
    """Allocator of row ids that are unique in the table."""

    def __init__(self) -> None:
        self.next, self.lock = 0, threading.Lock()

    def take(self, count: int) -> np.ndarray[Any, Any]:
        """Return the next `count` ids."""
        with self.lock:
            self.next += count
            return np.arange(self.next - count, self.next, dtype=np.uint64)


@dataclass(frozen=True)
class VectorIndex:
    """Vector column with its distance metric and quantization."""

    column: str
    metric: str
    cluster: str
    search: str


@dataclass(frozen=True)
class Table:
    """Rows in no particular order; the row id is the last column of `data`."""

    columns: pa.Schema
    data: pa.Table
    ids: RowIds = field(default_factory=RowIds, compare=False)
    sorting: tuple[int, ...] = ()
    index: VectorIndex | None = None
    projections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    external_ids: bool = False
    sorted_columns: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict, compare=False)  # with their rows

    @classmethod
    def empty(cls, columns: pa.Schema, **rest: Any) -> Table:
        """Create a table without rows."""
        for column in columns:
            check_type(column.type)
        columns = columns.remove_metadata()
        return cls(columns, columns.append(pa.field(ROW_ID, pa.uint64())).empty_table(), **rest)

    @property
    def row_ids(self) -> np.ndarray[Any, Any]:
        """Ids of all rows, in the order of `data`."""
        return self.data.column(ROW_ID).to_numpy()

    @property
    def wide_ids(self) -> bool:
        """Whether clients get row ids as decimals."""
        return bool(self.sorting) or self.index is not None

    def has_look_up(self, column: str) -> bool:
        """Return whether rows are looked up in a projection by this column."""
        is_sorted = any(columns[0] == column for columns in self.projections.values() if columns)
        return is_sorted and self.data.num_rows >= LOOK_UP_ROWS and self.columns.field(column).type == pa.string()

    def look_up(self, column: str, values: list[bytes]) -> np.ndarray[Any, Any]:
        """Return the positions of the rows with one of the values, by a sorted copy that is made once."""
        data, order, ordered = self.sorted_columns.get(column, (None, None, None))
        if data is not self.data:
            texts = self.data.column(column).cast(pa.binary()).fill_null(b"").combine_chunks()
            order = pc.sort_indices(texts).to_numpy()
            ordered = np.array(texts.take(pa.array(order)).to_pylist())
            self.sorted_columns[column] = self.data, order, ordered
        keys = np.unique(np.array([value for value in values if value]))
        first, last = np.searchsorted(ordered, keys), np.searchsorted(ordered, keys, "right")
        runs = [order[start:stop] for start, stop in zip(first.tolist(), last.tolist(), strict=True)]
        return np.sort(np.concatenate([np.empty(0, np.int64), *runs]).astype(np.int64))

    def conform(self, rows: pa.Table) -> pa.Table:
        """Return the rows without ids, after checking their columns."""
        rows = rows.drop_columns([ROW_ID]) if ROW_ID in rows.column_names else rows
        for given in rows.schema:
            position = self.columns.get_field_index(given.name)
            if position < 0:
                raise RefusalError(404, "TabularNoSuchColumn", f"there is no column {given.name}")
            own = self.columns.field(position)
            if own.type != given.type or own.nullable != given.nullable:
                raise RefusalError(
                    400, "TabularMismatchColumnType", f"column {given.name} is {own.type}, not {given.type}"
                )
        check_cells(rows)
        return rows

    def insert(self, rows: pa.Table, ids: np.ndarray[Any, Any]) -> Table:
        """Append rows with these ids."""
        arrays = [
            rows.column(column.name) if column.name in rows.column_names else pa.nulls(len(ids), column.type)
            for column in self.columns
        ]
        added = pa.Table.from_arrays([*arrays, pa.array(ids)], schema=self.data.schema)
        data = pa.concat_tables([self.data, added])
        if data.num_columns and data.column(0).num_chunks > CHUNKS:
            data = data.combine_chunks()
        return replace(self, data=data)

    def update(self, rows: pa.Table, ids: np.ndarray[Any, Any]) -> Table:
        """Set columns of the rows with these ids; ignore ids of deleted rows."""
        order = np.argsort(ids, kind="stable")
        own = self.row_ids
        indices = np.minimum(np.searchsorted(ids, own, sorter=order), len(ids) - 1)
        taken = np.where(ids[order[indices]] == own, len(own) + order[indices], np.arange(len(own)))
        data = self.data
        for name in rows.column_names:
            both = pa.chunked_array([*data.column(name).chunks, *rows.column(name).chunks], data.column(name).type)
            position = data.schema.get_field_index(name)
            data = data.set_column(position, data.schema.field(position), both.combine_chunks().take(pa.array(taken)))
        return replace(self, data=data)

    def delete(self, ids: np.ndarray[Any, Any]) -> Table:
        """Remove the rows with these ids."""
        return replace(self, data=self.data.filter(pa.array(~np.isin(self.row_ids, ids))))

    def add_columns(self, added: pa.Schema) -> Table:
        """Add columns, null in every row."""
        data, columns = self.data, self.columns
        for column in added:
            check_type(column.type)
            if column.name in columns.names:
                raise RefusalError(409, "TabularColumnAlreadyExists", f"there is a column {column.name} already")
            data = data.add_column(len(columns), column, pa.nulls(data.num_rows, column.type))
            columns = columns.append(column.remove_metadata())
        return replace(self, data=data, columns=columns)

    def drop_columns(self, names: list[str]) -> Table:
        """Remove columns."""
        if missing := set(names) - set(self.columns.names):
            raise RefusalError(404, "TabularNoSuchColumn", f"there is no column {min(missing)}")
        columns = pa.schema([column for column in self.columns if column.name not in names])
        return replace(self, columns=columns, data=self.data.drop_columns(names))

    def rename_column(self, name: str, new: str) -> Table:
        """Rename a column."""
        position = self.columns.get_field_index(name)
        if position < 0:
            raise RefusalError(404, "TabularNoSuchColumn", f"there is no column {name}")
        columns = self.columns.set(position, self.columns.field(position).with_name(new))
        return replace(self, columns=columns, data=self.data.rename_columns([*columns.names, ROW_ID]))

    def sort_by(self, positions: list[int]) -> Table:
        """Set the sorting key to the columns at these positions; rows keep their order."""
        if self.sorting or not all(0 <= position < len(self.columns) for position in positions):
            raise RefusalError(400, "InvalidArgument", "InvalidArgument: the sorting key cannot be set")
        return replace(self, sorting=tuple(positions))
