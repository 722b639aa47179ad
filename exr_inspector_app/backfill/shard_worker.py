"""Shard worker: inspects the files of a shard and writes their rows as Parquet; runs in a process of an engine."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import FileInspected, PathUnreadable, Record
from exr_inspector_app.exr import inspect_source
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.ingest.memory_size import transaction_size
from exr_inspector_app.ingest.pipeline import BYTES_PER_TRANSACTION
from exr_inspector_app.ingest.scan import ReadFile
from exr_inspector_app.model import ExrFile

log = logging.getLogger(__name__)

REPORT = "report.json"
OBJECT_SCHEME = "s3://"

Failure = tuple[str, str]  # path and sentence


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Task to inspect the files of one shard. Any worker may run it, also twice: the results are equal.

    Attributes:
        number: Number of the shard.
        paths_file: List of its paths, as `write_paths` writes it.
        folder: Folder that is created for the rows; it appears complete, or not at all.
        roots: Path map of the configuration.
        audit: Columns with one value for all rows of `files`, with `attempt_id`.
    """

    number: int
    paths_file: Path
    folder: Path
    roots: tuple[Root, ...]
    audit: dict[str, str]


def process_shard(task: ShardTask) -> str | None:
    """Write the rows of a shard, and a report; return None, or one sentence if that failed."""
    try:
        if not task.folder.exists():
            _process(task)
    except OSError as error:
        return f"Cannot write to {task.folder.parent}: {error.strerror or error}."
    except Exception as error:  # a bug is a failure of this shard alone
        log.exception("Bug in shard %d", task.number)
        return f"A bug in exr-inspector prevented reading a shard ({type(error).__name__}: {error}). Report it."
    return None


def _process(task: ShardTask) -> None:
    from exr_inspector_app.persistence.rows.shard import write_shard  # pyarrow takes 40 ms: load on demand

    started, cpu = time.monotonic(), time.process_time()
    fresh = task.folder.with_name(f"{task.folder.name}.{os.getpid()}-{time.time_ns():x}.new")
    fresh.mkdir(parents=True)
    try:
        records, failures, left = _take_records(inspect_paths(read_paths(task.paths_file), task.roots))
        published, refused = write_shard(fresh, [record for _, record in records], task.audit)
        kept = set(published)
        facts = {record.identity.file_id: _facts(path, record) for path, record in records}
        failures += [(facts[file_id][0], sentence) for file_id, sentence in refused.items()]
        report = {
            "files": {file_id: fact for file_id, fact in facts.items() if file_id in kept},
            "failures": failures,
            "again": left,
            "seconds": time.monotonic() - started,
            "cpu_seconds": time.process_time() - cpu,
        }
        (fresh / REPORT).write_text(json.dumps(report), encoding="utf-8")
        fresh.rename(task.folder)
    except OSError:
        if not task.folder.exists():  # otherwise another worker has finished the same shard
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def inspect_paths(paths: Sequence[str], roots: Sequence[Root]) -> Iterator[tuple[str, Record | str]]:
    """Inspect files on disk or objects of a bucket; yield each path with its record, or the reason of a failure."""
    objects = [path for path in paths if path.startswith(OBJECT_SCHEME)]
    files = [path for path in paths if not path.startswith(OBJECT_SCHEME)]
    for names, read in ((files, None), (objects, object_reader() if objects else None)):
        for event in _events(names, roots, read):
            match event:
                case FileInspected(_, file, Record() as record):
                    yield file.path, record
                case FileInspected(_, file, None):
                    yield file.path, "; ".join(problem.message for problem in file.errors)
                case PathUnreadable(path, _, message):
                    yield path, message


def _take_records(
    inspected: Iterable[tuple[str, Record | str]],
) -> tuple[list[tuple[str, Record]], list[Failure], list[str]]:
    """Return the records of a shard with their paths, the failures, and the paths of records beyond its memory.

    A shard is encoded and loaded as a whole, so that files with headers of megabytes are left for smaller transactions.
    """
    records: list[tuple[str, Record]] = []
    failures: list[Failure] = []
    left: list[str] = []
    total = 0
    for path, result in inspected:
        if isinstance(result, str):
            failures.append((path, result))
        elif (size := transaction_size(result)) and total + size > BYTES_PER_TRANSACTION:
            left.append(path)
        else:
            records.append((path, result))
            total += size
    return records, failures, left


def _events(names: Sequence[str], roots: Sequence[Root], read: ReadFile | None) -> Iterator[Any]:
    return pipeline.inspect(names, roots=roots, read=read) if names else iter(())


@cache
def object_reader() -> ReadFile:
    """Return a function that inspects an object, s3://bucket/key."""
    from exr_inspector_app.exr.source.s3_source import S3Source  # botocore is optional
    from exr_inspector_app.ingest.s3_client import create_s3_client

    client = create_s3_client()

    def read(path: str) -> ExrFile:
        bucket, _, key = path.removeprefix(OBJECT_SCHEME).partition("/")
        return inspect_source(lambda: S3Source(client, bucket, key), path)

    return read


def _facts(path: str, record: Record) -> tuple[str, int | None, str | None, bool | None]:
    """Return path, size, date and completeness of a file."""
    file = record.payload["file"]
    return path, file["size_bytes"], file["mtime"], file["is_complete"]


def write_paths(path: Path, paths: Sequence[str]) -> bytes:
    """Write a list of paths, separated by NUL, and return its content; bytes that are not UTF-8 stay as they are."""
    data = b"\0".join(map(os.fsencode, paths))
    path.write_bytes(data)
    return data


def read_paths(path: Path) -> list[str]:
    """Return the paths of a list."""
    data = path.read_bytes()
    return [os.fsdecode(item) for item in data.split(b"\0")] if data else []
