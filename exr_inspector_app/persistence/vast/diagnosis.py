"""Connection diagnosis: checks everything between this machine and the tables of a VAST Database, step by step."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pyarrow as pa
import requests
from vastdb import errors

from exr_inspector_app.config import Vast, with_keys
from exr_inspector_app.contracts import Step
from exr_inspector_app.errors import KnownError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast import adbc_search
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import translate_errors
from exr_inspector_app.persistence.vast.tables import VECTOR_INDEXES
from exr_inspector_app.persistence.vast.transaction import Transaction

MAX_CLOCK_SKEW_S = 300.0  # servers reject requests whose clock is 15 minutes off
_MAX_LISTED_COLUMNS = 5
_INIT = "Run `exr-inspector vast init`."

Check = Callable[[], str]  # returns a short text on success, raises KnownError otherwise


def diagnose(vast: Vast, timeout: tuple[float, float] = (5.0, 20.0)) -> Iterator[Step]:
    """Yield each step as it is done; the first failure ends the diagnosis.

    Args:
        vast: Settings of the database, with or without keys.
        timeout: Seconds to connect, and to wait for a response.
    """
    try:
        vast = with_keys(vast)
    except KnownError as error:
        yield Step("Settings", False, error.sentence)
        return
    yield Step("Settings", True, f"{vast.location} with the key {vast.access_key}")
    database = Database(vast, timeout=timeout)
    try:
        for name, check in _checks(vast, database, timeout):
            step = _run_check(name, check)
            yield step
            if not step.ok:
                return
    finally:
        database.close()


def _run_check(name: str, check: Check) -> Step:
    try:
        return Step(name, True, check())
    except KnownError as error:
        return Step(name, False, error.sentence)


def _checks(vast: Vast, database: Database, timeout: tuple[float, float]) -> Iterator[tuple[str, Check]]:
    url = urlsplit(vast.endpoint)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    yield "Name", lambda: _resolve_host(vast, host, port)
    yield "Port", lambda: _connect_port(vast, host, port, timeout[0])
    yield "Clock", lambda: _compare_clocks(vast, timeout)
    yield "Server", lambda: _server_version(database)
    yield "Key", lambda: _in_transaction(database, lambda _: f"{vast.access_key} is accepted")
    yield "Bucket", lambda: _in_transaction(database, lambda transaction: _check_bucket(vast, transaction))
    yield "Tables", lambda: _in_transaction(database, lambda transaction: _check_tables(vast, transaction))
    yield "Columns", lambda: _in_transaction(database, lambda transaction: _check_columns(vast, transaction))
    yield "Rights", lambda: _in_transaction(database, _check_permissions)
    yield "Similarity", lambda: _in_transaction(database, lambda transaction: _check_similarity(vast, transaction))


def _in_transaction(database: Database, check: Callable[[Transaction], str]) -> str:
    """Run a check in a transaction that is rolled back."""
    with database.transaction() as transaction, translate_errors(database.vast):
        return check(transaction)


def _resolve_host(vast: Vast, host: str, port: int) -> str:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise KnownError(f"Unknown host {host}. Check the endpoint ({vast.endpoint}) and DNS.") from error
    return f"Address found: {addresses[0][4][0]}"


def _connect_port(vast: Vast, host: str, port: int, timeout: float) -> str:
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError as error:
        raise KnownError(
            f"No connection to port {port} of {host}. Check the endpoint ({vast.endpoint}) and the firewall."
        ) from error
    return f"Port {port} is open"


def _compare_clocks(vast: Vast, timeout: tuple[float, float]) -> str:
    """Compare the server's date with the local clock; the request also verifies the certificate."""
    with translate_errors(vast):
        response = requests.get(vast.endpoint, timeout=timeout, verify=str(vast.ca_file) if vast.ca_file else True)
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(response.headers["Date"])).total_seconds()
    except (KeyError, ValueError):
        return "not reported (skipped)"
    if abs(skew) > MAX_CLOCK_SKEW_S:
        direction = "fast" if skew > 0 else "slow"
        raise KnownError(f"The clock of this machine is {abs(skew) / 60:,.0f} minutes {direction}. Set the clock.")
    return f"{abs(skew):.0f} s apart"


