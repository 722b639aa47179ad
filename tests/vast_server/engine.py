"""Query engine protocol of the ADBC driver; DuckDB runs the SQL over a transaction's view."""

from __future__ import annotations

import itertools
import re

import duckdb
import pyarrow as pa

from .catalog import Catalog
from .database import Database
from .protobuf import Value, fields, message
from .wire import ROW_ID, Call, RefusalError, Reply

VERSION = "5.5.0.0.0"
FINISHED = 3
TABLE = re.compile(r'"([^"/]+)/([^"]+)"\."?(\w+)"?')  # "bucket/schema".table
NUMBERS = itertools.count(1)


def capabilities(database: Database, call: Call) -> Reply:
    """Return the capabilities; the driver queries them at the start of every transaction."""
    if not database.query_engine:
        raise RefusalError(501, "NotImplemented", "there is no query engine on this cluster")
    return framed(message((1, VERSION)))


def run_query(database: Database, call: Call) -> Reply:
    """Run a query and store its rows until they are fetched."""
    request = fields(call.body)
    result = execute(database.view(request[2]), str(request[3], "utf-8"))
    query = next(NUMBERS)
    with database.lock:
        database.results[query] = result
    return framed(message((1, status(query)), (2, result.schema.serialize().to_pybytes())))


def query_status(database: Database, call: Call) -> Reply:
    """Return the location of the rows of a query."""
    query = query_of(call)
    host = (call.headers.get("Host") or "").split(":")[0]
    ticket = message((2, message((1, host))), (4, message((1, "loopback"), (2, str(query)))))
    return framed(message((1, status(query, (4, ticket)))))


def data(database: Database, call: Call) -> Reply:
    """Send the rows of a query, all at once."""
    result = database.results.get(query_of(call))
    if result is None:
        raise RefusalError(404, "NoSuchQuery", "there is no such query")
    batches = result.combine_chunks().to_batches()
    return framed(message((2, int(not batches))), *(batch.serialize() for batch in batches))


def close(database: Database, call: Call) -> Reply:
    """Delete the rows of a query."""
    with database.lock:
        database.results.pop(query_of(call), None)
    return framed(b"")


def execute(catalog: Catalog, sql: str) -> pa.Table:
    """Run a query over the tables that it names."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for bucket, schema, name in set(TABLE.findall(sql)):
            connection.register(f"held {name}", catalog.table((bucket, schema, name)).data.drop_columns([ROW_ID]))
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{bucket}/{schema}"')
            connection.execute(f'CREATE VIEW "{bucket}/{schema}"."{name}" AS SELECT * FROM "held {name}"')
        try:
            return connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise RefusalError(400, "QueryFailed", str(error)) from error


def status(query: int, *ticket: tuple[int, Value]) -> bytes:
    """Encode the status of a finished query."""
    return message((1, message((1, query), (2, 0))), *ticket, (5, 0), (7, FINISHED))


def query_of(call: Call) -> int:
    """Return the query id in a call."""
    return int(fields(fields(call.body)[1])[1])


def framed(data: bytes, *rest: bytes | pa.Buffer) -> Reply:
    """Return a reply of a protobuf message, with its size in a header, and the data after it."""
    return Reply((data, *rest), {"tabular-protobuf-size": str(len(data))})
