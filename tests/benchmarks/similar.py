"""Similar files of a large local library: time, recall and memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Query, Record
from exr_inspector_app.persistence.local import LocalStore
from tests.benchmarks.measure import Figures, Options, best
from tests.records import batch, small


def similar(folder: Path, options: Options) -> Figures:
    """The 20 nearest of many distinct vectors against one numpy product over the same rows."""
    rows = options.rows
    matrix = _fill(folder / "library.duckdb", folder, rows)
    store, reference = LocalStore(folder / "library.duckdb"), small(folder, "reference.exr")
    asked = [replace(reference, metadata_embedding=_near(matrix, place)) for place in range(0, rows, rows // 20)]
    store.similar(Query(asked[0]))
    mine = best(lambda: [store.similar(Query(one)) for one in asked]) / len(asked)
    other = best(lambda: [matrix @ one.metadata_embedding for one in asked]) / len(asked)
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
from tests.benchmarks.similar import resident
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
