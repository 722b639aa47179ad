"""ADBC client for the server's query engine, used for vector search if the driver is installed and responds."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import and_
from typing import Any

import pyarrow as pa
from vastdb._adbc import TXID_OVERRIDE_PROPERTY, _vector_search_sql
from vastdb._internal import VectorIndex
from vastdb.table_metadata import TableRef

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Vector

log = logging.getLogger(__name__)

Cursor = Any  # of a connection of the driver


class DriverUnavailableError(Exception):
    """Failure of the driver or the query engine; the caller compares the rows itself."""


def is_installed() -> bool:
    """Return True if the driver can be imported; Windows has no driver."""
    return importlib.util.find_spec("adbc_driver_vastdb") is not None


@contextmanager
def open_query_engine(vast: Vast, txid: int) -> Iterator[Cursor]:
    """Connect to the query engine within a transaction; raise DriverUnavailableError for any failure of it."""
    if not is_installed() or vast.ca_file is not None:  # the driver trusts only the certificates of the system
        raise DriverUnavailableError("driver not installed, or custom certificates not supported")
    from adbc_driver_manager import Error

    failure = ""
    try:
        with _connect(vast, txid) as connection, connection.cursor() as cursor:
            yield cursor
    except Error as error:  # re-raised outside: the local variables of its frames hold the secret key
        failure = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    if failure:
        raise DriverUnavailableError(
            failure if vast.secret_key is None else failure.replace(vast.secret_key.reveal(), "***")
        )


def search(
    cursor: Cursor,
    ref: TableRef,
    column: str,
    vector: Vector,
    columns: Sequence[str],
    limit: int,
    conditions: Sequence[Any],
) -> pa.Table:
    """Return the nearest rows by the squared distance of one column, with or without an index on it."""
    index = VectorIndex(column, "l2sq", "array_distance", "", "")
    predicate = reduce(and_, conditions) if conditions else None
    numbers = [float(number) for number in vector]
    cursor.execute(_vector_search_sql(numbers, index, ref, list(columns), limit, predicate))
    return fetch_rows(cursor)


def fetch_rows(cursor: Cursor) -> pa.Table:
    """Return the rows of the last statement; raise DriverUnavailableError for buffers that contradict themselves."""
    rows: pa.Table = cursor.fetch_arrow_table()
    try:
        rows.validate(full=True)
    except pa.ArrowInvalid as error:
        raise DriverUnavailableError(f"damaged rows: {error}") from error
    return rows


def _connect(vast: Vast, txid: int) -> Any:
    """Return a connection of the driver with the snapshot of the transaction."""
    from adbc_driver_manager import dbapi
    from adbc_driver_vastdb import get_driver_path

    assert vast.secret_key is not None
    return dbapi.connect(
        driver=get_driver_path(),
        db_kwargs={
            "vast.db.endpoint": vast.query_endpoint or vast.endpoint,
            "vast.db.access_key": vast.access_key,
            "vast.db.secret_key": vast.secret_key.reveal(),
        },
        conn_kwargs={TXID_OVERRIDE_PROPERTY: str(txid)},
        autocommit=True,  # the SDK owns the transaction
    )
