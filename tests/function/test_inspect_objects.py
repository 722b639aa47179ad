"""Objects of a bucket in `inspect`: single ones, a prefix, and files between them, in the order given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.__main__ import main
from exr_inspector_app.backfill.shard_worker import object_reader
from tests.exr_files import write_exr


@pytest.fixture
def store(objects: str, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {"ENDPOINT": objects, "ACCESS_KEY": "a", "SECRET_KEY": "b"}.items():
        monkeypatch.setenv(f"S3_{name}", value)
    object_reader.cache_clear()  # of another test
    yield bucket
    object_reader.cache_clear()


def test_inspect_reads_objects_and_files_in_order(
    store: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_exr(tmp_path / "f.exr")
    for key in ("a.exr", "shot/b.exr", "shot/c.exr", "shot/notes.txt"):
        store.put_object(Bucket="renders", Key=key, Body=file.read_bytes())
    paths = ["s3://renders/shot/", str(file), "s3://renders/a.exr", "s3://renders/none.exr"]
    assert main(["inspect", "--jsonl", *paths]) == 1
    out, messages = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["file"]["path"], len(row["parts"])) for row in rows] == [
        ("s3://renders/shot/b.exr", 1),
        ("s3://renders/shot/c.exr", 1),
        (str(file), 1),
        ("s3://renders/a.exr", 1),
        ("s3://renders/none.exr", 0),
    ]
    assert len({row["file"]["header_hash"] for row in rows[:4]}) == 1
    assert len(messages.splitlines()) == 1
