"""The query engine of the server, asked through the ADBC driver where that is installed and answers."""

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
    """The driver or the query engine failed; the rows are to be compared here."""


def is_installed() -> bool:
    """True where the driver can be imported; there is none for Windows."""
    return importlib.util.find_spec("adbc_driver_vastdb") is not None


@contextmanager
def open_query_engine(vast: Vast, txid: int) -> Iterator[Cursor]:
    """The query engine within a transaction; Unanswered for whatever fails while it is used."""
    if not is_installed() or vast.ca_file is not None:  # the driver trusts the system's certificates only
        raise DriverUnavailableError("the driver is not installed, or cannot be told which certificates to trust")
    from adbc_driver_manager import Error

    failure = ""
    try:
        with _connected(vast, txid) as connection, connection.cursor() as cursor:
            yield cursor
    except Error as error:  # with the connection's words among the variables of its frames
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
    """The nearest rows by the distance of one column, with or without an index on it."""
    index = VectorIndex(column, "l2sq", "array_distance", "", "")
    where = reduce(and_, conditions) if conditions else None
    numbers = [float(number) for number in vector]
    cursor.execute(_vector_search_sql(numbers, index, ref, list(columns), limit, where))
    return cursor.fetch_arrow_table()


def _connected(vast: Vast, txid: int) -> Any:
    """A connection of the driver that sees what the transaction sees."""
    from adbc_driver_manager import dbapi
    from adbc_driver_vastdb import get_driver_path

    assert vast.secret_key is not None
    return dbapi.connect(
        driver=get_driver_path(),
        db_kwargs={
            "vast.db.endpoint": vast.endpoint,
            "vast.db.access_key": vast.access_key,
            "vast.db.secret_key": vast.secret_key.reveal(),
        },
        conn_kwargs={TXID_OVERRIDE_PROPERTY: str(txid)},
        autocommit=True,  # the transaction is the SDK's
    )
