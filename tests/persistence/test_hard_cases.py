"""Records, files and moments that a store must bear without losing or inventing anything."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.samples import EARLIER, LATER, batch, frames, payload, record

BREAKS: dict[str, Callable[[Payload], Any]] = {
    "a sampling no column holds": lambda p: p["channels"][0].update(x_sampling=2**40),
    "an index that is text": lambda p: p["parts"][0].update(part_index="zero"),
    "an attribute without a value": lambda p: p["attributes"]["parts"][0][0].pop("value"),
    "a flag that is a number": lambda p: p["parts"][0].update(is_tiled=3),
    "no attributes at all": lambda p: p.pop("attributes"),
    "no channels at all": lambda p: p.pop("channels"),
}


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "l.duckdb")


@pytest.mark.parametrize("what", BREAKS)
def test_a_payload_that_is_none_does_not_stop_the_batch(store: LocalStore, what: str) -> None:
    good, bad = record(payload("/a/good.exr")), record(payload("/a/bad.exr"))
    broken = copy.deepcopy(bad.payload)
    BREAKS[what](broken)
    results = store.publish(batch(replace(bad, payload=broken), good))
    assert [result.status for result in results] == ["error", "success"]
    assert results[0].message == "File not persisted"
    assert results[0].error
    assert store.count() == 1
    assert store.check().problems == ()


def test_what_was_not_looked_at_does_not_replace_what_is_known(store: LocalStore) -> None:
    whole = record(payload(header_hash="ab"))
    head = record(payload(header_hash="ab", size_bytes=None, mtime=None, is_complete=None, chunks_present=None))
    store.publish(batch(whole))
    assert store.plan(batch(head)).items[0].status is PlanStatus.PRESENT
    store.publish(batch(head, publish_id="publish-2"))
    found = store.get(whole.identity.file_id)
    assert found is not None
    assert (found.file["size_bytes"], found.file["is_complete"]) == (4_000_000, True)
    assert found.parts[0]["chunks_present"] == 34


def test_a_refresh_of_many_files_reaches_each(store: LocalStore) -> None:
    half = [record(payload(f"/a/{n}.exr", header_hash=f"{n}", is_complete=False, chunks_present=1)) for n in range(50)]
    whole = [record(payload(f"/a/{n}.exr", header_hash=f"{n}", size_bytes=n)) for n in range(50)]
    store.publish(batch(*half))
    store.publish(batch(*whole, publish_id="publish-2"))
    for place, one in enumerate(whole):
        found = store.get(one.identity.file_id)
        assert found is not None
        assert (found.file["size_bytes"], found.file["is_complete"]) == (place, True)
        assert found.parts[0]["chunks_present"] == 34


def test_the_last_inspection_never_goes_back(store: LocalStore) -> None:
    one = record(payload(), inspected_at=LATER)
    store.publish(batch(one))
    store.publish(batch(replace(one, inspected_at=EARLIER), publish_id="publish-2"))
    found = store.get(one.identity.file_id)
    assert found is not None
    assert (found.file["last_inspected"], found.file["inspection_count"]) == (LATER, 2)


def test_looking_makes_no_library(store: LocalStore, tmp_path: Path) -> None:
    (one,) = frames(1)
    assert store.plan(batch(one)).count(PlanStatus.NEW) == 1
    assert (store.find(), store.count(), store.get(one.identity.file_id)) == ([], 0, None)
    assert list(tmp_path.glob("*.duckdb*")) == []


def test_a_plan_sees_the_records_before_in_its_batch(store: LocalStore) -> None:
    one, again = record(payload(header_hash="ab")), record(payload(header_hash="cd"))
    statuses = [item.status for item in store.plan(batch(one, one, again)).items]
    assert statuses == [PlanStatus.NEW, PlanStatus.PRESENT, PlanStatus.CHANGED]


def test_no_publish_id_takes_nothing_back(store: LocalStore) -> None:
    store.publish(batch(*frames(1), publish_id=""))
    assert store.undo("") == 0
    assert store.count() == 1


def test_the_tables_have_the_columns_of_the_schemas_in_their_order(store: LocalStore, tmp_path: Path) -> None:
    store.publish(batch(*frames(2)))
    with duckdb.connect(str(tmp_path / "l.duckdb"), config={"enable_external_access": False}) as connection:
        for table, columns in schema.TABLES.items():
            assert [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()] == columns.names


def test_children_come_in_file_order(store: LocalStore) -> None:
    made = frames(40, big=True)
    store.publish(batch(*made))
    found = store.get(made[17].identity.file_id)
    assert found is not None
    listed = made[17].payload
    assert [row["channel_name"] for row in found.channels] == [row["name"] for row in listed["channels"]]
    names = [row["name"] for row in listed["attributes"]["parts"][0]]
    assert [row["attribute_name"] for row in found.attributes] == names
    assert {row["file_path"] for row in found.attributes} == {made[17].identity.file_path}
    assert {row["attempt_id"] for row in found.attributes} == {found.file["attempt_id"]}


def test_files_that_share_their_vectors_store_them_once(store: LocalStore, tmp_path: Path) -> None:
    store.publish(batch(*frames(30, seed=1), *frames(2, name="other", seed=2)))
    with duckdb.connect(str(tmp_path / "l.duckdb"), config={"enable_external_access": False}) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchall() == [(2,)]
        assert connection.execute("SELECT count(*) FROM files").fetchall() == [(32,)]


def test_half_a_thousand_files_stay_below_five_kilobytes_each(store: LocalStore, tmp_path: Path) -> None:
    made = frames(500, big=True, seed=None)
    store.publish(batch(*made[:250]))
    store.publish(batch(*made[250:]))
    store.close()
    assert sum(path.stat().st_size for path in tmp_path.glob("l.duckdb*")) <= 500 * 5 * 1024


def test_an_empty_file_is_not_taken_for_a_library(store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "l.duckdb").write_bytes(b"")
    with pytest.raises(StoreDamagedError, match="is empty"):
        store.ensure_tables()
    assert (tmp_path / "l.duckdb").read_bytes() == b""


def test_one_file_has_one_lock_however_it_is_spelled(store: LocalStore, tmp_path: Path) -> None:
    store.ensure_tables()
    link = tmp_path / "link.duckdb"
    link.symlink_to(tmp_path / "l.duckdb")
    assert LocalStore(link)._database._lock is store._database._lock


def test_check_reads_every_block(store: LocalStore, tmp_path: Path) -> None:
    store.publish(batch(*frames(60, big=True, seed=None)))
    path = tmp_path / "l.duckdb"
    query = "SELECT DISTINCT block_id FROM pragma_storage_info(?) WHERE block_id >= 0"
    with duckdb.connect(str(path), config={"enable_external_access": False}) as connection:
        tables = ("vectors", "file_rows", "part_rows", "channel_rows", "attribute_rows")
        blocks = {row[0] for table in tables for row in connection.execute(query, [table]).fetchall()}
    whole = path.read_bytes()
    assert blocks
    for block in blocks:
        raw = bytearray(whole)
        raw[3 * 4096 + block * 16384 + 3000] ^= 0xFF
        path.write_bytes(raw)
        with pytest.raises(StoreDamagedError):
            store.check()
