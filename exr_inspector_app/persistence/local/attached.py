"""Libraries attached to instances of DuckDB that stay open: an instance takes 10 ms to start, attaching a file one.

For readers that have opened the library before: its tables and its version are not verified. Between uses the file is
detached, so that other processes can write it. See resources/help/performance.md.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

_MAX_INSTANCES = 4  # libraries

log = logging.getLogger(__name__)

_instances: OrderedDict[str, duckdb.DuckDBPyConnection] = OrderedDict()
_lock = threading.RLock()  # held while a library is attached, so that its instance is not closed


@contextmanager
def attach(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Attach a library to read, and detach it at the end; None where another process writes it.

    Args:
        path: Absolute path of the library, whose lock in this process the caller holds.
    """
    with _lock:
        connection = _attached(str(path))
        if connection is None:
            yield None
            return
        try:
            connection.execute("USE library")
            yield connection
        finally:
            connection.execute("USE memory")
            connection.execute("DETACH library")


def _attached(path: str) -> duckdb.DuckDBPyConnection | None:
    try:
        connection = _instance(path)
        connection.execute(f"ATTACH {_quoted(path)} AS library (READ_ONLY)")
    except (duckdb.Error, UnicodeError) as error:
        log.debug("%s is opened by a new instance: %s", path, error)
        return None
    return connection


def _instance(path: str) -> duckdb.DuckDBPyConnection:
    """Return the instance of a library, which may access no other file."""
    connection = _instances.pop(path, None)
    if connection is None:
        connection = duckdb.connect(":memory:", config={"temp_directory": tempfile.gettempdir()})
        connection.execute("SET enable_progress_bar = false")  # it would be drawn on stdout
        connection.execute(f"SET allowed_paths = [{_quoted(path)}, {_quoted(path + '.wal')}]")
        connection.execute("SET enable_external_access = false")
    _instances[path] = connection
    while len(_instances) > _MAX_INSTANCES:
        _instances.popitem(last=False)[1].close()
    return connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
