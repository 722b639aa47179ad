"""Migration of tables of schema version 1, range by range of file_id: resumable, and in constant memory.

Columns are added first, so that publishers of version 1 continue. Rows are filled range by range; the last transaction
fills rows that were published in between, drops the columns of version 1 and raises the version.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import MigratedRange
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.migration import Describe
from exr_inspector_app.persistence.schema_versions import ADDED
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.id_ranges import IdRange, split_ids
from exr_inspector_app.persistence.vast.migration.tables import FRAME, MigrationTables
from exr_inspector_app.persistence.vast.migration.values import fill_files
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)

MAX_RANGE_FILES = 500  # in one transaction
_MAX_LATE_FILES = 2_000  # published while the ranges were filled, in the last transaction
_MARKER, _END = "migration", "end"  # key of schema_info with the bound of the last range; and its last value


def migrate(vast: Vast, describe: Describe) -> Iterator[MigratedRange]:
    """Migrate the tables to the current schema version. Resumable; nothing is done to current tables.

    Args:
        vast: Settings of the database.
        describe: Function that describes a file of version 1.

    Yields:
        Each range once it is committed.

    Raises:
        StoreError: There are no tables, or they are of another program or of a newer version.
    """
    with closing(Database(vast)) as database:
        tables = database.tables = MigrationTables(vast)
        bound = database.write(lambda transaction: _add_columns(transaction, vast, tables), _redo)
        if bound is None:
            return
        database.read(tables.load)
        total = database.read(lambda transaction: tables.row_count(transaction.sdk, "files")) or 0
        ranges = split_ids(total, MAX_RANGE_FILES)
        for index, ids in enumerate(ranges, 1):
            if bound != _END and ids.lower >= bound:
                count = database.write(partial(_fill_range, ids=ids, describe=describe), _redo)
                yield MigratedRange(ids.lower, index, len(ranges), count)
        while late := database.read(_late_files):
            database.write(partial(fill_files, ids=late, describe=describe), _redo)
        database.write(lambda transaction: _finish(transaction, vast, tables, describe), _redo)
        tables.invalidate()
    with closing(Database(vast)) as database:
        database.ensure_tables()  # with their projections


def _redo(*_: object) -> bool:
    """Return False: without a reply to a commit, the work is done once more, which changes nothing."""
    return False


def _add_columns(transaction: Transaction, vast: Vast, tables: MigrationTables) -> str | None:
    """Add the missing columns; return the bound of the ranges that are filled, or None for current tables."""
    tables.load(transaction)
    if tables.is_current():
        return None
    tables.refuse_other_versions()
    sdk = transaction.sdk
    for table, names in ADDED.items():
        fields = [schema.TABLES[table].field(name) for name in names]
        fields += [FRAME] if table == "files" else []
        missing = [field for field in fields if field.name not in tables.arrow_schema(table).names]
        if missing:
            sdk._rpc.api.add_columns(vast.bucket, vast.schema, table, pa.schema(missing), txid=sdk.active_txid)
    return tables.info.get(_MARKER, "")


def _fill_range(transaction: Transaction, ids: IdRange, describe: Describe) -> int:
    """Fill the new columns of one range, and note that it is done."""
    count = fill_files(transaction, ids, describe)
    _set_info(transaction, {_MARKER: _END if ids.upper is None else ids.upper})
    return count


def _late_files(transaction: Transaction) -> list[str]:
    """Return files that were published while the ranges were filled, unless they are few."""
    ids = _unfilled(transaction)
    return ids[:MAX_RANGE_FILES] if len(ids) > _MAX_LATE_FILES else []


def _unfilled(transaction: Transaction) -> list[str]:
    """Return the files with children that have no position."""
    ids: set[str] = set()
    for table in ("channels", "attributes"):
        no_position = transaction.tables.columns(table).position.isnull()
        ids.update(transaction.rows(table, ["file_id"], [no_position])["file_id"].to_pylist())
    return sorted(ids)


def _finish(transaction: Transaction, vast: Vast, tables: MigrationTables, describe: Describe) -> None:
    """Fill the remaining rows, drop the columns of version 1, and raise the version. Idempotent."""
    tables.load(transaction)
    if tables.is_current():  # by a commit without a reply, or by another process
        return
    if late := _unfilled(transaction):
        fill_files(transaction, late, describe)
    sdk = transaction.sdk
    api, place, txid = sdk._rpc.api, (vast.bucket, vast.schema), sdk.active_txid
    old = {"files": ("frame_number", pa.int32()), "previews": ("attempt_id", pa.string())}
    for table, (name, kind) in old.items():
        if name in tables.arrow_schema(table).names:
            api.drop_columns(*place, table, pa.schema([(name, kind)]), txid=txid)
    if FRAME.name in tables.arrow_schema("files").names:
        api.alter_column(*place, "files", FRAME.name, txid=txid, new_name="frame_number")
    _set_info(transaction, {_MARKER: None, "schema_version": str(schema.SCHEMA_VERSION)})
    log.info("Migrated %s to schema %d", vast.location, schema.SCHEMA_VERSION)


def _set_info(transaction: Transaction, values: dict[str, str | None]) -> None:
    """Replace rows of `schema_info`; None removes them."""
    stored = transaction.rows_by_key("schema_info", ["key"], "key", list(values), row_ids=True)
    transaction.delete("schema_info", stored)
    rows = [{"key": key, "value": value} for key, value in values.items() if value is not None]
    if rows:
        transaction.insert("schema_info", pa.Table.from_pylist(rows, schema=schema.SCHEMA_INFO))
