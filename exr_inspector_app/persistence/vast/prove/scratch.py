"""Scratch schema: the tables of the program under a temporary name, dropped after use."""

from __future__ import annotations

import itertools
import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import requests

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import EndpointUnreachableError, translate_errors
from exr_inspector_app.persistence.vast.objects import send_object
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)

LEASE_S = 900.0  # of a scratch schema; later runs drop it after that
DROP_PAUSES_S = (0.1, 0.5, 2.0)  # between attempts: a transaction that is still open locks its tables


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a run.

    Attributes:
        plain_bucket: Bucket that is known to be no database; empty to skip its question.
        idle_s: Seconds for which a transaction is left idle, to see whether it expires; 0 to skip the question.
        only: First letters of the ids of the questions to ask; empty for all.
    """

    plain_bucket: str = ""
    idle_s: float = 0.0
    only: tuple[str, ...] = ()


class Scratch:
    """Scratch schema with the tables of the program, committed and empty.

    Attributes:
        origin: Settings of the database that is examined.
        vast: The same settings with the scratch schema.
        database: Client of the scratch schema.
    """

    def __init__(self, origin: Vast, options: Options, timeout: tuple[float, float]) -> None:
        self.origin, self.options, self.timeout = origin, options, timeout
        ends = int(time.time() + LEASE_S + options.idle_s)
        self.vast = replace(origin, schema=f"{_prefix(origin)}{ends:x}_{secrets.token_hex(4)}")
        self.database = Database(self.vast, timeout=timeout)
        self.has_object = False  # an object was uploaded under `object_key`
        self.engine_failure = ""  # of the query engine
        self._numbers = itertools.count(1)

    @property
    def api(self) -> Any:
        """Client of the SDK for single requests."""
        return self.database.session.api

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction that is rolled back unless it is committed."""
        with self.database.transaction() as transaction:
            yield transaction

    def commit(self, transaction: Transaction) -> None:
        """Commit a transaction of this schema, without retries; raise the error of the SDK."""
        self.api.commit_transaction(transaction.id)
        transaction.sdk.txid = None

    def new_key(self) -> str:
        """Return a key that no other probe uses."""
        return f"probe {next(self._numbers)}"

    def add(self, table: str, count: int = 1, **columns: Any) -> str:
        """Insert and commit rows with a new key, and return the key."""
        key = self.new_key()
        with self.transaction() as transaction:
            transaction.insert(table, rows_of(table, key, count, **columns))
            self.commit(transaction)
        return key

    @cached_property
    def copies(self) -> int:
        """Number of rows that are stored of one; more than 1 if a gateway repeats requests."""
        return len(self.read("files", self.add("files")))

    def read(self, table: str, key: str, *columns: str) -> pa.Table:
        """Return the committed rows with a key."""
        with self.transaction() as transaction:
            return rows_with_key(transaction, table, key, *columns)


def rows_of(table: str, key: str, count: int = 1, **columns: Any) -> pa.Table:
    """Return rows of a table with a key as file_id; other columns are null, and vectors have unit length."""
    values: dict[str, Any] = {name: [None] * count for name in schema.TABLES[table].names}
    values["file_id"] = [key] * count
    for field in schema.TABLES[table]:
        if pa.types.is_fixed_size_list(field.type):
            values[field.name] = [[1.0, *[0.0] * (field.type.list_size - 1)]] * count
    return pa.table(values | columns, schema=schema.TABLES[table])


def rows_with_key(transaction: Transaction, table: str, key: str, *columns: str, row_ids: bool = False) -> pa.Table:
    """Return columns of the rows that have a key as file_id."""
    condition = transaction.tables.columns(table).file_id == key
    return transaction.rows(table, ["file_id", *columns], [condition], row_ids=row_ids)


@contextmanager
def open_scratch(vast: Vast, options: Options, timeout: tuple[float, float]) -> Iterator[Scratch]:
    """Create a scratch schema, and drop it at the end; schemas that earlier runs have left are dropped as well.

    Raises:
        StoreError: The schema or its tables cannot be created.
    """
    scratch = Scratch(vast, options, timeout)
    try:
        drop_expired(scratch)
        scratch.database.ensure_tables()
        yield scratch
    finally:
        try:
            _drop_with_retries(scratch)
        finally:
            scratch.database.close()


def drop_expired(scratch: Scratch) -> list[str]:
    """Drop the scratch schemas whose lease is over, and return their names."""
    prefix = _prefix(scratch.origin)
    with scratch.transaction() as transaction, translate_errors(scratch.vast):
        names = [child.name for child in transaction.sdk.bucket(scratch.vast.bucket).schemas()]
    expired = [name for name in names if name.startswith(prefix) and _end_of_lease(name[len(prefix) :]) < time.time()]
    dropped = []
    for name in expired:
        try:
            _drop(scratch, name)
            dropped.append(name)
        except StoreError as error:
            log.info("Cannot drop the expired scratch schema %s: %s", name, error.sentence)
    return dropped


def object_key(name: str) -> str:
    """Return the key of the object that a run uploads to the bucket."""
    return f"{name}.parquet"


def _prefix(vast: Vast) -> str:
    return f"{vast.schema}_prove_"


def _end_of_lease(suffix: str) -> float:
    """Return the time at which the lease of a scratch schema ends; never for a name of another form."""
    digits, _, random = suffix.partition("_")
    try:
        return int(digits, 16) if len(random) == 8 else float("inf")
    except ValueError:
        return float("inf")


def _drop_with_retries(scratch: Scratch) -> None:
    for pause in (*DROP_PAUSES_S, None):
        try:
            return _drop(scratch, scratch.vast.schema)
        except EndpointUnreachableError:
            return None  # a later run drops it
        except StoreError as error:
            log.info("Cannot drop the scratch schema %s: %s", scratch.vast.schema, error.sentence)
            if pause is not None:
                time.sleep(pause)


def _drop(scratch: Scratch, name: str) -> None:
    """Drop a schema with its tables, and the object of its run."""
    bucket = scratch.vast.bucket
    with scratch.transaction() as transaction, translate_errors(scratch.vast):
        namespace = transaction.sdk.bucket(bucket).schema(name, fail_if_missing=False)
        if namespace is not None:
            for table in namespace.tablenames():
                scratch.api.drop_table(bucket, name, table, txid=transaction.id)
            scratch.api.drop_schema(bucket, name, txid=transaction.id)
            scratch.commit(transaction)
    if name != scratch.vast.schema or scratch.has_object:
        with suppress(requests.RequestException):
            send_object(scratch.database, "DELETE", object_key(name), timeout=scratch.timeout)
