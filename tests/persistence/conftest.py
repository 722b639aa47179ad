"""Fixtures of the store tests: a local library, a record to publish, and an empty snapshot cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import snapshot
from exr_inspector_app.persistence.store import Store
from tests.records import small


@pytest.fixture(autouse=True)
def empty_snapshot_cache() -> Iterator[None]:
    snapshot.clear()
    yield
    snapshot.clear()


@pytest.fixture
def pattern(tmp_path: Path) -> Record:
    """Return the record of a small file."""
    return small(tmp_path, "pattern.exr")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Return a store whose library does not exist yet."""
    return LocalStore(tmp_path / "library.duckdb")


@pytest.fixture
def any_store(new_store: Callable[..., Store]) -> Store:
    """Return a store of each kind in turn, with its tables."""
    made = new_store()
    made.ensure_tables()
    return made
