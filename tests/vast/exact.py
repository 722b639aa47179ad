"""What must hold of the tables: as any reader sees them, and as they lie there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence.vast import VastStore
from tests.vast_server import VastServer

Rows = list[dict[str, Any]]


def raw(server: VastServer, schema: str, table: str) -> Rows:
    """All committed rows of a table, losers too."""
    return list(server.rows(schema, table).to_pylist())


def children_of(record: Record) -> dict[str, int]:
    """How many rows of each child table belong to a record."""
    made = record.payload
    return {
        "parts": len(made["parts"]),
        "channels": len(made["channels"]),
        "attributes": sum(len(part) for part in made["attributes"]["parts"]),
    }


def assert_raw_rows_are_exact(server: VastServer, schema: str, records: list[Record]) -> None:
    """One row of `files` and one set of children for each record, and nothing else."""
    wanted = {one.identity.file_id: children_of(one) for one in records}
    files = Counter(row["file_id"] for row in raw(server, schema, "files"))
    assert files == Counter(dict.fromkeys(wanted, 1))
    attempts = {row["file_id"]: row["attempt_id"] for row in raw(server, schema, "files")}
    for table in ("parts", "channels", "attributes"):
        rows = raw(server, schema, table)
        assert Counter(row["file_id"] for row in rows) == Counter({name: n[table] for name, n in wanted.items()})
        assert all(attempts[row["file_id"]] == row["attempt_id"] for row in rows)


def assert_readers_see(store: VastStore, records: list[Record], looked_into: int = 3) -> None:
    """Each record once, with all its children; the children of a few of them are looked at."""
    found = [row.file["file_id"] for row in store.find(limit=100_000, history=True)]
    assert sorted(found) == sorted({one.identity.file_id for one in records})
    for one in records[:: max(len(records) // looked_into, 1)]:
        assert_is_whole(store, one)


def assert_is_whole(store: VastStore, record: Record) -> None:
    stored = store.get(record.identity.file_id)
    assert stored is not None
    counts = {"parts": len(stored.parts), "channels": len(stored.channels), "attributes": len(stored.attributes)}
    assert counts == children_of(record)
