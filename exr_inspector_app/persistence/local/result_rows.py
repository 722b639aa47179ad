"""Answers of DuckDB as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

Connection = duckdb.DuckDBPyConnection


def fetch_rows(connection: Connection, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a query."""
    table: pa.Table = connection.sql(query, params=list(values)).to_arrow_table()
    return list(table.to_pylist())


def fetch_count(connection: Connection, query: str, values: Sequence[Any] = ()) -> int:
    """The one number that a query tells; 0 for none."""
    return int(connection.execute(query, list(values)).fetchall()[0][0] or 0)
