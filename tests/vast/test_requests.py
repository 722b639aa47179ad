"""How much is asked of the server: requests, bodies and predicates."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore, tables
from tests.persistence.samples import batch, frames, payload, record
from tests.vast.exact import assert_readers_see, raw
from tests.vast_server import VastServer

LARGEST_BODY = 4_200_000
LARGEST_PREDICATE = 1_000_000


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The method and the size of the body of each request that is sent from here on."""
    seen: list[tuple[str, int]] = []
    send = requests.Session.send

    def noted(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        seen.append((str(request.method), len(request.body or b"")))
        return send(self, request, **more)

    monkeypatch.setattr(requests.Session, "send", noted)
    return seen


def test_a_thousand_files_take_twenty_requests_of_bounded_size(
    vast: Vast, store: VastStore, server: VastServer, bodies: list[tuple[str, int]]
) -> None:
    records = frames(1000, big=True)
    tables._sound.clear()  # as for a program that has just started
    server.clear()
    bodies.clear()
    fresh = VastStore(vast)
    assert all(result.inserted for result in fresh.publish(batch(*records)))
    fresh.close()
    print(f"\n{len(server.log)} requests: {[request.kind for request in server.log]}")
    assert len(server.log) <= 20
    assert max(size for _, size in bodies) <= LARGEST_BODY
    assert max(size for method, size in bodies if method == "GET") <= LARGEST_PREDICATE
    assert_readers_see(store, records)


def test_thousands_of_long_paths_are_looked_up_in_predicates_that_servers_take(
    store: VastStore, bodies: list[tuple[str, int]]
) -> None:
    records = frames(3000, name="x" * 250)
    bodies.clear()
    assert len(store.plan(batch(*records)).items) == 3000
    assert max(size for _, size in bodies) <= LARGEST_PREDICATE


def test_cells_that_servers_refuse_are_not_sent(store: VastStore, vast: Vast, server: VastServer) -> None:
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


def test_known_files_cost_no_inserts(vast: Vast, store: VastStore, server: VastServer) -> None:
    records = frames(50)
    store.publish(batch(*records))
    server.clear()
    store.publish(batch(*records))
    assert len(server.log) <= 3
