"""ADBC client for the server's query engine, used for vector search if the driver is installed and responds."""

from __future__ import annotations

import importlib.util
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import and_
from typing import Any, TypeVar

import pyarrow as pa
from vastdb._adbc import TXID_OVERRIDE_PROPERTY, _vector_search_sql
from vastdb._internal import VectorIndex
from vastdb.table_metadata import TableRef

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Vector

log = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_S = 120.0  # for one call of the driver, which has no limit
RETRY_S = 300.0  # pause after which an engine that did not answer is queried again
MAX_RESULT_BYTES = 512 * 2**20  # of the rows of one statement

_silent_until: dict[str, float] = {}  # by endpoint, as `time.monotonic`


class DriverUnavailableError(Exception):
    """Failure of the driver or the query engine; the caller compares the rows itself."""


class _DriverThread:
    """Thread that calls the driver; it is abandoned if a call does not end in time."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._is_silent = False
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="query engine", daemon=True).start()

    def call(self, work: Callable[[], T]) -> T:
        """Return the result of `work`.

        Raises:
            DriverUnavailableError: It does not end in ANSWER_S.
            Exception: What `work` raises.
        """
        answer: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        self._calls.put((work, answer))
        try:
            is_sound, result = answer.get(timeout=ANSWER_S)
        except queue.Empty:
            self._is_silent = True
            _silent_until[self._endpoint] = time.monotonic() + RETRY_S
            raise DriverUnavailableError(f"the query engine did not answer in {ANSWER_S:g} s") from None
        if not is_sound:
            raise result
        returned: T = result
        return returned

    def finish(self, work: Callable[[], Any]) -> None:
        """Call `work` last, and end the thread; do not wait for it after a call that did not end in time."""
        try:
            if self._is_silent:
                self._calls.put((work, queue.SimpleQueue()))
            else:
                self.call(work)
        finally:
            self._calls.put(None)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            work, answer = call
            try:
                answer.put((True, work()))
            except BaseException as error:  # raised again by the caller
                answer.put((False, error))


class Cursor:
    """Cursor of a connection of the driver, with limits of time and bytes."""

    def __init__(self, thread: _DriverThread, cursor: Any) -> None:
        self._thread = thread
        self._cursor = cursor

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self._thread.call(lambda: self._cursor.execute(statement))

    def fetch_arrow_table(self) -> pa.Table:
        """Return the rows of the last statement."""
        return self._thread.call(self._read)

    def _read(self) -> pa.Table:
        reader = self._cursor.fetch_record_batch()
        batches, left = [], MAX_RESULT_BYTES
        for batch in reader:
            batches.append(batch)
            left -= batch.nbytes
            if left < 0:
                raise DriverUnavailableError(f"the query engine sent more than {MAX_RESULT_BYTES >> 20} MB")
        return pa.Table.from_batches(batches, reader.schema)


def is_installed() -> bool:
    """Return True if the driver can be imported; Windows has no driver."""
    return importlib.util.find_spec("adbc_driver_vastdb") is not None


@contextmanager
def open_query_engine(vast: Vast, txid: int) -> Iterator[Cursor]:
    """Connect to the query engine within a transaction; raise DriverUnavailableError for any failure of it."""
    if not is_installed() or vast.ca_file is not None:  # the driver trusts only the certificates of the system
        raise DriverUnavailableError("driver not installed, or custom certificates not supported")
    from adbc_driver_manager import Error

    endpoint = vast.query_endpoint or vast.endpoint
    if time.monotonic() < _silent_until.get(endpoint, 0.0):
        raise DriverUnavailableError("the query engine did not answer before")
    failure = ""
    thread = _DriverThread(endpoint)
    opened: list[Any] = []
    try:
        try:
            connection = thread.call(lambda: _opened(opened, _connect(vast, txid)))
            yield Cursor(thread, thread.call(lambda: _opened(opened, connection.cursor())))
        finally:
            thread.finish(lambda: [item.close() for item in reversed(opened)])
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


def _opened(opened: list[Any], item: Any) -> Any:
    """Return a connection or cursor, and note it to be closed in the thread that opened it."""
    opened.append(item)
    return item


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
