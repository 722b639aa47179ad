"""Migration of a library of schema version 1: a new file is written next to it, and the old one becomes a backup.

Until the new file takes its place nothing has changed, so that a crash or a full disk leaves the library as it was.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from exr_inspector_app.contracts import StoredFile
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import tables
from exr_inspector_app.persistence.local.arrow_io import fetch_rows, insert_rows
from exr_inspector_app.persistence.local.permissions import restrict_new_files
from exr_inspector_app.persistence.local.unfinished_files import remove_unfinished, unfinished_path
from exr_inspector_app.persistence.migration import Describe, Description, frame_of, view_of

log = logging.getLogger(__name__)

Connection = duckdb.DuckDBPyConnection

_BATCH_ROWS = 32_768
# By library: its signature, and the folder of the copy that was made then; deleted when the process ends.
_copies: dict[Path, tuple[tuple[int, ...], tempfile.TemporaryDirectory[str]]] = {}
_DESCRIBED_AT_ONCE = 500  # files whose children are in memory

# Files that differ in numbers only have the same programs and picture: one of them is read for all.
_KINDS = """
CREATE TEMP TABLE kinds AS
WITH texts AS (
  SELECT file_id, concat_ws('/', 'a', part_index, attribute_name, attribute_type, value_text, value_int) AS text
  FROM attribute_rows
  UNION ALL SELECT file_id, concat_ws('/', 'c', part_index, channel_name, channel_type, x_sampling, y_sampling)
  FROM channel_rows
  UNION ALL SELECT file_id, concat_ws('/', 'p', part_index, part_name, view_name, multi_view, is_deep, width, height)
  FROM part_rows)
