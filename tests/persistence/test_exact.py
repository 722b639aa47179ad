"""Exact search compares every vector, over every store; scans tell how far they are, and stop when asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from exr_inspector_app.contracts import By, Progress, Query
from exr_inspector_app.errors import ScanCancelledError
from exr_inspector_app.persistence.local.index import files
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
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred rows are many, and come in several pieces."""
    monkeypatch.setattr(files, "EXACT_LIMIT", 100)
    monkeypatch.setattr(vector_index, "SCAN_BATCH_ROWS", 64)
    monkeypatch.setattr(transaction, "SCAN_BATCH_ROWS", 256)


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    made = new_store()
    made.publish(batch(*FILES))
    return made


@pytest.fixture
def far(tmp_path: object) -> Iterator[tuple[VastServer, VastStore]]:
    """A database whose server has no query engine, with the files."""
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
    scores = np.stack([getattr(one, column) for one in among]) @ getattr(REFERENCE, column)
    best = np.argsort(-scores)[:20]
    told: list[Progress] = []
    where = (parse_where(f"width>{least}"),)
    hits = store.similar(Query(REFERENCE, by, where=where, exact=True), on_progress=told.append)
    assert [hit.file_id for hit in hits] == [among[row].identity.file_id for row in best]
    assert [hit.score for hit in hits] == pytest.approx(scores[best].tolist(), abs=1e-5)
    assert {one.total for one in told} == {300}  # every row was looked at, by no index


def test_a_scan_tells_how_far_it_is_and_stops_when_asked(store: Store) -> None:
    told: list[Progress] = []
    store.similar(Query(REFERENCE, exact=True), on_progress=told.append)
    assert [one.done for one in told] == sorted({one.done for one in told})
    assert (told[0].done, told[-1].done, len(told) > 3) == (0, 300, True)
    told.clear()
    with pytest.raises(ScanCancelledError, match=r"^Stopped after [1-9]\d* of 300 rows; "):
        store.similar(Query(REFERENCE, exact=True), lambda: len(told) > 1, told.append)
    assert len(told) == 2
    assert len(store.similar(Query(REFERENCE, exact=True))) == 20


@pytest.mark.vast
def test_without_a_query_engine_the_scan_tells_and_stops_too(far: tuple[VastServer, VastStore]) -> None:
    _, store = far
    told: list[Progress] = []
    assert len(store.similar(Query(REFERENCE), on_progress=told.append)) == 20
    assert told[-1].done == told[-1].total == 300


@pytest.mark.vast
def test_a_stop_while_an_answer_is_late_ends_the_scan_with_that_answer(far: tuple[VastServer, VastStore]) -> None:
    server, store = far
    server.clear()
    server.fault("query", "delay:0.4")
    unwanted = threading.Event()
    clock = threading.Timer(0.2, unwanted.set)
    clock.start()
    with pytest.raises(ScanCancelledError, match=r" of 300 rows; search again"):
        store.similar(Query(REFERENCE), unwanted.is_set)
    clock.join()
    asked = [one.kind for one in server.log]
    assert asked.count("query") < 3
    assert asked[-1] == "rollback"
    assert len(store.similar(Query(REFERENCE))) == 20
