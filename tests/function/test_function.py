"""Serverless function over a real object store and a VAST Database on this machine."""

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
    """Return the endpoint of an object store."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(objects: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client of the object store; the bucket `renders` is empty."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=objects, aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket="renders")
    yield client
    for item in client.list_objects_v2(Bucket="renders").get("Contents", []):
        client.delete_object(Bucket="renders", Key=item["Key"])
    client.close()


def _context(objects: str, **secrets: Any) -> SimpleNamespace:
    s3 = {"endpoint": objects, "access_key": "a", "secret_key": "b"}
    return SimpleNamespace(secrets={"s3": s3, **secrets})


def _put(client: Any, path: Path, key: str) -> dict[str, str]:
    client.put_object(Bucket="renders", Key=key, Body=path.read_bytes())
    return {"bucket": "renders", "key": key}


def _handle(ctx: Any, event: Any) -> list[dict[str, Any]]:
    function.init(ctx)
    files: list[dict[str, Any]] = function.handler(ctx, event)["files"]
    return files


def test_object_is_inspected_like_the_file(bucket: Any, objects: str, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "beauty.1001.exr")
    [file] = _handle(_context(objects), _put(bucket, path, "shot a/beauty.1001.exr"))
    local = inspect_file(str(path))
    assert file["path"] == "s3://renders/shot a/beauty.1001.exr"
    document = file["inspection"]
    assert (document["file"]["header_hash"], document["file"]["is_complete"]) == (local.header_hash, True)
    assert (document["file"]["size_bytes"], document["file"]["frame_number"]) == (path.stat().st_size, 1001)
    assert document["file"]["mtime"].endswith("+00:00")


def test_publish_without_a_database_is_skipped(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    [file] = _handle(_context(objects), event)
    assert file["persistence"] == {
        "status": "skipped",
        "file_id": None,
        "inserted": False,
        "message": "VAST DataBase not configured",
        "error": None,
    }


def test_long_header_is_read_in_few_requests(bucket: Any, objects: str, tmp_path: Path) -> None:
    attributes = {f"note{number}": string("x" * 60_000) for number in range(5)}
    event = _put(bucket, write_exr(tmp_path / "long.exr", attributes=attributes), "long.exr")
    ctx = _context(objects)
    function.init(ctx)
    ranges: list[str] = []
    function._clients["s3"].meta.events.register(
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
    [file] = _handle(_context(objects), {"bucket": "renders", "key": "odd.exr"})
    assert [error["code"] for error in file["inspection"]["errors"]] == [code]
    assert file["persistence"]["status"] == "error"


def test_invalid_key_is_reported_as_not_found(bucket: Any, objects: str) -> None:
    [file] = _handle(_context(objects), {"bucket": "renders", "key": "a\udcff.exr"})
    assert [error["code"] for error in file["inspection"]["errors"]] == ["not-found"]


def test_first_event_creates_the_client(
    bucket: Any, objects: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "_clients", {})
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    assert function.handler(_context(objects), event)["status"] == "success"


def test_bad_object_does_not_affect_other_objects(bucket: Any, objects: str, tmp_path: Path) -> None:
    _put(bucket, write_exr(tmp_path / "a.exr"), "good.exr")
    paths = ["s3://renders/absent.exr", "s3://renders/good.exr"]
    files = _handle(_context(objects), {"paths": paths})
    assert [file["path"] for file in files] == paths
    assert [file["persistence"]["status"] for file in files] == ["error", "skipped"]


def test_result_of_one_object_has_its_persistence(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    result = function.handler(_context(objects), event)
    assert result["persistence"] == result["files"][0]["persistence"]
    assert result["persistence"]["status"] == "skipped"
    assert result["inspection"]["file"]["path"] == "s3://renders/a.exr"


def test_result_of_several_objects_is_a_list(bucket: Any, objects: str, tmp_path: Path) -> None:
    for name in ("a.exr", "b.exr"):
        _put(bucket, write_exr(tmp_path / name), name)
    result = function.handler(_context(objects), {"paths": ["s3://renders/a.exr", "s3://renders/b.exr"]})
    assert set(result) == {"status", "files", "error"}
    assert [set(file) for file in result["files"]] == [{"path", "inspection", "persistence"}] * 2


def test_inspection_is_returned_if_the_database_is_unreachable(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    unreachable = {"vastdb_endpoint": "http://127.0.0.1:9", "vastdb_bucket": "vastdb"}
    keys = {"vastdb_access_key": "KEY", "vastdb_secret_key": "SECRET"}
    [file] = _handle(_context(objects), {**event, **unreachable, **keys})
    assert file["inspection"]["parts"]
    assert file["persistence"]["status"] == "error"
    assert "SECRET" not in json.dumps(file)


def test_missing_keys_are_reported_in_the_result(bucket: Any, objects: str, tmp_path: Path) -> None:
    event = _put(bucket, write_exr(tmp_path / "a.exr"), "a.exr")
    [file] = _handle(_context(objects), {**event, "vastdb_endpoint": "http://127.0.0.1:9"})
    assert file["inspection"]["parts"]
    assert "key" in file["persistence"]["error"]


_DEPLOYED = """
import json, sys
from types import SimpleNamespace
import main
given = json.load(sys.stdin)
ctx = SimpleNamespace(secrets=given["secrets"])
main.init(ctx)
first, again = main.handler(ctx, given["event"]), main.handler(ctx, given["event"])
modules = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"first": first, "again": again, "modules": modules}))
"""


@pytest.mark.vast
def test_built_function_publishes_each_object_once_without_gui(bucket: Any, objects: str, tmp_path: Path) -> None:
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
        given = json.dumps({"secrets": secrets, "event": {"Records": records}})
        command = [str(python), "-c", _DEPLOYED]
        done = subprocess.run(
            command, input=given, cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        output = json.loads(done.stdout)
        rows = server.rows("exr_metadata", "files")
    assert [file["persistence"]["inserted"] for file in output["first"]["files"]] == [True, True]
    assert [file["persistence"]["inserted"] for file in output["again"]["files"]] == [False, False]
    assert sorted(rows["file_path"].to_pylist()) == [
        "s3://renders/shot a/beauty.1001.exr",
        "s3://renders/shot a/beauty.1002.exr",
    ]
    assert not {"PySide6", "OpenImageIO", "duckdb"} & set(output["modules"])
