"""Tables of the local library, and the views that present them in the shared schema."""

from __future__ import annotations

from pathlib import Path

import duckdb

from exr_inspector_app.contracts import CHANNEL_DIM, LOOK_DIM, METADATA_DIM
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local.arrow_io import is_read_only
from exr_inspector_app.persistence.local.errors import translate_errors

_SQL_TYPES = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN", "float": "FLOAT",
              "double": "DOUBLE"}  # fmt: skip


def _column_definitions(table: str, without: tuple[str, ...] = ()) -> str:
    """Return the column definitions of a table.

    Positions are texts: with small blocks DuckDB compresses texts with few distinct values, but not integers.
    """
    fields = [field for field in schema.TABLES[table] if field.name not in without]
    types = {field.name: "VARCHAR" if field.name == "position" else _SQL_TYPES[str(field.type)] for field in fields}
    return ", ".join(f"{name} {kind}" for name, kind in types.items())


# Columns that children share with their file are stored once, in its row: they would be half of every write.
INHERITED_COLUMNS = ("attempt_id", "file_path")
POSITION = "position::INTEGER"  # of a row in its file
FILE_ORDER = {"parts": "part_index", "channels": POSITION, "attributes": POSITION}
CHILD_TABLES = {"parts": "part_rows", "channels": "channel_rows", "attributes": "attribute_rows"}


def select_sql(table: str) -> str:
    """Return the query of a shared schema table; `r` are its own rows, `f` those of its files."""
    names = schema.TABLES[table].names
    if table == "files":
        columns = ", ".join(f"v.{name}" if name in schema.VECTOR_COLUMNS else f"r.{name}" for name in names)
        return f"SELECT {columns} FROM file_rows r JOIN vectors v ON v.vector_id = r.vector_id"
    sources = {**dict.fromkeys(INHERITED_COLUMNS, "f"), "channel_fingerprint": "v"}
    columns = ", ".join(f"{sources.get(name, 'r')}.{name}" for name in names)
    columns = columns.replace("r.position", f"r.{POSITION} AS position")
    vectors = "JOIN channel_vectors v ON v.channel_vector = r.channel_vector" if table == "channels" else ""
    return f"SELECT {columns} FROM {CHILD_TABLES[table]} r JOIN file_rows f ON f.file_id = r.file_id {vectors}"


_TABLES = f"""
CREATE TABLE vectors (vector_id VARCHAR, metadata_embedding FLOAT[{METADATA_DIM}],
  channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE file_rows ({_column_definitions("files", schema.VECTOR_COLUMNS)}, PRIMARY KEY (file_id));
CREATE TABLE part_rows ({_column_definitions("parts", INHERITED_COLUMNS)});
CREATE TABLE channel_vectors (channel_vector INTEGER, hash VARCHAR, channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE channel_rows ({_column_definitions("channels", (*INHERITED_COLUMNS, "channel_fingerprint"))},
  channel_vector INTEGER);
CREATE TABLE attribute_rows ({_column_definitions("attributes", INHERITED_COLUMNS)});
CREATE VIEW files AS {select_sql("files")};
CREATE VIEW parts AS {select_sql("parts")};
CREATE VIEW channels AS {select_sql("channels")};
CREATE VIEW attributes AS {select_sql("attributes")};
CREATE TABLE previews (file_id VARCHAR, picture_layer VARCHAR, look_embedding FLOAT[{LOOK_DIM}], thumbnail BLOB);
CREATE VIEW current_files AS SELECT * FROM file_rows QUALIFY row_number() OVER
  (PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) = 1;
CREATE TABLE schema_info (key VARCHAR, value VARCHAR);
"""


def create_tables(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Create the tables in an empty database.

    Raises:
        StoreDamagedError: The database has a newer schema version or belongs to another program.
    """
    existing = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not existing and not is_read_only(connection):
        with translate_errors(path):
            connection.begin()
            connection.execute(_TABLES)
            connection.executemany("INSERT INTO schema_info VALUES (?, ?)", list(schema.new_schema_info().items()))
            connection.commit()
        return
    if "schema_info" not in existing:
        raise StoreDamagedError(f"{path} is a DuckDB file of another program and was not changed. Choose another file.")
    version = stored_version(connection)
    if version > schema.SCHEMA_VERSION:
        raise StoreDamagedError(
            f"The library {path} was created by a newer exr-inspector (schema {version}, supported: "
            f"{schema.SCHEMA_VERSION}) and was not changed. Update exr-inspector."
        )
    if version < schema.SCHEMA_VERSION:
        raise StoreDamagedError(
            f"The library {path} is of an older version (schema {version}, current: {schema.SCHEMA_VERSION}). Run "
            "`exr-inspector library migrate` where it can be written."
        )


def stored_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the schema version of a library; the current one for an empty database, 0 if it is not known."""
    existing = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "schema_info" not in existing:
        return 0 if existing else schema.SCHEMA_VERSION
    rows = connection.execute("SELECT value FROM schema_info WHERE key = 'schema_version'").fetchall()
    return int(rows[0][0]) if rows and rows[0][0].isdigit() else 0
