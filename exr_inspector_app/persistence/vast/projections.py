"""Projections of the tables in a VAST Database: sorted copies of columns, without which a look-up scans a table."""

from __future__ import annotations

import logging
from collections.abc import Collection

from vastdb import errors
from vastdb.transaction import Transaction as SdkTransaction

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence import schema

log = logging.getLogger(__name__)

_KEY = ("file_id", "attempt_id", "inspection_timestamp")
_PAGE = (*_KEY, "file_path", "header_hash", "size_bytes", "vector_id")


def _others(table: str, sorted_column: str) -> tuple[str, ...]:
    """Return the columns of a table without its vectors, which projections do not hold, and the sorted one."""
    vectors = (*schema.VECTOR_COLUMNS, "look_embedding")
    return tuple(name for name in schema.TABLES[table].names if name not in (*vectors, sorted_column))


# By table and name: the sorted column, and the other columns that its look-ups read.
PROJECTIONS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "files": {
        "files_by_id": ("file_id", _others("files", "file_id")),
        "files_by_path": ("file_path_normalized", (*_PAGE, "sequence_key")),
        "files_by_sequence": ("sequence_key", (*_PAGE, "file_path_normalized")),
        "files_by_publish": ("publish_id", _KEY),
        "files_by_attempt": ("attempt_id", ("file_id",)),
    },
    **{
        table: {f"{table}_by_id": ("file_id", _others(table, "file_id"))}
        for table in ("parts", "channels", "attributes", "previews")
    },
}


def list_missing(sdk: SdkTransaction, vast: Vast, tables: Collection[str]) -> dict[str, list[str]]:
    """Return the names of missing projections by table, all of them if the server has none; one request per table."""
    missing = {}
    for table in tables:
        try:
            stored = sdk._rpc.api.list_projections(vast.bucket, vast.schema, table, txid=sdk.active_txid)[3]
        except (errors.BadRequest, errors.NotSupported, errors.NotImplemented) as error:
            log.info("Projections of %s cannot be listed: %r", table, error)
            stored = []
        names = {projection.name for projection in stored}
        missing[table] = [name for name in PROJECTIONS.get(table, ()) if name not in names]
    return {table: names for table, names in missing.items() if names}


def create(sdk: SdkTransaction, vast: Vast, missing: dict[str, list[str]]) -> list[str]:
    """Create projections, and return their names; a server that refuses them leaves look-ups slow but correct."""
    created = []
    for table, names in missing.items():
        for name in names:
            sorted_column, others = PROJECTIONS[table][name]
            columns = [(sorted_column, "Sorted"), *((column, "Unsorted") for column in others)]
            try:
                sdk._rpc.api.create_projection(vast.bucket, vast.schema, table, name, columns, txid=sdk.active_txid)
            except (errors.BadRequest, errors.NotSupported, errors.NotImplemented, errors.Forbidden) as error:
                log.warning("Without the projection %s look-ups in %s read all its rows: %r", name, table, error)
                continue
            created.append(name)
    return created
