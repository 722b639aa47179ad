"""Roots in `schema_info` of the local library."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from exr_inspector_app.config import Root
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.roots import ROOTS_KEY, Roots, from_values, to_json

Connection = duckdb.DuckDBPyConnection


_known: dict[str, tuple[tuple[int, ...], Roots | None]] = {}  # by library: signature of the file, and its roots


def known_roots(database: LocalDatabase) -> Roots | None:
    """Return the roots of a library; the file is opened only if it has changed since the last call.

    Raises:
        StoreDamagedError: The roots cannot be read.
    """
    if not database.exists:
        return None
    signature, roots = _known.get(str(database.path), ((), None))
    if signature != database.signature():
        with database.connect() as connection:  # while it is open, no other process writes
            roots = read_roots(connection, str(database.path))
            _known[str(database.path)] = (database.signature(), roots)
    return roots


def read_roots(connection: Connection, location: str) -> Roots | None:
    """Return the roots in `schema_info`; see `roots.from_values`."""
    rows = connection.execute("SELECT value FROM schema_info WHERE key = ?", [ROOTS_KEY]).fetchall()
    return from_values([row[0] for row in rows], location)


def replace_roots(connection: Connection, roots: Sequence[Root]) -> None:
    """Replace the roots in `schema_info`."""
    connection.execute("DELETE FROM schema_info WHERE key = ?", [ROOTS_KEY])
    connection.execute("INSERT INTO schema_info VALUES (?, ?)", [ROOTS_KEY, to_json(roots)])
