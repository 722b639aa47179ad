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
from vastdb._adbc import AdbcConnection
from vastdb._internal import VectorIndex
from vastdb.table_metadata import TableRef

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Vector

log = logging.getLogger(__name__)

Search = Any  # (columns, limit, conditions) -> rows, nearest first


def is_installed() -> bool:
    """True where the driver can be imported; there is none for Windows."""
    return importlib.util.find_spec("adbc_driver_vastdb") is not None


class Unanswered(Exception):
    """The driver or the query engine failed; the rows are to be compared here."""


@contextmanager
def engine(vast: Vast, txid: int) -> Iterator[AdbcConnection]:
    """The query engine within a transaction; Unanswered for whatever fails while it is used."""
    if not is_installed() or vast.ca_file is not None:  # the driver trusts the system's certificates only
        raise Unanswered("the driver is not installed, or cannot be told which certificates to trust")
    from adbc_driver_manager import Error

    assert vast.secret_key is not None
    secret = vast.secret_key
    failure = ""
    try:
        connection = AdbcConnection(vast.endpoint, vast.access_key, secret.reveal(), txid)
        try:
            yield connection
        finally:
            connection.close()
    except Error as error:  # with the connection's words among the variables of its frames
        failure = f"{type(error).__name__}: {error}".replace(secret.reveal(), repr(secret))
    if failure:
        raise Unanswered(failure)


def search(
    connection: AdbcConnection,
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
    return connection.vector_search(numbers, index, ref, list(columns), limit, where).read_all()
