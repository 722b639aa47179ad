"""Similar files of a large local library: time, recall, memory and the first answer of a new process."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import METADATA_DIM, Condition, Query, Record
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.library import Library
from tests.benchmarks.measure import Figures, Options, race
from tests.records import batch, small

PIECE = 50_000  # files that are written at one time
LIKE = 10  # files in a cluster


def similar(folder: Path, options: Options) -> Figures:
    """The 20 nearest of many distinct vectors against one numpy product over the same rows."""
    rows, path = options.rows, folder / "library.duckdb"
    filled = _taken(lambda: fill(path, folder, rows))
    store, reference = LocalStore(path), small(folder, "reference.exr")
    matrix = vectors(rows)
    asked = [replace(reference, metadata_embedding=_near(matrix, place)) for place in range(0, rows, rows // 20)]
    built = _taken(lambda: store.similar(Query(asked[0])))
    taken = [_race(store, one, matrix, _path(rows // 10 + place)) for place, one in enumerate(asked)]
    ours, numpy, filtered = (float(np.mean(column)) * 1e3 for column in zip(*taken, strict=True))
    recall = float(np.mean([_recall(store, one, matrix) for one in asked]))
    added = _taken(lambda: store.publish(batch(numbered(reference, rows, asked[0].metadata_embedding))))
    caught_up = _taken(lambda: store.similar(Query(asked[0])))
    fresh = _in_a_process_of_its_own(path, folder)
    return {
        "ratio": ours / numpy,
        "ours_ms": ours,
        "numpy_ms": numpy,
        "goal": 2.0,
        "rows": rows,
        "recall_at_20": recall,
        "memory_ratio": fresh["memory"] / matrix.nbytes,
        "cold_start_s": fresh["seconds"],
        "filtered_ms": filtered,
        "one_more_s": added + caught_up,
        "filled_s": filled,
        "built_s": built,
    }


def _race(store: LocalStore, asked: Record, matrix: Any, end: str) -> list[float]:
    """The seconds of one question: of ours, of the product, and of ours among a tenth of the files.

    The condition is a new one each time, so that no answer to it is known.
    """
    ends = (f"{end}{n}" for n in count())
    works: list[Callable[[], Any]] = [
        lambda: store.similar(Query(asked)),
        lambda: matrix @ asked.metadata_embedding,
        lambda: store.similar(Query(asked, where=(Condition("path_folded", "<", next(ends)),))),
    ]
    return race(works)


def _taken(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _near(matrix: Any, place: int) -> Any:
    """A vector that is near one of the rows."""
    noise = np.random.default_rng(place).standard_normal(METADATA_DIM).astype(np.float32)
    found = matrix[place] + 0.02 * noise
    return (found / np.linalg.norm(found)).astype(np.float32)


def vectors(rows: int) -> Any:
    """Unit vectors in clusters, each with one of its own, shape (rows, 384)."""
    dice = np.random.default_rng(5)
    matrix = np.empty((rows, METADATA_DIM), np.float32)
    for start in range(0, rows, PIECE):
        piece = matrix[start : start + PIECE]
        centres = dice.standard_normal((len(piece) // LIKE + 1, METADATA_DIM), dtype=np.float32)
        piece[:] = np.repeat(centres, LIKE, axis=0)[: len(piece)]
        piece += 0.3 * dice.standard_normal(piece.shape, dtype=np.float32)
        piece /= np.linalg.norm(piece, axis=1, keepdims=True)
    return matrix


def fill(path: Path, folder: Path, rows: int) -> None:
    """A library of so many files: what a publish writes for one file, written for all with a vector for each."""
    pattern = small(folder, "pattern.exr")
    LocalStore(path).publish(batch(pattern))
    matrix = vectors(rows)
    with Library(path, 10).transaction() as connection:
        for table in ("file_rows", "part_rows", "channel_rows", "attribute_rows"):
            connection.execute(f"CREATE TEMP TABLE one_{table} AS SELECT * FROM {table}")
        connection.execute("CREATE TEMP TABLE one_vector AS SELECT * FROM vectors")
        for start in range(0, rows, PIECE):
            connection.register("arriving", _arriving(matrix, start, min(start + PIECE, rows)))
            for statement in _FILL:
                connection.execute(statement)
            connection.unregister("arriving")


_OF_FILE = "n.file_path AS file_path_normalized, n.file_path AS path_folded, n.file_path AS sequence_key"
_FILL = (
    "INSERT INTO vectors SELECT n.vector_id, n.vector, v.channel_fingerprint FROM arriving n, one_vector v",
    f"INSERT INTO file_rows SELECT f.* REPLACE (n.file_id AS file_id, n.file_path AS file_path, {_OF_FILE}, "
    "n.header_hash AS header_hash, n.vector_id AS vector_id) FROM arriving n, one_file_rows f ORDER BY n.file_id",
    *(
        f"INSERT INTO {table} SELECT c.* REPLACE (n.file_id AS file_id) FROM arriving n, one_{table} c "
        "ORDER BY n.file_id"
        for table in ("part_rows", "channel_rows", "attribute_rows")
    ),
)


def _arriving(matrix: Any, start: int, stop: int) -> pa.Table:
    numbers = range(start, stop)
    flat = pa.array(matrix[start:stop].reshape(-1))
    return pa.table(
        {
            "file_id": [f"{n:032x}" for n in numbers],
            "file_path": [_path(n) for n in numbers],
            "header_hash": [f"{n:064x}" for n in numbers],
            "vector_id": [f"{n * 2654435761 % 2**32:032x}" for n in numbers],
            "vector": pa.FixedSizeListArray.from_arrays(flat, METADATA_DIM),
        }
    )


def _path(number: int) -> str:
    return f"/show/s{number:07}/file.exr"


def numbered(pattern: Record, number: int, vector: Any) -> Record:
    """The pattern under a path and with a vector of its own."""
    name = _path(number)
    names = {"file_path": name, "file_path_normalized": name, "path_folded": name, "sequence_key": name}
    identity = replace(pattern.identity, **names, header_hash=f"{number:064x}", file_id=f"{number:032x}")
    return replace(pattern, identity=identity, metadata_embedding=vector)


def _recall(store: LocalStore, reference: Record, matrix: Any) -> float:
    """How many of the 20 truly nearest are found."""
    wanted = set(np.argsort(-(matrix @ reference.metadata_embedding))[:20].tolist())
    found = {int(hit.file_id, 16) for hit in store.similar(Query(reference))}
    return len(found & wanted) / 20


_FRESH = """
import json, sys, time
from pathlib import Path
from exr_inspector_app.contracts import Query
from exr_inspector_app.persistence.local import LocalStore
import duckdb, pyarrow
from tests.benchmarks.similar import resident
from tests.records import record_of
store, reference = LocalStore(Path(sys.argv[1])), record_of(sys.argv[2])
store.count()
before, start = resident(), time.perf_counter()
assert store.similar(Query(reference))
seconds = time.perf_counter() - start
import gc; gc.collect(); pyarrow.default_memory_pool().release_unused()
print(json.dumps({"seconds": seconds, "memory": resident() - before}))
"""


def resident() -> int:
    """The bytes of anonymous memory that this process holds; maps of files are the system's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _in_a_process_of_its_own(library: Path, folder: Path) -> dict[str, float]:
    """How long the first answer of a new process takes, and what memory it holds more after it."""
    words = [sys.executable, "-c", _FRESH, str(library), str(folder / "reference.exr")]
    environ = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
    found = subprocess.run(words, capture_output=True, text=True, check=True, env=environ).stdout
    answer: dict[str, float] = json.loads(found)
    return answer
