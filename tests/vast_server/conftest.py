"""A server for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vast_server import VastServer
from tests.vast_server.clients import COLUMNS, connect


@pytest.fixture
def server() -> Iterator[VastServer]:
    """A server with one empty table, s.t."""
    with VastServer() as running:
        with connect(running).transaction() as tx:
            tx.bucket("vastdb").create_schema("s").create_table("t", COLUMNS)
        running.clear()
        yield running
