"""The function over a real object store and a VAST Database on this machine."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from exr_inspector_app import function
from exr_inspector_app.exr import inspect_file
from tests.exr_files import string, write_exr
from tests.function import built

KEYS = {"access_key": "KEY", "secret_key": "SECRET"}


@pytest.fixture(scope="module")
def objects() -> Iterator[str]:
    """The endpoint of an object store with the bucket `renders`."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(objects: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the object store; the bucket `renders` is empty."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=objects, aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket="renders")
    yield client
    for one in client.list_objects_v2(Bucket="renders").get("Contents", []):
        client.delete_object(Bucket="renders", Key=one["Key"])
    client.close()


def _context(objects: str, **secrets: Any) -> SimpleNamespace:
    s3 = {"endpoint": objects, "access_key": "a", "secret_key": "b"}
    return SimpleNamespace(secrets={"s3": s3, **secrets})


def _put(client: Any, path: Path, key: str) -> dict[str, str]:
    client.put_object(Bucket="renders", Key=key, Body=path.read_bytes())
    return {"bucket": "renders", "key": key}


def _handled(ctx: Any, event: Any) -> list[dict[str, Any]]:
    function.init(ctx)
    files: list[dict[str, Any]] = function.handler(ctx, event)["files"]
    return files


def test_an_object_is_inspected_like_the_file_it_is(bucket: Any, objects: str, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "beauty.1001.exr")
    [file] = _handled(_context(objects), _put(bucket, path, "shot a/beauty.1001.exr"))
    local = inspect_file(str(path))
    assert file["path"] == "s3://renders/shot a/beauty.1001.exr"
    told = file["inspection"]
    assert (told["file"]["header_hash"], told["file"]["is_complete"]) == (local.header_hash, True)
    assert (told["file"]["size_bytes"], told["file"]["frame_number"]) == (path.stat().st_size, 1001)
    assert told["file"]["mtime"].endswith("+00:00")


def test_without_a_database_publishing_is_skipped(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    [file] = _handled(_context(objects), event)
    assert file["persistence"] == {
        "status": "skipped",
        "file_id": None,
        "inserted": False,
        "message": "VAST DataBase not configured",
        "error": None,
    }


def test_a_header_that_is_longer_than_the_first_range_is_read_in_few_requests(
    bucket: Any, objects: str, tmp_path: Path
) -> None:
    long = {f"note{number}": string("x" * 60_000) for number in range(5)}
    event = _put(bucket, write_exr(tmp_path / "long.exr", attributes=long), "long.exr")
    ctx = _context(objects)
    function.init(ctx)
    asked: list[str] = []
    function._clients["s3"].meta.events.register(
        "before-send.s3.GetObject", lambda request, **_: asked.append(request.headers["Range"])
    )
    [file] = function.handler(ctx, event)["files"]
    assert not file["inspection"]["errors"]
    assert file["inspection"]["file"]["is_complete"] is True
    assert 2 <= len(asked) <= 4


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "empty-file"), (b"no picture", "not-exr"), (None, "not-found")],
    ids=["empty", "text", "absent"],
)
def test_an_object_that_is_no_picture_is_told_and_not_published(
    bucket: Any, objects: str, body: bytes | None, code: str
) -> None:
    if body is not None:
        bucket.put_object(Bucket="renders", Key="odd.exr", Body=body)
    [file] = _handled(_context(objects), {"bucket": "renders", "key": "odd.exr"})
    assert [one["code"] for one in file["inspection"]["errors"]] == [code]
    assert file["persistence"]["status"] == "error"


def test_a_key_that_no_store_can_have_is_told(bucket: Any, objects: str) -> None:
    [file] = _handled(_context(objects), {"bucket": "renders", "key": "a\udcff.exr"})
    assert [one["code"] for one in file["inspection"]["errors"]] == ["not-found"]


def test_the_first_event_makes_the_client_where_nobody_did(
    bucket: Any, objects: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "_clients", {})
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    assert function.handler(_context(objects), event)["status"] == "success"


def test_one_bad_object_does_not_keep_the_others(bucket: Any, objects: str, tmp_path: Path) -> None:
    _put(bucket, write_exr(tmp_path / "a.exr"), "good.exr")
    paths = ["s3://renders/absent.exr", "s3://renders/good.exr"]
    files = _handled(_context(objects), {"paths": paths})
    assert [file["path"] for file in files] == paths
    assert [file["persistence"]["status"] for file in files] == ["error", "skipped"]


def test_inspection_is_told_though_the_database_does_not_answer(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    nobody = {"vastdb_endpoint": "http://127.0.0.1:9", "vastdb_bucket": "vastdb"}
    keys = {"vastdb_access_key": "KEY", "vastdb_secret_key": "SECRET"}
    [file] = _handled(_context(objects), {**event, **nobody, **keys})
    assert file["inspection"]["parts"]
    assert file["persistence"]["status"] == "error"
    assert "SECRET" not in json.dumps(file)


def test_keys_that_lack_are_told_in_the_result(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    [file] = _handled(_context(objects), {**event, "vastdb_endpoint": "http://127.0.0.1:9"})
    assert file["inspection"]["parts"]
    assert "key" in file["persistence"]["error"]


_DEPLOYED = """
import json, sys
from types import SimpleNamespace
import main
told = json.load(sys.stdin)
ctx = SimpleNamespace(secrets=told["secrets"])
main.init(ctx)
first, again = main.handler(ctx, told["event"]), main.handler(ctx, told["event"])
modules = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"first": first, "again": again, "modules": modules}))
"""


def test_the_built_function_publishes_each_object_once_without_the_window(
    bucket: Any, objects: str, tmp_path: Path
) -> None:
    from tests.vast_server import VastServer

    folder = built.build(tmp_path / "function")
    python = built.environment(tmp_path / "venv", folder / "requirements.txt")
    records = []
    for frame in (1001, 1002):
        key = f"shot a/beauty.{frame}.exr"
        _put(bucket, write_exr(tmp_path / f"beauty.{frame}.exr", width=frame - 900), key)
        records.append({"s3": {"bucket": {"name": "renders"}, "object": {"key": key.replace(" ", "+")}}})
    with VastServer(buckets=("vastdb",), access="KEY", secret="SECRET") as server:
        secrets = _context(objects, **{"vast-db": {"endpoint": server.endpoint, **KEYS}}).secrets
        environ = {**os.environ, "VAST_DB_BUCKET": "vastdb", "PYTHONPATH": ""}
        told = json.dumps({"secrets": secrets, "event": {"Records": records}})
        words = [str(python), "-c", _DEPLOYED]
        done = subprocess.run(words, input=told, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        rows = server.rows("exr_metadata", "files")
    assert [one["persistence"]["inserted"] for one in found["first"]["files"]] == [True, True]
    assert [one["persistence"]["inserted"] for one in found["again"]["files"]] == [False, False]
    assert sorted(rows["file_path"].to_pylist()) == [
        "s3://renders/shot a/beauty.1001.exr",
        "s3://renders/shot a/beauty.1002.exr",
    ]
    assert not {"PySide6", "OpenImageIO", "duckdb"} & set(found["modules"])