SELECT file_id, md5(string_agg(text, chr(10) ORDER BY text)) AS kind FROM texts GROUP BY file_id
"""
_POSITION = "row_number() OVER (PARTITION BY r.file_id ORDER BY r.rowid) - 1 AS position"
_QUERIES = {
    "vectors": "SELECT * FROM vectors ORDER BY rowid",
    "channel_vectors": "SELECT * FROM channel_vectors ORDER BY rowid",
    "file_rows": "SELECT r.* EXCLUDE (frame_number), n.frame AS frame_number, d.* EXCLUDE (kind) FROM file_rows r "
    "LEFT JOIN frames n ON n.file_id = r.file_id LEFT JOIN kinds k ON k.file_id = r.file_id "
    "LEFT JOIN described d ON d.kind = k.kind ORDER BY r.rowid",
    "part_rows": "SELECT * FROM part_rows ORDER BY rowid",
    "channel_rows": f"SELECT r.*, {_POSITION}, v.view AS view_name FROM channel_rows r LEFT JOIN part_rows p "
    "ON p.file_id = r.file_id AND p.part_index = r.part_index LEFT JOIN views v ON v.channel_name = r.channel_name "
    "AND v.multi_view IS NOT DISTINCT FROM p.multi_view AND v.part_view IS NOT DISTINCT FROM p.view_name "
    "ORDER BY r.rowid",
    "attribute_rows": f"SELECT r.*, {_POSITION} FROM attribute_rows r ORDER BY r.rowid",
    "previews": "SELECT v.file_id, d.picture_layer, v.look_embedding, v.thumbnail FROM previews v LEFT JOIN kinds k "
    "ON k.file_id = v.file_id LEFT JOIN described d ON d.kind = k.kind ORDER BY v.rowid",
    "schema_info": "SELECT key, value FROM schema_info WHERE key <> 'schema_version'",
}


def migrate(path: Path, old: Connection, describe: Describe, config: Mapping[str, Any]) -> Path:
    """Replace a library by one of the current schema version, and return the path of the old one.

    Args:
        path: Library file.
        old: Open connection to it that can write, so that other processes are excluded; it must be closed afterwards.
        describe: Function that describes a file of the library.
        config: Configuration of connections in this process.
    """
    old.execute("CHECKPOINT")  # its write-ahead log would otherwise belong to the new file
    remove_unfinished(path)
    fresh = unfinished_path(path)
    try:
        with restrict_new_files(path):
            new = duckdb.connect(str(fresh), config=dict(config))
        with closing(new):
            write_current(old, new, path, describe)
        shutil.copymode(path, fresh)
        backup = _keep_backup(path)
        if os.name == "nt":
            old.close()  # an open file cannot be replaced there
        fresh.replace(path)
    finally:
        for name in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            with suppress(OSError):
                name.unlink(missing_ok=True)
    log.warning("Migrated the library %s to schema %d; backup: %s", path, schema.SCHEMA_VERSION, backup)
    return backup


def open_migrated_copy(
    path: Path, old: Connection, describe: Describe, signature: tuple[int, ...], config: Mapping[str, Any]
) -> Connection:
    """Return a connection to a copy in the current version, for a library that may only be read.

    The copy lies in a temporary folder of this process and is made again when the library has changed.

    Args:
        path: Library file.
        old: Open connection to it, which is closed.
        describe: Function that describes a file of the library.
        signature: What changes with every commit to the library.
        config: Configuration of connections in this process.
    """
    with closing(old):
        made, folder = _copies.get(path, (None, None))
        if folder is None or made != signature:
            folder = tempfile.TemporaryDirectory(prefix="exr-inspector-", ignore_cleanup_errors=True)
            with duckdb.connect(str(Path(folder.name, path.name)), config=dict(config)) as new:
                write_current(old, new, path, describe)
            _copies[path] = signature, folder
    settings = {**config, "temp_directory": tempfile.gettempdir()}
    connection = duckdb.connect(str(Path(folder.name, path.name)), read_only=True, config=settings)
    connection.execute("SET enable_progress_bar = false")
    return connection


def write_current(old: Connection, new: Connection, path: Path, describe: Describe) -> None:
    """Write the rows of a library of version 1 into an empty database, in the current version."""
    tables.create_tables(new, path)
    new.begin()
    new.execute("DELETE FROM schema_info WHERE key <> 'schema_version'")
    old.execute(_KINDS)
    old.register("described", _described(old, describe))
    old.register("frames", _frames(old))
    old.register("views", _views(old))
    for table, query in _QUERIES.items():
        for batch in old.sql(query).to_arrow_reader(_BATCH_ROWS):
            insert_rows(new, pa.Table.from_batches([batch]), table)
    with restrict_new_files(path):
        new.commit()


def _described(old: Connection, describe: Describe) -> pa.Table:
    """Return the description of each kind of file."""
    kinds = old.execute("SELECT kind, min(file_id) FROM kinds GROUP BY kind").fetchall()
    rows: list[dict[str, Any]] = []
    for start in range(0, len(kinds), _DESCRIBED_AT_ONCE):
        by_id = {file_id: kind for kind, file_id in kinds[start : start + _DESCRIBED_AT_ONCE]}
        for stored in _read_files(old, list(by_id)):
            rows.append({"kind": by_id[stored.file["file_id"]], **describe(stored)._asdict()})
    columns = pa.schema([(name, pa.string()) for name in ("kind", *Description._fields)])
    return pa.Table.from_pylist(rows, schema=columns)


def _read_files(old: Connection, file_ids: list[str]) -> list[StoredFile]:
    """Return files of version 1 with their children in the order of rows, which is that of the file."""
    by_id = "file_id IN (SELECT unnest(?::VARCHAR[]))"
    files = fetch_rows(old, f"SELECT * REPLACE (frame_number::DOUBLE AS frame_number) FROM file_rows WHERE {by_id}",
                       [file_ids])  # fmt: skip
    children: dict[str, list[list[dict[str, Any]]]] = {row["file_id"]: [[], [], []] for row in files}
    for at, table in enumerate(tables.CHILD_TABLES.values()):
        for row in fetch_rows(old, f"SELECT * FROM {table} WHERE {by_id} ORDER BY rowid", [file_ids]):
            if row["file_id"] in children:
                children[row["file_id"]][at].append(row)
    return [StoredFile(row, *children[row["file_id"]]) for row in files]


def _frames(old: Connection) -> pa.Table:
    """Return the frame number of each file, with its fraction."""
    query = "SELECT file_id, file_path_normalized, sequence_key, frame_number FROM file_rows"
    rows = old.execute(f"{query} WHERE frame_number IS NOT NULL").fetchall()
    frames = [frame_of(path, key, rounded) for _, path, key, rounded in rows]
    return pa.table(
        {"file_id": pa.array([row[0] for row in rows], pa.string()), "frame": pa.array(frames, pa.float64())}
    )


def _views(old: Connection) -> pa.Table:
    """Return the view of each distinct channel name in parts of each view."""
    rows = old.execute(
        "SELECT DISTINCT r.channel_name, p.multi_view, p.view_name FROM channel_rows r LEFT JOIN part_rows p "
        "ON p.file_id = r.file_id AND p.part_index = r.part_index"
    ).fetchall()
    names = ("channel_name", "multi_view", "part_view", "view")
    columns = zip(*((*row, view_of(*row)) for row in rows), strict=True) if rows else ((), (), (), ())
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def _keep_backup(path: Path) -> Path:
    """Give the library a second name that is free, and return it; a file system without links gets a copy."""
    number = 1
    while True:
        suffix = f".schema-1{'' if number == 1 else f'.{number}'}"
        backup = path.with_name(f"{path.stem}{suffix}{path.suffix}")
        try:
            os.link(path, backup)
        except FileExistsError:
            number += 1
            continue
        except OSError:
            shutil.copy2(path, backup)
        return backup
