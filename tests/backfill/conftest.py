"""Fixtures of the backfill tests: a tree of renders, and a target for each way to load them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from exr_inspector_app import config
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.capabilities import CAPABILITIES_KEY, Capabilities
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.services.backend import Backend
from tests.exr_files import write_exr
from tests.function.conftest import bucket, objects

__all__ = ["bucket", "objects"]  # an object store

FILES = 20


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a folder with two sequences of small renders."""
    folder = tmp_path / "renders"
    for frame in range(FILES // 2):
        write_exr(folder / "a" / f"beauty.{1001 + frame}.exr")
        write_exr(folder / "b" / f"depth.{1001 + frame}.exr", channels=["Z"])
    return folder


def prove_import(vast: config.Vast) -> None:
    """Store the answer of `vast prove` that Parquet files can be imported."""
    answers = Capabilities({"import.parquet": "yes"}, "2026-11-01T00:00:00Z", "5.5.0.0")
    rows = pa.table({"key": [CAPABILITIES_KEY], "value": [answers.to_json()]}, schema=schema.SCHEMA_INFO)
    with closing(Database(vast)) as database:
        database.ensure_tables()
        database.write(lambda transaction: transaction.insert("schema_info", rows), lambda *_: True)
        database.tables.invalidate()


@pytest.fixture(params=["local", *(pytest.param(name, marks=pytest.mark.vast) for name in ("insert", "import"))])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """Return the backend of an empty target: the local library, or a database that rows are inserted or imported to."""
    settings = replace(config.load(), library=tmp_path / "library.duckdb")
    if request.param == "local":
        return Backend(settings, "local")
    vast = request.getfixturevalue("vast")
    if request.param == "import":
        prove_import(vast)
    return Backend(replace(settings, vast=vast), "vast")


VARYING = {"attempt_id", "publish_id", "inspection_timestamp", "last_inspected"}


def read_rows(backend: Backend) -> list[dict[str, Any]]:
    """Return the published files with their children, by path."""
    with backend.store() as store:
        ids = [stored.file["file_id"] for stored in store.find(limit=10_000, history=True)]
        files = store.get_many(ids)
    assert len(files) == len(ids)

    def strip(row: Any) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name not in VARYING}

    listed = [
        {"file": strip(item.file), **{name: list(map(strip, getattr(item, name))) for name in
                                      ("parts", "channels", "attributes")}}
        for item in files
    ]  # fmt: skip
    return sorted(listed, key=lambda row: str(row["file"]["file_path"]))
