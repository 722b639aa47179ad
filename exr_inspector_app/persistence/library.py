"""The DuckDB file of the local library: opening it safely, its tables, and its troubles in sentences."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, LOOK_DIM, METADATA_DIM
from exr_inspector_app.errors import StoreDamaged, StoreError, StoreUnavailable
from exr_inspector_app.persistence import schema

# One configuration everywhere: DuckDB refuses a second one in a process. Without external access a foreign
# file cannot make it load an extension.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": False}
_REMOTE = frozenset(["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "lustre", "beegfs"])
_MARK = (8, b"DUCK")  # where a DuckDB file says what it is
_HOLDER = re.compile(r"\(PID ([0-9]+)\)")

_locks: dict[str, threading.RLock] = {}
_locks_guard = threading.Lock()


class Library:
    """One library file; each `connected()` opens it, waits for other processes, and closes it again."""

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        self._patience = patience
        with _locks_guard:
            self._lock = _locks.setdefault(str(path.absolute()), threading.RLock())

    @contextmanager
    def connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with the tables in place; the library's troubles leave it as StoreError."""
        with self._lock, _told(self.path):
            connection = self._open()
            try:
                _make_tables(connection, self.path)
                yield connection
            finally:
                connection.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose work is kept as a whole, or not at all."""
        with self.connected() as connection:
            connection.begin()
            try:
                yield connection
                connection.commit()
            except BaseException:
                _roll_back(connection)
                raise

    def signature(self) -> tuple[int, ...]:
        """What changes whenever the file does: looked at instead of opening it."""
        found: list[int] = []
        for name in (self.path, self.path.with_name(self.path.name + ".wal")):
            try:
                stat = os.stat(name)
            except OSError:
                found += [0, 0, 0]
                continue
            found += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        return tuple(found)

    def _open(self) -> duckdb.DuckDBPyConnection:
        """The file opened; another process that holds it is waited for."""
        _look_before(self.path)
        end = time.monotonic() + self._patience
        pause = 0.01
        while True:
            try:
                return duckdb.connect(str(self.path), config=_SETTINGS)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower() or time.monotonic() >= end:
                    raise
            time.sleep(pause)
            pause = min(pause * 1.6, 0.25)


def file_system(path: Path) -> str | None:
    """The network file system that a path lies on; None for a local disk."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    best, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        point = left.split()[4].replace("\\040", " ")
        inside = point == "/" or f"{path.absolute()}/".startswith(f"{point}/")
        if inside and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind if kind in _REMOTE else None


def _look_before(path: Path) -> None:
    """StoreError for what must not be opened; the folder above is made where it lacks."""
    if path.is_dir():
        raise StoreError(f"The library {path} is a folder; name a file, such as {path / 'library.duckdb'}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                head = file.read(_MARK[0] + len(_MARK[1]))
            if head[_MARK[0] :] != _MARK[1]:
                raise StoreDamaged(f"{path} is not a library of exr-inspector; it was not touched. Name another file.")
    except OSError as error:
        raise StoreError(f"The library {path} cannot be opened: {error.strerror}.") from error


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """DuckDB's errors in one sentence each."""
    try:
        yield
    except duckdb.Error as error:
        raise _sentence(path, str(error)) from error


def _sentence(path: Path, text: str) -> StoreError:
    """What a message of DuckDB means for the person."""
    low = text.lower()
    if "lock" in low and "held" in low:
        holder = _HOLDER.search(text)
        who = f"process {holder.group(1)}" if holder else "another process"
        return StoreUnavailable(f"The library {path} is in use by {who}; close that program or try again later.")
    if "no space" in low or "could not write" in low or "autocheckpoint failed" in low or "file too large" in low:
        return StoreUnavailable(f"The disk of the library {path} is full; nothing of this batch was written.")
    if "read-only" in low or "permission denied" in low or "cannot open file" in low:
        return StoreError(f"The library {path} may not be written; ask for the right to, or name another file.")
    first = text.split("\n")[0]
    return StoreDamaged(f"The library {path} is damaged and was not changed ({first}); restore it from a copy.")


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """The transaction is gone; a connection that has died takes it along."""
    try:
        connection.rollback()
    except duckdb.Error:
        return


_SQL_TYPES = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN", "float": "FLOAT",
              "double": "DOUBLE"}  # fmt: skip


def _columns(table: str, without: tuple[str, ...] = ()) -> str:
    """The columns of a table in SQL."""
    fields = [field for field in schema.TABLES[table] if field.name not in without]
    return ", ".join(f"{field.name} {_SQL_TYPES[str(field.type)]}" for field in fields)


_TABLES = f"""
CREATE TABLE vectors (vector_id VARCHAR PRIMARY KEY, metadata_embedding FLOAT[{METADATA_DIM}],
  channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE file_rows ({_columns("files", schema.VECTORS)}, PRIMARY KEY (file_id));
CREATE VIEW files AS SELECT f.* EXCLUDE (vector_id), v.metadata_embedding, v.channel_fingerprint, f.vector_id
  FROM file_rows f JOIN vectors v USING (vector_id);
CREATE TABLE parts ({_columns("parts")});
CREATE TABLE channel_vectors (channel_vector VARCHAR PRIMARY KEY, channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE channel_rows ({_columns("channels", ("channel_fingerprint",))}, channel_vector VARCHAR);
CREATE VIEW channels AS SELECT * EXCLUDE (channel_vector) FROM channel_rows JOIN channel_vectors
  USING (channel_vector);
CREATE TABLE attributes ({_columns("attributes")});
CREATE TABLE previews (file_id VARCHAR, attempt_id VARCHAR, look_embedding FLOAT[{LOOK_DIM}], thumbnail BLOB);
CREATE VIEW current_files AS SELECT * FROM file_rows QUALIFY row_number() OVER
  (PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) = 1;
CREATE TABLE schema_info (key VARCHAR, value VARCHAR);
"""


def _make_tables(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The tables exist; a newer schema and other people's tables are refused."""
    found = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not found:
        with _told(path):
            connection.begin()
            connection.execute(_TABLES)
            facts = [
                ("schema_version", str(schema.SCHEMA_VERSION)),
                ("embedding_version", str(EMBEDDING_VERSION)),
            ]
            created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            connection.executemany("INSERT INTO schema_info VALUES (?, ?)", [*facts, ("created", created)])
            connection.commit()
        return
    if "schema_info" not in found:
        raise StoreDamaged(f"{path} is a DuckDB file of another program; it was not touched. Name another file.")
    query = "SELECT value FROM schema_info WHERE key = 'schema_version'"
    rows = connection.execute(query).fetchall()
    version = int(rows[0][0]) if rows and rows[0][0].isdigit() else 0
    if version > schema.SCHEMA_VERSION:
        raise StoreDamaged(
            f"The library {path} was made by a newer exr-inspector (schema {version}, this one knows "
            f"{schema.SCHEMA_VERSION}); it was not touched. Update the program."
        )
