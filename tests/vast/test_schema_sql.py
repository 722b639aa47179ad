"""SQL for a cluster: it declares the tables as they are, and its queries run."""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from exr_inspector_app import config
from exr_inspector_app.persistence import schema

SQL = config.resource("schema/exr_metadata.sql").read_text(encoding="utf-8")
TYPES = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN", "float": "REAL",
         "double": "DOUBLE", "binary": "VARBINARY"}  # fmt: skip


def trino(kind: pa.DataType) -> str:
    return "ARRAY(REAL)" if pa.types.is_fixed_size_list(kind) else TYPES[str(kind)]


@pytest.mark.parametrize("name", list(schema.TABLES))
def test_sql_declares_the_columns_of_the_tables(name: str) -> None:
    table = re.search(rf"CREATE TABLE IF NOT EXISTS {name} \(\n(.*?)\n\);", SQL, re.DOTALL)
    assert table is not None
    lines = [line.split("--")[0].strip().rstrip(",") for line in table.group(1).splitlines()]
    assert lines == [f"{field.name} {trino(field.type)}" for field in schema.TABLES[name]]


def test_views_select_visible_rows_and_current_files() -> None:
    with duckdb.connect() as connection:
        for statement in sqlglot.transpile(SQL, read="trino", write="duckdb"):
            if "vast." not in statement:  # runs only on a cluster, not in DuckDB
                connection.execute(statement)
        rows = [("x", "2", "p", "2026-01-01"), ("x", "1", "p", "2026-01-01"), ("y", "3", "p", "2026-01-02")]
        connection.executemany(
            "INSERT INTO files (file_id, attempt_id, file_path_normalized, inspection_timestamp) VALUES (?, ?, ?, ?)",
            rows,
        )
        winners = connection.execute("SELECT file_id, attempt_id FROM winning_files ORDER BY 1").fetchall()
        assert winners == [("x", "1"), ("y", "3")]
        assert connection.execute("SELECT file_id FROM current_files").fetchall() == [("y",)]
