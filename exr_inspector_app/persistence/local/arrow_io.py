"""Arrow input and output of DuckDB: statements that read Arrow tables, and query results as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Connection = duckdb.DuckDBPyConnection


def insert_rows(connection: Connection, table: pa.Table, name: str) -> None:
    """Insert the rows of an Arrow table into the named table."""
    columns = ", ".join(table.column_names)
    execute_with(connection, table, f"INSERT INTO {name} ({columns}) SELECT {columns} FROM arriving")


def execute_with(connection: Connection, table: pa.Table, statement: str) -> None:
    """Execute a statement that reads an Arrow table under the name `arriving`; skip it if the table is empty."""
    if not len(table):
        return
    connection.register("arriving", table)
    try:
        connection.execute(statement)
    finally:
        connection.unregister("arriving")


def fetch_rows(connection: Connection, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rows of a query, one dict per row."""
    table: pa.Table = connection.sql(query, params=list(values)).to_arrow_table()
    return list(table.to_pylist())


def fetch_count(connection: Connection, query: str, values: Sequence[Any] = ()) -> int:
    """Return the single number of a query; 0 for null."""
    return int(connection.execute(query, list(values)).fetchall()[0][0] or 0)


def is_read_only(connection: Connection) -> bool:
    """Return True if a connection cannot write to the library, so that other processes may have it open as well."""
    query = "SELECT readonly FROM duckdb_databases() WHERE database_name = current_database()"
    return bool(connection.execute(query).fetchall()[0][0])


def to_array(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return a column of numbers without nulls as an array, without `to_numpy`, which imports pandas if installed."""
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return np.from_dlpack(array)
