"""Several addresses of one database: rows take turns, and an address that does not respond is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Query
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames
from tests.vast.crowd import ACCESS, BUCKET, SECRET
from tests.vast.exact import assert_raw_rows_are_exact, assert_readers_see
from tests.vast_server import VastServer

NOBODY = "http://127.0.0.1:9"  # no server listens there
ROW_KINDS = {"insert", "query", "update", "delete"}


@pytest.fixture
def others(server: VastServer) -> Iterator[list[VastServer]]:
    """Return two more addresses of the same database."""
    with (
        VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as second,
        VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as third,
    ):
        second.database = third.database = server.database
        yield [second, third]


def kinds(server: VastServer) -> Counter[str]:
    return Counter(request.kind for request in server.log)


def test_requests_on_rows_take_turns(vast: Vast, server: VastServer, others: list[VastServer]) -> None:
    store = VastStore(replace(vast, data_endpoints=tuple(other.endpoint for other in others)))
    store.publish(batch(*frames(3)))
    assert_readers_see(store, frames(3))
    store.close()
    assert not ROW_KINDS & set(kinds(server))
    assert {"begin", "commit", "version"} <= set(kinds(server))
    for other in others:
        assert set(kinds(other)) <= ROW_KINDS
        assert kinds(other)["query"] > 1
        assert kinds(other)["insert"] >= 1


@pytest.mark.parametrize("dead", ["data", "control"])
def test_address_that_does_not_respond_is_left_out(
    vast: Vast, server: VastServer, others: list[VastServer], dead: str
) -> None:
    if dead == "data":
        settings = replace(vast, data_endpoints=(NOBODY, others[0].endpoint))
    else:
        settings = replace(vast, endpoint=NOBODY, data_endpoints=(server.endpoint, others[0].endpoint))
    store = VastStore(settings)
    assert all(result.inserted for result in store.publish(batch(*frames(3))))
    assert_readers_see(store, frames(3))
    store.close()
    assert_raw_rows_are_exact(server, vast.schema, frames(3))


def test_publish_goes_on_when_an_address_dies_between_requests(
    vast: Vast, server: VastServer, others: list[VastServer]
) -> None:
    store = VastStore(replace(vast, data_endpoints=tuple(other.endpoint for other in others)))
    store.publish(batch(*frames(3)))
    others[0].fault("*", "reset", times=1000)
    assert all(result.inserted for result in store.publish(batch(*frames(4, name="later"))))
    assert others[0].faults.pending[0].times > 995
    store.close()
    assert_raw_rows_are_exact(server, vast.schema, [*frames(3), *frames(4, name="later")])


def test_query_engine_has_its_own_address(vast: Vast, server: VastServer, others: list[VastServer]) -> None:
    pytest.importorskip("adbc_driver_vastdb")
    store = VastStore(replace(vast, query_endpoint=others[0].endpoint))
    store.publish(batch(*frames(3)))
    assert len(store.similar(Query(frames(1)[0]))) == 1
    store.close()
    assert "vector_query" in kinds(others[0])
    assert "vector_query" not in kinds(server)
    assert not others[1].log


def test_addresses_come_from_environment_and_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[vast]\nendpoint = "vast.example.com"\nquery_endpoint = "http://engine:8080"\n')
    monkeypatch.setenv("VAST_DB_DATA_ENDPOINTS", "http://10.0.0.1, 10.0.0.2:8443 ,")
    vast = config.load(settings=settings).vast
    assert vast is not None
    assert vast.data_endpoints == ("http://10.0.0.1", "https://10.0.0.2:8443")
    assert vast.query_endpoint == "http://engine:8080"
    event = {"vastdb_endpoint": "http://other", "vastdb_data_endpoints": "http://third"}
    redirected = config.load(settings=settings, event=event).vast
    assert redirected is not None
    assert (redirected.data_endpoints, redirected.query_endpoint) == ((), "")
    monkeypatch.setenv("VAST_DB_DATA_ENDPOINTS", "http://user:password@host")
    with pytest.raises(ConfigError, match="VAST_DB_DATA_ENDPOINTS"):
        config.load(settings=settings)
