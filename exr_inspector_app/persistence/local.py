"""The local library: a store in one DuckDB file, with nothing to set up."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import (
    CHANNEL_DIM,
    METADATA_DIM,
    Batch,
    CheckReport,
    Condition,
    Filter,
    Hit,
    Plan,
    PlanItem,
    PlanStatus,
    PublishResult,
    Query,
    Record,
    Stored,
)
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import library, local_similar, rows, schema

log = logging.getLogger(__name__)

Connection = duckdb.DuckDBPyConnection
_FACTS = ", ".join(schema.FACTS)


class LocalStore:
    """Published metadata in a DuckDB file; opened for each call and closed after it."""

    target = "Local library"

    def __init__(self, path: Path, patience: float = 10.0) -> None:
        self._library = library.Library(path, patience)

    def ensure_tables(self) -> None:
        with self._library.connected():
            pass

    def publish(self, batch: Batch) -> list[PublishResult]:
        sound = {one.identity.file_id: one for one in batch.records if _trouble(one) is None}
        if sound:
            with self._library.transaction() as connection:
                known = _known(connection, list(sound))
                new = [one for file_id, one in sound.items() if file_id not in known]
                _insert(connection, new, batch)
            if known:
                self._meet([sound[file_id] for file_id in known], known, batch.publish_id)
        else:
            known = {}
        inserted = set(sound) - set(known)
        return [_result(one, inserted) for one in batch.records]

    def plan(self, batch: Batch) -> Plan:
        with self._library.connected() as connection:
            known = _known(connection, [one.identity.file_id for one in batch.records])
            paths = _known_paths(connection, [one.identity.file_path_normalized for one in batch.records])
        return Plan(self.target, tuple(_planned(one, known, paths) for one in batch.records))

    def get(self, file_id: str) -> Stored | None:
        with self._library.connected() as connection:
            found = _rows(connection, f"SELECT {_FACTS} FROM file_rows WHERE file_id = ?", [file_id])
            if not found:
                return None
            children = [_children(connection, name, file_id) for name in ("parts", "channels", "attributes")]
        return Stored(found[0], *children)

    def find(self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False) -> list[Stored]:
        text, values = _where(where)
        order = "ORDER BY inspection_timestamp DESC, file_path_normalized, file_id LIMIT ? OFFSET ?"
        query = f"SELECT {_FACTS} FROM {_source(history)} WHERE {text} {order}"
        with self._library.connected() as connection:
            return [Stored(row) for row in _rows(connection, query, [*values, limit, offset])]

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        text, values = _where(where)
        with self._library.connected() as connection:
            return _number(connection, f"SELECT count(*) FROM {_source(history)} WHERE {text}", values)

    def similar(self, query: Query) -> list[Hit]:
        chosen: set[str] | None = None
        if query.where:
            text, values = _where(query.where)
            with self._library.connected() as connection:
                found = connection.execute(f"SELECT file_id FROM current_files WHERE {text}", values).fetchall()
            chosen = {row[0] for row in found}
        return local_similar.similar(self._library, query, chosen)

    def delete(self, file_ids: Sequence[str]) -> int:
        with self._library.transaction() as connection:
            return _delete(connection, list(file_ids))

    def undo(self, publish_id: str) -> int:
        query = "SELECT file_id FROM file_rows WHERE publish_id = ? AND inspection_count = 1"
        with self._library.transaction() as connection:
            return _delete(connection, [row[0] for row in connection.execute(query, [publish_id]).fetchall()])

    def check(self) -> CheckReport:
        with self._library.connected() as connection:
            files = _number(connection, "SELECT count(*) FROM file_rows")
            problems = tuple(_problems(connection))
        kind = library.file_system(self._library.path)
        note = (
            f"The library {self._library.path} lies on a network file system ({kind}), where locks cannot be "
            "relied on; keep it on a local disk."
        )
        return CheckReport(self.target, files, schema.SCHEMA_VERSION, (note,) if kind else (), problems)

    def close(self) -> None:
        """Nothing is held between calls."""

    def _meet(self, met: Sequence[Record], known: dict[str, dict[str, Any]], publish_id: str) -> None:
        """Known files are counted and, where they have changed, refreshed; trouble here fails no publish."""
        try:
            with self._library.transaction() as connection:
                _count_meeting(connection, [one for one in met if _publish_of(one, known) != publish_id])
                _refresh(connection, [one for one in met if _has_changed(one, known[one.identity.file_id])])
        except StoreError as error:
            log.warning("Counters of known files were not updated: %s", error.sentence)


def _trouble(record: Record) -> str | None:
    """Why a record cannot be published; None for a sound one."""
    shapes = (record.metadata_embedding.shape, record.channel_fingerprint.shape, record.channel_vectors.shape)
    wanted = ((METADATA_DIM,), (CHANNEL_DIM,), (len(record.payload["channels"]), CHANNEL_DIM))
    if shapes != wanted:
        return f"Its vectors have the shapes {shapes}; {wanted} are needed."
    vectors = (record.metadata_embedding, record.channel_fingerprint, record.channel_vectors)
    if not all(np.isfinite(vector).all() for vector in vectors):
        return "Its vectors hold numbers that are not finite; compute them again."
    return None


def _result(record: Record, inserted: set[str]) -> PublishResult:
    """The result of one record; a key that comes twice in a batch is inserted once."""
    trouble = _trouble(record)
    file_id = record.identity.file_id
    if trouble:
        return PublishResult("error", file_id, False, "File not persisted", trouble)
    if file_id in inserted:
        inserted.discard(file_id)
        return PublishResult("success", file_id, True, f"File persisted: {file_id}")
    return PublishResult("success", file_id, False, f"File already persisted: {file_id}")


def _known(connection: Connection, file_ids: list[str]) -> dict[str, dict[str, Any]]:
    """What is stored of these files, by file_id."""
    names = "file_id, publish_id, size_bytes, mtime, is_complete, inspection_timestamp"
    query = f"SELECT {names} FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    return {row["file_id"]: row for row in _rows(connection, query, [file_ids])}


def _known_paths(connection: Connection, paths: list[str]) -> dict[str, str]:
    """Since when each path is known, for those that are."""
    query = (
        "SELECT file_path_normalized, max(inspection_timestamp) FROM file_rows "
        "WHERE file_path_normalized IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"
    )
    return dict(connection.execute(query, [paths]).fetchall())


def _planned(record: Record, known: dict[str, dict[str, Any]], paths: dict[str, str]) -> PlanItem:
    """What publishing would do with one record."""
    row = known.get(record.identity.file_id)
    since = paths.get(record.identity.file_path_normalized)
    incomplete = record.payload["file"].get("is_complete") is False
    if row is None:
        status = PlanStatus.NEW if since is None else PlanStatus.CHANGED
    else:
        status = PlanStatus.REFRESH if _has_changed(record, row) else PlanStatus.PRESENT
    return PlanItem(record, status, since, incomplete)


def _has_changed(record: Record, row: dict[str, Any]) -> bool:
    """True where the file under the same header has another size or date than the stored one."""
    file = record.payload["file"]
    return any(file.get(name) != row[name] for name in ("size_bytes", "mtime", "is_complete"))


def _publish_of(record: Record, known: dict[str, dict[str, Any]]) -> str:
    return str(known[record.identity.file_id]["publish_id"])


def _insert(connection: Connection, records: Sequence[Record], batch: Batch) -> None:
    """All rows of new files."""
    if not records:
        return
    attempt = f"{time.time_ns():016x}{secrets.token_hex(8)}"
    stamps = {"attempt_id": attempt, "publish_id": batch.publish_id, "published_by": batch.published_by}
    files = rows.files_table(records, stamps)
    _append(connection, files.select(["vector_id", *schema.VECTORS]), "vectors", "ON CONFLICT DO NOTHING")
    _append(connection, files.select(list(schema.FACTS)), "file_rows")
    _append(connection, rows.parts_table(records, attempt), "parts")
    _append(connection, rows.attributes_table(records, attempt), "attributes")
    names, vectors = _distinct_vectors(records)
    channels = rows.channels_table(records, attempt, vectors=False)
    _append(connection, channels.append_column("channel_vector", names), "channel_rows")
    _append(connection, vectors, "channel_vectors", "ON CONFLICT DO NOTHING")


def _append(connection: Connection, table: pa.Table, name: str, conflict: str = "") -> None:
    """The rows of an Arrow table behind those of a table."""
    connection.register("arriving", table)
    columns = ", ".join(table.column_names)
    distinct = "DISTINCT ON (1)" if conflict else ""
    connection.execute(f"INSERT INTO {name} ({columns}) SELECT {distinct} {columns} FROM arriving {conflict}")
    connection.unregister("arriving")


def _distinct_vectors(records: Sequence[Record]) -> tuple[pa.Array, pa.Table]:
    """A name for each channel's vector, and the vectors by their names; frames that share them are hashed once."""
    seen: dict[bytes, list[str]] = {}
    vectors: dict[str, np.ndarray[Any, Any]] = {}
    names: list[str] = []
    for one in records:
        key = one.channel_vectors.tobytes()
        if key not in seen:
            seen[key] = [blake2b(row.tobytes(), digest_size=16).hexdigest() for row in one.channel_vectors]
            vectors.update(zip(seen[key], one.channel_vectors, strict=True))
        names += seen[key]
    flat = np.concatenate(list(vectors.values())) if vectors else np.zeros(0, dtype=np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat), type=schema.vector(CHANNEL_DIM))
    listed = {"channel_vector": pa.array(list(vectors), pa.string()), "channel_fingerprint": column}
    return pa.array(names, pa.string()), pa.table(listed)


