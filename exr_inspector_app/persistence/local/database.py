"""Database file of the local library: creation, locking between threads and processes, and transactions.

A library that cannot be written, on a read-only mount or without the permission, is opened read-only: any number of
processes can then read it at once, and nothing is created next to it.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import duckdb

from exr_inspector_app.config.atomic_file import PRIVATE_FILE, PRIVATE_FOLDER
from exr_inspector_app.errors import StoreDamagedError, StoreError
from exr_inspector_app.persistence.local.arrow_io import is_read_only
from exr_inspector_app.persistence.local.attached import attach
from exr_inspector_app.persistence.local.errors import translate_errors
from exr_inspector_app.persistence.local.long_texts import hide_long_texts, is_known_sound, require_short_info
from exr_inspector_app.persistence.local.migration import migrate, open_migrated_copy
from exr_inspector_app.persistence.local.permissions import restrict_new_files
from exr_inspector_app.persistence.local.tables import create_tables, stored_version
from exr_inspector_app.persistence.local.unfinished_files import remove_unfinished, unfinished_path
from exr_inspector_app.persistence.migration import Describe
from exr_inspector_app.text.encoding import percent_encode_invalid

# One configuration for every connection: DuckDB rejects a second one in a process. Without external access a file of
# unknown origin cannot make it load an extension. Small blocks: each of 90 columns fills at least one, and with the
# default of 256 KB a batch of 500 files takes 8 KB per file.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "default_block_size": 16384,
    "storage_compatibility_version": "v2.0.0",  # a newer DuckDB of one user must not lock out other users
}
_MAGIC = (8, b"DUCK")  # offset and bytes that identify a DuckDB file
_UNWRITABLE = ("read-only", "permission denied", "access is denied")  # in messages of DuckDB, in lower case
_NO_LINKS = frozenset([errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK])

_locks: dict[str, threading.RLock] = {}
_locks_guard = threading.Lock()


class LocalDatabase:
    """DuckDB file of a library, opened for each `connect()` and closed afterwards, so that processes can share it.

    Thread safety: one lock per file serializes the threads of this process, however its path is spelled.

    Args:
        path: Library file; it is created by the first connection.
        lock_timeout_s: Time in seconds to wait for another process that has the file open.
        describe: Function that describes a file of a library of an older version, which is then migrated when it is
            opened; None to refuse such a library.
        is_shared: Create the file with the permissions of the umask, not for this user alone.

    Raises:
        StoreError: DuckDB cannot open a path of this form.
    """

    def __init__(
        self, path: Path, lock_timeout_s: float, describe: Describe | None = None, is_shared: bool = False
    ) -> None:
        self.path = path = _resolve(path)
        self._lock_timeout_s = lock_timeout_s
        self._is_shared = is_shared
        self._describe = describe
        with _locks_guard:
            self._lock = _locks.setdefault(str(path), threading.RLock())

    @property
    def exists(self) -> bool:
        """False until something has been published; queries check it to avoid creating the file.

        Raises:
            StoreError: The folder of the library cannot be searched.
        """
        try:
            return self.path.exists()
        except OSError as error:
            raise StoreError(f"Cannot open the library {self.path}: {error.strerror}.") from error

    def require_writable(self) -> None:
        """Check that the library can be written, or created in its folder; no file remains.

        Raises:
            StoreError: The file, its folder, or the file system may only be read, or the file is no library.
        """
        _validate_path(self.path)
        if self.exists:
            if not _is_writable(self.path):
                raise StoreError(f"No permission to write to {self.path}. Choose another library in Settings.")
            return
        folder = next((parent for parent in self.path.parents if os.path.exists(parent)), self.path.parent)
        if not _can_create_files(folder):
            raise StoreError(
                f"Cannot create the library {self.path}: no permission to write to {folder}. Choose another library "
                "in Settings."
            )

    def set_aside(self, hidden: Path) -> None:
        """Give the library another name in its folder, with everything written, and while no other process has it open.

        Raises:
            StoreError: The library is in use, or cannot be written.
            OSError: It cannot be renamed.
        """
        with self._connect(to_write=True) as connection:
            connection.execute("CHECKPOINT")  # nothing is left in the write-ahead log, whose name stays
            if os.name != "nt":  # Windows renames no open file
                self.path.rename(hidden)
        if os.name == "nt":
            self.path.rename(hidden)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection to read, read-only where the library cannot be written, and close it at the end.

        Raises:
            StoreError: The file cannot be opened or read; subclasses as for `Store`.
        """
        with self._connect(to_write=False) as connection:
            yield connection

    @contextmanager
    def reconnect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection to read as `connect` does, but faster, for a process that has read the library before."""
        with self._lock, translate_errors(self.path), ExitStack() as stack:
            # A read-only library may be of an older version; then a copy is read.
            is_usual = _is_writable(self.path) and is_known_sound(self.signature())
            attached = stack.enter_context(attach(self.path)) if is_usual else None
            yield attached or stack.enter_context(self.connect())

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection with a transaction that is committed at the end, or rolled back on any exception.

        Raises:
            StoreError: The library cannot be opened or written; subclasses as for `Store`.
        """
        with self._connect(to_write=True) as connection:
            connection.begin()
            try:
                yield connection
                with restrict_new_files(self.path):
                    connection.commit()
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def _connect(self, to_write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection with all tables created, and close it at the end."""
        with self._lock, translate_errors(self.path):
            connection = self._open(to_write)
            try:
                require_short_info(connection, self.path, self.signature())
                if self._migrate(connection):
                    connection = self._open(to_write)
                elif self._describe and stored_version(connection) == 1:  # it may only be read
                    connection = open_migrated_copy(self.path, connection, self._describe, self.signature(), _SETTINGS)
                create_tables(connection, self.path)
                if not to_write:
                    hide_long_texts(connection, self.path, self.signature())
                yield connection
            finally:
                connection.close()

    def migrate(self) -> Path | None:
        """Migrate a library of an older schema version; return the path of its backup, or None if it is current.

        Raises:
            StoreError: The library cannot be opened or written.
        """
        if not self.exists:
            return None
        self.require_writable()
        with self._lock, translate_errors(self.path):
            connection = self._open(to_write=True)
            try:
                backup = self._migrate(connection)
                if backup is None:
                    create_tables(connection, self.path)
            finally:
                connection.close()
        return backup

    def _migrate(self, connection: duckdb.DuckDBPyConnection) -> Path | None:
        """Migrate an open library of version 1 and close it; None if it is not one, or cannot be migrated."""
        if self._describe is None or is_read_only(connection) or stored_version(connection) != 1:
            return None
        try:
            return migrate(self.path, connection, self._describe, _SETTINGS)
        except OSError as error:
            raise StoreError(
                f"Cannot migrate the library {self.path}: {error.strerror}. It was not changed."
            ) from error
        finally:
            connection.close()

    def signature(self) -> tuple[int, ...]:
        """Return inode, size, and time of the file and its write-ahead log, which change with every commit."""
        signature: list[int] = []
        for name in (self.path, self.path.with_name(self.path.name + ".wal")):
            try:
                stat = os.stat(name)
            except OSError:
                signature += [0, 0, 0]
                continue
            signature += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        return tuple(signature)

    def _open(self, to_write: bool) -> duckdb.DuckDBPyConnection:
        """Open the file, which is created if it does not exist; to read it may be opened read-only."""
        _validate_path(self.path)
        if to_write or not self.exists:
            self.require_writable()
        if not self.exists:
            _create(self.path, self._is_shared)
        if not _is_writable(self.path):
            return self._open_unlocked(read_only=True)
        try:
            return self._open_unlocked(read_only=False)
        except duckdb.IOException as error:  # rights that `os.access` does not know, such as those of a file server
            if to_write or not any(reason in str(error).lower() for reason in _UNWRITABLE):
                raise
        return self._open_unlocked(read_only=True)

    def _open_unlocked(self, read_only: bool) -> duckdb.DuckDBPyConnection:
        """Open the file, waiting for a process that holds its lock."""
        # A query that does not fit into memory needs a folder that can be written.
        settings = {**_SETTINGS, "temp_directory": tempfile.gettempdir()} if read_only else _SETTINGS
        deadline = time.monotonic() + self._lock_timeout_s
        pause = 0.01
        while True:
            try:
                connection = duckdb.connect(str(self.path), read_only=read_only, config=settings)
                connection.execute("SET enable_progress_bar = false")  # it would be drawn on stdout
                return connection
            except duckdb.IOException as error:
                if "lock" not in str(error).lower() or time.monotonic() >= deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 1.6, 0.25)


def _resolve(path: Path) -> Path:
    """Return the path without symbolic links; StoreError for one that DuckDB cannot open."""
    try:
        resolved = path.resolve()
        str(resolved).encode()
    except UnicodeEncodeError as error:
        encoded = percent_encode_invalid(str(path))
        raise StoreError(f"The name of the library {encoded} is not valid UTF-8. Choose another file.") from error
    except ValueError as error:
        raise StoreError("The path of the library has a NUL. Choose another file.") from error
    except (OSError, RuntimeError) as error:  # symbolic links in a loop
        raise StoreError(f"The library {path} is a symbolic link loop. Choose another file.") from error
    return resolved


def _validate_path(path: Path) -> None:
    """StoreError for a path that must not be opened or overwritten."""
    if os.path.isdir(path):
        raise StoreError(f"The library {path} is a folder. Choose a file, e.g. {path / 'library.duckdb'}.")
    try:
        if path.exists() and not path.stat().st_size:
            raise StoreDamagedError(f"{path} is empty and not a library. Remove it or choose another file.")
        if path.exists():
            with path.open("rb") as file:
                head = file.read(_MAGIC[0] + len(_MAGIC[1]))
            if head[_MAGIC[0] :] != _MAGIC[1]:
                raise StoreDamagedError(
                    f"{path} is not an exr-inspector library and was not changed. Choose another file."
                )
    except OSError as error:
        raise StoreError(f"Cannot open the library {path}: {error.strerror}.") from error


def _can_create_files(folder: Path) -> bool:
    """Return True if a file can be created in a folder; checking rights is not enough, since root has all of them."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_writable(path: Path) -> bool:
    """Return True if a library and its folder, where DuckDB creates the write-ahead log, can be written."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Roll back the transaction; a connection that has failed has already discarded it."""
    with suppress(duckdb.Error):
        connection.rollback()


def _create(path: Path, is_shared: bool) -> None:
    """Create the library with its tables atomically, without replacing a file that another process created first.

    Unless it is shared, the file and the folders that are created for it are private to this user.
    """
    remove_unfinished(path)
    fresh = unfinished_path(path)
    try:
        for folder in [ancestor for ancestor in reversed(path.parents) if not os.path.exists(ancestor)]:
            folder.mkdir(0o777 if is_shared else PRIVATE_FOLDER, exist_ok=True)
        connection = duckdb.connect(str(fresh), config=_SETTINGS)
        try:
            create_tables(connection, path)
        finally:
            connection.close()
        if not is_shared:
            fresh.chmod(PRIVATE_FILE)  # it has no rows yet
        _publish_file(fresh, path)
    except FileExistsError:
        return  # another process was faster
    except OSError as error:
        raise StoreError(f"Cannot create the library {path}: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # a folder that cannot be written has no such file
            fresh.unlink(missing_ok=True)


def _publish_file(fresh: Path, path: Path) -> None:
    """Give the file its name if that is free; a hard link is the only way that never replaces another file."""
    try:
        os.link(fresh, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(path) from error
        fresh.rename(path)
