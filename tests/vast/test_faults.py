"""Failures of a database: each is one sentence with advice, and none contains the secret key."""

from __future__ import annotations

import http.server
import io
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.config import Secret, Vast
from exr_inspector_app.contracts import Query
from exr_inspector_app.errors import StoreError, StoreUnavailableError, VASTDatabaseError, VASTUnavailableError
from exr_inspector_app.persistence.vast import VastStore, diagnose
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.persistence.samples import batch, frames, payload
from tests.vast.crowd import SECRET
from tests.vast.exact import raw
from tests.vast_server import VastServer

FOREVER = 1000
TIMEOUT_S = (5.0, 10.0)
SHORT_TIMEOUT_S = (5.0, 0.3)


def failure(vast: Vast) -> VASTDatabaseError:
    with pytest.raises(VASTDatabaseError) as caught:
        VastStore(vast, timeout=TIMEOUT_S).publish(batch(*frames(1)))
    return caught.value


@pytest.fixture
def other_server() -> Iterator[str]:
    """Return the address of a web server that is not a VAST Database."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"endpoint": "http://127.0.0.1:9"},
            r"No connection to http://127\.0\.0\.1:9\. Check the endpoint in Settings\.",
        ),
        ({"endpoint": "http://no.such.invalid"}, r"Unknown host in http://no\.such\.invalid\. Check the endpoint"),
        ({"access_key": "NOBODY"}, r"VAST rejected the access key NOBODY\. Check the access key and"),
        ({"secret_key": Secret("wrong")}, r"VAST rejected the access key KEY\. Check the access key and"),
        ({"bucket": "elsewhere"}, r"No database in bucket elsewhere of .*\. Create it as a database-enabled"),
    ],
)
def test_error_names_the_wrong_setting(vast: Vast, changes: dict[str, Any], sentence: str) -> None:
    error = failure(replace(vast, **changes))
    assert error.sentence.count("\n") == 0
    with pytest.raises(VASTDatabaseError, match=sentence):
        raise error


def test_other_server_is_reported_as_unsupported(vast: Vast, other_server: str) -> None:
    error = failure(replace(vast, endpoint=f"http://{other_server}"))
    assert "is not a supported VAST Database" in error.sentence


def test_https_to_a_server_without_tls_is_reported(vast: Vast, other_server: str) -> None:
    error = failure(replace(vast, endpoint=f"https://{other_server}"))
    assert error.sentence.endswith("does not use TLS. Write http:// instead of https:// in the endpoint.")


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("slowdown", r"is overloaded\. Try again in a minute"),
        ("error500", r"Server error from .* \(500"),
        ("reset", "Connection to .* lost"),
        ("delay:0.6", "is not responding|did not respond in time"),
    ],
)
def test_lasting_failure_is_reported_as_transient(
    vast: Vast, store: VastStore, server: VastServer, action: str, sentence: str
) -> None:
    server.fault("begin", action, times=FOREVER)
    timeout_s = SHORT_TIMEOUT_S if action.startswith("delay") else TIMEOUT_S
    with pytest.raises(VASTUnavailableError, match=sentence) as caught:
        VastStore(vast, timeout=timeout_s).publish(batch(*frames(1)))
    assert isinstance(caught.value, StoreUnavailableError)
    server.clear()
    assert raw(server, vast.schema, "files") == []


def test_truncated_responses_are_reported(vast: Vast, store: VastStore, server: VastServer) -> None:
    store.publish(batch(*frames(1)))
    server.fault("query", "truncate", times=FOREVER)
    with pytest.raises(VASTUnavailableError, match=r"Incomplete response|lost"):
        VastStore(vast, timeout=TIMEOUT_S).find()


@pytest.mark.parametrize(("action", "is_there"), [("drop_reply", True), ("reset", False)])
def test_unknown_outcome_of_a_commit_is_reported(
    vast: Vast, store: VastStore, server: VastServer, action: str, is_there: bool
) -> None:
    server.fault("commit", action, times=1)
    server.fault("rollback", "reset", times=FOREVER)
    if is_there:
        server.fault("query", "reset", times=FOREVER, skip=1)
    with pytest.raises(VASTDatabaseError, match=r"the result is unknown\. Publish again"):
        VastStore(vast, timeout=TIMEOUT_S).publish(batch(*frames(1)))
    server.clear()
    assert [result.inserted for result in store.publish(batch(*frames(1)))] == [not is_there]


def test_secret_key_is_never_shown(
    vast: Vast, store: VastStore, server: VastServer, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Assert that no log, traceback with local variables, report, file or row contains the key after any failure."""
    caplog.set_level(logging.DEBUG)
    store.publish(batch(*frames(2)))
    output = io.StringIO()
    for provoke in provocations(vast, server):
        try:
            output.write(repr(provoke()))
        except StoreError as error:
            output.write(error.sentence)
            output.write("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
        server.clear()
    with closing(Database(vast)) as database:
        output.write(repr(vast) + repr(store) + repr(database) + repr(database.session))
    for table in ("files", "parts", "channels", "attributes", "schema_info"):
        output.write(repr(raw(server, vast.schema, table)))
    output.write("".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()))
    assert "KEY" in output.getvalue()
    for text in (output.getvalue(), caplog.text, *capfd.readouterr()):
        assert SECRET not in text


def provocations(vast: Vast, server: VastServer) -> Iterator[Callable[[], object]]:
    """Yield calls that fail in different ways."""
    for changes in ({"endpoint": "http://127.0.0.1:9"}, {"access_key": "NOBODY"}, {"bucket": "elsewhere"}):
        wrong = replace(vast, **changes)  # type: ignore[arg-type]
        yield VastStore(wrong, timeout=TIMEOUT_S).count
        yield partial(list, diagnose(wrong, timeout=TIMEOUT_S))
    for kind, action in (("begin", "slowdown"), ("query", "error500"), ("insert", "reset"), ("commit", "drop_reply")):
        server.fault(kind, action, times=FOREVER)
        yield lambda: VastStore(vast, timeout=TIMEOUT_S).publish(batch(*frames(1, name="new")))
    yield lambda: VastStore(vast).similar(Query(frames(1)[0]))
    settings = {"endpoint": "http://127.0.0.1:9", "access_key": "K", "secret_key": SECRET, "bucket": "b"}
    yield lambda: persist_to_vast_database(payload(), {f"vastdb_{name}": value for name, value in settings.items()})
