"""Patience of a publish: batches wait for a database that fails, others go on, and results tell who has won."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Event, FilePublished, Progress, Record, RunFinished, StoreWaiting
from exr_inspector_app.ingest import pipeline, publish_run
from exr_inspector_app.ingest.patience import Patience, patience_of
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.vast import VastStore, publish
from tests.persistence.samples import batch, frames
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast.exact import assert_raw_rows_are_exact, raw
from tests.vast_server import VastServer

PATIENT = Patience(60.0, 60.0)
HOUR_NS = 3_600_000_000_000


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish three files per transaction, and retry batches after short waits."""
    monkeypatch.setattr(pipeline, "FILES_PER_TRANSACTION", 3)
    monkeypatch.setattr(publish_run, "RETRY_WAITS_S", (0.02, 0.05, 0.1))


def published(store: VastStore, records: Sequence[Record], **options: Any) -> tuple[list[FilePublished], list[Event]]:
    """Return the results of a publish in the order of their arrival, and all events."""
    events = list(pipeline.publish(records, store, publisher="me", **{"patience": PATIENT, **options}))
    return [event for event in events if isinstance(event, FilePublished)], events


@pytest.mark.parametrize("skip", [0, 10])  # before the first request, and from a commit on
def test_publish_outlasts_an_overloaded_server(store: VastStore, vast: Vast, server: VastServer, skip: int) -> None:
    records = frames(9)
    server.fault("*", "slowdown", times=40, skip=skip)
    results, events = published(store, records)
    assert [event.index for event in results] == list(range(9))
    assert all(event.result.inserted for event in results)
    waiting = [event for event in events if isinstance(event, StoreWaiting)]
    assert waiting
    assert all("is overloaded" in event.sentence or "result is unknown" in event.sentence for event in waiting)
    assert_raw_rows_are_exact(server, vast.schema, records)


def test_other_batches_go_on_while_one_waits(store: VastStore, vast: Vast, server: VastServer) -> None:
    records = frames(9)
    server.fault("insert", "error500", times=6)  # all attempts of the first batch
    results, events = published(store, records)
    assert all(event.result.inserted for event in results)
    attempts = {row["file_id"]: row["attempt_id"] for row in raw(server, vast.schema, "files")}
    assert attempts[records[0].identity.file_id] > attempts[records[3].identity.file_id]
    (waiting,) = [event for event in events if isinstance(event, StoreWaiting)]
    assert waiting.files == 3


def test_publish_outlasts_a_server_that_is_gone_for_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    records = frames(6)
    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as first:
        port, database, endpoint = first.listener.server_address[1], first.database, first.endpoint
        VastStore(place(endpoint, "restarted")).ensure_tables()
    started: list[VastServer] = []
    store = VastStore(place(endpoint, "restarted"), timeout=(5.0, 10.0))
    results = []
    for event in pipeline.publish(records, store, publisher="me", patience=PATIENT):
        if isinstance(event, StoreWaiting) and not started:
            assert event.sentence.startswith("No connection to")
            started.append(VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET, port=port))
            started[0].database = database
            started[0].__enter__()
        if isinstance(event, FilePublished):
            results.append(event.result)
    store.close()
    assert [result.inserted for result in results] == [True] * 6
    assert_raw_rows_are_exact(started[0], "restarted", records)
    started[0].__exit__()


def test_address_that_never_answered_is_given_up_early() -> None:
    assert patience_of(None, 300.0) == Patience(300.0, 10.0)
    assert patience_of(45.0, 300.0) == Patience(45.0, 45.0)
    store = VastStore(place("http://127.0.0.1:9", "nowhere"))
    results, events = published(store, frames(4), patience=Patience(60.0, 0.1))
    assert [event.result.status for event in results] == ["error"] * 4
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].failed, events[-1].stopped) == (4, False)


def test_final_fault_is_not_retried(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.fault("insert", "status:403:AccessDenied", times=1)
    results, events = published(store, frames(6))
    assert [event.result.status for event in results] == ["error"] * 6
    assert not any(isinstance(event, StoreWaiting) for event in events)


def test_stop_ends_the_wait_for_a_server(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.fault("begin", "slowdown", times=100_000)
    is_stopped = threading.Event()
    results = []
    for event in pipeline.publish(frames(3), store, publisher="me", stop=is_stopped.is_set, patience=PATIENT):
        if isinstance(event, StoreWaiting):
            is_stopped.set()
        results.append(event)
    assert isinstance(results[-1], RunFinished)
    assert results[-1].stopped


@pytest.fixture
def skew(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that sets the clock of the publisher in the thread named `other`, in nanoseconds."""
    make = publish_rules.new_attempt

    def set_skew(nanoseconds: int) -> None:
        def skewed() -> str:
            attempt = make()
            own = nanoseconds if threading.current_thread().name == "other" else 0
            return f"{int(attempt[:16], 16) + own:016x}{attempt[16:]}"

        monkeypatch.setattr("exr_inspector_app.persistence.vast.transaction.new_attempt", skewed)

    return set_skew


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_one_of_two_overlapping_publishers_is_told_that_it_inserted(
    store: VastStore, vast: Vast, server: VastServer, skew: Callable[[int], None], hours: int
) -> None:
    """Another publisher starts first, and commits after this one has committed the same files."""
    skew(hours * HOUR_NS)
    records = frames(6)
    others: list[bool] = []

    def publish_first_batch() -> None:
        results = VastStore(vast).publish(batch(*records[:3], publish_id="other"))
        others.extend(result.inserted for result in results)

    server.clear()
    server.fault("commit", "hold")
    thread = threading.Thread(target=publish_first_batch, name="other")
    thread.start()
    while not server.is_holding:
        time.sleep(0.005)
    own: list[bool] = []
    for event in pipeline.publish(records, store, publisher="me"):
        if isinstance(event, Progress) and thread.is_alive():
            server.release()
            thread.join()
        if isinstance(event, FilePublished):
            own.append(event.result.inserted)
    assert [first + second for first, second in zip(own, others, strict=False)] == [1, 1, 1]
    assert others == [hours <= 0] * 3
    assert own[3:] == [True] * 3
    assert_raw_rows_are_exact(server, vast.schema, records)


def test_slow_publisher_does_not_take_a_file_that_another_has_reported(
    store: VastStore, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "MAX_SNAPSHOT_AGE_S", 0.0)
    records, slow = frames(3), []
    server.fault("insert", "hold", skip=3)  # its rows are almost all sent
    thread = threading.Thread(target=lambda: slow.extend(VastStore(vast).publish(batch(*records, publish_id="slow"))))
    thread.start()
    while not server.is_holding:
        time.sleep(0.005)
    quick = store.publish(batch(*records, publish_id="quick"))
    server.release()
    thread.join()
    assert [result.inserted for result in quick] == [True] * 3
    assert [result.inserted for result in slow] == [False] * 3
    assert {row["publish_id"] for row in raw(server, vast.schema, "files")} == {"quick"}
    assert_raw_rows_are_exact(server, vast.schema, records)
