"""Writer of the local library: inserts new files, updates changed ones, and deletes files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from exr_inspector_app.contracts import Batch, Record
from exr_inspector_app.persistence import publish_rules, schema
from exr_inspector_app.persistence.local import tables, vector_table
from exr_inspector_app.persistence.local.arrow_io import execute_with, insert_rows
from exr_inspector_app.persistence.rows import encode

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """Rows of new files, ready to be inserted."""

    files: pa.Table
    children: dict[str, pa.Table]
    vectors: pa.Table  # one row per distinct channel vector: hash, channel_fingerprint


def prepare_batch(records: Sequence[Record], batch: Batch, attempt: str) -> tuple[PreparedBatch, dict[str, str]]:
    """Prepare the rows of all records with a valid payload; return them with the errors of the rest, by file_id."""
    return publish_rules.rows_of_valid(records, lambda valid: _prepare(valid, batch, attempt))


def insert_batch(connection: Connection, new: PreparedBatch) -> None:
    """Insert all rows of new files."""
    files = new.files
    vector_table.insert_missing(connection, files.select(["vector_id", *schema.VECTOR_COLUMNS]))
    insert_rows(connection, files.select(list(schema.FILE_COLUMNS)), "file_rows")
    numbers = vector_table.insert_channel_vectors(connection, new.vectors)
    for table, children in new.children.items():
        if table == "channels":
            positions = children["channel_vector"].combine_chunks()
            column = numbers.take(positions)
            children = children.drop_columns("channel_vector").append_column("channel_vector", column)
        insert_rows(connection, children, tables.CHILD_TABLES[table])


def update_changed(connection: Connection, changed: Sequence[Record]) -> None:
    """Update size, date, and completeness of files that changed under the same header, and delete their previews.

    Fields that a record does not know, because only the first bytes were read, keep their stored values.
    """
    if not changed:
        return
    rows = [{**record.payload["file"], "file_id": record.identity.file_id} for record in changed]
    names = ("file_id", "size_bytes", "mtime", "is_complete")
    files = pa.table({name: pa.array([row[name] for row in rows], schema.FILES.field(name).type) for name in names})
    sets = ", ".join(f"{name} = coalesce(n.{name}, file_rows.{name})" for name in names[1:])
    execute_with(connection, files, f"UPDATE file_rows SET {sets} FROM arriving n WHERE file_rows.file_id = n.file_id")
    parts = encode.parts_table(changed, None).select(["file_id", "part_index", "chunks_present"])
    execute_with(
        connection,
        parts,
        "UPDATE part_rows SET chunks_present = n.chunks_present FROM arriving n WHERE part_rows.file_id = n.file_id "
        "AND part_rows.part_index = n.part_index AND n.chunks_present IS NOT NULL",
    )
    ids = [row["file_id"] for row in rows]
    connection.execute("DELETE FROM previews WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [ids])


def count_republish(connection: Connection, records: Sequence[Record]) -> None:
    """Increment the inspection count of files that another publish has inserted."""
    times = {record.identity.file_id: record.inspected_at for record in records}
    if times:
        execute_with(
            connection,
            pa.table({"file_id": list(times), "at": list(times.values())}),
            "UPDATE file_rows SET inspection_count = inspection_count + 1, last_inspected = "
            "greatest(last_inspected, n.at) FROM arriving n WHERE file_rows.file_id = n.file_id",
        )


def update_notes(connection: Connection, notes: Mapping[str, str | None]) -> None:
    """Replace the notes of files, by file_id."""
    rows = pa.table({"file_id": pa.array(notes, pa.string()), "note": pa.array(notes.values(), pa.string())})
    update = "UPDATE file_rows SET note = n.note FROM arriving n WHERE file_rows.file_id = n.file_id"
    execute_with(connection, rows, update)


def delete_files(connection: Connection, file_ids: list[str]) -> int:
    """Delete files, their children and previews, and vectors that are no longer used; return the number of files."""
    query = "SELECT count(*) FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    count = int(connection.execute(query, [file_ids]).fetchall()[0][0])
    for table in (*tables.CHILD_TABLES.values(), "previews", "file_rows"):
        connection.execute(f"DELETE FROM {table} WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [file_ids])
    vector_table.delete_unused(connection)
    return count


def _prepare(records: Sequence[Record], batch: Batch, attempt: str) -> PreparedBatch:
    positions, distinct = vector_table.distinct_channels([record.channel_vectors for record in records])
    channels = encode.channels_table(records, attempt, vectors=False).append_column("channel_vector", positions)
    children = {
        "parts": encode.parts_table(records, attempt),
        "channels": channels,
        "attributes": encode.attributes_table(records, attempt),
    }
    own = {name: table.drop_columns(list(tables.INHERITED_COLUMNS)) for name, table in children.items()}
    return PreparedBatch(encode.files_table(records, publish_rules.audit_columns(batch, attempt)), own, distinct)
