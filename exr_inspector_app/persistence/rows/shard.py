"""Parquet encoder of shards: rows of many files, one file per table, for a bulk load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Record, Shard
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import publish_rules, schema
from exr_inspector_app.persistence.rows import encode

TABLES = ("files", "parts", "channels", "attributes")
_COMPRESSION = "zstd"


def write_shard(folder: Path, records: Sequence[Record], audit: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Write the rows of records to a folder; of records with the same file_id the last one counts.

    Args:
        folder: Existing folder.
        records: Records to encode.
        audit: Columns with one value for all rows of `files`, with `attempt_id`.

    Returns:
        The ids of the files, and the errors of records that cannot be encoded, by file_id.
    """
    valid, errors = publish_rules.split_valid(records)
    tables, refused = publish_rules.rows_of_valid(list(valid.values()), lambda part: _encode(part, audit))
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression=_COMPRESSION)
    return [file_id for file_id in valid if file_id not in refused], errors | refused


def require_roots(shard: Shard, roots: Sequence[Root] | None, location: str) -> None:
    """Refuse a shard whose keys follow from other roots than those of the store.

    Raises:
        StoreError: The roots differ.
    """
    if roots is None and shard.roots is None:
        return
    if roots is None or shard.roots is None or tuple(roots) != shard.roots:
        raise StoreError(f"The roots of {location} have changed. Run the command again to read the files again.")


def read_ids(shard: Shard) -> list[str]:
    """Return the ids of the files of a shard to load."""
    ids = pq.read_table(shard.tables["files"], columns=["file_id"])["file_id"].to_pylist()
    return [file_id for file_id in ids if file_id not in shard.left_out]


def read_rows(shard: Shard, name: str, file_ids: Sequence[str]) -> pa.Table:
    """Return the rows of a table of a shard that belong to some of its files."""
    table = pq.read_table(shard.tables[name]).cast(schema.TABLES[name])
    return table.filter(pc.is_in(table["file_id"], value_set=pa.array(file_ids, pa.string())))


def to_parquet(table: pa.Table) -> bytes:
    """Return a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression=_COMPRESSION)
    return bytes(sink.getvalue().to_pybytes())


def _encode(records: Sequence[Record], audit: Mapping[str, Any]) -> dict[str, pa.Table]:
    attempt_id = audit["attempt_id"]
    channels = encode.channels_table(records, attempt_id) if records else schema.CHANNELS.empty_table()
    return {
        "files": encode.files_table(records, audit) if records else schema.FILES.empty_table(),
        "parts": encode.parts_table(records, attempt_id),
        "channels": channels,
        "attributes": encode.attributes_table(records, attempt_id),
    }
