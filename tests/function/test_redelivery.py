"""Redelivery: transient failures are raised after the work, and do not affect other objects."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from exr_inspector_app import function
from exr_inspector_app.config import Vast
from exr_inspector_app.errors import RedeliveryError
from exr_inspector_app.ingest import s3_client
from exr_inspector_app.persistence.vast import database
from tests.exr_files import write_exr
from tests.function.contexts import Lines, context, put, vast_context
from tests.vast_server import VastServer


def test_unreachable_object_store_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_client, "CONFIG", s3_client.CONFIG.merge(Config(retries={"max_attempts": 1})))
    ctx = context("http://127.0.0.1:9")
    function.init(ctx)
    with pytest.raises(RedeliveryError, match=r"1 of 1 objects were not published: The object store did not respond\."):
        function.handler(ctx, {"bucket": "renders", "key": "a.exr"})


def test_invalid_settings_of_one_event_do_not_affect_other_events(
    bucket: Any, objects: str, tmp_path: Path, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = (put(bucket, write_exr(tmp_path / name), name) for name in ("good.exr", "bad.exr"))
    ctx = vast_context(objects, vast, monkeypatch)
    function.init(ctx)
    result = function.handler(ctx, [{"data": {**bad, "vastdb_endpoint": "ftp://vast"}}, {"data": good}])
    assert result["status"] == "error"
    errors = [file["persistence"]["error"] for file in result["files"]]
    assert errors[0].startswith("Invalid endpoint of the VAST Database.")
    assert errors[1] is None
    assert server.rows(vast.schema, "files")["file_path"].to_pylist() == ["s3://renders/good.exr"]


CONFLICT = "status:409:TabularTransactionConflict"


def test_file_that_fails_alone_in_a_batch_is_published_again(
    bucket: Any, objects: str, tmp_path: Path, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [put(bucket, write_exr(tmp_path / name), name) for name in ("a.exr", "b.exr")]
    ctx = vast_context(objects, vast, monkeypatch)
    function.init(ctx)
    monkeypatch.setattr(database, "RETRY_PAUSES_S", (0.01,))
    server.fault("insert", CONFLICT, times=3)  # the batch, its retry, and its first half
    result = function.handler(ctx, events)
    assert [file["persistence"]["inserted"] for file in result["files"]] == [True, True]
    server.fault("insert", "status:400:TabularBadRow", times=100)
    event = put(bucket, write_exr(tmp_path / "c.exr"), "c.exr")
    result = function.handler(ctx, [*events, event])
    assert [file["persistence"]["status"] for file in result["files"]] == ["success", "success", "error"]


def test_removed_objects_are_not_requested(
    bucket: Any, objects: str, tmp_path: Path, initialize: Callable[[Any], Any]
) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    requests: list[str] = []
    client = initialize(context(objects))
    client.meta.events.register("before-send.s3", lambda request, **_: requests.append(request.url))
    events = [
        {"type": "vastdata.com:Element.ElementRemoved", "elementpath": "renders/a.exr"},
        {"bucket": "renders", "key": "notes.txt"},
        {"type": "vastdata.com:Element.ElementCreated", "data": event},
    ]
    result = function.handler(context(objects), events)
    assert result["skipped"] == ["s3://renders/a.exr", "s3://renders/notes.txt"]
    assert [url.rpartition("/")[2] for url in requests] == ["a.exr"]


def test_warm_up_leaves_no_request_of_set_up_to_the_first_event(
    bucket: Any, objects: str, tmp_path: Path, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [put(bucket, write_exr(tmp_path / name), name) for name in ("a.exr", "b.exr")]
    ctx = vast_context(objects, vast, monkeypatch)
    ctx.logger = Lines()
    function.init(ctx)
    assert ctx.logger.lines[-1].startswith(f"Ready for {vast.location} in ")
    counts = []
    for event in events:
        server.clear()
        assert function.handler(ctx, event)["persistence"]["inserted"]
        counts.append(len(server.log))
    assert counts[0] == counts[1]


def test_keys_of_the_earlier_variables_are_used(
    bucket: Any, objects: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    for name, value in (("ENDPOINT", objects), ("ACCESS_KEY", "a"), ("SECRET_KEY", "b")):
        monkeypatch.setenv(f"S3_{name}", value)
    function.init(None)
    assert function.handler(None, event)["status"] == "success"


_WITHOUT_KEYRING = """
import sys
sys.modules["keyring"] = None
from exr_inspector_app.config import Vast, with_keys
from exr_inspector_app.errors import ConfigError
try:
    with_keys(Vast("https://vast.example.com"))
except ConfigError as error:
    print(error)
"""


def test_missing_keys_are_reported_without_a_keyring() -> None:
    done = subprocess.run([sys.executable, "-c", _WITHOUT_KEYRING], capture_output=True, text=True, check=True)
    assert "is configured without its access and secret key" in done.stdout


def test_log_has_one_line_per_object_and_errors_as_errors(
    bucket: Any, objects: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    events = [put(bucket, write_exr(tmp_path / "a.exr"), "a.exr"), {"bucket": "renders", "key": "x\nforged: 1.exr"}]
    ctx = context(objects)
    ctx.logger = logging.getLogger("function")
    caplog.set_level(logging.INFO, "function")
    function.init(ctx)
    function.handler(ctx, events)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "function"]
    assert lines[1] == ("INFO", "s3://renders/a.exr: VAST DataBase not configured")
    assert lines[2] == ("ERROR", "s3://renders/x\\x0aforged: 1.exr: There is no such file.")
    assert lines[3][1].startswith("2 objects: 0 added, 0 unchanged, 1 failed (0 to retry), 0 skipped in ")
