"""The tables of the local library, and the views by which they look as the design says."""

from __future__ import annotations

from pathlib import Path

import duckdb

from exr_inspector_app.contracts import CHANNEL_DIM, LOOK_DIM, METADATA_DIM
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local.errors import translate_errors

_SQL_TYPES = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN", "float": "FLOAT",
              "double": "DOUBLE"}  # fmt: skip


def _columns(table: str, without: tuple[str, ...] = ()) -> str:
    """The columns of a table in SQL."""
    fields = [field for field in schema.TABLES[table] if field.name not in without]
    return ", ".join(f"{field.name} {_SQL_TYPES[str(field.type)]}" for field in fields)


# What children repeat of their file is kept once, in its row: it would be half of every write.
INHERITED_COLUMNS = ("attempt_id", "file_path")
CHILD_TABLES = {"parts": "part_rows", "channels": "channel_rows", "attributes": "attribute_rows"}


def select_sql(table: str) -> str:
    """The columns of a table of the design, from the tables in which they lie: `r` its own rows, `f` the files'."""
    names = schema.TABLES[table].names
    if table == "files":
        listed = ", ".join(f"v.{name}" if name in schema.VECTOR_COLUMNS else f"r.{name}" for name in names)
        return f"SELECT {listed} FROM file_rows r JOIN vectors v ON v.vector_id = r.vector_id"
    sources = {**dict.fromkeys(INHERITED_COLUMNS, "f"), "channel_fingerprint": "v"}
    listed = ", ".join(f"{sources.get(name, 'r')}.{name}" for name in names)
    vectors = "JOIN channel_vectors v ON v.channel_vector = r.channel_vector" if table == "channels" else ""
    return f"SELECT {listed} FROM {CHILD_TABLES[table]} r JOIN file_rows f ON f.file_id = r.file_id {vectors}"


_TABLES = f"""
CREATE TABLE vectors (vector_id VARCHAR, metadata_embedding FLOAT[{METADATA_DIM}],
  channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE file_rows ({_columns("files", schema.VECTOR_COLUMNS)}, PRIMARY KEY (file_id));
CREATE TABLE part_rows ({_columns("parts", INHERITED_COLUMNS)});
CREATE TABLE channel_vectors (channel_vector INTEGER, hash VARCHAR, channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE channel_rows ({_columns("channels", (*INHERITED_COLUMNS, "channel_fingerprint"))}, channel_vector INTEGER);
CREATE TABLE attribute_rows ({_columns("attributes", INHERITED_COLUMNS)});
CREATE VIEW files AS {select_sql("files")};
CREATE VIEW parts AS {select_sql("parts")};
CREATE VIEW channels AS {select_sql("channels")};
CREATE VIEW attributes AS {select_sql("attributes")};
CREATE TABLE previews (file_id VARCHAR, attempt_id VARCHAR, look_embedding FLOAT[{LOOK_DIM}], thumbnail BLOB);
CREATE VIEW current_files AS SELECT * FROM file_rows QUALIFY row_number() OVER
  (PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) = 1;
CREATE TABLE schema_info (key VARCHAR, value VARCHAR);
"""


def create_tables(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The tables exist; a newer schema and other people's tables are refused."""
    found = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not found:
        with translate_errors(path):
            connection.begin()
            connection.execute(_TABLES)
            connection.executemany("INSERT INTO schema_info VALUES (?, ?)", list(schema.new_schema_info().items()))
            connection.commit()
        return
    if "schema_info" not in found:
        raise StoreDamagedError(f"{path} is a DuckDB file of another program; it was not touched. Name another file.")
    query = "SELECT value FROM schema_info WHERE key = 'schema_version'"
    rows = connection.execute(query).fetchall()
    version = int(rows[0][0]) if rows and rows[0][0].isdigit() else 0
    if version > schema.SCHEMA_VERSION:
        raise StoreDamagedError(
            f"The library {path} was made by a newer exr-inspector (schema {version}, this one knows "
            f"{schema.SCHEMA_VERSION}); it was not touched. Update the program."
        )
