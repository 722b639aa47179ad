"""Bulk load of shards: imported as Parquet objects where the server can, otherwise inserted.

A shard is one transaction with a row in `schema_info` that records it. All its rows have the attempt id of the shard,
which is larger than those of publishers: of a file that both write at the same time, readers see the publisher's rows.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import requests
from vastdb import errors
from vastdb.config import ImportConfig

from exr_inspector_app.contracts import LEDGER_PREFIX, LoadedShard, Shard, StopCheck
from exr_inspector_app.errors import VASTDatabaseError, VASTUnavailableError
from exr_inspector_app.persistence import publish_rules, schema
from exr_inspector_app.persistence.roots import ROOTS_KEY, from_values
from exr_inspector_app.persistence.rows import shard as shard_rows
from exr_inspector_app.persistence.vast import publish
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import translate_errors
from exr_inspector_app.persistence.vast.migration import rekey
from exr_inspector_app.persistence.vast.objects import send_object
from exr_inspector_app.persistence.vast.transaction import MAX_CELL_BYTES, Expression, Transaction, truncate_cells
from exr_inspector_app.persistence.vast.visibility import visible_rows
from exr_inspector_app.text.stored_json import parse_json

log = logging.getLogger(__name__)

IMPORT_FACT = "import.parquet"  # of `vast prove`
_KNOWN_COLUMNS = (*publish_rules.KNOWN_COLUMNS, "attempt_id")


class ImportRefusedError(VASTDatabaseError):
    """Import of Parquet objects that the server or the bucket refused."""


def load_shard(database: Database, shard: Shard, stop: StopCheck, *, may_import: bool = True) -> LoadedShard:
    """Load a shard; see `Store.load`.

    Args:
        database: Database to write to.
        shard: Encoded rows.
        stop: Polled between requests.
        may_import: Import Parquet objects, if `vast prove` found that the server can.

    Raises:
        ImportRefusedError: The server refused the import; nothing was written.
    """
    inserted: list[str] = []
    location = database.vast.location

    def work(transaction: Transaction) -> LoadedShard:
        inserted.clear()
        ids = shard_rows.read_ids(shard)
        earlier = _read_state(transaction, shard, location)
        known = _known(transaction, ids)
        if earlier is not None:
            count = earlier.get("inserted")
            return LoadedShard(count if isinstance(count, int) else 0, known, was_loaded=True)
        inserted.extend(file_id for file_id in ids if file_id not in known)
        if inserted:
            _write(database, transaction, shard, inserted, may_import)
        value = json.dumps({"inserted": len(inserted), "known": len(known), "attempt_id": shard.attempt_id})
        transaction.insert("schema_info", pa.table({"key": [shard.key], "value": [value]}, schema=schema.SCHEMA_INFO))
        return LoadedShard(len(inserted), known)

    def is_committed(transaction: Transaction, _: LoadedShard) -> bool:
        return _read_state(transaction, shard, location) is not None

    with database.stoppable(stop), _uploads_removed(database, shard):
        result = database.write(work, is_committed)
        if result.was_loaded:
            return result
        lost = publish.remove_lost(database, dict.fromkeys(inserted, shard.attempt_id))
        if database.tables.has_other_roots(shard.roots):  # which were set since the snapshot of the transaction
            rekey.move_files(database, inserted)
        return LoadedShard(len(inserted) - len(lost), result.known)


def close_ledger(database: Database, plan: str, summary: str) -> None:
    """Replace the ledger rows of a plan by one with a summary; see `Store.close_ledger`."""

    def work(transaction: Transaction) -> None:
        transaction.delete("schema_info", _ledger_rows(transaction, plan, row_ids=True))
        row = {"key": [f"{LEDGER_PREFIX}{plan}"], "value": [summary]}
        transaction.insert("schema_info", pa.table(row, schema=schema.SCHEMA_INFO))

    def is_closed(transaction: Transaction, _: None) -> bool:
        return not len(_ledger_rows(transaction, plan))

    database.write(work, is_closed)


def _ledger_rows(transaction: Transaction, plan: str, row_ids: bool = False) -> pa.Table:
    """Return the keys of the rows of a plan, its summary included."""
    key = transaction.tables.columns("schema_info").key
    conditions: list[Expression] = [key >= f"{LEDGER_PREFIX}{plan}", key < f"{LEDGER_PREFIX}{plan}0"]  # 0 follows /
    return transaction.rows("schema_info", ["key"], conditions, row_ids=row_ids)


def _read_state(transaction: Transaction, shard: Shard, location: str) -> dict[str, Any] | None:
    """Compare the roots, and return the ledger entry of a shard, or None if it is not loaded."""
    rows = transaction.rows_by_key("schema_info", ["key", "value"], "key", [shard.key, ROOTS_KEY]).to_pylist()
    values = [row["value"] for row in rows if row["key"] == shard.key]
    if values:
        entry = parse_json(values[0])
        return entry if isinstance(entry, dict) else {}
    shard_rows.require_roots(shard, from_values([row["value"] for row in rows], location), location)
    return None


def _known(transaction: Transaction, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = transaction.rows_by_key("files", _KNOWN_COLUMNS, "file_id", ids)
    return {row["file_id"]: row for row in visible_rows(rows).to_pylist()}


def _write(database: Database, transaction: Transaction, shard: Shard, ids: Sequence[str], may_import: bool) -> None:
    """Write the rows of new files by import or by insert."""
    if may_import and transaction.tables.capabilities.has(IMPORT_FACT):
        for name in shard_rows.TABLES:
            _import(database, transaction, name, shard, ids)
        return
    for name in shard_rows.TABLES:
        if len(rows := shard_rows.read_rows(shard, name, ids)):
            transaction.insert(name, rows)


def _import(database: Database, transaction: Transaction, name: str, shard: Shard, ids: Sequence[str]) -> None:
    """Upload the rows of a table as an object, and import it in the transaction."""
    vast, key = database.vast, _object_key(database, shard, name)
    transaction.check_stop()
    data = _parquet(transaction, name, shard, ids)
    if data is None:
        return
    with translate_errors(vast):
        response = send_object(database, "PUT", key, data)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise VASTUnavailableError(f"{vast.endpoint} did not store an object ({response.status_code}). Try again.")
    if response.status_code != HTTPStatus.OK:
        raise ImportRefusedError(f"The key may not upload objects to the bucket {vast.bucket}; rows are inserted.")
    config = ImportConfig(import_concurrency=1, data_endpoints=transaction.data_endpoints())
    try:
        with translate_errors(vast):
            transaction.open_table(name).import_files([f"/{vast.bucket}/{key}"], config)
    except errors.ImportFilesError as error:
        raise ImportRefusedError(f"{vast.endpoint} did not import a Parquet object; rows are inserted.") from error
    except VASTDatabaseError as error:
        if isinstance(error.__cause__, errors.BadRequest | errors.NotSupported | errors.NotImplemented):
            raise ImportRefusedError(f"{vast.endpoint} imports no Parquet objects; rows are inserted.") from error
        raise


def _parquet(transaction: Transaction, name: str, shard: Shard, ids: Sequence[str]) -> bytes | None:
    """Return the rows of some files as Parquet, the file as it is if it has them all; None without rows."""
    metadata = pq.read_metadata(shard.tables[name])
    is_whole = len(ids) == pq.read_metadata(shard.tables["files"]).num_rows
    if is_whole and not _may_have_long_cells(metadata) and not transaction.tables.has_list_vectors(name):
        return shard.tables[name].read_bytes() if metadata.num_rows else None
    rows = truncate_cells(shard_rows.read_rows(shard, name, ids))
    return shard_rows.to_parquet(transaction.tables.to_stored_types(name, rows)) if len(rows) else None


def _may_have_long_cells(metadata: pq.FileMetaData) -> bool:
    """Return False if no text of a Parquet file can be longer than servers accept."""
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    columns = [group.column(at) for group in groups for at in range(group.num_columns)]
    texts = [column for column in columns if column.physical_type == "BYTE_ARRAY"]
    return any(column.total_uncompressed_size > MAX_CELL_BYTES for column in texts)


def _object_key(database: Database, shard: Shard, name: str) -> str:
    return f"{database.vast.schema}_backfill/{shard.attempt_id}/{name}.parquet"


@contextmanager
def _uploads_removed(database: Database, shard: Shard) -> Iterator[None]:
    """Delete the uploaded objects of a shard at the end; those of a killed process are overwritten by the next one."""
    try:
        yield
    finally:
        if database.tables.capabilities.has(IMPORT_FACT):
            for name in shard_rows.TABLES:
                with suppress(requests.RequestException, VASTDatabaseError):
                    send_object(database, "DELETE", _object_key(database, shard, name))
