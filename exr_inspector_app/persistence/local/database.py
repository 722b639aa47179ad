"""The DuckDB file of the local library: made, opened and closed safely, whoever else does the same."""

from __future__ import annotations

import errno
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from exr_inspector_app.errors import StoreDamagedError, StoreError
from exr_inspector_app.persistence.local.errors import translate_errors
from exr_inspector_app.persistence.local.tables import create_tables
from exr_inspector_app.text.encoding import percent_encode_invalid

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

_locks: dict[str, threading.RLock] = {}
_locks_guard = threading.Lock()


class LocalDatabase:
    """One library file; each `connected()` opens it, waits for other processes, and closes it again."""

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path = _resolved(path)  # one lock for one file, however it is spelled
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
        with self._lock, translate_errors(self.path):
            connection = self._open()
            try:
                create_tables(connection, self.path)
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


def network_file_system(path: Path) -> str | None:
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


def _resolved(path: Path) -> Path:
    """The path without links; StoreError for one that DuckDB cannot be told."""
    try:
        whole = path.resolve()
        str(whole).encode()
    except UnicodeEncodeError as error:
        shown = percent_encode_invalid(str(path))
        raise StoreError(f"The library {shown} has a name that is not UTF-8; name another file.") from error
    except (OSError, RuntimeError) as error:  # links in a circle
        raise StoreError(f"The library {path} is a link that leads back to itself; name another file.") from error
    return whole


def _look_before(path: Path) -> None:
    """StoreError for what must not be opened; the folder above is made where it lacks."""
    if path.is_dir():
        raise StoreError(f"The library {path} is a folder; name a file, such as {path / 'library.duckdb'}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.stat().st_size:
            raise StoreDamagedError(
                f"{path} is an empty file, not a library; it was not touched. Remove it or name another."
            )
        if path.exists():
            with path.open("rb") as file:
                head = file.read(_MARK[0] + len(_MARK[1]))
            if head[_MARK[0] :] != _MARK[1]:
                raise StoreDamagedError(
                    f"{path} is not a library of exr-inspector; it was not touched. Name another file."
                )
    except OSError as error:
        raise StoreError(f"The library {path} cannot be opened: {error.strerror}.") from error


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """The transaction is gone; a connection that has died takes it along."""
    try:
        connection.rollback()
    except duckdb.Error:
        return


def _create(path: Path) -> None:
    """The library appears with its tables, or not at all, and never in place of a file that came first."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        connection = duckdb.connect(str(fresh), config=_SETTINGS)
        try:
            create_tables(connection, path)
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
