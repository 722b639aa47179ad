"""Publishing and similar files over the VAST wire, against a loopback server in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from exr_inspector_app.contracts import Query, Record
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast import VastStore, adbc_search
from tests.benchmarks.measure import Figures, Options, best
from tests.benchmarks.similar import numbered, vectors
from tests.records import small, studio
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place

AT_ONCE = 5000  # files that are put into the tables in one transaction


def vast_publish(folder: Path, _options: Options) -> Figures:
    """1,000 files of 40 channels and 30 attributes, as a program does that has just started; goal: 20 requests."""
    records = studio(folder / "files", 1000)
    with served() as endpoint:
        VastStore(place(endpoint, "publish")).ensure_tables()
        asked(endpoint, "clear")
        store = VastStore(place(endpoint, "publish"))
        started = time.perf_counter()
        list(pipeline.publish(records, store, publisher="bench"))
        seconds = time.perf_counter() - started
        requests = len(json.loads(asked(endpoint, "log")))
        store.close()
    rate = len(records) / seconds
    return {"ratio": requests / 20, "requests": requests, "seconds": seconds, "files_per_second": rate, "goal": 1.0}


def vast_similar(folder: Path, options: Options) -> Figures:
    """The 20 nearest of many vectors by a scan and by the query engine, against one numpy product here."""
    with served() as endpoint:
        store = VastStore(place(endpoint, "similar"))
        reference = small(folder, "reference.exr")
        matrix = filled(store, reference, options.rows)
        reference = replace(reference, metadata_embedding=matrix[7])
        numpy = best(lambda: matrix @ reference.metadata_embedding, 3)
        engine = best(lambda: store.similar(Query(reference)), 3)
        is_answered = any(row["kind"] == "vector_data" for row in json.loads(asked(endpoint, "log")))
        with scanning():
            scan = best(lambda: store.similar(Query(reference)), 3)
        store.close()
    figures = {"scan_ms": scan * 1e3, "numpy_ms": numpy * 1e3, "rows": options.rows}
    if is_answered:
        figures["engine_ms"] = engine * 1e3
    return {"ratio": scan / numpy, **figures}


@contextmanager
def served() -> Iterator[str]:
    """The endpoint of a server in another process."""
    words = [sys.executable, "-m", "tests.vast_server", "--bucket", BUCKET, "--access", ACCESS, "--secret", SECRET]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def scanning() -> Iterator[None]:
    """As on a machine without the driver."""
    known, adbc_search.is_installed = adbc_search.is_installed, lambda: False
    try:
        yield
    finally:
        adbc_search.is_installed = known


def asked(endpoint: str, word: str) -> bytes:
    """What the server's side door answers."""
    with urllib.request.urlopen(f"{endpoint}/__{word}") as answer:
        found: bytes = answer.read()
    return found


def filled(store: VastStore, pattern: Record, count: int) -> Any:
    """The vectors of so many rows of `files`, each of its own."""
    store.ensure_tables()
    matrix = vectors(count)
    for start in range(0, count, AT_ONCE):
        listed = [numbered(pattern, number, matrix[number]) for number in range(start, min(start + AT_ONCE, count))]
        insert(store, listed)
    return matrix


def insert(store: VastStore, records: Sequence[Record]) -> None:
    """Rows of `files` alone: children are not asked about."""
    database = store._database
    stamps = {"publish_id": "bench", "published_by": "bench"}
    database.write(
        lambda transaction: transaction.insert(
            "files", encode.files_table(records, {**stamps, "attempt_id": transaction.attempt})
        ),
        lambda *_: True,
    )
