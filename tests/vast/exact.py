"""Assertions on the tables: as readers see them, and as they are stored."""

from __future__ import annotations

from collections import Counter
from typing import Any

from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence.vast import VastStore
from tests.vast_server import VastServer

Rows = list[dict[str, Any]]


def raw(server: VastServer, schema: str, table: str) -> Rows:
    """Return all committed rows of a table, including hidden duplicates."""
    return list(server.rows(schema, table).to_pylist())


def children_of(record: Record) -> dict[str, int]:
    """Return the number of rows of a record in each child table."""
    payload = record.payload
    return {
        "parts": len(payload["parts"]),
        "channels": len(payload["channels"]),
        "attributes": sum(len(part) for part in payload["attributes"]["parts"]),
    }


def assert_raw_rows_are_exact(server: VastServer, schema: str, records: list[Record]) -> None:
    """Assert that the tables hold one row of `files` and one set of children per record, and nothing else."""
    expected = {record.identity.file_id: children_of(record) for record in records}
    files = Counter(row["file_id"] for row in raw(server, schema, "files"))
    assert files == Counter(dict.fromkeys(expected, 1))
    attempts = {row["file_id"]: row["attempt_id"] for row in raw(server, schema, "files")}
    for table in ("parts", "channels", "attributes"):
        rows = raw(server, schema, table)
        assert Counter(row["file_id"] for row in rows) == Counter({name: n[table] for name, n in expected.items()})
        assert all(attempts[row["file_id"]] == row["attempt_id"] for row in rows)


def assert_readers_see(store: VastStore, records: list[Record], looked_into: int = 3) -> None:
    """Assert that readers see each record once; check the children of `looked_into` of them."""
    ids = [row.file["file_id"] for row in store.find(limit=100_000, history=True)]
    assert sorted(ids) == sorted({record.identity.file_id for record in records})
    for record in records[:: max(len(records) // looked_into, 1)]:
        assert_is_whole(store, record)


def assert_is_whole(store: VastStore, record: Record) -> None:
    """Assert that a published file has all its children."""
    stored = store.get(record.identity.file_id)
    assert stored is not None
    counts = {"parts": len(stored.parts), "channels": len(stored.channels), "attributes": len(stored.attributes)}
    assert counts == children_of(record)