def _server_version(database: Database) -> str:
    return f"VAST {'.'.join(map(str, database.session.api.vast_version))}"


def _check_bucket(vast: Vast, transaction: Transaction) -> str:
    bucket = transaction.sdk.bucket(vast.bucket)
    with translate_errors(vast):
        try:
            bucket.schemas()
        except errors.HttpError as error:
            raise KnownError(
                f"The bucket {vast.bucket} holds no database ({error.code or error.status}). Enable the database on "
                "its view, and allow the key to list schemas."
            ) from error
    return f"{vast.bucket} holds a database"


def _check_tables(vast: Vast, transaction: Transaction) -> str:
    namespace = transaction.sdk.bucket(vast.bucket).schema(vast.schema, fail_if_missing=False)
    if namespace is None:
        raise KnownError(f"The tables do not exist yet. {_INIT}")
    existing = set(namespace.tablenames())
    missing = [name for name in schema.TABLES if name not in existing]
    if missing:
        raise KnownError(f"Missing tables in {vast.schema}: {', '.join(missing)}. {_INIT}")
    transaction.tables.invalidate()
    transaction.tables.verify(transaction)
    return f"{len(schema.TABLES)} tables in {vast.schema}, schema version {schema.SCHEMA_VERSION}"


def _check_columns(vast: Vast, transaction: Transaction) -> str:
    mismatches = []
    for table, expected in schema.TABLES.items():
        actual = transaction.sdk.bucket(vast.bucket).schema(vast.schema).table(table).arrow_schema
        types = {field.name: field.type for field in actual}
        mismatches += [
            f"{table}.{field.name}" for field in expected if not _is_same_type(types.get(field.name), field.type)
        ]
    if mismatches:
        listed = ", ".join(mismatches[:_MAX_LISTED_COLUMNS])
        if more := len(mismatches[_MAX_LISTED_COLUMNS:]):
            listed += f" and {more} more"
        raise KnownError(f"Missing or mistyped columns: {listed}. See `exr-inspector vast schema`.")
    return "all as expected"


def _is_same_type(actual: pa.DataType | None, expected: pa.DataType) -> bool:
    if actual is not None and pa.types.is_fixed_size_list(actual) and pa.types.is_fixed_size_list(expected):
        return bool(actual.list_size == expected.list_size and actual.value_type == expected.value_type)
    return bool(actual == expected)


def _check_permissions(transaction: Transaction) -> str:
    """Write a row, read it and delete it."""
    row = {"key": [transaction.attempt_id], "value": ["written by `vast check`"]}
    transaction.insert("schema_info", pa.table(row, schema=schema.SCHEMA_INFO))
    is_own = transaction.tables.columns("schema_info").key == transaction.attempt_id
    rows = transaction.rows("schema_info", ["key"], [is_own], row_ids=True)
    if len(rows) != 1:
        raise KnownError("A written row cannot be read. Allow the key to read and write.")
    transaction.delete("schema_info", rows)
    return "may read, insert and delete"


def _check_similarity(vast: Vast, transaction: Transaction) -> str:
    """Report whether there is an index, and where vectors are compared; similarity works in every case."""
    has_index = transaction.tables.vector_index(transaction.sdk, "files") is not None
    text = f"{'an' if has_index else 'no'} index on {VECTOR_INDEXES['files'].column}"
    try:
        with adbc_search.open_query_engine(vast, transaction.id) as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchall()
    except adbc_search.DriverUnavailableError as reason:
        return f"{text}; vectors are compared on this machine ({reason})"
    return f"{text}; vectors are compared on the server"
