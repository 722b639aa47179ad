"""Serverless function over a real object store and a VAST Database on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from exr_inspector_app import cli, function
from exr_inspector_app.config import Vast
from exr_inspector_app.errors import RedeliveryError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.exr_files import string, write_exr
from tests.function.contexts import Lines, context, put, vast_context
from tests.vast_server import VastServer


def _handle(ctx: Any, event: Any) -> list[dict[str, Any]]:
    function.init(ctx)
    files: list[dict[str, Any]] = function.handler(ctx, event)["files"]
    return files


def test_object_is_inspected_like_the_file(bucket: Any, objects: str, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "beauty.1001.exr")
    [file] = _handle(context(objects), put(bucket, path, "shot a/beauty.1001.exr"))
    local = inspect_file(str(path))
    assert file["path"] == "s3://renders/shot a/beauty.1001.exr"
    document = file["inspection"]
    assert (document["file"]["header_hash"], document["file"]["is_complete"]) == (local.header_hash, True)
    assert (document["file"]["size_bytes"], document["file"]["frame_number"]) == (path.stat().st_size, 1001)
    assert document["file"]["mtime"].endswith("+00:00")


def test_publish_without_a_database_is_skipped(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    [file] = _handle(context(objects), event)
    assert file["persistence"] == {
        "status": "skipped",
        "file_id": None,
        "inserted": False,
        "message": "VAST DataBase not configured",
        "error": None,
    }


def test_long_header_is_read_in_few_requests(
    bucket: Any, objects: str, tmp_path: Path, initialize: Callable[[Any], Any]
) -> None:
    attributes = {f"note{number}": string("x" * 60_000) for number in range(5)}
    event = put(bucket, write_exr(tmp_path / "long.exr", attributes=attributes), "long.exr")
    ctx = context(objects)
    ranges: list[str] = []
    initialize(ctx).meta.events.register(
        "before-send.s3.GetObject", lambda request, **_: ranges.append(request.headers["Range"])
    )
    [file] = function.handler(ctx, event)["files"]
    assert not file["inspection"]["errors"]
    assert file["inspection"]["file"]["is_complete"] is True
    assert 2 <= len(ranges) <= 4


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "empty-file"), (b"no picture", "not-exr"), (None, "not-found")],
    ids=["empty", "text", "absent"],
)
def test_invalid_object_is_reported_and_not_published(bucket: Any, objects: str, body: bytes | None, code: str) -> None:
    if body is not None:
        bucket.put_object(Bucket="renders", Key="odd.exr", Body=body)
    [file] = _handle(context(objects), {"bucket": "renders", "key": "odd.exr"})
    assert [error["code"] for error in file["inspection"]["errors"]] == [code]
    assert file["persistence"]["status"] == "error"


def test_invalid_key_is_reported_as_not_found(bucket: Any, objects: str) -> None:
    [file] = _handle(context(objects), {"bucket": "renders", "key": "a\udcff.exr"})
    assert [error["code"] for error in file["inspection"]["errors"]] == ["not-found"]


def test_first_event_creates_the_client(
    bucket: Any, objects: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "_clients", {})
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    assert function.handler(context(objects), event)["status"] == "success"


def test_bad_object_does_not_affect_other_objects(bucket: Any, objects: str, tmp_path: Path) -> None:
    put(bucket, write_exr(tmp_path / "a.exr"), "good.exr")
    paths = ["s3://renders/absent.exr", "s3://renders/good.exr"]
    files = _handle(context(objects), {"paths": paths})
    assert [file["path"] for file in files] == paths
    assert [file["persistence"]["status"] for file in files] == ["error", "skipped"]


def test_result_of_one_object_has_its_persistence(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    result = function.handler(context(objects), event)
    assert result["persistence"] == result["files"][0]["persistence"]
    assert result["persistence"]["status"] == "skipped"
    assert result["inspection"]["file"]["path"] == "s3://renders/a.exr"


def test_result_of_several_objects_is_a_list(bucket: Any, objects: str, tmp_path: Path) -> None:
    for name in ("a.exr", "b.exr"):
        put(bucket, write_exr(tmp_path / name), name)
    result = function.handler(context(objects), {"paths": ["s3://renders/a.exr", "s3://renders/b.exr"]})
    assert set(result) == {"status", "files", "skipped", "error"}
    assert [set(file) for file in result["files"]] == [{"path", "inspection", "persistence"}] * 2


def test_event_is_delivered_again_if_the_database_is_unreachable(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    unreachable = {"vastdb_endpoint": "http://127.0.0.1:9", "vastdb_bucket": "vastdb"}
    keys = {"vastdb_access_key": "KEY", "vastdb_secret_key": "SECRET"}
    ctx = context(objects)
    ctx.logger = Lines()
    with pytest.raises(RedeliveryError, match=r"1 of 1 objects were not published: No connection to") as caught:
        function.handler(ctx, {**event, **unreachable, **keys})
    assert "SECRET" not in str(caught.value) + "".join(ctx.logger.lines)
    assert ctx.logger.lines[-1].startswith("1 objects: 0 added, 0 unchanged, 1 failed (1 to retry), 0 skipped in ")


def test_wrong_key_is_returned_and_not_delivered_again(bucket: Any, objects: str, tmp_path: Path, vast: Vast) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    keys = {"vastdb_endpoint": vast.endpoint, "vastdb_access_key": "NOBODY", "vastdb_secret_key": "SECRET"}
    result = function.handler(context(objects), {**event, **keys})
    assert result["persistence"]["error"].startswith("VAST rejected the access key NOBODY.")
    assert result["inspection"]["parts"]


def test_fault_of_the_object_store_is_raised_after_the_work(
    bucket: Any,
    objects: str,
    tmp_path: Path,
    vast: Vast,
    server: VastServer,
    monkeypatch: pytest.MonkeyPatch,
    initialize: Callable[[Any], Any],
) -> None:
    for name in ("bad.exr", "good.exr"):
        put(bucket, write_exr(tmp_path / name), name)
    ctx = vast_context(objects, vast, monkeypatch)
    client = initialize(ctx)
    read = client.get_object

    def get_object(**arguments: Any) -> Any:
        if arguments["Key"] == "bad.exr":
            raise ClientError({"Error": {"Code": "503"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "GetObject")
        return read(**arguments)

    monkeypatch.setattr(client, "get_object", get_object)
    event = {"paths": ["s3://renders/bad.exr", "s3://renders/good.exr"]}
    with pytest.raises(RedeliveryError, match=r"1 of 2 objects were not published: The object store returned 503\."):
        function.handler(ctx, event)
    assert server.rows(vast.schema, "files")["file_path"].to_pylist() == ["s3://renders/good.exr"]
    monkeypatch.setattr(client, "get_object", read)
    result = function.handler(ctx, event)
    assert [file["persistence"]["inserted"] for file in result["files"]] == [True, False]


class Element:
    """Element event of the runtime."""

    def __init__(self, key: str) -> None:
        self.bucket, self.object_key = "renders", key

    def as_element_event(self) -> Element:
        return self


@pytest.mark.parametrize("stored", ["odd/a+b.1001.exr", "odd/50%41.1001.exr"])
def test_key_of_an_element_event_is_tried_as_it_is(bucket: Any, objects: str, tmp_path: Path, stored: str) -> None:
    put(bucket, write_exr(tmp_path / "a.exr"), stored)
    [file] = _handle(context(objects), Element(stored))
    assert (file["path"], file["persistence"]["status"]) == (f"s3://renders/{stored}", "skipped")
    [file] = _handle(context(objects), Element(quote(stored)))
    assert (file["path"], file["persistence"]["status"]) == (f"s3://renders/{stored}", "skipped")


def test_batch_of_25_objects_takes_at_most_40_requests(
    bucket: Any,
    objects: str,
    tmp_path: Path,
    vast: Vast,
    server: VastServer,
    monkeypatch: pytest.MonkeyPatch,
    initialize: Callable[[Any], Any],
) -> None:
    events = []
    for frame in range(1001, 1026):
        path = write_exr(tmp_path / f"a.{frame}.exr")
        events.append({"specversion": "1.0", "data": put(bucket, path, path.name)})
    ctx = vast_context(objects, vast, monkeypatch)
    ctx.logger = Lines()
    client = initialize(ctx)
    server.clear()
    reads: list[str] = []
    client.meta.events.register("before-send.s3.GetObject", lambda request, **_: reads.append(request.url))
    result = function.handler(ctx, events)
    assert [file["persistence"]["inserted"] for file in result["files"]] == [True] * 25
    assert len(reads) + len(server.log) <= 40
    assert ctx.logger.lines[-1].startswith("25 objects: 25 added, 0 unchanged, 0 failed (0 to retry), 0 skipped in ")


def test_warm_up_creates_the_tables(
    objects: str, vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    function.init(vast_context(objects, vast, monkeypatch))
    assert len(server.rows(vast.schema, "schema_info")) > 0


def test_warm_up_without_a_database_is_logged(objects: str) -> None:
    keys = {"access_key": "K", "secret_key": "S"}
    ctx = context(objects, **{"vast-db": {"endpoint": "http://127.0.0.1:9", **keys}})
    ctx.logger = Lines()
    function.init(ctx)
    assert ctx.logger.lines == ["The database is not ready: No connection to http://127.0.0.1:9. "
                                "Check the endpoint in Settings."]  # fmt: skip


def test_missing_keys_are_reported_in_the_result(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    [file] = _handle(context(objects), {**event, "vastdb_endpoint": "http://127.0.0.1:9"})
    assert file["inspection"]["parts"]
    assert "key" in file["persistence"]["error"]


def test_object_and_file_are_one_row_under_the_roots_of_the_database(
    bucket: Any, objects: str, vast: Vast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    path = write_exr(tmp_path / "prod" / "show" / "a.1001.exr")
    ctx = vast_context(objects, vast, monkeypatch)
    for name in ("endpoint", "access_key", "secret_key"):
        monkeypatch.setenv(f"VAST_DB_{name.upper()}", ctx.secrets["vast-db"][name])
    roots = tmp_path / "roots.toml"
    roots.write_text(f'[[roots]]\nname = "prod"\nprefixes = ["{tmp_path / "prod"}", "s3://renders"]\n')
    assert cli.main(["vast", "init", "--roots", str(roots)]) == 0
    [file] = _handle(ctx, put(bucket, path, "show/a.1001.exr"))
    assert file["persistence"]["inserted"] is True
    assert cli.main(["publish", "--target", "vast", "--jsonl", str(path)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["inserted"], result["file_id"]) == (False, file["persistence"]["file_id"])
    again = persist_to_vast_database(file["inspection"], ctx=ctx)
    assert (again["inserted"], again["file_id"]) == (False, result["file_id"])
    with closing(VastStore(vast)) as store:
        [row] = store.find(history=True)
    assert row.file["file_path_normalized"] == "prod:/show/a.1001.exr"


def test_verdict_of_a_profile_is_returned_and_published(
    bucket: Any, objects: str, vast: Vast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = put(bucket, write_exr(tmp_path / "a.1001.exr", compression="piz"), "a.1001.exr")
    ctx = vast_context(objects, vast, monkeypatch)
    rules = 'name = "orca"\nrequire = {compression = "zip", channels = "RGB", frames = "1-9"}'
    [file] = _handle(ctx, {**event, "profile": rules})
    assert [file["check"][key] for key in ("profile", "status")] == ["orca", "failed"]
    assert [item["code"] for item in file["check"]["validation"] if item["severity"] == "error"] == ["compression"]
    with closing(VastStore(vast)) as store:
        [row] = store.find()
    assert row.file["note"] == "orca: failed (compression)"
    [file] = _handle(ctx, {**event, "profile": {"requir": {}}})
    assert file["check"]["error"] == "the event's profile: unknown key `requir`. Did you mean `require`?"
    assert file["persistence"]["status"] == "success"
    (tmp_path / "rules.toml").write_text("require.parts = 1")
    monkeypatch.setenv("EXR_INSPECTOR_PROFILE", str(tmp_path / "rules.toml"))
    [file] = _handle(ctx, event)
    assert file["check"]["status"] == "passed"
