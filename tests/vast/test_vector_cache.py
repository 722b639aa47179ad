"""Vector cache of a database without a query engine: its transfers, and the reasons to read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exr_inspector_app.contracts import Hit, Query, Vectors
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast import VastStore, database
from exr_inspector_app.persistence.vast.search import cached_search, vector_cache
from tests.persistence.samples import batch, payload, record
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast_server import VastServer
from tests.write_faults import nth_fault

FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(40)]
REFERENCE = FILES[3]


@pytest.fixture
def server() -> Iterator[VastServer]:
    """Return a server without a query engine."""
    with VastServer((BUCKET,), ACCESS, SECRET, query_engine=False) as server:
        yield server


@pytest.fixture
def store(server: VastServer) -> Iterator[VastStore]:
    store = VastStore(place(server.endpoint, "cached"))
    store.publish(batch(*FILES))
    yield store
    vector_cache.clear()
    store.close()


@pytest.fixture
def other(server: VastServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[VastStore]:
    """Return a store of another process: its writes do not make this process compare its cache."""
    monkeypatch.setattr(database, "expire_cache", lambda _: None)
    other = VastStore(place(server.endpoint, "cached"))
    yield other
    other.close()


def ids(hits: list[Hit]) -> list[str]:
    return [hit.file_id for hit in hits]


def index_files(home: Path) -> list[Path]:
    return [path for path in (home / ".cache").rglob("*") if path.is_file()]


def test_second_search_reads_only_its_hits(server: VastServer, store: VastStore) -> None:
    expected = store.similar(Query(REFERENCE, exact=True))
    assert ids(store.similar(Query(REFERENCE))) == ids(expected)
    server.clear()
    again = store.similar(Query(REFERENCE))
    assert again == expected
    assert [request.kind for request in server.log].count("query") == 1
    known_bytes = server.sent_bytes
    cached_search.clear()
    server.clear()
    assert store.similar(Query(REFERENCE)) == expected
    assert known_bytes < server.sent_bytes / 2, "columns that never change are requested again"


def test_cache_on_disk_is_used_by_the_next_process(server: VastServer, store: VastStore, own_home: Path) -> None:
    expected = ids(store.similar(Query(REFERENCE)))
    written = {path: path.stat().st_mtime_ns for path in index_files(own_home) if path.name != "state.json"}
    assert written
    vector_cache.clear()
    assert ids(store.similar(Query(REFERENCE))) == expected
    assert {path: path.stat().st_mtime_ns for path in index_files(own_home) if path.name != "state.json"} == written


def test_own_publish_is_found_at_once(store: VastStore) -> None:
    store.similar(Query(REFERENCE))
    copy = record(payload("/b/copy.exr", frame_number=None, width=9), 3)
    store.publish(batch(copy, publish_id="p2"))
    assert copy.identity.file_id in ids(store.similar(Query(REFERENCE)))
    assert store.delete([copy.identity.file_id]) == 1
    assert copy.identity.file_id not in ids(store.similar(Query(REFERENCE)))


def test_rows_of_others_are_found_after_the_next_comparison(
    store: VastStore, other: VastStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.similar(Query(REFERENCE))
    copy = record(payload("/b/copy.exr", frame_number=None, width=9), 3)
    other.publish(batch(copy, publish_id="p2"))
    other.delete([FILES[5].identity.file_id])  # as many rows as before
    monkeypatch.setattr(vector_cache, "COMPARE_S", 0.0)
    found = ids(store.similar(Query(REFERENCE, limit=100)))
    assert copy.identity.file_id in found
    assert FILES[5].identity.file_id not in found
    assert len(found) == len(FILES)


def test_hit_that_is_gone_makes_the_cache_read_again(store: VastStore, other: VastStore) -> None:
    hits = store.similar(Query(REFERENCE))
    other.delete([REFERENCE.identity.file_id])
    other.publish(batch(REFERENCE, publish_id="p2"))  # the same file with another attempt
    assert store.similar(Query(REFERENCE)) == hits
    other.delete([REFERENCE.identity.file_id])
    found = ids(store.similar(Query(REFERENCE, limit=100)))
    assert found == ids(store.similar(Query(REFERENCE, limit=100, exact=True)))
    assert REFERENCE.identity.file_id not in found


def test_recomputed_vectors_replace_those_of_the_cache(
    server: VastServer, other: VastStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VastStore(place(server.endpoint, "cached"))
    with monkeypatch.context() as patch:
        patch.setattr(encode, "EMBEDDING_VERSION", 1)
        store.publish(batch(*FILES[:5]))
    store.publish(batch(*FILES[5:], publish_id="p2"))
    assert len(store.similar(Query(REFERENCE, limit=100))) == len(FILES) - 5
    revised = [
        Vectors(file.identity.file_id, file.metadata_embedding, file.channel_fingerprint, file.channel_vectors)
        for file in FILES[:5]
    ]
    other.update_vectors(revised)
    monkeypatch.setattr(vector_cache, "COMPARE_S", 0.0)
    assert len(store.similar(Query(REFERENCE, limit=100))) == len(FILES)
    store.close()


def test_damaged_cache_is_rebuilt(store: VastStore, own_home: Path) -> None:
    expected = ids(store.similar(Query(REFERENCE)))
    vector_cache.clear()
    for path in index_files(own_home):
        if path.name.startswith("rows."):
            path.write_bytes(b"\0" * path.stat().st_size)
    assert ids(store.similar(Query(REFERENCE))) == expected
    assert ids(store.similar(Query(REFERENCE))) == expected


def test_large_database_is_scanned(store: VastStore, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "MAX_CACHED_ROWS", 10)
    assert len(store.similar(Query(REFERENCE, limit=100))) == len(FILES)
    assert not index_files(own_home)


@pytest.mark.parametrize("call", ["write", "replace"])
def test_fault_at_every_write_costs_no_hits(store: VastStore, own_home: Path, call: str) -> None:
    expected = ids(store.similar(Query(REFERENCE, exact=True)))
    number, is_last = 0, False
    while not is_last:
        for path in index_files(own_home):
            path.unlink()
        vector_cache.clear()
        with nth_fault(call, number) as calls:
            assert ids(store.similar(Query(REFERENCE))) == expected
        vector_cache.clear()
        assert ids(store.similar(Query(REFERENCE))) == expected
        is_last = len(calls) <= number
        number += 1
    assert number > 1
