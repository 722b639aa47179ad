"""Reader of the tables of ssotoa70/exr_inspector, the project that this one continues.

Source: its table definitions, https://github.com/ssotoa70/exr_inspector/blob/main/docs/DATABASE_SCHEMA.md
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import StoredFile
from exr_inspector_app.errors import StoreDamagedError, StoreError
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.id_ranges import IdRange, split_ids
from exr_inspector_app.persistence.vast.migration.tables import StoredTables
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction

MAX_RANGE_FILES = 500  # in memory at a time
_CHILD_TABLES = ("parts", "channels", "attributes")
_REQUIRED = {
    "files": ("file_id", "file_path"),
    "parts": ("file_id", "part_index", "width", "height", "data_x_offset", "data_y_offset"),
    "channels": ("file_id", "part_index", "channel_name"),
    "attributes": ("file_id", "part_index", "attr_name", "attr_type", "value_json"),
}


def read_peer(vast: Vast, schema: str) -> Iterator[list[StoredFile]]:
    """Yield the files of that project, with its own columns, in ranges of file_id; children in the order of rows.

    Args:
        vast: Settings of the database.
        schema: Schema with its tables, in the same bucket.

    Raises:
        StoreError: There are no such tables in the schema, or it is that of this program.
    """
    if schema == vast.schema:
        raise StoreError(
            f"{schema} is the schema of this program as well. Set VAST_DB_SCHEMA to another one, such as exr_inspector."
        )
    place = replace(vast, schema=schema)
    with closing(Database(place)) as database:
        tables = database.tables = StoredTables(place)
        database.read(lambda transaction: tables.load_columns(transaction, list(_REQUIRED)))
        _check_columns(tables, place)
        count = database.read(lambda transaction: tables.row_count(transaction.sdk, "files")) or 0
        for ids in split_ids(count, MAX_RANGE_FILES):
            yield database.read(lambda transaction, ids=ids: _read_range(transaction, ids)) or []  # type: ignore[misc]


def _check_columns(tables: StoredTables, vast: Vast) -> None:
    lacking = [
        f"{table}.{name}"
        for table, names in _REQUIRED.items()
        for name in names
        if name not in tables.arrow_schema(table).names
    ]
    if lacking:
        raise StoreDamagedError(
            f"The tables in {vast.location} are not from ssotoa70/exr_inspector: missing {', '.join(lacking)}."
        )


def _read_range(transaction: Transaction, ids: IdRange) -> list[StoredFile]:
    """Return the files of one range; of several rows of a file the first counts."""
    files = {row["file_id"]: row for row in reversed(_rows(transaction, "files", ids))}
    children: dict[str, tuple[list[dict[str, Any]], ...]] = {name: ([], [], []) for name in files}
    for at, table in enumerate(_CHILD_TABLES):
        for row in _rows(transaction, table, ids):
            if row["file_id"] in children:
                children[row["file_id"]][at].append(row)
    return [StoredFile(row, *children[name]) for name, row in sorted(files.items())]


def _rows(transaction: Transaction, table: str, ids: IdRange) -> list[dict[str, Any]]:
    """Return rows without vectors in the order of row ids."""
    vectors = ("metadata_embedding", "channel_fingerprint")
    names = [name for name in transaction.tables.arrow_schema(table).names if name not in vectors]
    rows = transaction.rows(table, names, ids.conditions(transaction, table), row_ids=True)
    return list(rows.sort_by(ROW_ID).drop_columns([ROW_ID]).to_pylist())
