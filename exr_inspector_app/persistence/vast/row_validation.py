"""Validation of the rows of a response before the SDK uses them, by wrappers around two of its functions.

Arrow trusts offsets and lengths in what it reads, so that damaged rows would end the process. The SDK has no public
hook between the stream and its own access to the columns, so two private functions are wrapped, for sessions that a
caller passes in, too. They are those of SDK 2.1. `install` compares them with what it expects of them and of their
callers. Where a release differs, nothing is wrapped, a warning is logged, and `Transaction` validates the rows that the
SDK returns: that detects damaged values, but not damage on which the SDK itself fails.
"""

from __future__ import annotations

import inspect
import logging
import struct
from collections.abc import Callable, Iterator
from functools import wraps
from types import ModuleType
from typing import Any

import pyarrow as pa
from vastdb import _internal, errors
from vastdb import table as sdk_table

log = logging.getLogger(__name__)

PARSE_ERRORS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, struct.error, pa.ArrowException)

_READ_COLUMNS, _PARSE_ROWS = "_iter_query_data_response_columns", "parse_query_data_response"
_PARAMETERS = {
    _READ_COLUMNS: ("fileobj", "stream_ids"),
    _PARSE_ROWS: ("conn", "schema", "stream_ids", "debug", "parser"),
}

_RowParser = Callable[..., Iterator[tuple[int, int, pa.Table]]]


def _validated(parse: _RowParser) -> _RowParser:
    """Return a parser of rows that checks offsets, lengths and texts, which Arrow itself trusts."""

    @wraps(parse)
    def call(*args: Any, **options: Any) -> Iterator[tuple[int, int, pa.Table]]:
        for stream_id, next_row_id, rows in parse(*args, **options):
            rows.validate(full=True)
            yield stream_id, next_row_id, rows

    return call


def _readable_rows(parse: _RowParser) -> _RowParser:
    """Return a parser of rows with one exception for rows that it cannot parse, except for truncated ones.

    The connection of a response that is not read to its end is closed.
    """

    @wraps(parse)
    def call(conn: Any, *args: Any, **options: Any) -> Iterator[tuple[int, int, pa.Table]]:
        is_read = False
        try:
            yield from parse(conn, *args, **options)
            is_read = True
        except (pa.ArrowException, struct.error):
            raise
        except (*PARSE_ERRORS, AssertionError) as error:
            raise errors.ApiResponseError(f"rows: {error!r}") from error
        finally:
            if not is_read:
                conn.close()

    return call


def install(internal: ModuleType, table: ModuleType) -> bool:
    """Wrap the functions of the SDK.

    Args:
        internal: Module of the SDK with the functions.
        table: Module of the SDK that reads rows with them.

    Returns:
        False if the SDK has other functions than expected, or does not call them; nothing is wrapped then.
    """
    if difference := _difference(internal, table):
        log.warning("Rows are validated only after vastdb has read them: %s", difference)
        return False
    setattr(internal, _READ_COLUMNS, _validated(getattr(internal, _READ_COLUMNS)))
    setattr(internal, _PARSE_ROWS, _readable_rows(getattr(internal, _PARSE_ROWS)))
    return True


def _difference(internal: ModuleType, table: ModuleType) -> str:
    """Return the difference of the SDK from the needs of the wrappers, or an empty text."""
    codes: dict[str, Any] = {}
    for name in _PARAMETERS:
        function: Any = getattr(internal, name, None)
        codes[name] = getattr(inspect.unwrap(function), "__code__", None)
    for name, parameters in _PARAMETERS.items():
        if (code := codes[name]) is None or code.co_varnames[: code.co_argcount] != parameters:
            return f"{name} is missing or has other parameters"
    reader = getattr(getattr(table, "SplitWorker", None), "__iter__", None)
    callers = ((getattr(reader, "__code__", None), _PARSE_ROWS), (codes[_PARSE_ROWS], _READ_COLUMNS))
    for caller, name in callers:  # a copy of a function that the caller has imported would not be wrapped
        if name not in getattr(caller, "co_names", ()):
            return f"{name} is not called"
    return "" if getattr(table, "_internal", None) is internal else f"{table.__name__} uses another module"


IS_INSTALLED = install(_internal, sdk_table)
