"""Reconcile: new, changed and gone files of a folder, a list, a bucket and a catalog, and what `--apply` does."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from exr_inspector_app import cli
from exr_inspector_app.services.backend import Backend
from tests.backfill.conftest import FILES, read_rows
from tests.exr_files import write_exr
from tests.vast.crowd import ACCESS, SECRET
from tests.vast_server import VastServer
from tests.vast_server.clients import connect

CATALOG = ("vast-big-catalog-bucket", "vast_big_catalog_schema", "vast_big_catalog_table")
COLUMNS = pa.schema(
    {"parent_path": pa.string(), "name": pa.string(), "element_type": pa.string(), "size": pa.int64(),
     "mtime": pa.timestamp("ns")}
)  # fmt: skip

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def target(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the arguments of the target of `backend`, which the environment names."""
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(backend.config.library))
    if vast := backend.config.vast:
        values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": ACCESS, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
        for name, value in {**values, "SCHEMA": vast.schema}.items():
            monkeypatch.setenv(f"VAST_DB_{name}", value)
    return ["--target", backend.where]


def differences(capsys: Capture, *arguments: str) -> list[tuple[str, str]]:
    """Run the command and return (status, file name), sorted."""
    capsys.readouterr()
    assert cli.main(["reconcile", "--jsonl", *arguments]) == 0
    rows = map(json.loads, capsys.readouterr().out.splitlines())
    return sorted((row["status"], Path(row["path"]).name) for row in rows)


def change(tree: Path) -> None:
    """Add a file, rewrite one, and remove one."""
    write_exr(tree / "a" / "beauty.1090.exr")
    os.utime(tree / "a" / "beauty.1002.exr", (5, 5))
    (tree / "b" / "depth.1003.exr").rename(tree.parent / "moved.exr")


DIFFERENCES = [("changed", "beauty.1002.exr"), ("gone", "depth.1003.exr"), ("new", "beauty.1090.exr")]


@pytest.mark.parametrize("backend", ["local", "insert"], indirect=True)
def test_apply_publishes_and_marks(backend: Backend, target: list[str], tree: Path, capsys: Capture) -> None:
    list(backend.ingest([str(tree)]))
    assert differences(capsys, str(tree), *target) == []
    change(tree)
    assert differences(capsys, str(tree), *target) == DIFFERENCES
    assert differences(capsys, str(tree), "--apply", *target) == DIFFERENCES
    rows = {Path(row["file"]["file_path"]).name: row["file"] for row in read_rows(backend)}
    assert len(rows) == FILES + 1
    assert rows["beauty.1002.exr"]["mtime"].startswith("1970-01-01T00:00:05")
    assert {name: row["note"][:6] for name, row in rows.items() if row["note"]} == {"depth.1003.exr": "gone: "}
    (tree.parent / "moved.exr").rename(tree / "b" / "depth.1003.exr")
    assert differences(capsys, str(tree), "--apply", *target) == [("back", "depth.1003.exr")]
    assert differences(capsys, str(tree), *target) == []
    assert {row["file"]["note"] for row in read_rows(backend)} == {None}


@pytest.mark.parametrize("backend", ["local"], indirect=True)
class TestListings:
    def test_remove_deletes_entries(self, backend: Backend, target: list[str], tree: Path, capsys: Capture) -> None:
        list(backend.ingest([str(tree)]))
        (tree / "b" / "depth.1003.exr").unlink()
        gone = [("gone", "depth.1003.exr")]
        assert differences(capsys, str(tree / "b"), "--apply", "--remove", *target) == gone
        assert len(read_rows(backend)) == FILES - 1

    def test_empty_folder_marks_nothing(self, backend: Backend, target: list[str], tree: Path, capsys: Capture) -> None:
        list(backend.ingest([str(tree)]))
        shutil.rmtree(tree)
        tree.mkdir()
        capsys.readouterr()
        assert cli.main(["reconcile", str(tree), "--apply", *target]) == 1
        output = capsys.readouterr()
        assert output.out == ""
        assert "No EXR file is listed" in output.err
        assert {row["file"]["note"] for row in read_rows(backend)} == {None}

    def test_list_reports_its_own_files(self, backend: Backend, target: list[str], tree: Path, capsys: Capture) -> None:
        list(backend.ingest([str(tree)]))
        change(tree)
        (tree / "b" / "depth.1007.exr").unlink()  # not in the list
        names = ("a/beauty.1090.exr", "a/beauty.1002.exr", "a/beauty.1004.exr", "b/depth.1003.exr", "b/never.1001.exr")
        (tree / "list.txt").write_text("\n".join(str(tree / name) for name in names))
        assert differences(capsys, "--files-from", str(tree / "list.txt"), *target) == DIFFERENCES

    def test_bucket(
        self, backend: Backend, target: list[str], tree: Path, bucket: Any, objects: str,
        monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:  # fmt: skip
        for name, value in {"ENDPOINT": objects, "ACCESS_KEY": "a", "SECRET_KEY": "b"}.items():
            monkeypatch.setenv(f"S3_{name}", value)
        for name in ("x.1001.exr", "x.1002.exr"):
            bucket.upload_file(str(tree / "a" / "beauty.1001.exr"), "renders", f"show/{name}")
        address = "s3://renders/show"
        new = [("new", "x.1001.exr"), ("new", "x.1002.exr")]
        assert differences(capsys, address, "--apply", *target) == new
        bucket.delete_object(Bucket="renders", Key="show/x.1002.exr")
        assert differences(capsys, address, *target) == [("gone", "x.1002.exr")]


@pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver
@pytest.mark.vast
def test_catalog_lists_files_of_the_cluster(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    with VastServer(buckets=("vastdb", CATALOG[0]), access=ACCESS, secret=SECRET) as server:
        for name, value in {"ENDPOINT": server.endpoint, "ACCESS_KEY": ACCESS, "SECRET_KEY": SECRET}.items():
            monkeypatch.setenv(f"VAST_DB_{name}", value)
        with connect(server, secret=SECRET).transaction() as transaction:
            schema = transaction.bucket(CATALOG[0]).create_schema(CATALOG[1])
            schema.create_table(CATALOG[2], COLUMNS).insert(catalog_rows(tree))
        catalog = ["--catalog", f"/prod={tree}", "--target", "local"]
        assert cli.main(["backfill", *catalog, "--workers", "1"]) == 0
        assert f"{FILES} added" in capsys.readouterr().err
        assert differences(capsys, *catalog) == []
        (tree / "a" / "beauty.1001.exr").unlink()  # later than the catalog
        os.utime(tree / "a" / "beauty.1002.exr", (5, 5))
        assert differences(capsys, *catalog) == []


def utc_time(path: Path) -> datetime:
    """Return the time of a file in seconds, without a zone, as the catalog has it."""
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC).replace(tzinfo=None)


def catalog_rows(tree: Path) -> pa.RecordBatch:
    """Return the rows of a catalog in which the tree is /prod, with other files next to it."""
    rows = [
        {"parent_path": f"/prod/{path.parent.name}/", "name": path.name, "element_type": "FILE",
         "size": path.stat().st_size, "mtime": utc_time(path)}
        for path in tree.rglob("*.exr")
    ]  # fmt: skip
    other = {"name": "x.exr", "element_type": "FILE", "size": 1, "mtime": datetime(2026, 1, 1)}
    rows += [{**other, "parent_path": "/prod2"}, {**other, "parent_path": "/prod", "name": "notes.txt"}]
    rows += [{**other, "parent_path": "/prod", "element_type": "DIR"}]
    return pa.RecordBatch.from_pylist(rows, schema=COLUMNS)
