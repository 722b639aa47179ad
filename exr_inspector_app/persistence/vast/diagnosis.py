"""Connection diagnosis: checks everything between this machine and the tables of a VAST Database, step by step."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import chain
from urllib.parse import urlsplit

from vastdb import errors

from exr_inspector_app.config import Root, Vast, with_keys
from exr_inspector_app.contracts import Step
from exr_inspector_app.errors import KnownError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.roots import find_disagreement
from exr_inspector_app.persistence.schema_versions import is_same_type
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import translate_errors
from exr_inspector_app.persistence.vast.http_session import fetch_headers
from exr_inspector_app.persistence.vast.projections import PROJECTIONS, list_missing
from exr_inspector_app.persistence.vast.rights import check_rights
from exr_inspector_app.persistence.vast.search import adbc_search
from exr_inspector_app.persistence.vast.tables import VECTOR_INDEXES, Tables
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.text.format import pluralize

MAX_CLOCK_SKEW_S = 300.0  # servers reject requests whose clock is 15 minutes off
_MAX_LISTED_NAMES = 5
MIN_SERVER_VERSION = (5, 0)
_INIT = "Run `exr-inspector vast init`."
_POLICY = "Ask the administrator for the policy of `exr-inspector vast schema --policy`."

Check = Callable[[], str]  # returns a short text on success, raises KnownError otherwise


def diagnose(
    vast: Vast,
    timeout: tuple[float, float] = (5.0, 20.0),
    *,
    require_write: bool = False,
    roots: Sequence[Root] = (),
) -> Iterator[Step]:
    """Yield each step as it is done; the first failure ends the diagnosis.

    Nothing is changed: each step rolls its writes back. The number of requests does not depend on the tables' size.

    Args:
        vast: Settings of the database, with or without keys.
        timeout: Seconds to connect, and to wait for a response.
        require_write: Fail if the key may not insert, update and delete rows; otherwise this is only reported.
        roots: Roots of the settings, to compare with those of the database.
    """
    try:
        vast = with_keys(vast)
    except KnownError as error:
        yield Step("Settings", False, error.sentence)
        return
    yield Step("Settings", True, f"{vast.location} with the key {vast.access_key}")
    database = Database(vast, timeout=timeout)
    try:
        last: tuple[str, Check] = ("Roots", partial(_check_roots, database, roots))
        for name, check in chain(_checks(vast, database, timeout, require_write), [last]):
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


def _checks(
    vast: Vast, database: Database, timeout: tuple[float, float], require_write: bool
) -> Iterator[tuple[str, Check]]:
    url = urlsplit(vast.endpoint)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    yield "Name", lambda: _resolve_host(vast, host, port)
    yield "Port", lambda: _connect_port(vast, host, port, timeout[0])
    yield "Clock", lambda: _compare_clocks(vast, timeout)
    yield "Server", lambda: _server_version(database)
    yield "Key", lambda: _in_transaction(database, lambda _: f"{vast.access_key} is accepted")
    yield "Bucket", lambda: _in_transaction(database, lambda transaction: _check_bucket(vast, transaction))
    yield "Tables", lambda: _in_transaction(database, lambda transaction: _check_tables(vast, transaction))
    missing: list[str] = []  # projections, listed in the transaction of the columns
    yield "Columns", lambda: _in_transaction(database, lambda transaction: _check_columns(vast, transaction, missing))
    yield "Rights", lambda: _in_transaction(database, lambda transaction: check_rights(transaction, require_write))
    yield "Proof", lambda: _check_proof(database)
    yield "Similarity", lambda: _in_transaction(database, lambda transaction: _check_similarity(vast, transaction))
    yield "Rows", lambda: _in_transaction(database, _count_rows)
    yield "Projections", lambda: _report_projections(database, missing)


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
    return f"Port {port} is open" + ("" if vast.endpoint.startswith("https:") else "; without TLS nothing is encrypted")


def _compare_clocks(vast: Vast, timeout: tuple[float, float]) -> str:
    """Compare the server's date with the local clock; the request also verifies the certificate."""
    with translate_errors(vast):
        headers = fetch_headers(vast.endpoint, timeout, str(vast.ca_file) if vast.ca_file else True)
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(headers["Date"])).total_seconds()
    except (KeyError, ValueError):
        return "not reported (skipped)"
    if abs(skew) > MAX_CLOCK_SKEW_S:
        direction = "fast" if skew > 0 else "slow"
        raise KnownError(f"The clock of this machine is {abs(skew) / 60:,.0f} minutes {direction}. Set the clock.")
    return f"{abs(skew):.0f} s apart"


def _server_version(database: Database) -> str:
    version = database.session.api.vast_version
    text = f"VAST {'.'.join(map(str, version))}"
    if version < MIN_SERVER_VERSION:
        raise KnownError(f"{text} is too old. Update the cluster to {'.'.join(map(str, MIN_SERVER_VERSION))} or newer.")
    return text


