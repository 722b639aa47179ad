"""The DuckDB file of the local library: opening it safely, its tables, and its troubles in sentences."""

from __future__ import annotations

import errno
import os
import re
import secrets
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
# file cannot make it load an extension. Small blocks: each of 90 columns fills at least one, and with the usual
# 256 KB a batch of 500 files costs 8 KB a file.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "default_block_size": 16384,
    "storage_compatibility_version": "v2.0.0",  # a newer DuckDB of one artist must not lock out the others
}
_REMOTE = frozenset(["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "lustre", "beegfs"])
_MARK = (8, b"DUCK")  # where a DuckDB file says what it is
_NO_LINKS = frozenset([errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK])
_HOLDER = re.compile(r"\(PID ([0-9]+)\)")

_locks: dict[str, threading.RLock] = {}
_locks_guard = threading.Lock()


class Library:
    """One library file; each `connected()` opens it, waits for other processes, and closes it again."""

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path = path.resolve()  # one lock for one file, however it is spelled
        self._patience = patience
        with _locks_guard:
            self._lock = _locks.setdefault(str(path), threading.RLock())

    @property
    def exists(self) -> bool:
        """False where nothing has been published yet; a look-up need not make the file then."""
        return self.path.exists()

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
        if not self.path.exists():
            _create(self.path)
        end = time.monotonic() + self._patience
        pause = 0.01
        while True:
            try:
                connection = duckdb.connect(str(self.path), config=_SETTINGS)
                connection.execute("SET enable_progress_bar = false")  # it would be drawn on stdout
                return connection
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
        if path.exists() and not path.stat().st_size:
            raise StoreDamaged(
                f"{path} is an empty file, not a library; it was not touched. Remove it or name another."
            )
        if path.exists():
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
    except (duckdb.BinderException, duckdb.ParserException, duckdb.ConversionException, duckdb.InvalidInputException):
        raise  # a question of ours that is wrong says nothing about the file
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


# What children repeat of their file is kept once, in its row: it would be half of every write.
OWNED = ("attempt_id", "file_path")
CHILDREN = {"parts": "part_rows", "channels": "channel_rows", "attributes": "attribute_rows"}


def select(table: str) -> str:
    """The columns of a table of the design, from the tables in which they lie: `r` its own rows, `f` the files'."""
    names = schema.TABLES[table].names
    if table == "files":
        listed = ", ".join(f"v.{name}" if name in schema.VECTORS else f"r.{name}" for name in names)
        return f"SELECT {listed} FROM file_rows r JOIN vectors v ON v.vector_id = r.vector_id"
    sources = {**dict.fromkeys(OWNED, "f"), "channel_fingerprint": "v"}
    listed = ", ".join(f"{sources.get(name, 'r')}.{name}" for name in names)
    vectors = "JOIN channel_vectors v ON v.channel_vector = r.channel_vector" if table == "channels" else ""
    return f"SELECT {listed} FROM {CHILDREN[table]} r JOIN file_rows f ON f.file_id = r.file_id {vectors}"


_TABLES = f"""
CREATE TABLE vectors (vector_id VARCHAR, metadata_embedding FLOAT[{METADATA_DIM}],
  channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE file_rows ({_columns("files", schema.VECTORS)}, PRIMARY KEY (file_id));
CREATE TABLE part_rows ({_columns("parts", OWNED)});
CREATE TABLE channel_vectors (channel_vector INTEGER, hash VARCHAR, channel_fingerprint FLOAT[{CHANNEL_DIM}]);
CREATE TABLE channel_rows ({_columns("channels", (*OWNED, "channel_fingerprint"))}, channel_vector INTEGER);
CREATE TABLE attribute_rows ({_columns("attributes", OWNED)});
CREATE VIEW files AS {select("files")};
CREATE VIEW parts AS {select("parts")};
CREATE VIEW channels AS {select("channels")};
CREATE VIEW attributes AS {select("attributes")};
CREATE TABLE previews (file_id VARCHAR, attempt_id VARCHAR, look_embedding FLOAT[{LOOK_DIM}], thumbnail BLOB);
CREATE VIEW current_files AS SELECT * FROM file_rows QUALIFY row_number() OVER
  (PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) = 1;
CREATE TABLE schema_info (key VARCHAR, value VARCHAR);
"""


def _create(path: Path) -> None:
    """The library appears with its tables, or not at all, and never in place of a file that came first."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        connection = duckdb.connect(str(fresh), config=_SETTINGS)
        try:
            _make_tables(connection, path)
        finally:
            connection.close()
        _put(fresh, path)
    except FileExistsError:
        return  # another process was quicker
    except OSError as error:
        raise StoreError(f"The library {path} cannot be made: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)


def _put(fresh: Path, path: Path) -> None:
    """The file under its name, where that is free; a link is the one way that never replaces another file."""
    try:
        os.link(fresh, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(path) from error
        fresh.rename(path)


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
