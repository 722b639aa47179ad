"""Every failure of a database is one sentence that says what to do, and nothing is told of the secret."""

from __future__ import annotations

import http.server
import io
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exr_inspector_app.config import Secret, Vast
from exr_inspector_app.contracts import Query
from exr_inspector_app.errors import StoreError, StoreUnavailableError, VASTDatabaseError, VASTUnavailableError
from exr_inspector_app.persistence.vast import VastStore, diagnose
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.persistence.samples import batch, frames, payload
from tests.vast.crowd import SECRET
from tests.vast.exact import raw
from tests.vast_server import VastServer

FOREVER = 1000
IMPATIENT = (1.0, 0.3)


def failure(vast: Vast) -> VASTDatabaseError:
    with pytest.raises(VASTDatabaseError) as caught:
        VastStore(vast, timeout=IMPATIENT).publish(batch(*frames(1)))
    return caught.value


@pytest.fixture
def other_server() -> Iterator[str]:
    """A web server that is no VAST Database."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"endpoint": "http://127.0.0.1:9"}, r"Nothing answers at http://127\.0\.0\.1:9; check VAST_DB_ENDPOINT"),
        ({"endpoint": "http://no.such.invalid"}, r"The name in http://no\.such\.invalid is not known"),
        ({"access_key": "NOBODY"}, r"does not accept the key NOBODY; check VAST_DB_ACCESS_KEY and"),
        ({"secret_key": Secret("wrong")}, r"does not accept the key KEY; check VAST_DB_ACCESS_KEY and"),
        ({"bucket": "elsewhere"}, r"There is no database in a bucket elsewhere of .*; make it as a database-enabled"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(vast: Vast, changes: dict, sentence: str) -> None:
    error = failure(replace(vast, **changes))
    assert error.sentence.count("\n") == 0
    with pytest.raises(VASTDatabaseError, match=sentence):
        raise error


def test_a_server_that_is_none_of_vast_is_told(vast: Vast, other_server: str) -> None:
    error = failure(replace(vast, endpoint=f"http://{other_server}"))
    assert "is no VAST Database that this program can use" in error.sentence


def test_a_certificate_that_is_not_trusted_is_told(vast: Vast, other_server: str) -> None:
    error = failure(replace(vast, endpoint=f"https://{other_server}"))
    assert "VAST_DB_CA_FILE" in error.sentence


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("slowdown", "is overloaded; try again in a minute"),
        ("error500", r"is in trouble \(500"),
        ("reset", "The connection to .* was lost"),
        ("delay:0.6", "did not answer in time"),
    ],
)
def test_trouble_that_lasts_is_told_and_may_pass(
    vast: Vast, store: VastStore, server: VastServer, action: str, sentence: str
) -> None:
    server.fault("begin", action, times=FOREVER)
    with pytest.raises(VASTUnavailableError, match=sentence) as caught:
        VastStore(vast, timeout=IMPATIENT).publish(batch(*frames(1)))
    assert isinstance(caught.value, StoreUnavailableError)
    server.clear()
    assert raw(server, vast.schema, "files") == []


def test_answers_that_are_always_cut_off_are_told(vast: Vast, store: VastStore, server: VastServer) -> None:
    store.publish(batch(*frames(1)))
    server.fault("query", "truncate", times=FOREVER)
    with pytest.raises(VASTUnavailableError, match=r"cut off|lost"):
        VastStore(vast, timeout=IMPATIENT).find()


@pytest.mark.parametrize(("action", "is_there"), [("drop_reply", True), ("reset", False)])
def test_whoever_cannot_tell_whether_it_wrote_says_so(
    vast: Vast, store: VastStore, server: VastServer, action: str, is_there: bool
) -> None:
    server.fault("commit", action, times=1)
    server.fault("rollback", "reset", times=FOREVER)
    if is_there:
        server.fault("query", "reset", times=FOREVER, skip=1)
    with pytest.raises(VASTDatabaseError, match=r"it is not known whether it did\. Publish again"):
        VastStore(vast, timeout=IMPATIENT).publish(batch(*frames(1)))
    server.clear()
    assert [one.inserted for one in store.publish(batch(*frames(1)))] == [not is_there]


def test_the_secret_is_told_nowhere(
    vast: Vast, store: VastStore, server: VastServer, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Whatever fails: no log, no traceback with all its variables, no report, no file and no row holds it."""
    caplog.set_level(logging.DEBUG)
    store.publish(batch(*frames(2)))
    told = io.StringIO()
    for provoke in provocations(vast, server):
        try:
            told.write(repr(provoke()))
        except StoreError as error:
            told.write(error.sentence)
            told.write("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
        server.clear()
    told.write(repr(vast) + repr(store) + repr(store._database.session))
    for table in ("files", "parts", "channels", "attributes", "schema_info"):
        told.write(repr(raw(server, vast.schema, table)))
    told.write("".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()))
    assert "KEY" in told.getvalue()
    for place in (told.getvalue(), caplog.text, *capfd.readouterr()):
        assert SECRET not in place


def provocations(vast: Vast, server: VastServer) -> Iterator[Callable[[], object]]:
    """Calls that fail, each in its own way."""
    for changes in ({"endpoint": "http://127.0.0.1:9"}, {"access_key": "NOBODY"}, {"bucket": "elsewhere"}):
        yield lambda changes=changes: VastStore(replace(vast, **changes), timeout=IMPATIENT).count()
        yield lambda changes=changes: list(diagnose(replace(vast, **changes), timeout=IMPATIENT))
    for kind, action in (("begin", "slowdown"), ("query", "error500"), ("insert", "reset"), ("commit", "drop_reply")):
        server.fault(kind, action, times=FOREVER)
        yield lambda: VastStore(vast, timeout=IMPATIENT).publish(batch(*frames(1, name="new")))
    yield lambda: VastStore(vast).similar(Query(frames(1)[0]))
    words = {"endpoint": "http://127.0.0.1:9", "access_key": "K", "secret_key": SECRET, "bucket": "b"}
    yield lambda: persist_to_vast_database(payload(), {f"vastdb_{name}": word for name, word in words.items()})
