"""What stands between this machine and a VAST Database, looked at step by step."""

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

MAX_CLOCK_SKEW_S = 300.0  # seconds by which clocks may differ; servers refuse requests that are 15 minutes off
_INIT = "run `exr-inspector vast init`"

Look = Callable[[], str]  # what is well, in a few words; raises KnownError with what to do


def diagnose(vast: Vast, timeout: tuple[float, float] = (5.0, 20.0)) -> Iterator[Step]:
    """One step after the other, as they are done; the first that fails is the last."""
    try:
        vast = with_keys(vast)
    except KnownError as error:
        yield Step("Settings", False, error.sentence)
        return
    yield Step("Settings", True, f"{vast.location} with the key {vast.access_key}")
    database = Database(vast, timeout=timeout)
    try:
        for name, look in _looks(vast, database, timeout):
            step = _step(name, look)
            yield step
            if not step.ok:
                return
    finally:
        database.close()


def _step(name: str, look: Look) -> Step:
    try:
        return Step(name, True, look())
    except KnownError as error:
        return Step(name, False, error.sentence)


def _looks(vast: Vast, database: Database, timeout: tuple[float, float]) -> Iterator[tuple[str, Look]]:
    url = urlsplit(vast.endpoint)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    yield "Name", lambda: _name(vast, host, port)
    yield "Port", lambda: _port(vast, host, port, timeout[0])
    yield "Clock", lambda: _clock(vast, timeout)
    yield "Server", lambda: _server(database)
    yield "Key", lambda: _within(database, lambda _: f"{vast.access_key} is accepted")
    yield "Bucket", lambda: _within(database, lambda look: _bucket(vast, look))
    yield "Tables", lambda: _within(database, lambda look: _tables(vast, look))
    yield "Columns", lambda: _within(database, lambda look: _columns(vast, look))
    yield "Rights", lambda: _within(database, lambda look: _rights(look))
    yield "Similarity", lambda: _within(database, lambda look: _similarity(vast, look))


def _within(database: Database, look: Callable[[Transaction], str]) -> str:
    """What is found in a transaction that leaves nothing behind."""
    with database.begun() as transaction, translate_errors(database.vast):
        return look(transaction)


def _name(vast: Vast, host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise KnownError(f"The name {host} is not known; check VAST_DB_ENDPOINT ({vast.endpoint}) and DNS.") from error
    return f"{host} is {found[0][4][0]}"


def _port(vast: Vast, host: str, port: int, seconds: float) -> str:
    try:
        socket.create_connection((host, port), seconds).close()
    except OSError as error:
        raise KnownError(
            f"Nothing answers at port {port} of {host}; check VAST_DB_ENDPOINT ({vast.endpoint}) and the firewall."
        ) from error
    return f"{port} answers"


def _clock(vast: Vast, timeout: tuple[float, float]) -> str:
    """The server's date against ours; on the way its certificate is verified."""
    with translate_errors(vast):
        answer = requests.get(vast.endpoint, timeout=timeout, verify=str(vast.ca_file) if vast.ca_file else True)
    try:
        ahead = (datetime.now(UTC) - parsedate_to_datetime(answer.headers["Date"])).total_seconds()
    except (KeyError, ValueError):
        return "the server does not tell its time"
    if abs(ahead) > MAX_CLOCK_SKEW_S:
        way = "ahead of" if ahead > 0 else "behind"
        raise KnownError(f"The clock of this machine is {abs(ahead) / 60:,.0f} minutes {way} the server's; set it.")
    return f"{abs(ahead):.0f} s apart"


def _server(database: Database) -> str:
    return f"VAST {'.'.join(map(str, database.session.api.vast_version))}"


def _bucket(vast: Vast, look: Transaction) -> str:
    bucket = look.sdk.bucket(vast.bucket)
    with translate_errors(vast):
        try:
            bucket.schemas()
        except errors.HttpError as error:
            raise KnownError(
                f"The bucket {vast.bucket} holds no database ({error.code or error.status}); enable the database on "
                "its view, and let the key's policy list schemas."
            ) from error
    return f"{vast.bucket} holds a database"


def _tables(vast: Vast, look: Transaction) -> str:
    place = look.sdk.bucket(vast.bucket).schema(vast.schema, fail_if_missing=False)
    if place is None:
        raise KnownError(f"There is no schema {vast.schema} in {vast.bucket}; {_INIT}.")
    missing = [name for name in schema.TABLES if name not in set(place.tablenames())]
    if missing:
        raise KnownError(f"The schema {vast.schema} lacks {', '.join(missing)}; {_INIT}.")
    look.tables.forget()
    look.tables.verify(look)
    return f"{len(schema.TABLES)} tables in {vast.schema}, schema version {schema.SCHEMA_VERSION}"


def _columns(vast: Vast, look: Transaction) -> str:
    odd = []
    for table, wanted in schema.TABLES.items():
        found = look.sdk.bucket(vast.bucket).schema(vast.schema).table(table).arrow_schema
        kinds = {field.name: field.type for field in found}
        odd += [f"{table}.{field.name}" for field in wanted if not _is_same(kinds.get(field.name), field.type)]
    if odd:
        listed = ", ".join(odd[:5]) + (f" and {len(odd) - 5} more" if len(odd) > 5 else "")
        raise KnownError(
            f"These columns lack or are of another type: {listed}; `exr-inspector vast schema` tells which."
        )
    return "all as expected"


def _is_same(found: pa.DataType | None, wanted: pa.DataType) -> bool:
    if found is not None and pa.types.is_fixed_size_list(found) and pa.types.is_fixed_size_list(wanted):
        return bool(found.list_size == wanted.list_size and found.value_type == wanted.value_type)
    return bool(found == wanted)


def _rights(look: Transaction) -> str:
    """A row is written and found, in a transaction that is rolled back."""
    row = {"key": [look.attempt], "value": ["written by `vast check`"]}
    look.insert("schema_info", pa.table(row, schema=schema.SCHEMA_INFO))
    mine = look.tables.columns("schema_info").key == look.attempt
    found = look.rows("schema_info", ["key"], [mine], row_ids=True)
    if len(found) != 1:
        raise KnownError("A row that was written cannot be read; the key's policy must allow to read and to write.")
    look.delete("schema_info", found)
    return "may read, insert and delete"


def _similarity(vast: Vast, look: Transaction) -> str:
    """Similarity works without either; the words tell where the work is done."""
    indexed = look.tables.index(look.sdk, "files") is not None
    words = f"{'an' if indexed else 'no'} index on {VECTOR_INDEXES['files'].column}"
    try:
        with adbc_search.open_query_engine(vast, look.id) as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchall()
    except adbc_search.DriverUnavailableError as reason:
        return f"{words}; vectors are compared on this machine ({reason})"
    return f"{words}; vectors are compared on the server"
