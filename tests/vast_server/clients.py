"""Client helpers of the tests: sessions, and a table of keys and names."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import vastdb
from vastdb.config import BackoffConfig

from tests.vast_server import VastServer

COLUMNS = pa.schema([("key", pa.int64()), ("name", pa.string())])


def connect(server: VastServer, **settings: Any) -> vastdb.Session:
    """Open a session that retries only a few times."""
    quick = BackoffConfig(max_tries=3, max_value=0.01)
    return vastdb.connect(
        endpoint=server.endpoint, **{"access": "KEY", "secret": "SECRET", "backoff_config": quick, **settings}
    )


def table(tx: Any) -> Any:
    """Return the table in a transaction."""
    return tx.bucket("vastdb").schema("s").table("t")


def rows(count: int, start: int = 0) -> pa.Table:
    """Return rows with ascending keys."""
    keys = range(start, start + count)
    return pa.table({"key": keys, "name": [f"name {key}" for key in keys]}, schema=COLUMNS)


def insert(server: VastServer, count: int) -> None:
    """Insert rows in one transaction."""
    with connect(server).transaction() as tx:
        table(tx).insert(rows(count))


def keys(server: VastServer) -> list[int]:
    """Return the committed keys, sorted."""
    return sorted(server.rows("s", "t")["key"].to_pylist())
