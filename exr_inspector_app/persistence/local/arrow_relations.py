"""Arrow tables as what a statement of DuckDB reads."""

from __future__ import annotations

import duckdb
import pyarrow as pa

Connection = duckdb.DuckDBPyConnection


def insert_rows(connection: Connection, table: pa.Table, name: str) -> None:
    """The rows of an Arrow table behind those of a table."""
    columns = ", ".join(table.column_names)
    execute_with(connection, table, f"INSERT INTO {name} ({columns}) SELECT {columns} FROM arriving")


def execute_with(connection: Connection, table: pa.Table, statement: str) -> None:
    """A statement that reads an Arrow table as `arriving`; nothing for no rows."""
    if not len(table):
        return
    connection.register("arriving", table)
    try:
        connection.execute(statement)
    finally:
        connection.unregister("arriving")
