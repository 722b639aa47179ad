"""Request limits: number of requests, and size of bodies and predicates."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.tables import Tables
from tests.persistence.samples import batch, frames, payload, record
from tests.vast.exact import assert_readers_see, raw
from tests.vast_server import VastServer

MAX_BODY_BYTES = 4_200_000
MAX_PREDICATE_BYTES = 1_000_000


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Record the method and the body size of each request."""
    recorded: list[tuple[str, int]] = []
    send = requests.Session.send

    def record_and_send(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        body: Any = request.body  # bytes, or another buffer
        recorded.append((str(request.method), len(body or b"")))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", record_and_send)
    return recorded


def test_publish_of_thousand_files_sends_twenty_bounded_requests(
    vast: Vast, store: VastStore, server: VastServer, bodies: list[tuple[str, int]]
) -> None:
    records = frames(1000, big=True)
    Tables(vast).invalidate()  # as in a new process
    server.clear()
    bodies.clear()
    fresh = VastStore(vast)
    assert all(result.inserted for result in fresh.publish(batch(*records)))
    fresh.close()
    print(f"\n{len(server.log)} requests: {[request.kind for request in server.log]}")
    assert len(server.log) <= 20
    assert max(size for _, size in bodies) <= MAX_BODY_BYTES
    assert max(size for method, size in bodies if method == "GET") <= MAX_PREDICATE_BYTES
    assert_readers_see(store, records)


def test_plan_splits_long_paths_into_bounded_predicates(store: VastStore, bodies: list[tuple[str, int]]) -> None:
    records = frames(3000, name="x" * 250)
    bodies.clear()
    assert len(store.plan(batch(*records)).items) == 3000
    assert max(size for _, size in bodies) <= MAX_PREDICATE_BYTES


def test_long_cells_are_truncated(store: VastStore, vast: Vast, server: VastServer) -> None:
    names = [{**frames(1)[0].payload["channels"][0], "name": f"{'é' * 200}{number}"} for number in range(1000)]
    text = {"name": "manifest", "type": "string", "value": "x" * 200_000}
    huge = record(payload("/a/huge.exr", frame_number=None, channels=names, attributes=[text]))
    (result,) = store.publish(batch(huge))
    assert result.inserted
    (row,) = raw(server, vast.schema, "files")
    assert 50_000 < len(row["channel_list"].encode()) <= 128 * 1024
    stored = store.get(huge.identity.file_id)
    assert stored is not None
    assert len(stored.channels) == 1000
    assert '"truncated"' in stored.attributes[0]["attribute_value"]


def test_republish_sends_no_inserts(vast: Vast, store: VastStore, server: VastServer) -> None:
    records = frames(50)
    store.publish(batch(*records))
    server.clear()
    store.publish(batch(*records))
    assert len(server.log) <= 3
