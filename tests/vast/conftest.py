"""Fixtures of the tests over a VAST Database: short retry pauses, and a store with tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import backoff
import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore, database, publish, session
from exr_inspector_app.persistence.vast.prove import scratch


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder with `vast`."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.vast)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between retries."""
    monkeypatch.setattr(database, "RETRY_PAUSES_S", (0.01, 0.02, 0.05, 0.1, 0.2))
    monkeypatch.setattr(scratch, "DROP_PAUSES_S", (0.01, 0.02))
    monkeypatch.setattr(publish, "OPTIONAL_PAUSES_S", (0.01, 0.02))
    monkeypatch.setattr(session, "backoff_waits", lambda max_value: backoff.constant([0.01] * 100))


@pytest.fixture
def store(vast: Vast) -> Iterator[VastStore]:
    """Return a store whose tables exist."""
    store = VastStore(vast)
    store.ensure_tables()
    yield store
    store.close()
