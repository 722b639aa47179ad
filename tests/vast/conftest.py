"""A store for each test, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import backoff
import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore, database


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again sooner than people need."""
    monkeypatch.setattr(database, "PAUSES", (0.01, 0.02, 0.05, 0.1, 0.2))
    monkeypatch.setattr(database, "_waits", lambda max_value: backoff.constant(0.01))


@pytest.fixture
def store(vast: Vast) -> Iterator[VastStore]:
    made = VastStore(vast, timeout=(2.0, 0.6))
    made.ensure_tables()
    yield made
    made.close()