def _count_meeting(connection: Connection, met: Sequence[Record]) -> None:
    """One more inspection of files that another publish had inserted."""
    times = {one.identity.file_id: one.inspected_at for one in met}
    connection.execute(
        "UPDATE file_rows SET inspection_count = inspection_count + 1, last_inspected = met.at FROM "
        "(SELECT unnest(?::VARCHAR[]) AS id, unnest(?::VARCHAR[]) AS at) met WHERE file_id = met.id",
        [list(times), list(times.values())],
    )


def _refresh(connection: Connection, changed: Sequence[Record]) -> None:
    """Size, date and completeness of files that have been written on under the same header."""
    for one in changed:
        file = one.payload["file"]
        connection.execute(
            "UPDATE file_rows SET size_bytes = ?, mtime = ?, is_complete = ? WHERE file_id = ?",
            [file["size_bytes"], file["mtime"], file["is_complete"], one.identity.file_id],
        )
        for part in one.payload["parts"]:
            connection.execute(
                "UPDATE parts SET chunks_present = ? WHERE file_id = ? AND part_index = ?",
                [part["chunks_present"], one.identity.file_id, part["part_index"]],
            )


def _delete(connection: Connection, file_ids: list[str]) -> int:
    """The files, their children, and vectors that nobody has any more."""
    count = len(_known(connection, file_ids))
    for table in ("parts", "channel_rows", "attributes", "previews", "file_rows"):
        connection.execute(f"DELETE FROM {table} WHERE file_id IN (SELECT unnest(?::VARCHAR[]))", [file_ids])
    for table, key, users in (
        ("vectors", "vector_id", "file_rows"),
        ("channel_vectors", "channel_vector", "channel_rows"),
    ):
        connection.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM {users})")
    return count


