"""What a publish writes into the local library: new files, known ones met again, and files taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from exr_inspector_app.contracts import Batch, Record
from exr_inspector_app.persistence import publish_rules, schema
from exr_inspector_app.persistence.local import tables
from exr_inspector_app.persistence.local import vector_table as vectors
from exr_inspector_app.persistence.local.arrow_relations import execute_with
from exr_inspector_app.persistence.local.arrow_relations import insert_rows as append_rows
from exr_inspector_app.persistence.rows import encode

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """The rows of new files, ready to be appended."""

    files: pa.Table
    children: dict[str, pa.Table]
    vectors: pa.Table  # one row a channel vector: hash, channel_fingerprint


def prepare_batch(records: Sequence[Record], batch: Batch, attempt: str) -> tuple[PreparedBatch, dict[str, str]]:
    """The rows of the sound records, and why the others have none, by file_id."""
    return publish_rules.rows_of_valid(records, lambda listed: _prepared(listed, batch, attempt))


def insert_batch(connection: Connection, new: PreparedBatch) -> None:
    """All rows of new files."""
    files = new.files
    vectors.insert_missing(connection, files.select(["vector_id", *schema.VECTOR_COLUMNS]))
    append_rows(connection, files.select(list(schema.FILE_COLUMNS)), "file_rows")
    numbers = vectors.insert_channel_vectors(connection, new.vectors)
    for table, children in new.children.items():
        if table == "channels":
            places = children["channel_vector"].combine_chunks()
            children = children.drop_columns("channel_vector").append_column("channel_vector", numbers.take(places))
        append_rows(connection, children, tables.CHILD_TABLES[table])


def update_changed(connection: Connection, changed: Sequence[Record]) -> None:
    """Size, date and completeness of files that have been written on under the same header.

    What a record does not know (only the first bytes were seen) stays as it was.
    """
    if not changed:
        return
    facts = [{**one.payload["file"], "file_id": one.identity.file_id} for one in changed]
    names = ("file_id", "size_bytes", "mtime", "is_complete")
    arriving = pa.table({n: pa.array([row[n] for row in facts], schema.FILES.field(n).type) for n in names})
    sets = ", ".join(f"{name} = coalesce(n.{name}, file_rows.{name})" for name in names[1:])
    execute_with(
        connection, arriving, f"UPDATE file_rows SET {sets} FROM arriving n WHERE file_rows.file_id = n.file_id"
    )
    parts = encode.parts_table(changed, None).select(["file_id", "part_index", "chunks_present"])
    execute_with(
        connection,
        parts,
        "UPDATE part_rows SET chunks_present = n.chunks_present FROM arriving n WHERE part_rows.file_id = n.file_id "
        "AND part_rows.part_index = n.part_index AND n.chunks_present IS NOT NULL",
    )
    ids = [row["file_id"] for row in facts]
    connection.execute("DELETE FROM previews WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [ids])


def count_republish(connection: Connection, met: Sequence[Record]) -> None:
    """One more inspection of files that another publish had inserted."""
    times = {one.identity.file_id: one.inspected_at for one in met}
    arriving = pa.table({"file_id": list(times), "at": list(times.values())}) if times else None
    if arriving is not None:
        execute_with(
            connection,
            arriving,
            "UPDATE file_rows SET inspection_count = inspection_count + 1, last_inspected = "
            "greatest(last_inspected, n.at) FROM arriving n WHERE file_rows.file_id = n.file_id",
        )


def delete_files(connection: Connection, file_ids: list[str]) -> int:
    """The files, their children, and vectors that nobody has any more."""
    query = "SELECT count(*) FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    count = int(connection.execute(query, [file_ids]).fetchall()[0][0])
    for table in (*tables.CHILD_TABLES.values(), "previews", "file_rows"):
        connection.execute(f"DELETE FROM {table} WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [file_ids])
    vectors.delete_unused(connection)
    return count


def _prepared(records: Sequence[Record], batch: Batch, attempt: str) -> PreparedBatch:
    places, distinct = vectors.distinct_channels([one.channel_vectors for one in records])
    channels = encode.channels_table(records, attempt, vectors=False).append_column("channel_vector", places)
    children = {
        "parts": encode.parts_table(records, attempt),
        "channels": channels,
        "attributes": encode.attributes_table(records, attempt),
    }
    lean = {name: table.drop_columns(list(tables.INHERITED_COLUMNS)) for name, table in children.items()}
    return PreparedBatch(encode.files_table(records, publish_rules.audit_columns(batch, attempt)), lean, distinct)
