"""The loopback server as the SDK meets it: isolation, conflicts, limits, signatures and faults."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
import requests
import vastdb
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from vastdb import errors
from vastdb.config import BackoffConfig
from vastdb.util import serialize_record_batch

from tests.vast_server import VastServer

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver
COLUMNS = pa.schema([("key", pa.int64()), ("name", pa.string())])


@pytest.fixture
def server() -> Iterator[VastServer]:
    """A server with one empty table, s.t."""
    with VastServer() as running:
        with connect(running).transaction() as tx:
            tx.bucket("vastdb").create_schema("s").create_table("t", COLUMNS)
        running.clear()
        yield running


def connect(server: VastServer, **settings: Any) -> vastdb.Session:
    """A session that retries only a few times."""
    quick = BackoffConfig(max_tries=3, max_value=0.01)
    return vastdb.connect(
        endpoint=server.endpoint, **{"access": "KEY", "secret": "SECRET", "backoff_config": quick, **settings}
    )


def table(tx: Any) -> Any:
    """The table of a transaction."""
    return tx.bucket("vastdb").schema("s").table("t")


def rows(count: int, start: int = 0) -> pa.Table:
    """Rows with keys that count up."""
    keys = range(start, start + count)
    return pa.table({"key": keys, "name": [f"name {key}" for key in keys]}, schema=COLUMNS)


def insert(server: VastServer, count: int) -> None:
    """Rows in a transaction of their own."""
    with connect(server).transaction() as tx:
        table(tx).insert(rows(count))


def keys(server: VastServer) -> list[int]:
    """The committed keys in order."""
    return sorted(server.rows("s", "t")["key"].to_pylist())


def test_rows_are_seen_by_others_only_after_the_commit(server: VastServer) -> None:
    session = connect(server)
    with session.transaction() as early:
        with session.transaction() as tx:
            table(tx).insert(rows(2))
            assert table(tx).select(["key"]).read_all().num_rows == 2
            assert table(early).select(["key"]).read_all().num_rows == 0
        assert table(early).select(["key"]).read_all().num_rows == 0
    with session.transaction() as late:
        assert table(late).select(["key"]).read_all().num_rows == 2


def test_a_failing_transaction_leaves_nothing(server: VastServer) -> None:
    def fail() -> None:
        with connect(server).transaction() as tx:
            table(tx).insert(rows(2))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keys(server) == []
    assert server.log[-1].kind == "rollback"


def test_rows_come_in_no_order_to_rely_on(server: VastServer) -> None:
    insert(server, 200)
    with connect(server).transaction() as tx:
        found = table(tx).select(["key"]).read_all()["key"].to_pylist()
    assert found != sorted(found)
    assert sorted(found) == list(range(200))


def test_no_column_is_unique(server: VastServer) -> None:
    insert(server, 1)
    insert(server, 1)
    assert keys(server) == [0, 0]


def test_the_second_writer_of_a_row_meets_a_conflict(server: VastServer) -> None:
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


def test_without_detection_the_last_writer_wins(server: VastServer) -> None:
    insert(server, 3)
    server.conflicts = False
    session = connect(server)
    with session.transaction() as second:
        mine = table(second).select(["key"], internal_row_id=True).read_all()
        with session.transaction() as first:
            table(first).delete(mine.slice(0, 1))
        table(second).delete(mine)
    assert keys(server) == []


def test_a_table_made_twice_at_once_is_refused_once(server: VastServer) -> None:
    session = connect(server)
    with session.transaction() as second:
        schema = second.bucket("vastdb").schema("s")
        with session.transaction() as first:
            first.bucket("vastdb").schema("s").create_table("both", COLUMNS)
        with pytest.raises(errors.Conflict):
            schema.create_table("both", COLUMNS)


def test_an_idle_transaction_expires_and_frees_its_rows(server: VastServer) -> None:
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


def test_only_the_right_key_is_let_in(server: VastServer) -> None:
    with pytest.raises(errors.Forbidden, match="InvalidAccessKeyId"):
        connect(server, access="OTHER")
    with pytest.raises(errors.Forbidden, match="SignatureDoesNotMatch"):
        connect(server, secret="OTHER")
    assert requests.get(f"{server.endpoint}/?transaction", timeout=5).status_code == 403


def test_a_clock_that_is_wrong_is_refused(server: VastServer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(UTC) + timedelta(hours=1)

    monkeypatch.setattr("tests.vast_server.signing.datetime", Late)
    with pytest.raises(errors.Forbidden, match="RequestTimeTooSkewed"):
        connect(server)


def test_a_slow_down_is_retried_by_the_sdk(server: VastServer) -> None:
    server.fault("begin", "slowdown", times=2)
    insert(server, 1)
    assert [request.status for request in server.log if request.kind == "begin"][:3] == [503, 503, 200]


@pytest.mark.parametrize(
    ("action", "raised", "committed"),
    [
        ("error500", errors.InternalServerError, False),
        ("status:403:AccessDenied", errors.Forbidden, False),
        ("reset", errors.ConnectionError, False),
        ("drop_reply", errors.ConnectionError, True),
        ("truncate", ChunkedEncodingError, True),
        ("stall:0.6", ReadTimeout, True),
    ],
)
def test_a_commit_can_fail_before_and_after_it_happened(
    server: VastServer, action: str, raised: type[Exception], committed: bool
) -> None:
    server.fault("commit", action)
    with pytest.raises(raised), connect(server, timeout=0.3).transaction() as tx:
        table(tx).insert(rows(1))
    assert bool(keys(server)) == committed


def test_a_late_commit_of_a_transaction_rolled_back_meanwhile_does_not_happen(server: VastServer) -> None:
    session = connect(server, timeout=0.3)
    server.fault("commit", "delay:0.5")
    number = session.api.begin_transaction().headers["tabular-txid"]
    session.api.insert_rows("vastdb", "s", "t", serialize_record_batch(rows(1)), txid=number)
    with pytest.raises(ReadTimeout):
        session.api.commit_transaction(number)
    session.api.rollback_transaction(number)
    time.sleep(0.4)
    assert keys(server) == []
    assert [(request.kind, request.status) for request in server.log][-2:] == [("rollback", 200), ("commit", 404)]


def test_a_truncated_answer_to_a_query_is_read_again(server: VastServer) -> None:
    insert(server, 100)
    server.clear()
    server.fault("query", "truncate")
    with connect(server).transaction() as tx:
        assert table(tx).select(["key"]).read_all().num_rows == 100
    assert [request.kind for request in server.log].count("query") == 2


def test_faults_let_the_first_requests_pass(server: VastServer) -> None:
    server.fault("*", "error500", skip=2)
    session = connect(server)
    session.api.begin_transaction()
    with pytest.raises(errors.InternalServerError):
        session.api.begin_transaction()
