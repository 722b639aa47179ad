"""Hostile servers: redirects and oversized, slow or foreign responses end in one sentence, within a limit of memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
import vastdb
from vastdb.table import TableInTransaction

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Query
from exr_inspector_app.errors import StoreError, VASTDatabaseError
from exr_inspector_app.persistence.vast import VastStore, http_session, row_validation
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.diagnosis import diagnose
from exr_inspector_app.persistence.vast.objects import send_object
from exr_inspector_app.persistence.vast.search import adbc_search
from exr_inspector_app.persistence.vast.transaction import cut_long_texts
from tests.persistence.samples import batch, frames
from tests.vast_server import VastServer

FOREVER = 1000
TIMEOUT_S = (5.0, 10.0)
MAX_GROWTH_MB = 48


@pytest.fixture
def elsewhere() -> Iterator[VastServer]:
    with VastServer() as server:
        yield server


def peak_mb() -> int:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def fail(vast: Vast) -> str:
    store = VastStore(vast, timeout=TIMEOUT_S)
    try:
        with pytest.raises(VASTDatabaseError) as caught:
            store.find()
    finally:
        store.close()
    assert "\n" not in caught.value.sentence
    return caught.value.sentence


@pytest.mark.parametrize("kind", ["version", "begin", "stats", "query"])
def test_redirects_are_not_followed(
    vast: Vast, store: VastStore, server: VastServer, elsewhere: VastServer, kind: str
) -> None:
    store.publish(batch(*frames(1)))
    server.fault(kind, f"redirect:{elsewhere.endpoint}/x\x1b[31m", times=FOREVER)
    assert f"redirects to {elsewhere.endpoint}/x\\x1b[31m, which gets no signed request." in fail(vast)
    server.clear()
    with closing(Database(vast)) as database:
        assert database.session  # is connected
        server.fault("*", f"redirect:{elsewhere.endpoint}", times=FOREVER)
        with pytest.raises(http_session.RedirectRefusedError):
            send_object(database, "PUT", "a/b", b"rows")
    assert elsewhere.log == []


def test_clock_is_compared_without_redirects(vast: Vast, server: VastServer, elsewhere: VastServer) -> None:
    server.fault("*", f"redirect:{elsewhere.endpoint}", times=FOREVER)
    for _ in diagnose(vast):
        pass
    assert elsewhere.log == []


@pytest.mark.parametrize("kind", ["stats", "query"])
@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("oversize:9000000000000", r"sent more than \d+ MB in a response, which is too much"),
        ("flood:50", r"sent more than \d+ MB in a response, which is too much"),
        ("packed", "is not a supported VAST Database"),
        ("page", "is not a supported VAST Database"),
        ("drip:0.002", "did not respond in time"),
        ("trickle:0.01", "did not respond in time"),
    ],
)
def test_foreign_responses_are_bounded(
    vast: Vast, store: VastStore, server: VastServer, monkeypatch: pytest.MonkeyPatch,
    kind: str, action: str, sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(http_session, "MAX_BODY_BYTES", 2**20)
    monkeypatch.setattr(http_session, "MAX_PAGE_BYTES", 2**20)
    store.publish(batch(*frames(1)))
    if action.startswith("drip"):
        monkeypatch.setattr(http_session, "BODY_S", 0.05)
        monkeypatch.setattr(http_session, "PAGE_S", 0.05)
    if action.startswith("trickle"):
        monkeypatch.setattr(http_session.VastResponse, "head_s", 0.1)
    before = peak_mb()
    server.fault(kind, action, times=FOREVER)
    assert re.search(sentence, fail(vast))
    assert peak_mb() - before < MAX_GROWTH_MB


def test_damaged_responses_are_sentences(vast: Vast, store: VastStore, server: VastServer) -> None:
    """Test rows that would end the process without a check, since Arrow trusts their offsets."""
    store.publish(batch(*frames(3)))
    sentences = set[str]()
    for seed in range(10):
        server.clear()
        server.fault("query" if seed % 2 else "*", f"garbage:{seed}", skip=seed // 2 % 7)
        damaged = VastStore(vast, timeout=TIMEOUT_S)
        try:
            damaged.find()
        except StoreError as error:
            sentences.add(error.sentence)
        finally:
            damaged.close()
    assert any("cannot be read" in sentence for sentence in sentences)


def test_functions_of_the_sdk_are_those_that_are_wrapped(caplog: pytest.LogCaptureFixture) -> None:
    """Fail for a release of the SDK in which the wrappers would do nothing."""
    assert row_validation.IS_INSTALLED
    internal = ModuleType("internal")
    vars(internal).update(vars(vastdb._internal))
    table = ModuleType("table")
    vars(table).update(vars(vastdb.table), _internal=internal)
    assert row_validation._difference(internal, table) == ""
    changes: list[tuple[ModuleType, str, object]] = [
        (internal, "parse_query_data_response", lambda connection: None),
        (internal, "_iter_query_data_response_columns", None),
        (table, "SplitWorker", int),
        (table, "_internal", vastdb._internal),
    ]
    for module, name, value in changes:
        known = vars(module)[name]
        setattr(module, name, value)
        caplog.clear()
        assert not row_validation.install(internal, table)
        assert "Rows are validated only after vastdb has read them" in caplog.text
        setattr(module, name, known)


def test_rows_are_validated_after_another_release_of_the_sdk(
    vast: Vast, store: VastStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publish(batch(*frames(1)))
    monkeypatch.setattr(row_validation, "IS_INSTALLED", False)
    offsets = pa.array([0, 2**30, 6], pa.int32()).buffers()[1]
    texts = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"/a.exr"))
    damaged = pa.RecordBatch.from_arrays([texts], ["file_path"])
    monkeypatch.setattr(TableInTransaction, "select", lambda *_, **__: iter([damaged]))
    with pytest.raises(StoreError):
        store.find()


@pytest.mark.skipif(not adbc_search.is_installed(), reason="the ADBC driver is not installed")
@pytest.mark.parametrize("kind", ["engine_capabilities", "vector_query", "vector_data"])
def test_silent_query_engine_is_given_up(
    store: VastStore, server: VastServer, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Test that a thread of the driver, which has no limit of time, is abandoned, and rows are compared here."""
    monkeypatch.setattr(adbc_search, "ANSWER_S", 1.5)
    monkeypatch.setattr(adbc_search, "_silent_until", {})
    records = frames(3)
    store.publish(batch(*records))
    server.fault(kind, "hold", times=FOREVER)
    assert len(store.similar(Query(records[0], limit=3))) == 1
    requests = len(server.log)
    assert server.is_holding
    assert len(store.similar(Query(records[0], limit=3))) == 1
    assert not [request for request in server.log[requests:] if request.kind == kind]
    server.clear()


def test_rows_of_the_query_engine_are_checked() -> None:
    class Cursor:
        def fetch_arrow_table(self) -> pa.Table:
            offsets = pa.array([0, 2**30, 6], pa.int32()).buffers()[1]
            return pa.table({"path": pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"/a.exr"))})

    with pytest.raises(adbc_search.DriverUnavailableError, match="damaged rows"):
        adbc_search.fetch_rows(Cursor())  # type: ignore[arg-type]


def test_long_texts_are_cut_as_they_arrive() -> None:
    texts = ["short", None, "é" * 100_000, "x" * 1_000_000]
    batch = pa.RecordBatch.from_pydict({"attribute_value": texts, "value_int": [1, 2, 3, 4]})
    cut = cut_long_texts(batch)
    assert cut["attribute_value"].to_pylist() == ["short", None, "é" * 4096, "x" * 4096]
    assert cut["value_int"].to_pylist() == [1, 2, 3, 4]
    assert cut_long_texts(cut) is cut
