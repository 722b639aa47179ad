"""Records of files that the suite writes, ready to publish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from exr_inspector_app.contracts import Batch, Record
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.ingest.records import make_record
from tests.exr_files import studio_file, write_exr


def record_of(path: Path | str) -> Record:
    """Return the record of a valid file."""
    record = make_record(inspect_file(str(path)))
    assert record is not None
    return record


def small(folder: Path, name: str = "a.exr", **facts: Any) -> Record:
    """Write a small file and return its record."""
    return record_of(write_exr(folder / name, **facts))


def studio(folder: Path, count: int, show: str = "orca", first: int = 1001) -> list[Record]:
    """Write the frames of a beauty render and return their records."""
    return [record_of(studio_file(folder / f"beauty.{n}.exr", n, show)) for n in range(first, first + count)]


def grown(record: Record, size_bytes: int = 5_000_000) -> Record:
    """Return the record after more of its file was written under the same header."""
    return replace(record, payload={**record.payload, "file": {**record.payload["file"], "size_bytes": size_bytes}})


def batch(*records: Record, publish_id: str = "p1") -> Batch:
    return Batch(tuple(records), publish_id, "tester")