_CHECKS = {
    "SELECT count(*) FROM file_rows WHERE vector_id NOT IN (SELECT vector_id FROM vectors)": (
        "{} files lack their vectors."
    ),
    "SELECT count(DISTINCT file_id) FROM attributes WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have attributes but no row of their own."
    ),
    "SELECT count(DISTINCT file_id) FROM channel_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have channels but no row of their own."
    ),
    "SELECT count(*) FROM file_rows f WHERE channel_count <> "
    "(SELECT count(*) FROM channels c WHERE c.file_id = f.file_id)": "{} files lack some of their channels.",
}


def _problems(connection: Connection) -> list[str]:
    """What does not fit together, each in a sentence."""
    found = [(sentence, _number(connection, query)) for query, sentence in _CHECKS.items()]
    return [sentence.format(f"{count:,}") for sentence, count in found if count]


def _children(connection: Connection, name: str, file_id: str) -> list[dict[str, Any]]:
    """The rows of one table that belong to a file, in file order."""
    source = f"{name} AS r"
    columns = "r.*"
    if name == "channels":
        source = "channel_rows AS r JOIN channel_vectors AS v USING (channel_vector)"
        columns = "r.* EXCLUDE (channel_vector), v.channel_fingerprint"
    return _rows(connection, f"SELECT {columns} FROM {source} WHERE r.file_id = ? ORDER BY r.rowid", [file_id])


def _rows(connection: Connection, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    table: pa.Table = connection.sql(query, params=list(values)).to_arrow_table()
    return list(table.to_pylist())


def _number(connection: Connection, query: str, values: Sequence[Any] = ()) -> int:
    return int(connection.execute(query, list(values)).fetchall()[0][0])


def _source(history: bool) -> str:
    return "file_rows" if history else "current_files"


_SIGNS = {
    "contains": "contains({}, ?)",
    "starts_with": "starts_with({}, ?)",
    "in": "{} IN (SELECT unnest(?))",
}


def _where(where: Filter) -> tuple[str, list[Any]]:
    """The filter in SQL, its values apart."""
    texts: list[str] = ["true"]
    values: list[Any] = []
    for condition in where:
        texts.append(_condition(condition, values))
    return " AND ".join(texts), values


def _condition(condition: Condition, values: list[Any]) -> str:
    if condition.column not in schema.FACTS:
        raise StoreError(f"There is no column `{condition.column}` to filter by.")
    if condition.op == "is_null":
        return f"{condition.column} IS {'' if condition.value else 'NOT '}NULL"
    values.append(list(condition.value) if condition.op == "in" else condition.value)
    return _SIGNS.get(condition.op, f"{{}} {condition.op} ?").format(condition.column)
