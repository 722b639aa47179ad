"""Loopback server through the SDK: isolation, conflicts, limits and signatures."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
import requests
from vastdb import errors
from vastdb.util import serialize_record_batch

from tests.vast_server import VastServer
from tests.vast_server.clients import COLUMNS, connect, insert, keys, rows, table

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver


def test_rows_become_visible_at_the_commit(server: VastServer) -> None:
    session = connect(server)
    with session.transaction() as early:
        with session.transaction() as tx:
            table(tx).insert(rows(2))
            assert table(tx).select(["key"]).read_all().num_rows == 2
            assert table(early).select(["key"]).read_all().num_rows == 0
        assert table(early).select(["key"]).read_all().num_rows == 0
    with session.transaction() as late:
        assert table(late).select(["key"]).read_all().num_rows == 2


def test_failing_transaction_is_rolled_back(server: VastServer) -> None:
    def fail() -> None:
        with connect(server).transaction() as tx:
            table(tx).insert(rows(2))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keys(server) == []
    assert server.log[-1].kind == "rollback"


def test_rows_come_in_no_stable_order(server: VastServer) -> None:
    insert(server, 200)
    with connect(server).transaction() as tx:
        selected = table(tx).select(["key"]).read_all()["key"].to_pylist()
    assert selected != sorted(selected)
    assert sorted(selected) == list(range(200))


def test_columns_are_not_unique(server: VastServer) -> None:
    insert(server, 1)
    insert(server, 1)
    assert keys(server) == [0, 0]


def test_second_writer_of_a_row_gets_a_conflict(server: VastServer) -> None:
    insert(server, 3)
    session = connect(server)
    with session.transaction() as second:
        mine = table(second).select(["key"], internal_row_id=True).read_all()
        with session.transaction() as first:
            table(first).delete(mine.slice(0, 1))
        table(second).delete(mine.slice(1, 1))
        with pytest.raises(errors.Conflict):
            table(second).delete(mine)
    assert len(keys(server)) == 1


def test_last_writer_wins_without_conflict_detection(server: VastServer) -> None:
    insert(server, 3)
    server.conflicts = False
    session = connect(server)
    with session.transaction() as second:
        mine = table(second).select(["key"], internal_row_id=True).read_all()
        with session.transaction() as first:
            table(first).delete(mine.slice(0, 1))
        table(second).delete(mine)
    assert keys(server) == []


def test_concurrent_creation_of_a_table_conflicts(server: VastServer) -> None:
    session = connect(server)
    with session.transaction() as second:
        schema = second.bucket("vastdb").schema("s")
        with session.transaction() as first:
            first.bucket("vastdb").schema("s").create_table("both", COLUMNS)
        with pytest.raises(errors.Conflict):
            schema.create_table("both", COLUMNS)


def test_idle_transaction_expires_and_unlocks_its_rows(server: VastServer) -> None:
    insert(server, 1)
    session = connect(server)
    dead = session.api.begin_transaction().headers["tabular-txid"]
    batch = pa.record_batch({"$row_id": pa.array([0], pa.uint64())})
    body = serialize_record_batch(batch)
    session.api.delete_rows("vastdb", "s", "t", body, txid=dead)
    with pytest.raises(errors.Conflict):
        session.api.delete_rows("vastdb", "s", "t", body)
    server.expiry_seconds = 0.01
    time.sleep(0.02)
    session.api.delete_rows("vastdb", "s", "t", body)
    with pytest.raises(errors.NotFound):
        session.api.commit_transaction(dead)
    assert keys(server) == []


def test_cells_bodies_and_predicates_have_limits(server: VastServer) -> None:
    session = connect(server)
    with session.transaction() as tx:
        wide = pa.table({"key": [1], "name": ["x" * 131073]}, schema=COLUMNS)
        with pytest.raises(errors.BadRequest, match="TabularCellTooLarge"):
            table(tx).insert(wide)
        with pytest.raises(errors.BadRequest, match="EntityTooLarge"):
            session.api.insert_rows("vastdb", "s", "t", bytes(5 * 2**20 + 1), txid=tx.txid)
        target = table(tx)
        with pytest.raises(errors.BadRequest, match="TabularPredicateTooLarge"):
            target.select(["key"], target["name"].isin([f"{key:050}" for key in range(8000)])).read_all()


def test_wrong_key_is_rejected(server: VastServer) -> None:
    with pytest.raises(errors.Forbidden, match="InvalidAccessKeyId"):
        connect(server, access="OTHER")
    with pytest.raises(errors.Forbidden, match="SignatureDoesNotMatch"):
        connect(server, secret="OTHER")
    assert requests.get(f"{server.endpoint}/?transaction", timeout=5).status_code == 403


def test_wrong_clock_is_rejected(server: VastServer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(UTC) + timedelta(hours=1)

    monkeypatch.setattr("tests.vast_server.signing.datetime", Late)
    with pytest.raises(errors.Forbidden, match="RequestTimeTooSkewed"):
        connect(server)
