"""Long texts and thumbnails in the rows of a library: others may write to it, and its file is small where texts repeat.

DuckDB keeps the longest text of each column, and of each of its segments, so that no text is read here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence.rows.encode import MAX_LIST_BYTES

log = logging.getLogger(__name__)

MAX_TEXT_BYTES = 64 * 1024  # of most columns; paths and names are far shorter
_THUMBNAIL = "thumbnail"
_LIMITS = {  # of columns that may be longer
    "channel_list": MAX_LIST_BYTES,
    _THUMBNAIL: MAX_THUMBNAIL_BYTES,
    "value": 2**22,  # of `schema_info`: the roots of a studio
    **dict.fromkeys(["attribute_value", "value_text", "multi_view", "part_name", "view_name"], 128 * 1024),  # a cell
}
_TABLES = ("file_rows", "vectors", "part_rows", "channel_rows", "attribute_rows", "previews")
MAX_KEY_CHARS = 4096  # that are read of a longer one, as long as the longest path of a system
_KEYS = frozenset(
    ["file_id", "attempt_id", "publish_id", "file_path", "file_path_normalized", "path_folded", "sequence_key",
     "header_hash", "vector_id", "inspection_timestamp"]
)  # fmt: skip
_LONGEST = """
SELECT column_name, max(CAST(regexp_extract(CAST(stats AS VARCHAR), 'max_string_length\\W*([0-9]+)', 1) AS BIGINT))
FROM pragma_storage_info(?) WHERE segment_type IN ('VARCHAR', 'BLOB')
AND regexp_matches(CAST(stats AS VARCHAR), 'max_string_length\\W*[0-9]') GROUP BY 1"""

_SEGMENTS = """
SELECT row_group_id, start, start + count,
  CAST(regexp_extract(CAST(stats AS VARCHAR), 'max_string_length\\W*([0-9]+)', 1) AS BIGINT)
FROM pragma_storage_info('previews') WHERE column_name = 'thumbnail' AND segment_type = 'BLOB' ORDER BY 1, 2"""
_VECTOR_ROWS = 2048  # that DuckDB reads at once

_TEXT_COLUMNS = """
SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'main'
AND table_name = ? AND data_type IN ('VARCHAR', 'BLOB')"""
_LENGTH = re.compile(r"max_string_length\W*([0-9]+)")

_Longest = dict[str, list[str]]  # columns with long texts by table

_known: dict[tuple[int, ...], _Longest] = {}  # by the signature of a library
_MAX_KNOWN = 16


def require_short_info(connection: duckdb.DuckDBPyConnection, path: Path, signature: tuple[int, ...]) -> None:
    """Refuse a library whose `schema_info`, which each connection reads, has a text that no program writes.

    Raises:
        StoreDamagedError: It has one.
    """
    if signature not in _known and _long_columns(connection, "schema_info"):
        raise StoreDamagedError(
            f"The library {path} is damaged: `schema_info` has a text of megabytes. Restore a backup or choose another "
            "library."
        )


def hide_long_texts(connection: duckdb.DuckDBPyConnection, path: Path, signature: tuple[int, ...]) -> None:
    """Hide each column with a text that no publish writes: this connection reads null in its place.

    Of columns that identify files, long texts are cut, so that the other rows of the library stay readable. To cut a
    text DuckDB reads 2,048 rows, which are gigabytes where each file has many rows; of these tables none is cut.

    Args:
        connection: Connection that only reads.
        path: The library, for messages.
        signature: Changes with every commit.
    """
    long = _known.get(signature)
    if long is None:
        long = {table: names for table in _TABLES if (names := _long_columns(connection, table))}
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[signature] = long
        if long:
            columns = ", ".join(f"{table}.{name}" for table, names in long.items() for name in names)
            log.warning("Texts of %s are too long and not read, or cut: %s.", path, columns)
    for table, names in long.items():
        _hide(connection, table, names)


def _hide(connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> None:
    database: str = connection.execute("SELECT current_database()").fetchall()[0][0]
    stored = f'"{database.replace(chr(34), 2 * chr(34))}".main.{table}'
    cut = _KEYS if table == "file_rows" else ()
    texts = ", ".join(
        f"left({name}, {MAX_KEY_CHARS}) AS {name}" if name in cut else f"NULL::VARCHAR AS {name}"
        for name in names
        if name != _THUMBNAIL
    )
    select = f"SELECT rowid, * {f'REPLACE ({texts})' if texts else ''} FROM {stored}"
    if _THUMBNAIL in names:
        ranges = _sound_ranges(connection) or [(0, 0)]
        select = " UNION ALL ".join(f"{select} WHERE rowid >= {start} AND rowid < {end}" for start, end in ranges)
    connection.execute(f"CREATE TEMP VIEW {table} AS {select}")


def _sound_ranges(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Return the rows of previews, as ranges, that DuckDB reads without a thumbnail that no publish writes.

    To compare the length of one, DuckDB reads it, with all others of its 2,048 rows.
    """
    sound = list[tuple[int, int]]()
    group, first, rows, following = -1, 0, 0, 0
    segments: list[tuple[int, int, int, int | None]] = connection.execute(_SEGMENTS).fetchall()
    for row_group, start, end, size in segments:  # numbered within their group of rows
        if row_group != group:
            group, first, following = row_group, first + rows, 0
        rows = end
        if size is None or size > MAX_THUMBNAIL_BYTES:
            low = first + start // _VECTOR_ROWS * _VECTOR_ROWS
            if sound and sound[-1][1] > low:
                sound[-1] = sound[-1][0], low
            following = first + -(-end // _VECTOR_ROWS) * _VECTOR_ROWS
        elif first + end > following:
            sound.append((max(first + start, following), first + end))
    return sound


def is_known_sound(signature: tuple[int, ...]) -> bool:
    """Return True if this process has found no long text in a library with this signature."""
    return _known.get(signature) == {}


def _long_columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Return the columns of a table that have too long texts."""
    if _are_columns_short(connection, table):
        return []
    longest: list[tuple[str, int | None]] = connection.execute(_LONGEST, [table]).fetchall()
    return sorted(name for name, size in longest if size is not None and size > _limit(name))


def _limit(name: str) -> int:
    return _LIMITS.get(name, MAX_TEXT_BYTES)


def _are_columns_short(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Return True if the statistics of all columns are known and allow no long text.

    They take milliseconds, those of the segments of a million files 0.15 s. They may count texts that were deleted. The
    query reads no row, since already the first rows of a column may take gigabytes.
    """
    types = dict(connection.execute(_TEXT_COLUMNS, [table]).fetchall())
    if not types:
        return True
    names = list(types)
    columns = ", ".join(f"CAST(stats({name}) AS VARCHAR)" for name in names)
    nothing = f"SELECT {', '.join(names)} FROM {table} WHERE rowid < 0"
    nulls = ", ".join(f"NULL::{kind}" for kind in types.values())
    rows = connection.execute(f"SELECT {columns} FROM ({nothing} UNION ALL SELECT {nulls})").fetchall()
    lengths = [_LENGTH.search(text or "") for row in rows for text in row]
    return all(
        length is not None and int(length[1]) <= _limit(name) for name, length in zip(names, lengths, strict=True)
    )
