"""The settings and results that the first specification promises, against a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pyarrow as pa
import pytest

from exr_inspector_app import cli, vast_db_persistence
from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Query
from exr_inspector_app.errors import StoreDamagedError, VASTDatabaseError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.tables import Tables
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.persistence.samples import batch, frames, payload
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast.exact import assert_raw_rows_are_exact, assert_readers_see, raw
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality
from tests.vast_server.rows import NO_ROWS
from tests.vast_server.tables import Table

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def own_server() -> Iterator[VastServer]:
    """Return an empty server with the default bucket."""
    with VastServer(buckets=("exr-data",), access=ACCESS, secret=SECRET) as running:
        yield running


def test_three_variables_suffice_for_the_first_publish(own_server: VastServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENDPOINT": own_server.endpoint, "ACCESS_KEY": ACCESS, "SECRET_KEY": SECRET}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    result = persist_to_vast_database(payload())
    assert (result["status"], result["inserted"]) == ("success", True)
    assert persist_to_vast_database(payload())["message"] == f"File already persisted: {result['file_id']}"
    assert len(own_server.rows("exr_metadata", "files")) == 1
    assert "schema_version" in own_server.rows("exr_metadata", "schema_info")["key"].to_pylist()


def test_event_of_four_keys_suffices(own_server: VastServer) -> None:
    event = {"vastdb_endpoint": own_server.endpoint, "vastdb_access_key": ACCESS, "vastdb_secret_key": SECRET}
    assert persist_to_vast_database(payload(), {**event, "vastdb_region": "us-east-1"})["inserted"] is True


@pytest.mark.parametrize("name", ["file_size", "parts", "channels", "attributes", "sampling"])
def test_payload_without_optional_keys_is_published(vast: Vast, server: VastServer, name: str) -> None:
    document: dict[str, Any] = {**payload()}
    if name == "file_size":
        document["file"] = {"path": document["file"]["path"]}
    elif name == "sampling":
        document["channels"] = [{"name": "diffuse.R"}]
        document["attributes"] = {"parts": [[{"name": "owner"}]]}
    else:
        del document[name]
    assert persist_to_vast_database(document, _event(vast))["inserted"] is True
    (row,) = raw(server, vast.schema, "files")
    assert row["file_path"] == document["file"]["path"]
    if name == "sampling":
        (channel,) = raw(server, vast.schema, "channels")
        assert (channel["part_index"], channel["x_sampling"], channel["y_sampling"]) == (0, 1, 1)
        assert (channel["layer_name"], channel["component_name"]) == ("diffuse", "R")


def _event(vast: Vast) -> dict[str, str]:
    values = {"endpoint": vast.endpoint, "access_key": ACCESS, "secret_key": SECRET, "bucket": vast.bucket}
    return {f"vastdb_{name}": value for name, value in {**values, "schema": vast.schema}.items()}


# Region ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def new_server() -> Iterator[VastServer]:
    """Run a server of its own for one test: the region that an endpoint needs is remembered."""
    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as server:
        yield server


@pytest.fixture
def regional(new_server: VastServer) -> Vast:
    """Return a schema on a server that checks the region of signatures."""
    new_server.personality = Personality(region="eu-west-1")
    return place(new_server.endpoint, "regional")


def test_region_is_used_where_the_server_requires_one(regional: Vast, new_server: VastServer) -> None:
    server = new_server
    event = {**_event(regional), "vastdb_region": "eu-west-1"}
    assert persist_to_vast_database(payload(), event)["inserted"] is True
    assert sum(request.status == 400 for request in server.log) == 1
    assert persist_to_vast_database(payload(), event)["inserted"] is False
    assert sum(request.status == 400 for request in server.log) == 1  # the endpoint is remembered


def test_region_that_an_open_connection_did_not_need_is_used(new_server: VastServer) -> None:
    vast = place(new_server.endpoint, "regional")
    with closing(VastStore(vast)) as store:
        store.publish(batch(*frames(2)))
        new_server.personality = Personality(region=vast.region)
        assert len(store.find()) == 2


def test_wrong_region_is_reported(regional: Vast) -> None:
    result = persist_to_vast_database(payload(), _event(regional))
    expected = f"{regional.endpoint} does not accept the region us-east-1. Correct VAST_DB_REGION."
    assert (result["status"], result["error"]) == ("error", expected)
    event = {**_event(regional), "vastdb_region": "eu-west-1"}
    assert persist_to_vast_database(payload(), event)["inserted"] is True


# Tables that `vast schema` creates ------------------------------------------------------------------------------------


@pytest.fixture
def sql_tables(vast: Vast, server: VastServer) -> Vast:
    """Return a schema with the tables that Trino creates of the printed statements: vectors are lists."""
    location = (vast.bucket, vast.schema)
    server.database.change(0, location, None, lambda catalog: catalog.create_schema(location))
    for name, columns in schema.TABLES.items():
        fields = [
            field.with_type(pa.list_(pa.field("element", pa.float32()))) if _is_vector(field) else field
            for field in columns
        ]
        _create_table(server, (*location, name), Table.empty(pa.schema(fields)))
    server.clear()
    return vast


def _is_vector(field: pa.Field) -> bool:
    return bool(pa.types.is_fixed_size_list(field.type))


def _create_table(server: VastServer, key: tuple[str, str, str], table: Table) -> None:
    server.database.change(0, key, None, lambda catalog: catalog.create_table(key, table))


@pytest.mark.parametrize("with_init", [False, True])
def test_tables_of_the_printed_sql_are_accepted(
    sql_tables: Vast, server: VastServer, with_init: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VastStore(sql_tables)
    if with_init:
        store.ensure_tables()
        store.ensure_tables()
        rows = {row["key"]: row["value"] for row in raw(server, sql_tables.schema, "schema_info")}
        assert (rows["schema_version"], rows["vector_type"]) == (str(schema.SCHEMA_VERSION), "list")
    records = frames(3, seed=None)
    assert all(result.inserted for result in store.publish(batch(*records)))
    store.close()
    Tables(sql_tables).invalidate()  # as in a new process
    store = VastStore(sql_tables)
    assert not any(result.inserted for result in store.publish(batch(*records)))
    assert_raw_rows_are_exact(server, sql_tables.schema, records)
    assert_readers_see(store, records)
    best = store.similar(Query(records[1]))[0]
    assert best.file_id == records[1].identity.file_id
    assert best.score == pytest.approx(1.0, abs=1e-5)
    assert store.check().problems == ()
    store.close()


def test_vector_of_another_length_is_reported(sql_tables: Vast, server: VastServer) -> None:
    store = VastStore(sql_tables)
    store.publish(batch(*frames(1)))
    key = (BUCKET, sql_tables.schema, "files")
    row = server.rows(sql_tables.schema, "files")
    position = row.schema.get_field_index("metadata_embedding")
    short = pa.chunked_array([[[1.0, 2.0]]], row.schema.field(position).type)
    row = row.set_column(position, row.schema.field(position), short)
    server.database.change(
        0, key, NO_ROWS, lambda catalog: catalog.change(key, lambda own: own.insert(row, own.ids.take(1)))
    )
    with pytest.raises(StoreDamagedError, match="has another length"):
        store.similar(Query(frames(1)[0]))
    store.close()


def test_server_without_vectors_gets_lists(vast: Vast, server: VastServer) -> None:
    server.personality = Personality(has_vectors=False)
    records = frames(2, seed=None)
    store = VastStore(vast)
    assert all(result.inserted for result in store.publish(batch(*records)))
    assert_readers_see(store, records)
    assert store.similar(Query(records[0]))[0].file_id == records[0].identity.file_id
    store.close()


def test_init_describes_the_tables_of_the_printed_sql_once(
    sql_tables: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = _event(sql_tables)
    for name in ("endpoint", "access_key", "secret_key", "bucket", "schema"):
        monkeypatch.setenv(f"VAST_DB_{name.upper()}", event[f"vastdb_{name}"])
    assert cli.main(["vast", "init"]) == cli.main(["vast", "init"]) == 0
    keys = [row["key"] for row in raw(server, sql_tables.schema, "schema_info")]
    assert sorted(keys) == ["created", "embedding_version", "schema_version", "vector_type"]


def test_api_names_are_complete() -> None:
    assert issubclass(vast_db_persistence.VASTDatabaseError, Exception)
    assert vast_db_persistence.VASTDatabaseError is VASTDatabaseError
