"""Edge cases of records and files that a store must handle without losing data."""

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
def test_malformed_payload_does_not_fail_the_batch(store: LocalStore, what: str) -> None:
    good, bad = record(payload("/a/good.exr")), record(payload("/a/bad.exr"))
    broken = copy.deepcopy(bad.payload)
    BREAKS[what](broken)
    results = store.publish(batch(replace(bad, payload=broken), good))
    assert [result.status for result in results] == ["error", "success"]
    assert results[0].message == "File not persisted"
    assert results[0].error
    assert store.count() == 1
    assert store.check().problems == ()


def test_unknown_fields_do_not_replace_stored_ones(store: LocalStore) -> None:
    finished = record(payload(header_hash="ab"))
    head = record(payload(header_hash="ab", size_bytes=None, mtime=None, is_complete=None, chunks_present=None))
    store.publish(batch(finished))
    assert store.plan(batch(head)).items[0].status is PlanStatus.PRESENT
    store.publish(batch(head, publish_id="publish-2"))
    stored = store.get(finished.identity.file_id)
    assert stored is not None
    assert (stored.file["size_bytes"], stored.file["is_complete"]) == (4_000_000, True)
    assert stored.parts[0]["chunks_present"] == 34


def test_refresh_of_many_files_updates_each(store: LocalStore) -> None:
    half = [record(payload(f"/a/{n}.exr", header_hash=f"{n}", is_complete=False, chunks_present=1)) for n in range(50)]
    finished = [record(payload(f"/a/{n}.exr", header_hash=f"{n}", size_bytes=n)) for n in range(50)]
    store.publish(batch(*half))
    store.publish(batch(*finished, publish_id="publish-2"))
    for size, file in enumerate(finished):
        stored = store.get(file.identity.file_id)
        assert stored is not None
        assert (stored.file["size_bytes"], stored.file["is_complete"]) == (size, True)
        assert stored.parts[0]["chunks_present"] == 34


def test_last_inspection_time_never_decreases(store: LocalStore) -> None:
    file = record(payload(), inspected_at=LATER)
    store.publish(batch(file))
    store.publish(batch(replace(file, inspected_at=EARLIER), publish_id="publish-2"))
    stored = store.get(file.identity.file_id)
    assert stored is not None
    assert (stored.file["last_inspected"], stored.file["inspection_count"]) == (LATER, 2)


def test_queries_do_not_create_a_library(store: LocalStore, tmp_path: Path) -> None:
    (file,) = frames(1)
    assert store.plan(batch(file)).count(PlanStatus.NEW) == 1
    assert (store.find(), store.count(), store.get(file.identity.file_id)) == ([], 0, None)
    assert list(tmp_path.glob("*.duckdb*")) == []


def test_plan_includes_earlier_records_of_the_batch(store: LocalStore) -> None:
    file, again = record(payload(header_hash="ab")), record(payload(header_hash="cd"))
    statuses = [item.status for item in store.plan(batch(file, file, again)).items]
    assert statuses == [PlanStatus.NEW, PlanStatus.PRESENT, PlanStatus.CHANGED]


def test_undo_without_a_publish_id_removes_nothing(store: LocalStore) -> None:
    store.publish(batch(*frames(1), publish_id=""))
    assert store.undo("") == 0
    assert store.count() == 1


def test_tables_have_the_columns_of_the_schemas_in_order(store: LocalStore, tmp_path: Path) -> None:
    store.publish(batch(*frames(2)))
    with duckdb.connect(str(tmp_path / "l.duckdb"), config={"enable_external_access": False}) as connection:
        for table, columns in schema.TABLES.items():
            assert [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()] == columns.names


def test_children_come_in_file_order(store: LocalStore) -> None:
    made = frames(40, big=True)
    store.publish(batch(*made))
    stored = store.get(made[17].identity.file_id)
    assert stored is not None
    listed = made[17].payload
    assert [row["channel_name"] for row in stored.channels] == [row["name"] for row in listed["channels"]]
    names = [row["name"] for row in listed["attributes"]["parts"][0]]
    assert [row["attribute_name"] for row in stored.attributes] == names
    assert {row["file_path"] for row in stored.attributes} == {made[17].identity.file_path}
    assert {row["attempt_id"] for row in stored.attributes} == {stored.file["attempt_id"]}


def test_shared_vectors_are_stored_once(store: LocalStore, tmp_path: Path) -> None:
    store.publish(batch(*frames(30, seed=1), *frames(2, name="other", seed=2)))
    with duckdb.connect(str(tmp_path / "l.duckdb"), config={"enable_external_access": False}) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchall() == [(2,)]
        assert connection.execute("SELECT count(*) FROM files").fetchall() == [(32,)]


def test_library_takes_at_most_five_kilobytes_per_file(store: LocalStore, tmp_path: Path) -> None:
    made = frames(500, big=True, seed=None)
    store.publish(batch(*made[:250]))
    store.publish(batch(*made[250:]))
    store.close()
    assert sum(path.stat().st_size for path in tmp_path.glob("l.duckdb*")) <= 500 * 5 * 1024


def test_empty_file_is_not_a_library(store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "l.duckdb").write_bytes(b"")
    with pytest.raises(StoreDamagedError, match="is empty"):
        store.ensure_tables()
    assert (tmp_path / "l.duckdb").read_bytes() == b""


def test_all_spellings_of_a_library_share_one_lock(store: LocalStore, tmp_path: Path) -> None:
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
    content = path.read_bytes()
    assert blocks
    for block in blocks:
        raw = bytearray(content)
        raw[3 * 4096 + block * 16384 + 3000] ^= 0xFF
        path.write_bytes(raw)
        with pytest.raises(StoreDamagedError):
            store.check()
