"""Long texts in the rows of a library: others may write to it, and its file is small where texts repeat.

DuckDB keeps the longest text of each column, and of each of its segments, so that no text is read here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

log = logging.getLogger(__name__)

MAX_TEXT_BYTES = 64 * 1024  # of a column of files; paths and names are far shorter
MAX_CHANNEL_LIST_BYTES = 2**21
MAX_KEY_CHARS = 4096  # that are read of a longer one, as long as the longest path of a system
_KEYS = frozenset(
    ["file_id", "attempt_id", "publish_id", "file_path", "file_path_normalized", "path_folded", "sequence_key",
     "header_hash", "vector_id", "inspection_timestamp"]
)  # fmt: skip
_LONGEST = """
SELECT column_name, max(CAST(regexp_extract(CAST(stats AS VARCHAR), 'max_string_length\\W*([0-9]+)', 1) AS BIGINT))
FROM pragma_storage_info('file_rows') WHERE segment_type = 'VARCHAR'
AND regexp_matches(CAST(stats AS VARCHAR), 'max_string_length\\W*[0-9]') GROUP BY 1"""

_TEXT_COLUMNS = """
SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'main'
AND table_name = 'file_rows' AND data_type = 'VARCHAR'"""
_LENGTH = re.compile(r"max_string_length\W*([0-9]+)")

_known: dict[tuple[int, ...], dict[str, int]] = {}  # long texts, by the signature of a library
_MAX_KNOWN = 16


def hide_long_texts(connection: duckdb.DuckDBPyConnection, path: Path, signature: tuple[int, ...]) -> None:
    """Hide each column of files with a text that no publish writes: this connection reads null in its place.

    Of columns that identify rows, long texts are cut, so that the other rows of the library stay readable.

    Args:
        connection: Connection that only reads.
        path: The library, for messages.
        signature: Changes with every commit.
    """
    long = _known.get(signature)
    if long is None:
        long = _long_texts(connection)
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[signature] = long
        if long:
            log.warning("Texts of %s are too long and not read, or cut: %s.", path, ", ".join(sorted(long)))
    if not long:
        return
    database: str = connection.execute("SELECT current_database()").fetchall()[0][0]
    stored = f'"{database.replace(chr(34), 2 * chr(34))}".main.file_rows'
    texts = ", ".join(
        f"left({name}, {MAX_KEY_CHARS}) AS {name}" if name in _KEYS else f"NULL::VARCHAR AS {name}" for name in long
    )
    connection.execute(f"CREATE TEMP VIEW file_rows AS SELECT rowid, * REPLACE ({texts}) FROM {stored}")


def is_known_sound(signature: tuple[int, ...]) -> bool:
    """Return True if this process has found no long text in a library with this signature."""
    return _known.get(signature) == {}


def _long_texts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the bytes of the longest text of each column that has too long ones."""
    limits = {"channel_list": MAX_CHANNEL_LIST_BYTES}
    if _are_columns_short(connection, limits):
        return {}
    longest: list[tuple[str, int | None]] = connection.execute(_LONGEST).fetchall()
    return {name: size for name, size in longest if size is not None and size > limits.get(name, MAX_TEXT_BYTES)}


def _are_columns_short(connection: duckdb.DuckDBPyConnection, limits: Mapping[str, int]) -> bool:
    """Return True if the statistics of all columns are known and allow no long text.

    They take milliseconds, those of the segments of a million files 0.15 s. They may count texts that were deleted.
    """
    names = [name for (name,) in connection.execute(_TEXT_COLUMNS).fetchall()]
    columns = ", ".join(f"CAST(stats({name}) AS VARCHAR)" for name in names)
    rows = connection.execute(f"SELECT {columns} FROM file_rows LIMIT 1").fetchall() if names else []
    lengths = [_LENGTH.search(text or "") for row in rows for text in row]
    return all(
        length is not None and int(length[1]) <= limits.get(name, MAX_TEXT_BYTES)
        for name, length in zip(names, lengths, strict=False)
    )
