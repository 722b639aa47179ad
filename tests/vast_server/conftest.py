"""Fixtures of the tests of the loopback server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vast_server import VastServer
from tests.vast_server.clients import COLUMNS, connect


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder with `vast`."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.vast)


@pytest.fixture
def server() -> Iterator[VastServer]:
    """Return a server with one empty table, s.t."""
    with VastServer() as running:
        with connect(running).transaction() as tx:
            tx.bucket("vastdb").create_schema("s").create_table("t", COLUMNS)
        running.clear()
        yield running
