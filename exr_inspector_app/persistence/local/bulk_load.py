"""Bulk load of shards into the local library: one DuckDB transaction with a row in `schema_info` that records it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, LEDGER_PREFIX, LoadedShard, Shard
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.local import tables, vector_table, writer
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.publish import known_files
from exr_inspector_app.persistence.local.stored_roots import read_roots
from exr_inspector_app.persistence.rows import shard as shard_rows
from exr_inspector_app.text.stored_json import parse_json

Connection = duckdb.DuckDBPyConnection


def load_shard(database: LocalDatabase, shard: Shard) -> LoadedShard:
    """Load a shard; see `Store.load`."""
    ids = shard_rows.read_ids(shard)
    result: LoadedShard | None = None
    try:
        with database.transaction() as connection:
            shard_rows.require_roots(shard, read_roots(connection, str(database.path)), str(database.path))
            known = known_files(connection, ids)
            if (earlier := _ledger_value(connection, shard.key)) is not None:
                count = earlier.get("inserted")
                return LoadedShard(count if isinstance(count, int) else 0, known, was_loaded=True)
            new = [file_id for file_id in ids if file_id not in known]
            result = LoadedShard(len(new), known)
            if new:
                writer.insert_batch(connection, _prepare(shard, new))
            value = json.dumps({"inserted": len(new), "known": len(known), "attempt_id": shard.attempt_id})
            connection.execute("INSERT INTO schema_info VALUES (?, ?)", [shard.key, value])
    except StoreError:
        # A commit that reported an error, as on a full disk, may nevertheless be stored.
        if result is None or not _is_loaded(database, shard.key):
            raise
    assert result is not None
    return result


def close_ledger(database: LocalDatabase, plan: str, summary: str) -> None:
    """Replace the ledger rows of a plan by one with a summary; see `Store.close_ledger`."""
    key = f"{LEDGER_PREFIX}{plan}"
    with database.transaction() as connection:
        connection.execute("DELETE FROM schema_info WHERE key = ? OR starts_with(key, ?)", [key, f"{key}/"])
        connection.execute("INSERT INTO schema_info VALUES (?, ?)", [key, summary])


def _ledger_value(connection: Connection, key: str) -> dict[str, Any] | None:
    rows = connection.execute("SELECT value FROM schema_info WHERE key = ?", [key]).fetchall()
    entry = parse_json(rows[0][0]) if rows else None
    return entry if isinstance(entry, dict) or not rows else {}


def _is_loaded(database: LocalDatabase, key: str) -> bool:
    try:
        with database.connect() as connection:
            return _ledger_value(connection, key) is not None
    except StoreError:
        return False


def _prepare(shard: Shard, ids: Sequence[str]) -> writer.PreparedBatch:
    """Return the rows of some files, with channel vectors replaced by positions among the distinct ones."""
    children = {name: shard_rows.read_rows(shard, name, ids) for name in tables.CHILD_TABLES}
    vectors = children["channels"]["channel_fingerprint"].combine_chunks()
    matrix = np.asarray(vectors.flatten(), dtype=np.float32).reshape(len(vectors), CHANNEL_DIM)
    positions, distinct = vector_table.distinct_channels([matrix])
    channels = children["channels"].drop_columns("channel_fingerprint")
    children["channels"] = channels.append_column("channel_vector", pa.chunked_array([positions]))
    own = {name: table.drop_columns(list(tables.INHERITED_COLUMNS)) for name, table in children.items()}
    return writer.PreparedBatch(shard_rows.read_rows(shard, "files", ids), own, distinct)