def _check_bucket(vast: Vast, transaction: Transaction) -> str:
    bucket = transaction.sdk.bucket(vast.bucket)
    try:
        bucket.schema(vast.schema, fail_if_missing=False)
    except errors.Forbidden as error:
        raise KnownError(f"The key may not list the schemas of {vast.bucket}. {_POLICY}") from error
    return f"{vast.bucket} holds a database"


def _check_tables(vast: Vast, transaction: Transaction) -> str:
    namespace = transaction.sdk.bucket(vast.bucket).schema(vast.schema, fail_if_missing=False)
    if namespace is None:
        raise KnownError(f"The tables do not exist yet. {_INIT}")
    existing = set(namespace.tablenames())
    missing = [name for name in schema.TABLES if name not in existing]
    if missing:
        transaction.tables.refuse_foreign(transaction.sdk, [name for name in schema.TABLES if name in existing])
        raise KnownError(f"Missing tables in {vast.schema}: {', '.join(missing)}. {_INIT}")
    transaction.tables.invalidate()
    transaction.tables.verify(transaction)
    return f"{len(schema.TABLES)} tables in {vast.schema}, schema version {schema.SCHEMA_VERSION}"


def _check_columns(vast: Vast, transaction: Transaction, missing_projections: list[str]) -> str:
    mismatches = []
    tables = transaction.tables
    for table, expected in schema.TABLES.items():
        types = {field.name: field.type for field in tables.stored_columns(transaction.sdk, table)}
        mismatches += [
            f"{table}.{field.name}"
            for field in expected
            if not is_same_type(types.get(field.name), field.type, tables.has_list_vectors(table))
        ]
    if mismatches:
        raise KnownError(f"Missing or mistyped columns: {_list_some(mismatches)}. See `exr-inspector vast schema`.")
    if _has_projections(tables):
        by_table = list_missing(transaction.sdk, vast, list(PROJECTIONS))
        missing_projections += [name for names in by_table.values() for name in names]
    has_lists = any(tables.has_list_vectors(table) for table in schema.TABLES)
    return f"all as expected{'; vectors are lists of any length' if has_lists else ''}"


def _has_projections(tables: Tables) -> bool:
    return not any(tables.capabilities.lacks(f"projection.{fact}") for fact in ("create", "use"))


def _report_projections(database: Database, missing: list[str]) -> str:
    """Report the projections, without which look-ups read whole tables."""
    if not _has_projections(database.tables):
        return "the server makes none: look-ups read whole tables"
    if missing:
        raise KnownError(f"Missing, so that look-ups read whole tables: {', '.join(missing)}. {_INIT}")
    return f"{sum(map(len, PROJECTIONS.values()))} projections, one for every look-up"


def _check_roots(database: Database, own: Sequence[Root]) -> str:
    """Compare the roots of the settings with those of the database, which were read with the tables."""
    stored = database.tables.roots
    if stored is None:
        if own:
            raise KnownError(
                "The database has none, so those of your settings give files other keys than on other machines. "
                "Run `exr-inspector vast roots --set FILE`."
            )
        return "none; every key is the path of its file"
    if sentence := find_disagreement(own, stored, database.vast.location, "exr-inspector vast roots"):
        raise KnownError(sentence)
    return f"{pluralize(len(stored), 'root')} for all publishers: {_list_some([root.name for root in stored])}"


def _check_proof(database: Database) -> str:
    """Report the answers from `vast prove` that the program does not expect; they were read with the tables."""
    capabilities = database.tables.capabilities
    if not capabilities.proved_at:
        return "never examined. Run `exr-inspector vast prove` once."
    version = ".".join(map(str, database.session.api.vast_version))
    if capabilities.server != version:
        return f"examined as VAST {capabilities.server}, now {version}. Run `exr-inspector vast prove` again."
    lacking = [name for name in sorted(capabilities.answers) if capabilities.lacks(name)]
    result = f"without {_list_some(lacking)}" if lacking else "as expected"
    return f"examined at {capabilities.proved_at}: {result}"


def _list_some(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    listed = ", ".join(names[:_MAX_LISTED_NAMES])
    more = len(names[_MAX_LISTED_NAMES:])
    return f"{listed} and {more} more" if more else listed


def _check_similarity(vast: Vast, transaction: Transaction) -> str:
    """Report whether there is an index, and where vectors are compared; similarity works in every case."""
    has_index = transaction.tables.vector_index(transaction.sdk, "files") is not None
    text = f"{'an' if has_index else 'no'} index on {VECTOR_INDEXES['files'].column}"
    if transaction.tables.has_list_vectors("files"):
        return f"{text}; lists of any length are compared on this machine"
    try:
        with adbc_search.open_query_engine(vast, transaction.id) as cursor:
            cursor.execute("SELECT 1")
            cursor.fetch_arrow_table()
    except adbc_search.DriverUnavailableError as reason:
        return f"{text}; vectors are compared on this machine ({reason})"
    return f"{text}; vectors are compared on the server"


def _count_rows(transaction: Transaction) -> str:
    """Report the number of rows by the server's statistics, which count hidden duplicates and may be out of date."""
    count = transaction.tables.row_count(transaction.sdk, "files")
    return f"about {pluralize(count, 'row')} of files. `exr-inspector vast mend` looks for duplicates and orphans."
