"""Publishing and search over the VAST wire protocol, with a loopback server in a separate process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from exr_inspector_app.contracts import Query, Record
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.search import adbc_search
from tests.benchmarks.measure import Figures, Options, best, race
from tests.benchmarks.similar import numbered, vectors
from tests.records import small, studio
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place

FILES_PER_TRANSACTION = 5000  # files per transaction
ROUNDS = 30  # of questions, each of which takes several processes and threads, whose fastest counts
REST_S = 0.05  # before each: the threads of BLAS occupy the cores for 30 ms after a product


def vast_publish(folder: Path, _options: Options) -> Figures:
    """Publish 1,000 files of 40 channels and 30 attributes with a new store; the goal is 20 requests."""
    records = studio(folder / "files", 1000)
    with run_server() as endpoint:
        VastStore(place(endpoint, "publish")).ensure_tables()
        control_request(endpoint, "clear")
        store = VastStore(place(endpoint, "publish"))
        started = time.perf_counter()
        list(pipeline.publish(records, store, publisher="bench"))
        seconds = time.perf_counter() - started
        requests = len(json.loads(control_request(endpoint, "log")))
        store.close()
    rate = len(records) / seconds
    return {"ratio": requests / 20, "requests": requests, "seconds": seconds, "files_per_second": rate, "goal": 1.0}


def vast_similar(folder: Path, options: Options) -> Figures:
    """Measure the 20 nearest vectors in the local cache, relative to one local numpy product; the goal is 3.

    The first question fills the cache. `cached_ms` is the time until the answer, in which the server on the same
    cores takes its part: `server_cpu_ms` of the processor per question, on average, which `ratio_without_server`
    leaves out. `cached_cpu_ms` is the time of the processor without the server. `scan_ms` compares all rows of the
    server, `engine_ms` asks its query engine.
    """
    with run_server() as endpoint, temporary_home(folder / "home"):
        store = VastStore(place(endpoint, "similar"))
        reference = small(folder, "reference.exr")
        matrix = fill_files(store, reference, options.rows)
        reference = replace(reference, metadata_embedding=matrix[7])
        engine = best(lambda: store.similar(Query(reference)), 3)
        is_answered = any(row["kind"] == "vector_data" for row in json.loads(control_request(endpoint, "log")))
        with without_driver():
            first = best(lambda: store.similar(Query(reference)), 1)
            works = [lambda: store.similar(Query(reference)), lambda: matrix @ reference.metadata_embedding]
            cached, numpy = race(works, ROUNDS, rest_s=REST_S)
            server_cpu = -server_cpu_s(endpoint)
            cached_cpu, numpy_cpu = race(works, ROUNDS, time.process_time, REST_S)
            server_cpu = (server_cpu + server_cpu_s(endpoint)) / ROUNDS
            scan = best(lambda: store.similar(Query(reference, exact=True)), 2)
            control_request(endpoint, "clear")
            store.similar(Query(reference))
            requests = len(json.loads(control_request(endpoint, "log")))
        store.close()
    seconds = {"cached_ms": cached, "numpy_ms": numpy, "first_ms": first, "scan_ms": scan}
    seconds |= {"cached_cpu_ms": cached_cpu, "server_cpu_ms": server_cpu, "numpy_cpu_ms": numpy_cpu}
    seconds |= {"engine_ms": engine} if is_answered else {}
    figures = {name: value * 1e3 for name, value in seconds.items()}
    ratios = {"ratio": cached / numpy, "goal": 3.0, "ratio_without_server": (cached - server_cpu) / numpy}
    return {**ratios, **figures, "requests": requests, "rows": options.rows}


@contextmanager
def temporary_home(home: Path) -> Iterator[None]:
    """Set a home folder, so that caches of the user are left alone."""
    home.mkdir()
    with mock.patch.dict(os.environ, {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}):
        yield


@contextmanager
def run_server() -> Iterator[str]:
    """Run a server in another process and yield its endpoint."""
    command = [sys.executable, "-m", "tests.vast_server", "--bucket", BUCKET, "--access", ACCESS, "--secret", SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def without_driver() -> Iterator[None]:
    """Disable the driver, as on a machine without it."""
    known, adbc_search.is_installed = adbc_search.is_installed, lambda: False
    try:
        yield
    finally:
        adbc_search.is_installed = known


def control_request(endpoint: str, word: str) -> bytes:
    """Return the reply of a control request of the server."""
    with urllib.request.urlopen(f"{endpoint}/__{word}") as answer:
        result: bytes = answer.read()
    return result


def server_cpu_s(endpoint: str) -> float:
    """Return the seconds of the processor that the server has used."""
    return float(control_request(endpoint, "cpu"))


def fill_files(store: VastStore, pattern: Record, count: int) -> Any:
    """Insert `count` rows of `files` with distinct vectors and return the vectors."""
    store.ensure_tables()
    matrix = vectors(count)
    for start in range(0, count, FILES_PER_TRANSACTION):
        records = [
            numbered(pattern, number, matrix[number])
            for number in range(start, min(start + FILES_PER_TRANSACTION, count))
        ]
        insert(store, records)
    return matrix


def insert(store: VastStore, records: Sequence[Record]) -> None:
    """Insert rows of `files` without children, which the search does not read."""
    database = store._database
    stamps = {"publish_id": "bench", "published_by": "bench"}
    database.write(
        lambda transaction: transaction.insert(
            "files", encode.files_table(records, {**stamps, "attempt_id": transaction.attempt_id})
        ),
        lambda *_: True,
    )
