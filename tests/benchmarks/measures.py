"""What is measured; each returns its ratio and its figures."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Query, Record
from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import payload
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import string, studio_file, write_exr
from tests.records import batch, small, studio

Figures = dict[str, Any]
ROUNDS = 5


def _best(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The seconds of the quickest of some rounds: the least disturbed one."""
    taken = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _kinds(folder: Path) -> list[Path]:
    """Five kinds of file: plain, many channels, multi-part, large attributes, many chunks."""
    return [
        write_exr(folder / "plain.exr"),
        studio_file(folder / "studio.1001.exr"),
        write_exr(folder / "parts.exr", parts=[{"channels": [f"a{n}.R", f"a{n}.G"]} for n in range(8)]),
        write_exr(folder / "text.exr", attributes={f"note{n}": string("x" * 400) for n in range(60)}),
        write_exr(folder / "tall.exr", width=2, height=2160),
    ]


def headers(folder: Path, _rows: int) -> Figures:
    """Header and payload against OpenImageIO's specs and all their attributes."""
    import OpenImageIO as oiio

    paths = [str(path) for path in _kinds(folder)]

    def ours() -> None:
        for path in paths:
            payload(inspect_file(path))

    def theirs() -> None:
        for path in paths:
            image = oiio.ImageInput.open(path)
            part = 0
            while image.seek_subimage(part, 0):
                [(one.name, one.type, one.value) for one in image.spec().extra_attribs]
                part += 1
            image.close()

    mine, other = _best(lambda: [ours() for _ in range(20)]), _best(lambda: [theirs() for _ in range(20)])
    return {"ratio": mine / other, "ours_us": mine / 100 * 1e6, "openimageio_us": other / 100 * 1e6, "goal": 1.0}


def embeddings(folder: Path, _rows: int) -> Figures:
    """Both embeddings of 40 channels and 30 attributes against one json.dumps of the payload."""
    payloads = [payload(inspect_file(str(studio_file(folder / f"a.{n}.exr", n)))) for n in range(1001, 1201)]

    def ours() -> None:
        for one in payloads:
            metadata_embedding(one)
            channel_fingerprint(one["channels"])

    def theirs() -> None:
        for one in payloads:
            json.dumps(one, sort_keys=True)

    mine, other = _best(ours), _best(theirs)
    count = len(payloads)
    return {"ratio": mine / other, "ours_us": mine / count * 1e6, "json_us": other / count * 1e6, "goal": 3.0}


def publish(folder: Path, _rows: int) -> Figures:
    """1,000 files of 40 channels and 30 attributes into a new local library, against the goal of 3,000 a second."""
    records = studio(folder / "files", 1000)
    made: list[Path] = []

    def ours() -> None:
        path = folder / f"library{len(made)}.duckdb"
        made.append(path)
        LocalStore(path).publish(batch(*records))

    rate = len(records) / _best(ours, 3)
    size = os.path.getsize(made[-1]) / len(records)
    return {"ratio": rate / 3000, "files_per_second": rate, "bytes_per_file": size, "goal": 1.0}


def similar(folder: Path, rows: int) -> Figures:
    """The 20 nearest of many distinct vectors against one numpy product over the same rows."""
    matrix = _fill(folder / "library.duckdb", folder, rows)
    store, reference = LocalStore(folder / "library.duckdb"), small(folder, "reference.exr")
    asked = [replace(reference, metadata_embedding=_near(matrix, place)) for place in range(0, rows, rows // 20)]
    store.similar(Query(asked[0]))
    mine = _best(lambda: [store.similar(Query(one)) for one in asked]) / len(asked)
    other = _best(lambda: [matrix @ one.metadata_embedding for one in asked]) / len(asked)
    figures = {"ours_ms": mine * 1e3, "numpy_ms": other * 1e3, "goal": 2.0}
    recall = float(np.mean([_recall(store, one, matrix) for one in asked]))
    memory = _memory(folder / "library.duckdb", folder) / matrix.nbytes
    return {"ratio": mine / other, **figures, "rows": rows, "recall_at_20": recall, "memory_ratio": memory}


def _near(matrix: Any, place: int) -> Any:
    """A vector that is near one of the rows."""
    noise = np.random.default_rng(place).standard_normal(METADATA_DIM).astype(np.float32)
    found = matrix[place] + 0.02 * noise
    return (found / np.linalg.norm(found)).astype(np.float32)


def _fill(path: Path, folder: Path, rows: int) -> Any:
    """A library of so many files, each with a vector of its own in clusters of ten; returns the vectors."""
    dice = np.random.default_rng(5)
    centres = dice.standard_normal((max(rows // 10, 1), METADATA_DIM)).astype(np.float32)
    matrix = np.repeat(centres, 10, axis=0)[:rows]
    matrix += 0.3 * dice.standard_normal(matrix.shape, dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    pattern, store = small(folder, "pattern.exr"), LocalStore(path)
    for start in range(0, rows, 5000):
        listed = [_numbered(pattern, n, matrix[n]) for n in range(start, min(start + 5000, rows))]
        store.publish(batch(*listed))
    return matrix


def _numbered(pattern: Record, number: int, vector: Any) -> Record:
    """The pattern under a path and with a vector of its own."""
    name = f"/show/s{number:07}/file.exr"
    names = {"file_path": name, "file_path_normalized": name, "path_folded": name, "sequence_key": name}
    identity = replace(pattern.identity, **names, header_hash=f"{number:064x}", file_id=f"{number:032x}")
    return replace(pattern, identity=identity, metadata_embedding=vector)


def _recall(store: LocalStore, reference: Record, matrix: Any) -> float:
    """How many of the 20 truly nearest are found."""
    wanted = set(np.argsort(-(matrix @ reference.metadata_embedding))[:20].tolist())
    found = {int(hit.file_id, 16) for hit in store.similar(Query(reference))}
    return len(found & wanted) / 20


_MEMORY = """
import resource, sys
from pathlib import Path
from exr_inspector_app.contracts import Query
from exr_inspector_app.persistence.local import LocalStore
import faiss, duckdb, pyarrow
from tests.benchmarks.measures import resident
from tests.records import record_of
store, reference = LocalStore(Path(sys.argv[1])), record_of(sys.argv[2])
store.count()
before = resident()
store.similar(Query(reference))
import gc; gc.collect(); pyarrow.default_memory_pool().release_unused()
print(resident() - before)
"""


def resident() -> int:
    """The bytes of anonymous memory that this process holds; maps of files are the system's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _memory(library: Path, folder: Path) -> int:
    """What a process holds more once it has answered a question."""
    words = [sys.executable, "-c", _MEMORY, str(library), str(folder / "reference.exr")]
    environ = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
    return int(subprocess.run(words, capture_output=True, text=True, check=True, env=environ).stdout)


MEASURES: Mapping[str, Callable[[Path, int], Figures]] = {
    "headers": headers,
    "embeddings": embeddings,
    "publish": publish,
    "similar": similar,
}
