"""Faults of the loopback server, seen through the SDK."""

from __future__ import annotations

import time

import pytest
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from vastdb import errors
from vastdb.util import serialize_record_batch

from tests.vast_server import VastServer
from tests.vast_server.clients import connect, insert, keys, rows, table

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver


def test_sdk_retries_a_slow_down(server: VastServer) -> None:
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
        ("stall:4", ReadTimeout, True),
    ],
)
def test_commit_can_fail_before_and_after_it_is_carried_out(
    server: VastServer, action: str, raised: type[Exception], committed: bool
) -> None:
    server.fault("commit", action)
    with pytest.raises(raised), connect(server, timeout=2.0).transaction() as tx:
        table(tx).insert(rows(1))
    assert bool(keys(server)) == committed


def test_late_commit_of_a_rolled_back_transaction_fails(server: VastServer) -> None:
    session = connect(server, timeout=2.0)
    server.fault("commit", "hold")
    number = session.api.begin_transaction().headers["tabular-txid"]
    session.api.insert_rows("vastdb", "s", "t", serialize_record_batch(rows(1)), txid=number)
    with pytest.raises(ReadTimeout):
        session.api.commit_transaction(number)
    session.api.rollback_transaction(number)
    server.release()
    while [request.kind for request in server.log][-1] != "commit":
        time.sleep(0.005)
    assert keys(server) == []
    assert [(request.kind, request.status) for request in server.log][-2:] == [("rollback", 200), ("commit", 404)]


def test_truncated_response_is_retried(server: VastServer) -> None:
    insert(server, 100)
    server.clear()
    server.fault("query", "truncate")
    with connect(server).transaction() as tx:
        assert table(tx).select(["key"]).read_all().num_rows == 100
    assert [request.kind for request in server.log].count("query") == 2


def test_skipped_requests_pass(server: VastServer) -> None:
    server.fault("*", "error500", skip=2)
    session = connect(server)
    session.api.begin_transaction()
    with pytest.raises(errors.InternalServerError):
        session.api.begin_transaction()
