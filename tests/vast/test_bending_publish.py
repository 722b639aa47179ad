"""Publish that bends: a held or rejected row fails alone, and optional updates never fail a publish."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import PlanStatus, PublishResult, Record
from exr_inspector_app.errors import PublishCancelledError
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import Transaction
from tests.persistence.samples import batch, frames
from tests.records import grown
from tests.vast.exact import assert_raw_rows_are_exact, assert_readers_see, raw
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality


@contextmanager
def held_row(vast: Vast, record: Record) -> Iterator[None]:
    """Keep a row of `files` locked by the open transaction of another publisher."""
    with closing(Database(vast)) as other, other.transaction() as transaction:
        lock(transaction, record)
        yield


def lock(transaction: Transaction, record: Record) -> None:
    columns = ["file_id", "inspection_count"]
    rows = transaction.rows_by_key("files", columns, "file_id", [record.identity.file_id], row_ids=True)
    transaction.update("files", rows.drop_columns(["file_id"]))


def outcomes(results: list[PublishResult]) -> list[tuple[str, bool, str]]:
    return [(result.status, result.inserted, result.message.split(":")[0]) for result in results]


def test_held_row_fails_no_file_and_others_are_refreshed(store: VastStore, vast: Vast, server: VastServer) -> None:
    known, new = frames(3, name="known"), frames(4, name="new")
    store.publish(batch(*known, publish_id="first"))
    finished = [grown(record) for record in known]
    with held_row(vast, known[1]):
        results = store.publish(batch(*finished, *new, publish_id="second"))
    assert (
        outcomes(results)
        == [("success", False, "File already persisted")] * 3 + [("success", True, "File persisted")] * 4
    )
    rows = {row["file_id"]: row for row in raw(server, vast.schema, "files")}
    sizes = [rows[record.identity.file_id]["size_bytes"] for record in known]
    assert sizes == [5_000_000, 4_000_000, 5_000_000]
    store.publish(batch(*finished, publish_id="third"))
    assert store.plan(batch(*finished)).items[1].status is PlanStatus.PRESENT
    assert_readers_see(store, [*known, *new])


@pytest.mark.parametrize("refusal", ["right", "indexed table"])
def test_refused_updates_of_files_fail_no_publish(
    store: VastStore, vast: Vast, server: VastServer, refusal: str
) -> None:
    known, new = frames(1, name="known"), frames(3, name="new")
    store.publish(batch(*known, publish_id="first"))
    if refusal == "right":
        server.personality = Personality(denied={"update:files"})
    else:
        server.fault("update", "status:400:TabularUnsupportedOperation", times=1000)
    results = store.publish(batch(grown(known[0]), *new, publish_id="second"))
    assert [result.inserted for result in results] == [False, True, True, True]
    assert results[0].message.startswith("File already persisted")
    server.clear()
    assert_raw_rows_are_exact(server, vast.schema, [*known, *new])


def test_rejected_row_fails_alone(store: VastStore, vast: Vast, server: VastServer) -> None:
    records = frames(9)
    odd = records[5]
    server.personality = Personality(refused_texts={odd.identity.file_id})
    results = store.publish(batch(*records))
    assert [result.inserted for result in results] == [record is not odd for record in records]
    assert results[5].error is not None
    assert "rejected the request (400, InvalidArgument)" in results[5].error
    assert_raw_rows_are_exact(server, vast.schema, [record for record in records if record is not odd])


def test_stop_rolls_back_the_batch_before_its_next_request(store: VastStore, vast: Vast, server: VastServer) -> None:
    records = frames(3)
    server.clear()

    def stop() -> bool:
        return sum(request.kind == "insert" for request in server.log) >= 2

    with pytest.raises(PublishCancelledError):
        store.publish(batch(*records), stop)
    kinds = [request.kind for request in server.log]
    assert kinds[-2:] == ["insert", "rollback"]
    assert kinds.count("insert") == 2
    assert raw(server, vast.schema, "files") == []
    assert all(result.inserted for result in store.publish(batch(*records)))


def test_stop_ends_the_retries_of_a_request(
    store: VastStore, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.clear()
    server.fault("insert", "slowdown", times=1000)

    def stop() -> bool:
        return any(request.kind == "insert" for request in server.log)

    with pytest.raises(PublishCancelledError):
        store.publish(batch(*frames(3)), stop)
    assert [request.kind for request in server.log][-2:] == ["insert", "rollback"]
    assert sum(request.kind == "insert" for request in server.log) == 1


def test_long_reads_keep_their_transaction_alive(
    store: VastStore, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publish(batch(*frames(40)))
    monkeypatch.setattr("exr_inspector_app.persistence.vast.transaction.KEEP_ALIVE_S", 0.02)
    monkeypatch.setattr("exr_inspector_app.persistence.vast.transaction.SCAN_BATCH_ROWS", 64)
    server.clear()
    with closing(Database(vast)) as reader, reader.transaction() as transaction:
        for _ in transaction.batches("channels", ["file_id"]):
            time.sleep(0.01)  # a slow reader
        assert "get_tx" in [request.kind for request in server.log]
