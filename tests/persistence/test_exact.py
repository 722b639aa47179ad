"""Exact search in every store: hits, progress, and cancellation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from exr_inspector_app.contracts import By, Progress, Query
from exr_inspector_app.errors import ScanCancelledError
from exr_inspector_app.persistence.index import files
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.similarity import vector_index
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.persistence.vast import VastStore, transaction
from tests.persistence.samples import batch, payload, record
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast_server import VastServer

FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(300)]
REFERENCE = record(payload("/else/where.exr", frame_number=None), 5000)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat 300 rows as many, and scan them in several batches."""
    monkeypatch.setattr(files, "EXACT_LIMIT", 100)
    monkeypatch.setattr(vector_index, "SCAN_BATCH_ROWS", 64)
    monkeypatch.setattr(transaction, "SCAN_BATCH_ROWS", 64)


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    made = new_store()
    made.publish(batch(*FILES))
    return made


@pytest.fixture
def far(tmp_path: object) -> Iterator[tuple[VastServer, VastStore]]:
    """Return a server without a query engine, and a store with the files."""
    with VastServer((BUCKET,), ACCESS, SECRET, query_engine=False) as server:
        made = VastStore(place(server.endpoint, "scanned"))
        made.publish(batch(*FILES))
        yield server, made
        made.close()


@pytest.mark.parametrize("by", ["metadata", "channels"])
@pytest.mark.parametrize("least", [0, 200])
def test_exact_hits_are_those_of_a_product_with_all_vectors(store: Store, by: By, least: int) -> None:
    column = "metadata_embedding" if by == "metadata" else "channel_fingerprint"
    among = FILES[least:]
    scores = np.stack([getattr(file, column) for file in among]) @ getattr(REFERENCE, column)
    best = np.argsort(-scores)[:20]
    events: list[Progress] = []
    where = (parse_where(f"width>{least}"),)
    hits = store.similar(Query(REFERENCE, by, where=where, exact=True), on_progress=events.append)
    assert [hit.file_id for hit in hits] == [among[row].identity.file_id for row in best]
    assert [hit.score for hit in hits] == pytest.approx(scores[best].tolist(), abs=1e-5)
    assert {file.total for file in events} == {300}  # every row was scanned, without an index


def test_scan_reports_progress_and_can_be_cancelled(store: Store) -> None:
    events: list[Progress] = []
    store.similar(Query(REFERENCE, exact=True), on_progress=events.append)
    assert [event.done for event in events] == sorted({event.done for event in events})
    assert (events[0].done, events[-1].done, len(events) > 3) == (0, 300, True)
    events.clear()
    with pytest.raises(ScanCancelledError, match=r"^Stopped after [1-9]\d* of 300 rows; "):
        store.similar(Query(REFERENCE, exact=True), lambda: len(events) > 1, events.append)
    assert len(events) == 2
    assert len(store.similar(Query(REFERENCE, exact=True))) == 20


@pytest.mark.vast
def test_scan_without_a_query_engine_reports_progress(far: tuple[VastServer, VastStore]) -> None:
    _, store = far
    events: list[Progress] = []
    assert len(store.similar(Query(REFERENCE), on_progress=events.append)) == 20
    assert events[-1].done == events[-1].total == 300


@pytest.mark.vast
def test_stop_during_a_slow_response_ends_the_scan_after_it(far: tuple[VastServer, VastStore]) -> None:
    server, store = far
    server.clear()
    server.fault("query", "delay:0.4")
    unwanted = threading.Event()
    clock = threading.Timer(0.2, unwanted.set)
    clock.start()
    with pytest.raises(ScanCancelledError, match=r" of 300 rows; search again"):
        store.similar(Query(REFERENCE), unwanted.is_set)
    clock.join()
    kinds = [request.kind for request in server.log]
    assert kinds.count("query") < 3
    assert kinds[-1] == "rollback"
    assert len(store.similar(Query(REFERENCE))) == 20
