"""What a publish writes into the local library: new files, known ones met again, and files taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, Batch, Record
from exr_inspector_app.persistence import outcomes, rows, schema
from exr_inspector_app.persistence.local import library

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Prepared:
    """The rows of new files, ready to be appended."""

    files: pa.Table
    children: dict[str, pa.Table]
    vectors: pa.Table  # one row a channel vector: hash, channel_fingerprint


def prepared(records: Sequence[Record], batch: Batch, attempt: str) -> tuple[Prepared, dict[str, str]]:
    """The rows of the sound records, and why the others have none, by file_id."""
    return outcomes.sound_rows(records, lambda listed: _prepared(listed, batch, attempt))


def append(connection: Connection, new: Prepared) -> None:
    """All rows of new files."""
    files = new.files
    known = _values(
        connection, "SELECT vector_id FROM vectors WHERE vector_id IN (SELECT unnest(?))", files["vector_id"]
    )
    firsts = {name: place for place, name in reversed(list(enumerate(files["vector_id"].to_pylist())))}
    places = sorted(place for name, place in firsts.items() if name not in known)
    _append(connection, files.select(["vector_id", *schema.VECTORS]).take(pa.array(places, pa.int64())), "vectors")
    _append(connection, files.select(list(schema.FACTS)), "file_rows")
    numbers = _channel_vectors(connection, new.vectors)
    for table, children in new.children.items():
        if table == "channels":
            places = children["channel_vector"].combine_chunks()
            children = children.drop_columns("channel_vector").append_column("channel_vector", numbers.take(places))
        _append(connection, children, library.CHILDREN[table])


def refresh(connection: Connection, changed: Sequence[Record]) -> None:
    """Size, date and completeness of files that have been written on under the same header.

    What a record does not know (only the first bytes were seen) stays as it was.
    """
    if not changed:
        return
    facts = [{**one.payload["file"], "file_id": one.identity.file_id} for one in changed]
    names = ("file_id", "size_bytes", "mtime", "is_complete")
    arriving = pa.table({n: pa.array([row[n] for row in facts], schema.FILES.field(n).type) for n in names})
    sets = ", ".join(f"{name} = coalesce(n.{name}, file_rows.{name})" for name in names[1:])
    _update(connection, arriving, f"UPDATE file_rows SET {sets} FROM arriving n WHERE file_rows.file_id = n.file_id")
    parts = rows.parts_table(changed, None).select(["file_id", "part_index", "chunks_present"])
    _update(
        connection,
        parts,
        "UPDATE part_rows SET chunks_present = n.chunks_present FROM arriving n WHERE part_rows.file_id = n.file_id "
        "AND part_rows.part_index = n.part_index AND n.chunks_present IS NOT NULL",
    )
    ids = [row["file_id"] for row in facts]
    connection.execute("DELETE FROM previews WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [ids])


def count_meeting(connection: Connection, met: Sequence[Record]) -> None:
    """One more inspection of files that another publish had inserted."""
    times = {one.identity.file_id: one.inspected_at for one in met}
    arriving = pa.table({"file_id": list(times), "at": list(times.values())}) if times else None
    if arriving is not None:
        _update(
            connection,
            arriving,
            "UPDATE file_rows SET inspection_count = inspection_count + 1, last_inspected = "
            "greatest(last_inspected, n.at) FROM arriving n WHERE file_rows.file_id = n.file_id",
        )


def delete(connection: Connection, file_ids: list[str]) -> int:
    """The files, their children, and vectors that nobody has any more."""
    query = "SELECT count(*) FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    count = int(connection.execute(query, [file_ids]).fetchall()[0][0])
    for table in (*library.CHILDREN.values(), "previews", "file_rows"):
        connection.execute(f"DELETE FROM {table} WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [file_ids])
    for table, key, users in (
        ("vectors", "vector_id", "file_rows"),
        ("channel_vectors", "channel_vector", "channel_rows"),
    ):
        connection.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM {users})")
    return count


def _prepared(records: Sequence[Record], batch: Batch, attempt: str) -> Prepared:
    stamps = {"attempt_id": attempt, "publish_id": batch.publish_id, "published_by": batch.published_by}
    places, vectors = _distinct_vectors(records)
    channels = rows.channels_table(records, attempt, vectors=False).append_column("channel_vector", places)
    children = {
        "parts": rows.parts_table(records, attempt),
        "channels": channels,
        "attributes": rows.attributes_table(records, attempt),
    }
    lean = {name: table.drop_columns(list(library.OWNED)) for name, table in children.items()}
    return Prepared(rows.files_table(records, stamps), lean, vectors)


def _append(connection: Connection, table: pa.Table, name: str) -> None:
    """The rows of an Arrow table behind those of a table."""
    columns = ", ".join(table.column_names)
    _update(connection, table, f"INSERT INTO {name} ({columns}) SELECT {columns} FROM arriving")


def _update(connection: Connection, table: pa.Table, statement: str) -> None:
    """A statement that reads an Arrow table as `arriving`."""
    if not len(table):
        return
    connection.register("arriving", table)
    try:
        connection.execute(statement)
    finally:
        connection.unregister("arriving")


def _values(connection: Connection, query: str, values: Any) -> set[Any]:
    return {row[0] for row in connection.execute(query, [values.to_pylist()]).fetchall()}


def _distinct_vectors(records: Sequence[Record]) -> tuple[pa.Array, pa.Table]:
    """For each channel the place of its vector, and the distinct vectors; frames that share them are hashed once."""
    seen: dict[bytes, list[int]] = {}
    found: dict[str, int] = {}
    vectors: list[np.ndarray[Any, Any]] = []
    places: list[int] = []
    for one in records:
        key = one.channel_vectors.tobytes()
        if key not in seen:
            hashes = [blake2b(row.tobytes(), digest_size=16).hexdigest() for row in one.channel_vectors]
            for name, row in zip(hashes, one.channel_vectors, strict=True):
                if found.setdefault(name, len(vectors)) == len(vectors):
                    vectors.append(row)
            seen[key] = [found[name] for name in hashes]
        places += seen[key]
    flat = np.concatenate(vectors) if vectors else np.zeros(0, dtype=np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat), type=schema.vector(CHANNEL_DIM))
    listed = {"hash": pa.array(list(found), pa.string()), "channel_fingerprint": column}
    return pa.array(places, pa.int32()), pa.table(listed)


def _channel_vectors(connection: Connection, vectors: pa.Table) -> pa.Array:
    """The number of each channel vector; those that are new are added. Numbers take a tenth of the hashes' room."""
    query = "SELECT hash, channel_vector FROM channel_vectors WHERE hash IN (SELECT unnest(?::VARCHAR[]))"
    hashes = vectors["hash"].to_pylist()
    numbers: dict[str, int] = dict(connection.execute(query, [hashes]).fetchall())
    free = connection.execute("SELECT coalesce(max(channel_vector) + 1, 0) FROM channel_vectors").fetchall()[0][0]
    places = [place for place, name in enumerate(hashes) if name not in numbers]
    given = range(free, free + len(places))
    numbers.update(zip((hashes[place] for place in places), given, strict=True))
    added = vectors.take(pa.array(places, pa.int64())).append_column("channel_vector", pa.array(given, pa.int32()))
    _append(connection, added, "channel_vectors")
    return pa.array([numbers[name] for name in hashes], pa.int32())
