"""Probes of the query engine: its address, and the SQL that the program sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of
from exr_inspector_app.persistence.vast.search import adbc_search

_WIDTHS = (1, 1, 2)
_PERMANENT = ("minimum server version", "NotImplemented", "501")  # in errors of the driver: there is no query engine


def _reach(scratch: Scratch) -> str:
    try:
        _run(scratch, lambda _: "SELECT 1 AS one", [(1,)])
    except RefutedError as error:
        scratch.engine_failure = str(error)
        if any(mark in str(error) for mark in _PERMANENT):
            raise
        raise UnprovenError(str(error)) from error
    return "The query engine answers."


def _run(scratch: Scratch, statement: Callable[[str], str], expected: list[tuple[Any, ...]]) -> str:
    """Run a statement over rows of an open transaction, and compare its sorted result."""
    if not adbc_search.is_installed() or scratch.vast.ca_file is not None:
        raise UnprovenError("The driver is not installed here, or cannot use the configured certificates.")
    if scratch.engine_failure:
        raise UnprovenError("The query engine does not answer.")
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        vectors = [_axis(number) for number in range(len(_WIDTHS))]
        values: dict[str, Any] = {
            "width": pa.array(_WIDTHS, pa.int32()),
            "file_path": pa.array(["/prod/a.exr", "/prod/b.exr", "/Prod/c.exr"]),
            "channel_fingerprint": pa.array(vectors, schema.FILES.field("channel_fingerprint").type),
        }
        transaction.insert("files", rows_of("files", key, len(_WIDTHS), **values))
        table = f'"{scratch.vast.bucket}/{scratch.vast.schema}"."files"'
        source = f"{table} WHERE file_id = '{key}'"
        try:
            with adbc_search.open_query_engine(scratch.vast, transaction.id) as cursor:
                cursor.execute(statement(source))
                result = cursor.fetch_arrow_table()
        except adbc_search.DriverUnavailableError as error:
            raise RefutedError(f"The query engine refuses it: {error}.") from error
    rows = sorted(tuple(row.values()) for row in result.to_pylist())
    if rows != expected:
        raise RefutedError(f"The result has {len(rows)} other rows than expected.")
    return "The result is right, with rows of the open transaction."


def _axis(number: int) -> list[float]:
    vector = [0.0] * schema.FILES.field("channel_fingerprint").type.list_size
    vector[number] = 1.0
    return vector


def _literal(number: int) -> str:
    values = _axis(number)
    return f"[{', '.join(map(str, values))}]::FLOAT[{len(values)}]"


def _group(scratch: Scratch) -> str:
    return _run(scratch, lambda source: f"SELECT width, count(*) AS n FROM {source} GROUP BY width", [(1, 2), (2, 1)])


def _like(scratch: Scratch) -> str:
    paths = [("/prod/a.exr",), ("/prod/b.exr",)]
    return _run(scratch, lambda source: f"SELECT file_path FROM {source} AND file_path LIKE '/prod/%'", paths)


def _contains(scratch: Scratch) -> str:
    return _run(
        scratch,
        lambda source: f"SELECT file_path FROM {source} AND CONTAINS(file_path, 'prod/b')",
        [("/prod/b.exr",)],
    )


def _starts_with(scratch: Scratch) -> str:
    return _run(
        scratch,
        lambda source: f"SELECT file_path FROM {source} AND STARTS_WITH(file_path, '/Prod')",
        [("/Prod/c.exr",)],
    )


def _distance(scratch: Scratch) -> str:
    return _nearest(scratch, "array_distance", "ASC")


def _cosine(scratch: Scratch) -> str:
    return _nearest(scratch, "array_cosine_distance", "ASC")


def _nearest(scratch: Scratch, function: str, order: str) -> str:
    """Order rows by a distance, and compare the nearest one."""
    size = schema.FILES.field("channel_fingerprint").type.list_size
    distance = f"{function}(channel_fingerprint::FLOAT[{size}], {_literal(2)})"
    return _run(
        scratch,
        lambda source: f"SELECT file_path FROM {source} ORDER BY {distance} {order} LIMIT 1",
        [("/Prod/c.exr",)],
    )


_SCAN = "the rows are read and counted on the client"
FACTS = (
    Fact("engine.reachable", "Does the query engine answer?", _reach, _SCAN),
    Fact(
        "engine.distance", "Does it order by the distance of vectors?", _distance, "vectors are compared on the client"
    ),
    Fact("engine.cosine", "Does it order by the cosine of vectors?", _cosine, "unit vectors are compared by distance"),
    Fact("engine.group", "Does it count groups?", _group, _SCAN),
    Fact("engine.like", "Does it know LIKE, upper and lower case apart?", _like, _SCAN),
    Fact("engine.contains", "Does it know CONTAINS?", _contains, _SCAN),
    Fact("engine.starts_with", "Does it know STARTS_WITH?", _starts_with, _SCAN),
)
